"""Customers who trade on margin, and how their accounts are closed if the margin fails."""
