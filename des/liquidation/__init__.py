"""Customers who trade on margin, and the steps when their margin fails."""
