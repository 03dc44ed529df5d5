"""A market: a contract listed on both venues, its hedges, and its volume on the house."""
