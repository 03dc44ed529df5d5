"""A test of inference: members are hidden one by one, and recovered from their moments.

A hidden member takes the place of the record: only its figures are known. The other members are
compared with them as with the record, with chance as the only variance. The plausible ones should
enclose the hidden member's true inputs and outcome.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from runs.study.member_table import Members
from runs.study.plausible import CUT
from runs.study.study_file import Unknown

ENDS = (5, 95)


class Recovered(NamedTuple):
    """One quantity of the hidden members, beside its plausible values."""

    quantity: str
    hidden: int
    covered: int  # how many of them the plausible members' 90 % interval contains
    width: float  # mean width of these intervals, as a share of all members' width
    bias: float  # mean error of their middle, in standard deviations over all members
    bias_error: float  # standard error of the bias


def recovery(
    members: Members, moments: Sequence[str], outcomes: Sequence[str], hidden: int, nth: int
) -> list[Recovered]:
    """Hide the first members in turn, and recover each from the others.

    Args:
        members: played members; those of the base give the variation by chance.
        moments: names of the known figures of a hidden member.
        outcomes: names of the figures to recover, beside the inputs.
        hidden: the number of hidden members.
        nth: the rank of the deciding implausibility, counted from the largest.
    """
    known = np.array([members.drawn(name) for name in moments])
    # The difference of two members contains chance twice.
    sd = np.sqrt(2 * np.array([np.var(members.of_base(name), ddof=1) for name in moments]))
    quantities = {unknown.name: points for unknown, points in _inputs(members)}
    quantities |= {name: members.drawn(name) for name in outcomes}
    plausible = [_like(known, sd, i, nth) for i in range(hidden)]
    return [_recovered(name, values, plausible) for name, values in quantities.items()]


def _inputs(members: Members) -> list[tuple[Unknown, np.ndarray]]:
    return list(zip(members.study.unknown, members.points.T, strict=True))


def _like(known: np.ndarray, sd: np.ndarray, hidden: int, nth: int) -> np.ndarray:
    """Tell which members are like a hidden one, itself left out."""
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
