"""Which hours are traded where a run plays only some of them.

Of every n hours one, drawn at random, stands for all: whoever trades in it asks for n times as
much and is shown n times as much, so that what a day is expected to bring is the same, and only
its chance is larger. Prices, settlements, funding and everything daily go on through all hours.

What uninformed customers hold is a random walk, whose width would grow with the root of n. So all
but one in n of every second traded hour's flow is that of the hour traded before with its sides
turned round: each hour keeps its law, and the walk over many its width.
"""

from dataclasses import dataclass

from des.chance import decision_key, mix
from des.clock import DAY_US, HOUR_US
from des.scenario import Run


@dataclass(frozen=True, slots=True)
class TradedHours:
    """One hour in *stands_for*, the same in all markets."""

    stands_for: int
    key: int
    twin_key: int

    @classmethod
    def of(cls, run: Run) -> "TradedHours":
        """Read a scenario."""
        keys = (decision_key(run.seed, *words) for words in (("sample",), ("sample", "twins")))
        return cls(run.one_hour_in, *keys)

    def has(self, time_us: int) -> bool:
        """Tell whether the hour at *time_us* is traded."""
        if self.stands_for == 1:
            return True
        hour = time_us // HOUR_US
        return self._drawn(hour // self.stands_for) == hour

    def is_first_of_day(self, time_us: int) -> bool:
        """Tell whether the hour at *time_us* is the first that is traded of its day."""
        before_us = range(time_us - time_us % DAY_US, time_us - time_us % HOUR_US, HOUR_US)
        return self.has(time_us) and not any(map(self.has, before_us))

    def twin(self, hour: int) -> int | None:
        """Return the hour (since 1970) whose flow comes once more in *hour*, turned round."""
        stratum = hour // self.stands_for
        alone = stratum % 2 == 0 or int(mix(self.twin_key, stratum)) % self.stands_for == 0
        return None if alone else self._drawn(stratum - 1)

    def _drawn(self, stratum: int) -> int:
        return stratum * self.stands_for + int(mix(self.key, stratum)) % self.stands_for


ALL_HOURS = TradedHours(1, 0, 0)
