"""Experiments: each computes the same figures of many runs, and prints them as a table."""
