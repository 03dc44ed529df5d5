"""Experiments: one question put to many runs, and the table of their answers."""
