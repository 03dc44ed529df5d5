"""Trails from a figure to its entries and back, one entity's books, and queries."""
