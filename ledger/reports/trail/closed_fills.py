"""The fills that a closing entry sums, and a comparison of their sum with the entry's postings."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from ledger.fills import each_fill
from ledger.reports.dollars import ZERO
from ledger.reports.table import Table
from ledger.reports.trail.booked_entries import BookedEntry
from ledger.reports.trail.both_tiers import BothTiers, usd_of
from ledger.reports.trail.linked_entries import not_listed
from ledger.times import time_of_day


@dataclass(frozen=True, slots=True)
class SummedFill:
    """A fill that a closing entry sums up."""

    seq: int
    time: str
    narration: str
    edge_usd: Decimal
    fee_usd: Decimal


@dataclass(frozen=True, slots=True)
class Agreement:
    """A figure of a closing entry, and the same figure computed from its fills."""

    line: str
    party: str | None
    commodity: str | None
    in_the_entry: Decimal
    in_the_fills: Decimal

    @property
    def difference(self) -> Decimal:
        """Return the entry's figure less the fills' figure, which must be zero."""
        return self.in_the_entry - self.in_the_fills


@dataclass(frozen=True, slots=True)
class ClosedFills:
    """The fills that a closing entry sums, and a comparison of their sum with the entry."""

    count: int
    listed: tuple[SummedFill, ...]
    agreement: tuple[Agreement, ...]


def closed_fills(books: BothTiers, entry: BookedEntry, limit: int) -> ClosedFills:
    """Find the fills of a closing entry, and compare their sum with the entry."""
    rows = books.fills_of(entry)
    listed = (
        SummedFill(
            fill.seq,
            time_of_day(fill.time_us),
            books.told(fill).narration,
            usd_of(fill.edge_cents),
            usd_of(fill.fee_cents),
        )
        for fill in each_fill(rows[:limit])
    )
    return ClosedFills(len(rows), tuple(listed), _agreement(books, entry, rows))


def summed_table(found: ClosedFills) -> Table:
    """Return a table with one row for each listed fill."""
    return Table.of(
        "fills",
        f"The fills that the entry sums up: {found.count:,}",
        ("seq", "time", "narration", "edge_usd", "fee_usd"),
        found.listed,
        not_listed(found.count, len(found.listed)),
    )


def _agreement(books: BothTiers, entry: BookedEntry, rows: np.ndarray) -> tuple[Agreement, ...]:
    """Compare the entry's number of fills, and each of its postings, with the fills."""
    booked = {(account, party, unit): number for account, number, unit, party in entry.lines}
    summed = {(p.account, p.party, p.commodity): books.number(p) for p in books.summed(rows)}
    keys = dict.fromkeys((*booked, *summed))
    return (
        Agreement("fills", None, None, Decimal(entry.meta["fills"]), Decimal(len(rows))),
        *(Agreement(*key, booked.get(key, ZERO), summed.get(key, ZERO)) for key in keys),
    )


def agreement_table(found: ClosedFills) -> Table:
    """Return a table with one row for each figure of the entry."""
    return Table.of(
        "agreement",
        "The entry compared with the sum of its fills",
        ("line", "party", "commodity", "in_the_entry", "in_the_fills", "difference"),
        found.agreement,
        ("Every difference must be zero.",),
    )
