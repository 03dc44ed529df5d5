"""From a figure to its lines and back: trails, one entity's books, queries."""
