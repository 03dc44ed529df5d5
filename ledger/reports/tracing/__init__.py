"""Tracing: rules on mixed money, applied to the group's cash."""
