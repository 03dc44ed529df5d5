"""A journal for studies: it stores neither Beancount text nor single fills.

A study has many runs, and few of these runs are read again. At the end of each day the balance of
each account equals the balance in the full `Journal`, to the cent. Postings and notes are stored
only in Parquet files, and all fills of a day are summed into one entry. Such books cannot be
audited. For an audit, run the scenario again with the full `Journal`.
"""

from functools import cached_property

from ledger import directive_store, fill_store, posting_store
from ledger.account_sums import AccountSums
from ledger.directive_store import Directive
from ledger.fills import join_rows, new_rows
from ledger.journal import Journal
from ledger.main_file import declared
from ledger.times import day_of
from ledger.transaction import MONEY, Movement, Transaction

TAG = "fills-of-day"
FILE = "life.parquet"  # the name of a file that has all months


class AccountsJournal(Journal):
    """The books of one simulated world. Their files are written when the simulation ends."""

    @cached_property
    def _sums(self) -> AccountSums:
        return AccountSums(self.chart, self.names)

    def price(self, time_us: int, commodity: str, usd: str) -> None:
        """Record the price of a commodity at the end of a day."""
        self._directives.add(Directive("price", day_of(time_us), commodity, (f"{usd} {MONEY}",)))

    def close_day(self, time_us: int) -> None:
        """Sum all fills of the day into one entry. The single fills are not stored."""
        self._put_in_order()
        rows = join_rows(self._rows)
        self._rows = []
        if summed := self._sums.of(rows):
            self._last_seq += 1
            entry = Transaction(time_us, None, "the fills of the day", TAG, summed)
            self._write(entry, self._last_seq)
        self._note_fills(time_us, rows)

    def finish(self, time_us: int) -> None:
        """Write the files of the books. The file of fills is empty."""
        for directive in declared(self.chart, day_of(self._start_us)):
            self._directives.add(directive)
        self._directives.write(self.folder / directive_store.FILE)
        self._columns.postings.write(self.folder / posting_store.FOLDER / FILE)
        fill_store.write(self.folder / "fills" / FILE, new_rows(0), self.names)

    def _put_in_order(self) -> None:
        """Write the cash movements in the order of time. The fills wait for the end of the day."""
        for move in sorted(self._transactions, key=lambda transaction: transaction.time_us):
            self._last_seq += 1
            self._write(move, self._last_seq)
        self._transactions = []

    def _say(self, time_us: int, directive: str, name: str, *words: str) -> None:
        self._directives.add(Directive(directive, day_of(time_us), name, words))

    def _write(self, entry: Movement, seq: int) -> None:
        for posting in entry.postings:
            self._balances[posting.account, posting.commodity] += posting.units
        self._columns.postings.add(entry, seq)
