"""The trading firms: their results on each venue, and the money that the house could pay them."""
