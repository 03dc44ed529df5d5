"""Customers whose margin failed: the cascade, the course of prices, sales of tokens."""
