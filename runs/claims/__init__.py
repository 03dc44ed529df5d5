"""Judges the statements of the thread by figures from the books."""
