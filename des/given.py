"""Checks that an optional part of the world is given, for code that needs this part."""

from typing import TypeVar

Given = TypeVar("Given")


def given(value: Given | None) -> Given:
    """Return *value*, which is optional elsewhere, but must be given here.

    Raises:
        ValueError: *value* is None. The error is in the code that calls this function, not in the
            scenario.
    """
    if value is None:
        raise ValueError("a part of the world was created although the scenario leaves it out")
    return value
