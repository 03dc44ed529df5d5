"""A market: the contract listed on both venues, its hedges, and how much is traded on the house."""
