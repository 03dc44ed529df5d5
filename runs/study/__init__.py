"""A study: many lives with drawn values of the unknown inputs, compared with the record."""
