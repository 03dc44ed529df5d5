"""Decentralised finance: liquidity pools that trade by a formula."""
