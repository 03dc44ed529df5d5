"""A study: many lives with drawn values of the unknown inputs, judged by the record."""
