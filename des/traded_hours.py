"""Which hours are traded in a sampled run.

One random hour of every n represents all of them: orders and displayed sizes in it are n times as
large. So a day's expected result is the same, and only its variance is larger. Prices, settlements,
funding and daily events go on through all hours; with `run.idle_hours_at_once`, consecutive idle
hours pass as one.

On full days every hour is traded and stands for itself. Strata then lie within one day, so that a
full day consists of whole strata.

The position of uninformed customers is a random walk, whose width would grow with the root of n. So
in every second traded hour all but one in n of the flow repeats the hour traded before, with sides
reversed. Each hour keeps its distribution, and the walk over many hours keeps its width.
"""

from dataclasses import dataclass

from des.chance import decision_key, mix
from des.clock import DAY_US, HOUR_US, midnight_us
from des.scenario import Run


@dataclass(frozen=True, slots=True)
class TradedHours:
    """One hour in *one_in*, the same in all markets, and every hour of full days."""

    one_in: int
    key: int
    twin_key: int
    full_days: frozenset[int] = frozenset()  # counted since 1970
    idle_at_once: int = 1  # the most idle hours that pass as one

    @classmethod
    def of(cls, run: Run) -> "TradedHours":
        """Read a scenario."""
        return cls(
            run.one_hour_in,
            decision_key(run.seed, "sample"),
            decision_key(run.seed, "sample", "twins"),
            frozenset(midnight_us(day) // DAY_US for day in run.full_days),
            run.idle_hours_at_once or 1,
        )

    @property
    def pass_at_once(self) -> bool:
        """Tell whether only the end of a time without trading is simulated."""
        return self.idle_at_once > 1

    def stands_for_at(self, time_us: int) -> int:
        """Return the number of hours that the traded hour at *time_us* represents."""
        return 1 if self.is_full(time_us) else self.one_in

    def is_full(self, time_us: int) -> bool:
        """Tell whether the day at *time_us* is a full day."""
        return time_us // DAY_US in self.full_days

    def has(self, time_us: int) -> bool:
        """Tell whether the hour at *time_us* is traded."""
        if self.one_in == 1 or self.is_full(time_us):
            return True
        hour = time_us // HOUR_US
        return self._drawn(hour // self.one_in) == hour

    def idle_at(self, time_us: int, most: int) -> int:
        """Return the number of idle hours from *time_us* on that pass at once, at most *most*."""
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
        """Tell whether the hour at *time_us* is the first traded hour of its day."""
        before_us = range(time_us - time_us % DAY_US, time_us - time_us % HOUR_US, HOUR_US)
        return self.has(time_us) and not any(map(self.has, before_us))

    def twin(self, hour: int) -> int | None:
        """Return the hour (since 1970) whose flow *hour* repeats with sides reversed."""
        stratum = hour // self.one_in
        alone = stratum % 2 == 0 or int(mix(self.twin_key, stratum)) % self.one_in == 0
        # On a full day the other hour of the pair is not traded as drawn.
        full = (self.is_full(each * HOUR_US) for each in (hour, (stratum - 1) * self.one_in))
        return None if alone or any(full) else self._drawn(stratum - 1)

    def _drawn(self, stratum: int) -> int:
        return stratum * self.one_in + int(mix(self.key, stratum)) % self.one_in


ALL_HOURS = TradedHours(1, 0, 0)
