"""Customers who trade on margin or borrow against tokens, and the closing of their accounts."""
