"""A venue: the claims and positions of its members, its fees and its settlements.

A member of a venue is a party, or a desk of a party with positions of its own.
"""
