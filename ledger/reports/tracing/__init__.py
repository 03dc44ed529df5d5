"""Whose money paid for what? The rules of courts, applied to the group's cash."""
