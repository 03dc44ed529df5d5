"""The trading firms: their results on each venue, and what the house could pay of their claims."""
