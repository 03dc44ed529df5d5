"""Studies: many lives with random values of the unknown inputs, compared with the record."""
