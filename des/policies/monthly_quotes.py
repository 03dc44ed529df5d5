"""The captive maker's monthly decision, and the figures on which it is based.

Each policy is a `QuotingChoice`. A policy decides at the run's start and on the first of each
month, from the figures of the last month. It uses no later figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class MonthlyQuotes:
    """The maker's quotes in one market until the next decision."""

    half_spread_bps: float  # half-spread of the best level, before `maker.spread_times`
    shown_cents: int  # per level and side


class Outlook(NamedTuple):
    """The predicted result of quotes in a month, or in the part of it simulated so far."""

    result_cents: int  # the result at the time of the fills
    volume_cents: int

    def times(self, numerator: int, denominator: int) -> "Outlook":
        """Return the outlook times a fraction, rounded down; unchanged if the denominator is 0."""
        if not denominator:
            return self
        return Outlook(*(cents * numerator // denominator for cents in self))


@dataclass(frozen=True, slots=True)
class SeenMonth:
    """The maker's figures for one market in the last month, or in the run's part of this month."""

    days: int
    traded_cents: int  # volume on the house
    own_cents: int  # the part of this volume that the maker's own quotes filled
    hits_cents: int  # the part of the maker's volume that firms took
    showed: MonthlyQuotes
    # The predictions of the maker's own simulation of these days, in the order of `considers`.
    promised: Sequence[Outlook]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and its predicted result over as many days as the last month has."""

    quotes: MonthlyQuotes
    planned: Outlook | None = None  # None: no month has ended yet
    held_by: str = ""  # the limit that prevents a larger size, if any


class QuotingChoice(Protocol):
    """A policy that decides the quotes of one market."""

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        """Return the quotes to simulate in a month: first *quotes*, which the maker shows."""

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        """Return the quotes from *now_us* on, which is the run's start or the first of a month.

        Args:
            now_us: the time of the decision.
            seen: the figures of the last month; None at the run's start.
        """
