"""Customers whose margin failed: the cascade, the course of prices, tokens that were sold."""
