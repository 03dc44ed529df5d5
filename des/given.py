"""Optional parts of a scenario, for callers that exist only if the part is given."""

from typing import TypeVar

Given = TypeVar("Given")


def given(value: Given | None) -> Given:
    """Return an optional part of a scenario, for a caller that exists only if the part is given.

    Raises:
        ValueError: the part is missing, which is an error of the wiring, not of the scenario.
    """
    if value is None:
        raise ValueError("a part of the world was created although the scenario leaves it out")
    return value
