"""Which hours are traded where a run plays only some of them.

Of every n hours one, drawn at random, stands for all: whoever trades in it asks for n times as
much and is shown n times as much, so that what a day is expected to bring is the same, and only
its chance is larger. Prices, settlements, funding and everything daily go on through all hours.
"""

from dataclasses import dataclass

from des.chance import decision_key, mix
from des.clock import HOUR_US
from des.scenario import Run


@dataclass(frozen=True, slots=True)
class Sample:
    """One hour in *stands_for*, the same in all markets."""

    stands_for: int
    key: int

    @classmethod
    def of(cls, run: Run) -> "Sample":
        """Read a scenario."""
        return cls(run.one_hour_in, decision_key(run.seed, "sample"))

    def has(self, time_us: int) -> bool:
        """Tell whether the hour at *time_us* is traded."""
        stratum, place = divmod(time_us // HOUR_US, self.stands_for)
        return int(mix(self.key, stratum)) % self.stands_for == place
