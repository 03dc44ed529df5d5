"""Cohorts: groups of customers who are equally easy to frighten, each a range of numbers.

The books have one control account. The desk also keeps the claims that each cohort has not yet
asked back, so that the customers who run first are soon gone. Trading results are not assigned to
single customers; all cohorts share them in proportion.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from des.scenario import Cohort


class Cohorts:
    """The claim of each cohort on the house, in cents, as a share of the claim of all."""

    def __init__(self, cohorts: Sequence[Cohort]) -> None:
        """Begin with claims by share of the holders."""
        self._shares = [cohort.share for cohort in cohorts]
        self._ends = list(accumulate(self._shares))  # the range of each cohort's holders, in [0, 1]
        self.cents = list(self._shares)

    def agree(self, cents: int) -> None:
        """Compare the cohorts' claims with the control account, and share out the difference."""
        before = sum(self.cents)
        if before > 0:
            self.cents = [one * max(cents, 0) / before for one in self.cents]
        else:
            self.cents = [share * max(cents, 0) for share in self._shares]

    def bring(self, place: float, cents: int) -> None:
        """Add to the claim of the holder at *place*, in [0, 1), among all holders."""
        self.cents[chosen(self._ends, place)] += cents

    def take(self, cohort: int, cents: int) -> None:
        """Subtract a request from the cohort's claim."""
        self.cents[cohort] -= cents

    def place(self, cohort: int, within: float) -> float:
        """Convert a place within a cohort into a place among all holders, both in [0, 1)."""
        return (self._ends[cohort - 1] if cohort else 0.0) + self._shares[cohort] * within


def chosen(ends: Sequence[float], place: float) -> int:
    """Return the index of the span that contains a place in [0, 1); *ends* are the spans' ends."""
    return min(bisect_right(ends, place * ends[-1]), len(ends) - 1)
