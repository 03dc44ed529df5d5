"""Computes the part of each cause in the hole, as a Shapley value."""
