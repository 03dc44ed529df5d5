"""How the maker and the firms fund themselves: hedges, margin, the credit line."""
