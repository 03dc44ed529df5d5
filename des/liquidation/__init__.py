"""Customers who trade on margin, and the steps if their margin fails."""
