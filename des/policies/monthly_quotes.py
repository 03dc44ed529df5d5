"""What the captive maker decides on the first of a month, and who decides it.

Another way of deciding is another `QuotingChoice`. It is asked at the run's start and on the first
of each month, and knows nothing of what comes after.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MonthlyQuotes:
    """How one market is quoted until the next decision."""

    half_spread_bps: float  # of the best level, before `maker.spread_times`
    shown_cents: int  # per level and side


class QuotingChoice(Protocol):
    """Decides what to quote in one market."""

    def decide(self, now_us: int) -> MonthlyQuotes:
        """Return what is quoted from *now_us* on: the run's start, or the first of a month."""
