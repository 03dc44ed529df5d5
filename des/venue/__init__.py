"""A venue: the claims and positions of its members, its fees, its settlements."""
