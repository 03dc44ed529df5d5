"""Recomputes fills, and compares their sums with the general ledger.

Edges, fees and settlement payments are computed from the other columns of the fills, without the
code that booked the fills. The sums of fills are posted by the same posting rule as in the run: see
`ledger.fills`. These postings are compared with the general ledger in amounts and words.

Each day can be checked alone, in any order and by any process. Customers' margin accounts are an
exception: they are checked in one pass over all days. The state at a day's start has the positions,
their values, and the volumes that decide fee tiers. Each of these is a sum over all earlier days.
The state after the day's rows must be the state at the start of the next day. So if no day is
wrong, all rows together are right.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

import duckdb
import numpy as np
from beancount.core import data

from ledger import duckdb_session, fill_store
from ledger.duckdb_session import parquet
from ledger.entries import Entries, contract_table
from ledger.notes import FillsOfDay, FundingRate
from ledger.proof.closing_entries import (
    booked_lines,
    due_lines,
    last_microsecond,
    writers_of,
    wrong_words,
)
from ledger.proof.day_openings import DAY, DayOpenings
from ledger.proof.margin_accounts import MarginAccounts
from ledger.proof.taker_fees import HOUSE, WINDOW_DAYS, FeeRates
from ledger.proof.wrong_rows import wrong_columns, wrong_order, wrong_payments, wrong_prices
from ledger.run_folder import RunFolder
from ledger.transaction import Movement

ONE_DAY = timedelta(days=1)

# Selects the days in a file, each with its first and last seq.
ENDS = f"SELECT {DAY} AS day, min(seq), max(seq) FROM {{file}} GROUP BY day ORDER BY day"


class Recomputation:
    """Recomputes the fills of one run."""

    def __init__(self, run: RunFolder) -> None:
        """Read the general ledger's sums of fills on all days."""
        # A day has few rows, so more threads would save no time.
        self._run, self._connection = run, duckdb_session.connect(threads=1)
        self._entries = Entries(run.chart, run.names)
        self._tick_cents, self._stands_for = _tick_cents(run), _stands_for(run)
        self._writers = writers_of(run.chart)
        (funding,) = run.notes(FundingRate)
        self._fees, self._funding_e9 = FeeRates(run), funding.e9
        self._vouched, self._closings = _control_totals(run), _closings(run)
        self._seqs_of_entries = {int(entry.meta["seq"]) for entry in run.transactions}

    @property
    def days(self) -> list[date]:
        """Return the sorted days for which the general ledger has a control total of fills."""
        return sorted(self._vouched)

    def wrong_within(self, day: date) -> Iterator[str]:
        """Yield the errors in the rows of one of the days that `days` returns."""
        path = self._run.path / "fills" / f"{day:%Y-%m}.parquet"
        if not path.is_file():
            return  # `wrong_between_days` reports a missing day
        try:
            rows = self._rows(day)
        except Exception as error:
            yield f"fills/{path.name}: {error}".splitlines()[0]
            return
        for problem in self._wrong(rows, day) if len(rows) else ():
            yield f"fills/{path.name}: {problem}"

    def wrong_between_days(self) -> Iterator[str]:
        """Yield errors that no check of a single day can find.

        Such an error is an unreadable file, a missing day, a missing control total, a missing seq
        between two days, a wrong order of days, or a day in the file of another month.
        """
        found: list[tuple[date, int, int]] = []
        for path in self._run.fill_files:
            name = f"fills/{path.name}"
            try:
                days = self._connection.cursor().execute(ENDS.format(file=parquet(path))).fetchall()
            except duckdb.Error as error:
                yield f"{name}: {error}".splitlines()[0]
                continue
            if strange := {str(day)[:7] for day, *_ in days} - {path.stem}:
                yield f"{name}: the file has days of another month: {', '.join(sorted(strange))}"
            for day in (day for day, *_ in days if day not in self._vouched):
                yield f"{name}: {day}: there is no control total in the general ledger"
            found += days
        for (day, _, last), (_, first, _) in pairwise(found):
            row = f"fills/{day:%Y-%m}.parquet: row with seq {last}"
            if first <= last:
                yield f"{row}: the next day begins with seq {first}, which is not higher"
            elif not self._seqs_of_entries.issuperset(range(last + 1, first)):
                yield f"{row}: the next seq is missing"
        for day in sorted({*self._closings, *self._vouched} - {day for day, *_ in found}):
            yield f"{day:%Y-%m}.beancount: the file sums up fills of {day}, but there are none"

    def wrong_on_margin(self) -> Iterator[str]:
        """Yield the errors in customers' margin accounts.

        The accounts at the start of a day are not stored, so one pass reads all days in order.
        """
        if not self._run.chart.parties.providers:
            return
        on_margin = MarginAccounts(self._run, self._tick_cents[HOUSE])
        for path in self._run.fill_files:
            name = f"fills/{path.name}"
            try:
                days = self._connection.cursor().execute(ENDS.format(file=parquet(path))).fetchall()
                for day, *_ in days:
                    rows = self._rows(day)
                    yield from (f"{name}: {problem}" for problem in on_margin.wrong_steps(rows))
            except (duckdb.Error, ValueError, IndexError):
                return  # other checks report files that cannot be read
        yield from on_margin.wrong_totals()

    def _rows(self, day: date) -> np.ndarray:
        path = self._run.path / "fills" / f"{day:%Y-%m}.parquet"
        among = f"(FROM {parquet(path)} WHERE {DAY} = DATE '{day}')"
        # Each day needs a cursor of its own, because a worker with threads can check two days at
        # once.
        return fill_store.read(self._connection.cursor(), among, self._run.names)

    def _wrong(self, rows: np.ndarray, day: date) -> list[str]:
        tick_cents = self._tick_cents[rows["venue"], rows["market"]]
        openings = self._openings
        standing, next_standing = openings.of(day), openings.of(day + ONE_DAY)
        earlier = openings.of(day - timedelta(days=WINDOW_DAYS))
        volume_cents = (standing.traded_cents - earlier.traded_cents)[HOUSE].sum(axis=0)
        problems = [
            *wrong_columns(rows),
            *wrong_order(rows, self._seqs_of_entries),
            *wrong_prices(rows, tick_cents, self._stands_for[rows["venue"], rows["market"]]),
            *self._fees.wrong_rates(rows, day, volume_cents),
            *wrong_payments(rows, tick_cents, self._funding_e9, standing),
            *self._wrong_sums(rows, day),
        ]
        # `wrong_payments` has added the day's rows to `standing`. So `standing` now has the
        # positions, values and volumes at the day's end.
        if not problems and not np.array_equal(standing, next_standing):
            problems.append(
                f"{day}: positions, values or volumes differ between the end of this day and the "
                "start of the next day"
            )
        return problems

    def _wrong_sums(self, rows: np.ndarray, day: date) -> Iterator[str]:
        """Compare the control total and the sums of a day's rows with the general ledger."""
        run = self._run
        if self._vouched[day] != (len(rows), fill_store.control_total(rows, run.names)):
            yield f"{day}: the general ledger and the fills have different control totals"
        booked = {
            (
                int(entry.meta["fills"]),
                int(entry.meta["first-fill"]),
                int(entry.meta["last-fill"]),
            ): entry
            for entry in self._closings.get(day, [])
        }
        before = 0
        for entry in self._entries.closing(rows, last_microsecond(day)):
            count, first, last = (int(value) for _, value in entry.meta)
            found = booked.pop((count, first, last), None)
            if found is None:
                yield (
                    f"{day}: no entry of the general ledger sums up these fills: {entry.narration}"
                )
                continue
            seq = int(found.meta["seq"])
            yield from (f"{day}: {problem}" for problem in self._wrong_entry(seq, found, entry))
            if seq < before:
                yield f"{day}: the entry with seq {seq} is not in the order of closing entries"
            before = seq
        for left in booked.values():
            yield f"{day}: the entry with seq {left.meta['seq']} sums up fills that do not exist"

    def _wrong_entry(self, seq: int, found: data.Transaction, due: Movement) -> Iterator[str]:
        """Compare a closing entry with the sum of its fills, first in amounts, then in words."""
        booked, summed = booked_lines(found), due_lines(due, self._writers)
        if Counter(booked) != Counter(summed):
            yield f"the entry with seq {seq} is not the sum of its fills: {due.narration}"
        elif booked != summed:
            yield f"the entry with seq {seq} has its postings in the wrong order: {due.narration}"
        yield from (f"the entry with seq {seq}: {problem}" for problem in wrong_words(found, due))

    @cached_property
    def _openings(self) -> DayOpenings:
        connection = self._run.connect(duckdb_session.connect(threads=1))
        return DayOpenings(self._run, connection, self._tick_cents)


def _tick_cents(run: RunFolder) -> np.ndarray:
    """Return the value in cents of one tick on one lot, by (venue, market)."""
    table = np.zeros((len(run.names.venues), len(run.names.markets)), dtype=np.int64)
    for place, contract in contract_table(run.chart, run.names).items():
        table[place] = contract.cents_per_lot_tick
    return table


def _stands_for(run: RunFolder) -> np.ndarray:
    """Return the number of similar markets that each contract represents, by (venue, market)."""
    table = np.ones((len(run.names.venues), len(run.names.markets)), dtype=np.int64)
    for place, contract in contract_table(run.chart, run.names).items():
        table[place] = contract.stands_for
    return table


def _control_totals(run: RunFolder) -> dict[date, tuple[int, str]]:
    return {day: (note.rows, note.total) for day, note in run.dated_notes(FillsOfDay)}


def _closings(run: RunFolder) -> dict[date, list[data.Transaction]]:
    closings: dict[date, list[data.Transaction]] = defaultdict(list)
    for entry in run.transactions:
        if "fills" in entry.meta:
            closings[entry.date].append(entry)
    return closings
