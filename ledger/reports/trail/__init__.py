"""Trails between figures, entries and fills. Also one entity's own books, and queries."""
