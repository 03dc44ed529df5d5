"""Cohorts: groups of customers with the same sensitivity to fear, each a range of holder numbers.

The books have one control account. This module also counts the claims that each cohort has not yet
requested, so that the customers who run first soon have no claims left. Trading results are not
assigned to single customers; all cohorts share them in proportion to their claims.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from des.scenario import Cohort


class Cohorts:
    """The claim of each cohort on the house, in cents, out of all customers' claims."""

    def __init__(self, cohorts: Sequence[Cohort]) -> None:
        """Start with claims in proportion to each cohort's share of the holders."""
        self._shares = [cohort.share for cohort in cohorts]
        # The end of each cohort's range of holders, in [0, 1].
        self._ends = list(accumulate(self._shares))
        self.cents = list(self._shares)

    def agree(self, cents: int) -> None:
        """Scale the cohorts' claims so that their sum equals the control account, *cents*."""
        before = sum(self.cents)
        if before > 0:
            self.cents = [one * max(cents, 0) / before for one in self.cents]
        else:
            self.cents = [share * max(cents, 0) for share in self._shares]

    def bring(self, place: float, cents: int) -> None:
        """Add *cents* to the claim of the cohort at *place*, in [0, 1), among all holders."""
        self.cents[chosen(self._ends, place)] += cents

    def take(self, cohort: int, cents: int) -> None:
        """Subtract a request from the cohort's claim."""
        self.cents[cohort] -= cents

    def place(self, cohort: int, within: float) -> float:
        """Convert a place in a cohort into a place among all holders, both in [0, 1)."""
        return (self._ends[cohort - 1] if cohort else 0.0) + self._shares[cohort] * within


def chosen(ends: Sequence[float], place: float) -> int:
    """Return the index of the range that contains *place*, in [0, 1), given the ranges' ends."""
    return min(bisect_right(ends, place * ends[-1]), len(ends) - 1)
