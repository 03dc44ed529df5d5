"""The captive maker's monthly decision, and the figures on which it is based.

Each policy is a `QuotingChoice`. A policy decides at the run's start and on the first of each
month. A decision uses the run's figures of the last month, but no earlier figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class MonthlyQuotes:
    """The maker's quotes in one market until the next decision."""

    half_spread_bps: float  # of the best level, without the factor `maker.spread_times`
    shown_cents: int  # size per level and side


class Outlook(NamedTuple):
    """The predicted result and volume of quotes, in a month or in a part of a month."""

    result_cents: int  # each fill is valued at the lead price at the moment of the fill
    volume_cents: int

    def times(self, numerator: int, denominator: int) -> "Outlook":
        """Return the prediction times *numerator* / *denominator*, rounded down.

        If *denominator* is 0, the prediction stays the same.
        """
        if not denominator:
            return self
        return Outlook(*(cents * numerator // denominator for cents in self))


@dataclass(frozen=True, slots=True)
class SeenMonth:
    """The maker's figures for one market in the time since the last decision, at most a month."""

    days: int
    traded_cents: int  # all volume of the market on the house
    own_cents: int  # the part that the maker's own quotes filled, without forced orders
    hits_cents: int  # the part of `own_cents` that firms took
    showed: MonthlyQuotes
    # The predictions that the maker's own simulation made for these days, in the order of
    # `considers`.
    promised: Sequence[Outlook]


@dataclass(frozen=True, slots=True)
class Decided:
    """The decided quotes, and their predicted result for a month as long as the last month."""

    quotes: MonthlyQuotes
    # None at the run's start. Also None if the size was zero in the last month, except if the
    # maker's policy is `StatedQuotes`.
    planned: Outlook | None = None
    held_by: str = ""  # the name of the limit that restricts the size, or empty


class QuotingChoice(Protocol):
    """A policy that decides the quotes of one market."""

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        """Return the quotes to simulate in a month, beginning with the displayed *quotes*."""

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        """Decide the quotes from *now_us* on, at the run's start or on the first of a month.

        Args:
            now_us: the time of the decision.
            seen: the figures of the last month. None at the run's start.
        """
