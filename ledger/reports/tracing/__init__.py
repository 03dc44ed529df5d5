"""Tracing: the tracing rules of courts, applied to the group's cash."""
