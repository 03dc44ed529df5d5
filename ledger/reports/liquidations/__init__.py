"""Liquidations of customers: the cascade, the course of prices, and sales of tokens."""
