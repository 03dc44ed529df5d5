"""Makers' quotes on the house venue, and the orders that these quotes fill."""
