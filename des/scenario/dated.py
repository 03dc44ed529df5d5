"""Dated entries of lists. An entry applies from its day on, until the next entry applies."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import TypeVar

from des.scenario.quantities import ContradictionError, Part


class Dated(Part):
    """An entry of a list that applies from a day on. Subclasses add figures, such as a price."""

    since: date


D = TypeVar("D", bound=Dated)


def in_force(steps: Sequence[D], day: date) -> D | None:
    """Return the step that applies on a day, or None before the first step.

    *steps* are in the order of time.
    """
    begun = [step for step in steps if step.since <= day]
    return begun[-1] if begun else None


def check_months(key: str, steps: Sequence[Dated]) -> None:
    """Refuse steps that are out of order, or that do not begin on the first of a month.

    Raises:
        ContradictionError: a step breaks these rules. *key* is the name of the list.
    """
    check_order(key, steps)
    for i, step in enumerate(steps):
        if step.since.day != 1:
            raise ContradictionError(
                (key, i, "since"),
                f"is {step.since}; give the first of a month, on which quotes are decided",
            )


def check_order(key: str, steps: Sequence[Dated]) -> None:
    """Refuse steps that are out of order.

    Raises:
        ContradictionError: a step does not begin after the previous step. *key* is the name of the
            list.
    """
    check_days(key, "since", [step.since for step in steps])


def check_days(key: str, field: str, days: Sequence[date]) -> None:
    """Refuse days that are out of order.

    Args:
        key: the name of a list.
        field: the key of the day in each entry of the list.
        days: the days, in the order of the list.

    Raises:
        ContradictionError: a day is not after the previous day.
    """
    for i, (before, day) in enumerate(pairwise(days), start=1):
        if not before < day:
            raise ContradictionError(
                (key, i, field), f"is {day}; give a day after {before}, the previous entry"
            )
