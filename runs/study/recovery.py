"""Tests the method of a study: hides members one by one, and estimates their inputs and outcomes.

The figures of the hidden member replace the record and judge the other members. The only error of
these figures is chance. For each input and each outcome, an interval encloses the middle 90 % of
the plausible members. In nine of ten cases this interval should contain the hidden member's value.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from runs.study.member_table import Members
from runs.study.plausible import CUT
from runs.study.study_file import Unknown

ENDS = (5, 95)


class Recovered(NamedTuple):
    """How well one quantity of the hidden members is estimated from plausible members."""

    quantity: str
    hidden: int  # number of hidden members for which at least one other member is plausible
    covered: int  # number of hidden members whose value is in the 90 % interval
    width: float  # mean width of the intervals, divided by the width of the interval of all members
    # The mean, over the hidden members, of the estimate minus the hidden value. The estimate is the
    # median of the plausible members. The unit is the quantity's standard deviation over all
    # members.
    bias: float
    bias_error: float  # standard error of the bias


def recovery(
    members: Members, moments: Sequence[str], outcomes: Sequence[str], hidden: int, nth: int
) -> list[Recovered]:
    """Hide drawn members one by one, and estimate the inputs and outcomes of the hidden member.

    Args:
        members: played members. The members of the base show the variation by chance.
        moments: names of the figures that replace the record.
        outcomes: names of the figures that are estimated in addition to the inputs.
        hidden: the number of hidden members. They are the first of the drawn members.
        nth: a member is plausible if its n-th largest implausibility is less than CUT.
    """
    known = np.array([members.drawn(name) for name in moments])
    # The figures of the hidden member and of every other member vary by chance. So the variance of
    # the difference between two members is twice the variance of one member.
    sd = np.sqrt(2) * np.array([members.chance_sd(name) for name in moments])
    quantities = {unknown.name: points for unknown, points in _inputs(members)}
    quantities |= {name: members.drawn(name) for name in outcomes}
    plausible = [_like(known, sd, i, nth) for i in range(hidden)]
    return [_recovered(name, values, plausible) for name, values in quantities.items()]


def _inputs(members: Members) -> list[tuple[Unknown, np.ndarray]]:
    return list(zip(members.study.unknown, members.points.T, strict=True))


def _like(known: np.ndarray, sd: np.ndarray, hidden: int, nth: int) -> np.ndarray:
    """Return for each member whether it is plausible if the hidden member's figures are the record.

    The result is false for the hidden member itself.
    """
    far = np.abs(known - known[:, [hidden]]) / sd[:, np.newaxis]
    found: np.ndarray = np.sort(far, axis=0)[-min(nth, len(far))] < CUT
    found[hidden] = False
    return found


def _recovered(name: str, values: np.ndarray, plausible: Sequence[np.ndarray]) -> Recovered:
    covered, widths, off = 0, [], []
    spread = float(np.diff(np.percentile(values, ENDS))[0])
    for hidden, found in enumerate(plausible):
        if not found.any():
            continue
        low, middle, high = np.percentile(values[found], (ENDS[0], 50, ENDS[1]))
        covered += bool(low <= values[hidden] <= high)
        widths.append((high - low) / spread if spread else 0.0)
        off.append((middle - values[hidden]) / (float(np.std(values)) or 1.0))
    error = float(np.std(off, ddof=1) / len(off) ** 0.5) if len(off) > 1 else np.nan
    return Recovered(
        name, len(off), covered, float(np.mean(widths or [np.nan])), float(np.mean(off)), error
    )
