"""The trading firms' results by venue, and the part of their claims that the house could pay."""
