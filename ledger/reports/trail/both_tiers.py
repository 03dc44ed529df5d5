"""Reads the general ledger and the fills of a run together.

Entries are read from the Parquet copy of the general ledger. DuckDB sums the fills, and the posting
rule is applied to the sums.
"""

from datetime import date
from decimal import Decimal
from itertools import repeat
from typing import NamedTuple

import duckdb
import numpy as np

from ledger import fill_store
from ledger.entries import GROUPED_BY, Entries
from ledger.fills import Fill, Pairing, first_fill, postings
from ledger.mistake import MistakeError
from ledger.motives import Motive
from ledger.reports.dollars import Dollars
from ledger.reports.trail.booked_entries import BookedEntry, booked_entries
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY, Movement, Posting

SIGNS = (
    "Signs are Beancount's: uses, costs and assets are positive. Sources, gains and debts are "
    "negative."
)
SHOWN = 20  # the default number of entries or fills in a list

_MOTIVES = {motive.word: motive for motive in Motive}


class TrailError(MistakeError, ValueError):
    """The requested kind, period, seq or link is not in the books, or the period is reversed."""


class FillSum(NamedTuple):
    """A sum of fills with the same pairing: motive, venue, taker and maker."""

    pairing: Pairing
    fills: int
    first_seq: int
    last_seq: int
    edge_cents: int
    fee_cents: int


class BothTiers:
    """The two tiers of a run's books: the general ledger and the fills."""

    def __init__(self, run: RunFolder, connection: duckdb.DuckDBPyConnection) -> None:
        self.run, self._connection = run, connection
        self._entries = Entries(run.chart, run.names)
        self._scales = run.chart.quantities

    @property
    def last_seq(self) -> int:
        """Return the largest seq in the general ledger."""
        ((last,),) = self.run.select("SELECT max(seq) FROM postings")
        return int(last)

    @property
    def last_day(self) -> date:
        """Return the day of the last entry."""
        ((day,),) = self.run.select("SELECT max(date) FROM postings")
        return day

    def entry(self, seq: int) -> BookedEntry:
        """Return the entry with this number (seq).

        Raises:
            TrailError: no entry has this number.
        """
        for entry in booked_entries(self.run, "seq = ?", [seq]):
            return entry
        raise TrailError(f"seq {seq} is not in the books; give a number from 1 to {self.last_seq}")

    def entries_with(self, link: str) -> list[BookedEntry]:
        """Return the entries that have this link, in the order of seq."""
        return list(booked_entries(self.run, "list_contains(links, ?)", [link]))

    def fill(self, seq: int) -> Fill[int] | None:
        """Return the fill whose number is *seq*, or None if no fill has this number."""
        rows = self.fills(f"seq = {seq}")
        return first_fill(rows) if len(rows) else None

    def fills(self, condition: str) -> np.ndarray:
        """Return the fills that fulfil an SQL condition."""
        return fill_store.read(self._connection, f"(FROM rows WHERE {condition})", self.run.names)

    def sums(self, condition: str) -> list[FillSum]:
        """Sum the fills that fulfil an SQL condition, separately for each pairing."""
        found = self._connection.execute(
            "SELECT motive, venue, taker, maker, count(*), min(seq), max(seq), sum(edge_cents), "
            f"sum(fee_cents) FROM rows WHERE {condition} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return [
            FillSum(Pairing(_MOTIVES[motive], venue, taker, maker), *sums)
            for motive, venue, taker, maker, *sums in found
        ]

    def told(self, fill: Fill[int]) -> Movement:
        """Return the transaction that records a fill in a day ledger."""
        return self._entries.of_row(fill)

    def sentences(self, rows: np.ndarray) -> dict[int, str]:
        """Return the narration of each fill in the day ledgers. The key is the fill's seq."""
        said: dict[int, str] = {}
        for seqs, told in self._entries.of_rows(rows):
            words = told.narration
            texts = repeat(words) if isinstance(words, str) else words
            said.update(zip(seqs.tolist(), texts, strict=False))
        return said

    def posted(self, fills: FillSum) -> list[Posting[int]]:
        """Return the dollar postings of a sum of fills."""
        return postings(self.run.chart, fills.pairing, fills.edge_cents, fills.fee_cents, {})

    def closing_of(self, fill: Fill[int]) -> BookedEntry | None:
        """Return the closing entry that includes *fill*, or None if no closing entry does."""
        pairing = Pairing.of(fill, self.run.names)
        candidates = booked_entries(
            self.run,
            "tag = ? AND payee IS NOT DISTINCT FROM ? "
            "AND ? BETWEEN (meta->>'first-fill')::BIGINT AND (meta->>'last-fill')::BIGINT",
            [pairing.motive.word, pairing.payee(self.run.chart.parties), fill.seq],
        )
        for entry in candidates:
            opener = self.fill(int(entry.meta["first-fill"]))
            if opener and Pairing.of(opener, self.run.names) == pairing:
                return entry
        return None

    def fills_of(self, closing: BookedEntry) -> np.ndarray:
        """Return the fills that a closing entry sums. All have the pairing of the first fill."""
        first, last = int(closing.meta["first-fill"]), int(closing.meta["last-fill"])
        pairing = ", ".join(GROUPED_BY)
        return self.fills(
            f"seq BETWEEN {first} AND {last} "
            f"AND ({pairing}) IN (SELECT {pairing} FROM rows WHERE seq = {first})"
        )

    def summed(self, rows: np.ndarray) -> list[Posting[int]]:
        """Return the postings of the closing entry that sums *rows*.

        All rows must have the same pairing.
        """
        return [p for entry in self._entries.closing(rows, 0) for p in entry.postings]

    def standing(self, seq: int, booked: bool) -> Dollars[str]:
        """Return each account's balance in dollars just before the event with the number *seq*.

        Args:
            seq: a number in the order of all events.
            booked: whether a fill changes the balances only at its closing entry, as in the general
                ledger. If not, a fill changes them at its own time.
        """
        booked = booked or not self.run.has_fills
        stood: Dollars[str] = Dollars(
            self.run.select(
                "SELECT account, sum(units) * 0.01 FROM postings WHERE commodity = ? AND seq < ? "
                "AND (? OR (meta->>'fills') IS NULL) GROUP BY account",
                [MONEY, seq, booked],
            )
        )
        for each in () if booked else self.sums(f"seq < {seq}"):
            for posting in self.posted(each):
                stood[posting.account] += usd_of(posting.units)
        return stood

    def number(self, posting: Posting[int]) -> Decimal:
        """Convert a posting's amount from the commodity's smallest units to a decimal number."""
        if posting.commodity == MONEY:
            return usd_of(posting.units)
        return Decimal(self._scales[posting.commodity].text(posting.units))


def usd_of(cents: int) -> Decimal:
    """Convert cents to dollars."""
    return Decimal(cents).scaleb(-2)
