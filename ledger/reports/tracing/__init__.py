"""Whose money paid for what? The rules of courts, and the cash that they are put to."""
