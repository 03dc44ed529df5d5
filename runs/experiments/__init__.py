"""Experiments. Each experiment computes the same figures for many cases, and prints tables."""
