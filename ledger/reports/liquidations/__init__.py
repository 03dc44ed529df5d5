"""Liquidations: the cascade, the course of prices, sales of tokens, and loans against tokens."""
