"""Experiments: each computes the same figures for many cases, and prints tables of them."""
