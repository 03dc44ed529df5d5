"""The journal records events, puts them in the order of time, and closes each day.

The simulated world records each cash movement separately, but records fills in batches. `post`
gives the new records their numbers (`seq`), in the order of time. `close_day` sums the day's fills
into the general ledger. `finish` writes the last files of the folder.
"""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import TextIO

import numpy as np

from ledger import directive_store, fill_store
from ledger.chart import Chart
from ledger.directive_store import Directive, Directives
from ledger.entries import Entries
from ledger.fill_notes import FillNotes
from ledger.fills import Names, join_rows
from ledger.main_file import check_text, declared, main_text
from ledger.monthly_columns import MonthlyColumns
from ledger.notes import FillsOfDay, Note
from ledger.text import HEADER, Text, quoted
from ledger.times import DAY_US, day_of
from ledger.transaction import MONEY, Movement, check_balance


class Journal:
    """The books of a running world, written month by month into *folder*."""

    def __init__(
        self,
        folder: Path,
        title: str,
        chart: Chart,
        names: Names,
        start_us: int,
        hours_are_sampled: bool = False,
    ) -> None:
        self.folder, self.chart, self.names = folder, chart, names
        self._title, self._start_us = title, start_us
        self._entries, self._text = Entries(chart, names), Text(chart)
        self._fill_notes = FillNotes(chart, names, hours_are_sampled)
        self._balances: dict[tuple[str, str], int] = defaultdict(int)
        self._priced: dict[str, date] = {}  # for each commodity, the day of its last recorded price
        self._last_seq = 0
        self._rows: list[np.ndarray] = []  # recorded fills that have no seq yet
        self._transactions: list[Movement] = []
        self._day: list[np.ndarray] = []  # fills with a seq that are not yet in the general ledger
        self._columns = MonthlyColumns(folder, chart, names)
        self._directives = Directives()
        self._months: list[str] = []
        self._file: TextIO | None = None

    def record(self, transaction: Movement) -> None:
        """Record a movement of cash, claims, debts, tokens or coins outside the fills.

        Raises:
            UnbalancedTransactionError: the transaction's postings do not sum to zero.
        """
        check_balance(transaction.narration, transaction.postings)
        self._transactions.append(transaction)

    def trade(self, rows: np.ndarray) -> None:
        """Record rows of fills or payments (dtype ROW), which have no seq yet."""
        if len(rows):
            self._rows.append(rows)

    def event(self, time_us: int, name: str, value: str) -> None:
        """Record an event that moves no money, such as a halt."""
        self._say(time_us, "event", name, quoted(value))

    def note(self, time_us: int, note: Note) -> None:
        """Record a note for reports. A note moves no money."""
        self._say(time_us, "custom", note.kind, *note.words())

    def price(self, time_us: int, commodity: str, usd: str) -> None:
        """Record the price of a commodity at the end of a day, if it is not yet recorded."""
        day = day_of(time_us)
        if self._priced.get(commodity) == day:
            return  # already recorded for another holder of the commodity
        self._priced[commodity] = day
        self._month(time_us).write(f"{day} price {commodity} {usd} {MONEY}\n\n")
        self._directives.add(Directive("price", day, commodity, (f"{usd} {MONEY}",)))

    def balance(self, account: str, commodity: str = "USD") -> int:
        """Return an account's balance after the last written entry, in the smallest unit."""
        return self._balances.get((account, commodity), 0)

    def post(self) -> None:
        """Give a number to each record that has none, in the order of time.

        Records made after this call get higher numbers. At the same instant, fills and payments
        come before cash movements, and cash movements keep the order of recording. If there is no
        new cash movement, this call does nothing: fills and payments get their numbers in a later
        call, or at the day's close.
        """
        if self._transactions:
            self._put_in_order()

    def _note_fills(self, time_us: int, rows: np.ndarray) -> None:
        for note in self._fill_notes.of(rows):
            self.note(time_us, note)

    def _put_in_order(self) -> None:
        rows = join_rows(self._rows)
        rows = rows.take(np.argsort(rows["time_us"], kind="stable"))
        moves = sorted(self._transactions, key=lambda transaction: transaction.time_us)
        self._rows, self._transactions = [], []
        times = np.array([move.time_us for move in moves], dtype=np.int64)
        # For each cash movement, the number of rows before it. For each row, the number of cash
        # movements before it.
        rows_before = np.searchsorted(rows["time_us"], times, side="right")
        moves_before = np.searchsorted(times, rows["time_us"], side="left")
        first = self._last_seq + 1
        rows["seq"] = first + np.arange(len(rows)) + moves_before
        self._last_seq += len(rows) + len(moves)
        if len(rows):
            self._day.append(rows)
        for i, move in enumerate(moves):
            self._write(move, first + i + int(rows_before[i]))

    def close_day(self, time_us: int) -> None:
        """Sum a day's fills into the general ledger. On a month's last day, end the month's files.

        *time_us* is the day's last microsecond.
        """
        self._put_in_order()
        rows = join_rows(self._day)
        self._day = []
        for entry in self._entries.closing(rows, time_us):
            self._last_seq += 1
            self._write(entry, self._last_seq)
        self._note_fills(time_us, rows)
        if len(rows):
            stored = self._columns.fills.add(rows)
            total = fill_store.control_total(stored, self.names)
            self.note(time_us, FillsOfDay(len(rows), total))
        if day_of(time_us + 1).day == 1:
            self._close_month(time_us)

    def finish(self, time_us: int) -> None:
        """Close the last month and write the main files."""
        if self._file:
            self._close_month(time_us)
        self._columns.wait()
        main = main_text(
            self._title,
            self.chart,
            day_of(self._start_us),
            day_of(time_us + 1),
            (f"{month}.beancount" for month in self._months),
        )
        for directive in declared(self.chart, day_of(self._start_us)):
            self._directives.add(directive)
        self._directives.write(self.folder / directive_store.FILE)
        (self.folder / "main.beancount").write_text(main, encoding="utf-8")
        (self.folder / "check.beancount").write_text(check_text(), encoding="utf-8")

    def close(self) -> None:
        """Close the month's file if it is open, and stop the thread that writes Parquet files.

        This call is needed even if the run has failed.
        """
        self._columns.close()
        if self._file:
            self._file.close()
            self._file = None

    def _say(self, time_us: int, directive: str, name: str, *words: str) -> None:
        day = day_of(time_us)
        text = f"{day} {directive} {' '.join((quoted(name), *words))}\n\n"
        self._month(time_us).write(text)
        self._directives.add(Directive(directive, day, name, words))

    def _write(self, entry: Movement, seq: int) -> None:
        for posting in entry.postings:
            self._balances[posting.account, posting.commodity] += posting.units
        self._month(entry.time_us).write(self._text.transaction(entry, seq))
        self._columns.postings.add(entry, seq)

    def _month(self, time_us: int) -> TextIO:
        if self._file is None:
            month = f"{day_of(time_us):%Y-%m}"
            self._months.append(month)
            path = self.folder / f"{month}.beancount"
            self._file = path.open("x", encoding="utf-8", newline="\n")
            self._file.write(
                f"{HEADER};; {month}: a fragment. Open main.beancount, which includes it.\n\n"
            )
        return self._file

    def _close_month(self, time_us: int) -> None:
        """Write the balances of assets, liabilities and equity, and end the month's files."""
        next_day = day_of(time_us + DAY_US)
        file = self._month(time_us)
        closed = day_of(time_us)
        file.write(
            f";; The close of {closed}: Beancount checks a balance at the start of its date.\n"
        )
        for account, commodity in sorted(self._balances):
            if not account.startswith(("Income:", "Expenses:")):
                units = self._balances[account, commodity]
                file.write(self._text.balance(next_day, account, units, commodity))
        file.close()
        self._columns.end_month(f"{self._months[-1]}.parquet")
        self._file = None
