"""Trails between figures, entries and fills, one entity's books, and queries."""
