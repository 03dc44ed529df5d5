"""Decentralised finance: pools that trade by a formula, and whose liquidity is in them."""
