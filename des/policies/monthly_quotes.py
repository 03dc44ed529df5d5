"""What the captive maker decides on the first of a month, from what, and who decides it.

Another way of deciding is another `QuotingChoice`. It is asked at the run's start and on the first
of each month, and is given all that it may look at: what was seen in the month that ended. It knows
nothing of what comes after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class MonthlyQuotes:
    """How one market is quoted until the next decision."""

    half_spread_bps: float  # of the best level, before `maker.spread_times`
    shown_cents: int  # per level and side


class Outlook(NamedTuple):
    """What quotes are thought to bring in a month, or in the days that were seen."""

    result_cents: int  # at fills
    volume_cents: int

    def times(self, numerator: int, denominator: int) -> "Outlook":
        """Return so many times as much, rounded down; of a denominator of 0, the same."""
        if not denominator:
            return self
        return Outlook(*(cents * numerator // denominator for cents in self))


@dataclass(frozen=True, slots=True)
class SeenMonth:
    """What the maker saw of one market in the month that ended, or in what the run has of it."""

    days: int
    traded_cents: int  # on the house, by everybody
    own_cents: int  # of it, by its own quotes
    hits_cents: int  # of that, with firms
    showed: MonthlyQuotes
    # What its own simulation of these days promised, in the order of `considers`.
    promised: Sequence[Outlook]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and what it is thought to bring in as many days as were seen."""

    quotes: MonthlyQuotes
    planned: Outlook | None = None  # None: nothing was seen yet
    held_by: str = ""  # the limit without which more or less would be shown, if there is one


class QuotingChoice(Protocol):
    """Decides what to quote in one market."""

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        """Return which quotes to simulate in a month in which *quotes* are shown: those first."""

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        """Return what is quoted from *now_us* on: the run's start, or the first of a month.

        Args:
            now_us: when.
            seen: the month that ended; None at the run's start.
        """
