"""Compares the house's daily volume of hits and forced orders with the recorded volume.

A day contradicts the record if hits and forced orders alone exceed the recorded volume.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.notes import TradedDay
from ledger.reports.dollars import ZERO
from ledger.reports.table import Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A day on which hits and forced orders alone exceed a market's recorded volume."""

    day: date
    market: str
    hits_usd: Decimal
    forced_usd: Decimal
    recorded_usd: Decimal

    @property
    def too_much_usd(self) -> Decimal:
        """Return the volume of hits and forced orders, less the recorded volume."""
        return self.hits_usd + self.forced_usd - self.recorded_usd


@dataclass(frozen=True, slots=True)
class TradedDays:
    """The number of days with a recorded volume, and the days that contradict the record."""

    recorded: int  # each day counts once for each market with a recorded volume
    contradictions: tuple[Contradiction, ...]


def traded_days(run: RunFolder) -> TradedDays:
    """Compare hits and forced orders with the recorded volume, for each market and recorded day."""
    notes = [
        (day, note, note.recorded_usd)
        for day, note in run.dated_notes(TradedDay)
        if note.recorded_usd is not None
    ]
    found = (
        Contradiction(day, note.market, note.hits_usd, note.forced_usd, recorded_usd)
        for day, note, recorded_usd in notes
    )
    return TradedDays(len(notes), tuple(each for each in found if each.too_much_usd > ZERO))


def contradictions_table(found: TradedDays) -> Table:
    """Return a table of the days that contradict the record."""
    return Table(
        "contradictions",
        "Days on which hits and forced orders alone exceed the recorded volume",
        ("day", "market", "hits_usd", "forced_usd", "recorded_usd", "too_much_usd"),
        [
            (
                each.day,
                each.market,
                each.hits_usd,
                each.forced_usd,
                each.recorded_usd,
                each.too_much_usd,
            )
            for each in found.contradictions
        ],
        (
            f"{len(found.contradictions)} of {found.recorded} days with a recorded volume are "
            "listed. A day counts once for each market. On the listed days the model contradicts "
            "the record, even if noise traders send no orders.",
            "If the record has only a month's volume, each day is compared with the month's mean "
            "volume per day. If the record had a volume for each day, fewer days with large price "
            "moves would be listed.",
        ),
    )
