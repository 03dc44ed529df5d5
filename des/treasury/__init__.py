"""Funding of all parties, and the group's money: margin, loans, uses."""
