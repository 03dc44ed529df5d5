"""What a scenario may leave out, where a part of the world exists because it does not."""

from typing import TypeVar

Given = TypeVar("Given")


def given(value: Given | None) -> Given:
    """Return what a scenario may leave out, where the caller exists only because it does not.

    Raises:
        ValueError: it is left out; a mistake of the wiring, not of the scenario.
    """
    if value is None:
        raise ValueError("a part of the world was wired for what the scenario leaves out")
    return value
