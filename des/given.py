"""Access to an optional part of a scenario by code that runs only if the part is given."""

from typing import TypeVar

Given = TypeVar("Given")


def given(value: Given | None) -> Given:
    """Return *value*, an optional part of a scenario that the caller needs.

    Raises:
        ValueError: the part is missing. The error is in the code that calls this function, not in
            the scenario.
    """
    if value is None:
        raise ValueError("a part of the world was created although the scenario leaves it out")
    return value
