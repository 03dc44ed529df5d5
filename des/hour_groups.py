"""A stratified draw of hours: one random hour from each group of similar hours of a day.

Before any hour is played, the maker's loss in each hour is predicted from the jumps of the price
(see `des.market.predicted_losses`). The hours of a day are sorted by predicted loss, the largest
first, and divided into groups. The scenario states a bound on the predicted loss of a group, and
the largest number of hours in a group. The number of hours in a group is the bound divided by the
predicted loss of the group's first hour, rounded down, but at least 1 and at most the stated
number. The last group of a day has fewer hours if no more hours of the day are left. One random
hour of each group is played and represents the whole group.

Hours with a large predicted loss are in small groups, so a large part of these hours is played. The
bound is the same on all days except full days, on which each hour is its own group. So the groups
of a day depend only on the predictions of this day.

Source: Cochran (1977), Sampling Techniques, chapter 5, on strata of similar units.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from des.chance import mix
from ledger.times import HOURS_PER_DAY


def groups_of(predicted: np.ndarray, loss_max: float, most: int) -> list[np.ndarray]:
    """Divide a day into groups of hours with similar predicted losses.

    Args:
        predicted: the predicted loss of each hour, 0 or more, shape (n,).
        loss_max: the bound on the predicted loss of a group of two hours or more.
        most: the largest number of hours in a group.

    Returns:
        The hours of each group, as indices into *predicted*. The first group has the hours with the
        largest predicted losses.
    """
    left, groups = np.argsort(-predicted, kind="stable"), []
    while len(left):
        largest = predicted[left[0]]
        size = most if most * largest <= loss_max else max(int(loss_max / largest), 1)
        groups.append(left[:size])
        left = left[size:]
    return groups


@dataclass(frozen=True, slots=True)
class GroupedHours:
    """The played hours of a run, drawn from groups. Index h of a tuple is hour h of the run."""

    first_hour: int  # hours since 1970
    weights: tuple[int, ...]  # number of hours that each hour represents; 0 if it is not played
    # The predicted loss of the group that a played hour represents; 0 if the hour is not played.
    group_losses: tuple[float, ...]

    @classmethod
    def drawn(
        cls,
        predicted: np.ndarray,
        first_hour: int,
        full_days: frozenset[int],
        bounds: tuple[float, int],
        key: int,
    ) -> "GroupedHours":
        """Draw the played hours: one random hour from each group of each day.

        Args:
            predicted: the predicted loss of each hour of the run, shape (hours,).
            first_hour: the first hour of the run, in hours since 1970. It begins at midnight.
            full_days: the days, in days since 1970, on which each hour is its own group.
            bounds: the bound on the predicted loss of a group, and the largest number of hours in a
                group.
            key: the key of the random draw.
        """
        weights, losses = np.zeros(len(predicted), dtype=np.int64), np.zeros(len(predicted))
        for first in range(0, len(predicted), HOURS_PER_DAY):
            of_day = predicted[first : first + HOURS_PER_DAY]
            is_full = (first_hour + first) // HOURS_PER_DAY in full_days
            groups = groups_of(of_day, *((0.0, 1) if is_full else bounds))
            for i, group in enumerate(groups):
                hour = first + group[int(mix(key, first_hour + first + i)) % len(group)]
                weights[hour], losses[hour] = len(group), of_day[group].sum()
        return cls(first_hour, tuple(weights.tolist()), tuple(losses.tolist()))

    def weight(self, hour: int) -> int:
        """Return the number of hours that *hour* represents, or 0 if *hour* is not played."""
        return self.weights[hour - self.first_hour] if hour >= self.first_hour else 0

    def traded(self) -> Iterator[tuple[int, int]]:
        """Yield each played hour, in hours since 1970, with its weight, in order of time."""
        for i, weight in enumerate(self.weights):
            if weight:
                yield self.first_hour + i, weight

    def of_day(self, hour: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """Return two tuples for the hours of the day that begins with *hour*: weights and losses.

        The loss of a played hour is the predicted loss of its whole group. Hours that are not
        played have the weight 0 and the loss 0.
        """
        hours = slice(hour - self.first_hour, hour - self.first_hour + HOURS_PER_DAY)
        return self.weights[hours], self.group_losses[hours]
