"""Tracing: the rules of courts, applied to the group's cash."""
