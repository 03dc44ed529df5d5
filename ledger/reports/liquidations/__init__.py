"""Liquidations of customers on margin: the cascade, the course of prices, the sales of tokens."""
