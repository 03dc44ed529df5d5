"""Cohorts: groups of customers with the same sensitivity to fear.

A holder's place in the order of all holders decides the holder's cohort. The books have one control
account for all retail customers. So this module keeps the claims of each cohort, without amounts
already requested for withdrawal. While there is fear, more sensitive cohorts are expected to
request a larger part of their claims in each hour. So their share of all claims falls. Trading
results are not assigned to single customers. All cohorts share the results in proportion to their
claims.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from des.scenario import Cohort


class Cohorts:
    """The part of each cohort's claims on the house that is not yet requested, in cents."""

    def __init__(self, cohorts: Sequence[Cohort]) -> None:
        """Initialise with claims in proportion to the cohorts' shares of all holders."""
        self._shares = [cohort.share for cohort in cohorts]
        # For each cohort, the share of all holders that are in this cohort or in an earlier one.
        self._ends = list(accumulate(self._shares))
        self.cents = list(self._shares)

    def agree(self, cents: int) -> None:
        """Change the cohorts' claims so that their sum is *cents*, or 0 if *cents* is negative.

        *cents* is the amount that retail customers can still request. All claims are multiplied by
        the same factor. If no cohort has a claim, *cents* is divided in proportion to the cohorts'
        shares of all holders.
        """
        before = sum(self.cents)
        if before > 0:
            self.cents = [one * max(cents, 0) / before for one in self.cents]
        else:
            self.cents = [share * max(cents, 0) for share in self._shares]

    def bring(self, place: float, cents: int) -> None:
        """Add a deposit to the claim of one cohort.

        *place* is the depositor's place among all holders, as a share from 0 to below 1.
        """
        self.cents[chosen(self._ends, place)] += cents

    def take(self, cohort: int, cents: int) -> None:
        """Subtract a requested amount from the cohort's claim."""
        self.cents[cohort] -= cents

    def place(self, cohort: int, within: float) -> float:
        """Convert a place within a cohort, in [0, 1), into a place among all holders."""
        return (self._ends[cohort - 1] if cohort else 0.0) + self._shares[cohort] * within


def chosen(ends: Sequence[float], place: float) -> int:
    """Return the index of the range that contains a point.

    Args:
        ends: the upper end of each range. The first range begins at 0.
        place: the point divided by the last of *ends*, from 0 to below 1.
    """
    return min(bisect_right(ends, place * ends[-1]), len(ends) - 1)
