"""The played hours of a sampled run, and the number of hours that each played hour represents.

A played hour of weight n represents n hours: orders and displayed sizes in it are n times as large.
An idle hour, which is not played, has the weight 0. The expected weight of each hour is 1. So the
expected sum of an amount over a day is the same as without sampling, if no hour's amount depends on
which other hours are played. The variance is larger. Prices, settlements, funding and daily events
continue in all hours. With `run.idle_hours_at_once`, consecutive idle hours can pass as one step.

There are two methods to draw the played hours. In both methods the draw does not depend on events
of the run. In the plain draw, one random hour of every n consecutive hours is played, with the
weight n. With `run.group_loss_usd_max`, one random hour is played for each group of similar hours:
see `des.hour_groups`.

On a full day every hour is played, with the weight 1. If a run has full days, n divides 24. So in
the plain draw each stratum, which is n consecutive hours, is within one day. With groups, or if n
divides 24, the weights of each day sum to 24.

The net position of uninformed customers is a random walk. Suppose that one of n hours is played,
with orders that are n times as large. Without a correction, the standard deviation of this walk
would be sqrt(n) times as large. So in the plain draw consecutive strata are joined into pairs. The
played hour of the second stratum repeats most orders of the first stratum's played hour with sides
reversed. In one of n pairs, on average, the second hour repeats nothing. The orders of each hour
keep their distribution, and the walk over many hours keeps its standard deviation. With groups, the
weights of played hours differ, and `des.repeated_orders` corrects the standard deviation of the
walk.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from des.chance import decision_key, mix
from des.clock import DAY_US, HOUR_US, midnight_us
from des.given import given
from des.hour_groups import GroupedHours
from des.repeated_orders import Noise, Orders, chained
from des.scenario import Run
from ledger.times import HOURS_PER_DAY


@dataclass(frozen=True, slots=True)
class TradedHours:
    """The played hours of a run, which are the same in all markets."""

    one_in: int  # hours that a played hour represents outside full days (with groups: at most)
    key: int
    twin_key: int
    full_days: frozenset[int] = frozenset()  # days since 1970
    idle_at_once: int = 1  # the largest number of idle hours that pass as one step
    grouped: GroupedHours | None = None
    # The source of random orders of each played hour. Without groups the mapping is empty.
    chained: Mapping[int, Orders] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Run, predicted: np.ndarray | None = None) -> "TradedHours":
        """Create the draw of a scenario's played hours.

        Args:
            run: the dates, the seed and the sampling of the scenario.
            predicted: the predicted loss of each hour of the run, shape (hours,). None: the plain
                draw.
        """
        full_days = frozenset(midnight_us(day) // DAY_US for day in run.full_days)
        twin_key, grouped = decision_key(run.seed, "sample", "twins"), None
        if predicted is not None:
            grouped = GroupedHours.drawn(
                predicted,
                midnight_us(run.start) // HOUR_US,
                full_days,
                (given(run.group_loss_usd_max), run.one_hour_in),
                decision_key(run.seed, "sample", "groups"),
            )
        return cls(
            run.one_hour_in,
            decision_key(run.seed, "sample"),
            twin_key,
            full_days,
            run.idle_hours_at_once or 1,
            grouped,
            chained(grouped.traded(), twin_key) if grouped else {},
        )

    @property
    def pass_at_once(self) -> bool:
        """Tell whether several idle hours can pass in one step that simulates only their end."""
        return self.idle_at_once > 1

    def stands_for_at(self, time_us: int) -> int:
        """Return the number of hours that the played hour at *time_us* represents, at least 1."""
        if self.grouped:
            return max(self.grouped.weight(time_us // HOUR_US), 1)
        return 1 if self.is_full(time_us) else self.one_in

    def weight_of_position(self, time_us: int) -> float:
        """Return the factor by which sampling enlarges a position at *time_us*, at least 1.

        The factor is the sum of the squared weights of the last 24 hours, divided by 24. An idle
        hour has the weight 0. A played hour of weight w counts as w hours, in which orders and
        displayed sizes are w times as large. So the factor is w if all played hours have the weight
        w.
        """
        if self.one_in == 1:
            return 1.0
        hour = time_us // HOUR_US
        squares = sum(self._weight(each) ** 2 for each in range(hour - HOURS_PER_DAY, hour))
        return max(squares / HOURS_PER_DAY, 1.0)

    def _weight(self, hour: int) -> int:
        time_us = hour * HOUR_US
        return self.stands_for_at(time_us) if self.has(time_us) else 0

    def is_full(self, time_us: int) -> bool:
        """Tell whether the day at *time_us* is a full day."""
        return time_us // DAY_US in self.full_days

    def has(self, time_us: int) -> bool:
        """Tell whether the hour at *time_us* is played."""
        hour = time_us // HOUR_US
        if self.grouped:
            return self.grouped.weight(hour) > 0
        if self.one_in == 1 or self.is_full(time_us):
            return True
        return self._drawn(hour // self.one_in) == hour

    def idle_at(self, time_us: int, most: int) -> int:
        """Return the number of consecutive idle hours that pass in one step.

        The first of these hours begins at *time_us*. The number is at least 1 and at most *most*.
        All hours of the step are on one day.
        """
        day_end_us = time_us - time_us % DAY_US + DAY_US
        hours = 1
        while (
            hours < most
            and time_us + hours * HOUR_US < day_end_us
            and not self.has(time_us + hours * HOUR_US)
        ):
            hours += 1
        return hours

    def is_first_of_day(self, time_us: int) -> bool:
        """Tell whether the hour at *time_us* is the first played hour of its day."""
        before_us = range(time_us - time_us % DAY_US, time_us - time_us % HOUR_US, HOUR_US)
        return self.has(time_us) and not any(map(self.has, before_us))

    def orders(self, hour: int) -> Orders:
        """Return the source of a played hour's random orders. *hour* is in hours since 1970."""
        if self.grouped:
            return self.chained[hour]
        twin = self._twin(hour)
        if twin is None:
            return Orders(hour, Noise.BEGINS)
        return Orders(twin, Noise.TAKES_BACK, is_turned=True)

    def _twin(self, hour: int) -> int | None:
        """Return the earlier hour that *hour* repeats with sides reversed, or None."""
        stratum = hour // self.one_in
        alone = stratum % 2 == 0 or int(mix(self.twin_key, stratum)) % self.one_in == 0
        # If one stratum of a pair is on a full day, the second stratum does not repeat the first.
        full = (self.is_full(each * HOUR_US) for each in (hour, (stratum - 1) * self.one_in))
        return None if alone or any(full) else self._drawn(stratum - 1)

    def _drawn(self, stratum: int) -> int:
        return stratum * self.one_in + int(mix(self.key, stratum)) % self.one_in


ALL_HOURS = TradedHours(1, 0, 0)
