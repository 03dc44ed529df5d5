"""A journal whose files are written in another process, while this process simulates.

The simulated world reads only account balances from its journal. So this process keeps balances.
The other process has a `Journal`. It puts events in order, sums each day's fills, and writes the
text and the Parquet files. If this process had the `Journal`, it would write the same bytes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from ledger.account_sums import AccountSums
from ledger.chart import Chart
from ledger.fills import Names, join_rows
from ledger.journal import Journal
from ledger.notes import Note
from ledger.other_process import OtherProcess
from ledger.transaction import LedgerError, Movement, Posting


class JournalBeside(Journal):
    """The books of a running world, written in another process."""

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
        self._sums = AccountSums(chart, names)
        self._balances = defaultdict(int)
        self._rows: list[np.ndarray] = []  # recorded fills that are not yet sent
        self._transactions: list[Movement] = []
        self._day: list[np.ndarray] = []  # the day's sent fills, not yet in the balances
        self._books = OtherProcess(
            _Writer, folder, title, chart, names, start_us, hours_are_sampled
        )

    def event(self, time_us: int, name: str, value: str) -> None:
        """Record an event that moves no money, such as a halt."""
        self._books.call("event", time_us, name, value)

    def note(self, time_us: int, note: Note) -> None:
        """Record a note for reports. A note moves no money."""
        self._books.call("note", time_us, note)

    def price(self, time_us: int, commodity: str, usd: str) -> None:
        """Record the price of a commodity at the end of a day."""
        self._books.call("price", time_us, commodity, usd)

    def close_day(self, time_us: int) -> None:
        """Send the day's remaining records, add its fills to the balances, and close the day."""
        self._put_in_order()
        self._add(self._sums.of(join_rows(self._day)))
        self._day = []
        self._books.call("close_day", time_us)

    def finish(self, time_us: int) -> None:
        """Finish the books in the other process, and wait until all files are written.

        Raises:
            LedgerError: an account's balance in the books differs from its balance in this process.
        """
        self._books.result("finish_with", time_us, dict(self._balances))

    def close(self) -> None:
        """End the other process, even if it has not finished."""
        self._books.close()

    def _put_in_order(self) -> None:
        rows = join_rows(self._rows)
        for movement in self._transactions:
            self._add(movement.postings)
        self._day.append(rows)
        self._books.call("put", rows, self._transactions)
        self._rows, self._transactions = [], []

    def _add(self, postings: Iterable[Posting[int]]) -> None:
        for account, units, commodity, _ in postings:
            self._balances[account, commodity] += units


class _Writer(Journal):
    """The journal in the other process."""

    def put(self, rows: np.ndarray, transactions: Iterable[Movement]) -> None:
        """Record fills and transactions. The simulating process has checked the transactions."""
        self.trade(rows)
        self._transactions.extend(transactions)
        self.post()

    def finish_with(self, time_us: int, balances: Mapping[tuple[str, str], int]) -> None:
        """Compare the books with the *balances* of the simulating process, and finish the books.

        Raises:
            LedgerError: an account's balance in the books differs from *balances*.
        """
        for account, commodity in {*balances, *self._balances}:
            booked = self.balance(account, commodity)
            if booked != (kept := balances.get((account, commodity), 0)):
                raise LedgerError(
                    f"{account} has {kept} smallest units of {commodity} in the simulating "
                    f"process, but {booked} in the books"
                )
        self.finish(time_us)
