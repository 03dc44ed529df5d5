"""Computes the amount that each cause adds to the hole, as a Shapley value."""
