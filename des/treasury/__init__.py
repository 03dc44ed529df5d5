"""Funding of all parties, and what the group does with money: margin, loans, uses."""
