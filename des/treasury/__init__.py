"""How everybody funds themselves, and what the group does with money: margin, loans, uses."""
