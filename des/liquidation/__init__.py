"""Customers who trade on margin, and what happens when their margin fails."""
