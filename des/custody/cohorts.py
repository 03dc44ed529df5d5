"""Cohorts: customers who are equally easy to frighten, told apart by their numbers.

The books know one control account. Beside them the desk keeps what each cohort has not yet asked
back, so that the first to run are soon gone. What trading brings and costs is nobody's in
particular and falls on all in proportion.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from des.scenario import Cohort


class Cohorts:
    """What each cohort has on the house, in cents, as a share in what all of them have."""

    def __init__(self, cohorts: Sequence[Cohort]) -> None:
        """Begin with claims by share of the holders."""
        self._shares = [cohort.share for cohort in cohorts]
        self._ends = list(accumulate(self._shares))  # of each one's holders, in [0, 1]
        self.cents = list(self._shares)

    def agree(self, cents: int) -> None:
        """Hold the cohorts' claims against what there really is, and spread the difference."""
        before = sum(self.cents)
        if before > 0:
            self.cents = [one * max(cents, 0) / before for one in self.cents]
        else:
            self.cents = [share * max(cents, 0) for share in self._shares]

    def bring(self, place: float, cents: int) -> None:
        """Add to the claim of whoever stands at *place*, in [0, 1), among all holders."""
        self.cents[chosen(self._ends, place)] += cents

    def take(self, cohort: int, cents: int) -> None:
        """Take away what somebody in a cohort asks for."""
        self.cents[cohort] -= cents

    def place(self, cohort: int, within: float) -> float:
        """Return the place among all holders of one within a cohort, both in [0, 1)."""
        return (self._ends[cohort - 1] if cohort else 0.0) + self._shares[cohort] * within


def chosen(ends: Sequence[float], place: float) -> int:
    """Return in which of consecutive spans a place in [0, 1) lies, given where they end."""
    return min(bisect_right(ends, place * ends[-1]), len(ends) - 1)
