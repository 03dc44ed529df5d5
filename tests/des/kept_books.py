"""A journal in memory, for tests that run only a part of the simulation."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from ledger.chart import Chart
from ledger.notes import Note
from ledger.transaction import MONEY, Transaction, check_balance


@dataclass
class Books:
    """A journal that keeps all records, checks each transaction, and adds up dollar balances."""

    # Postings are allowed only to these accounts. None: all accounts are allowed.
    opened: Collection[str] | None = None
    transactions: list[Transaction] = field(default_factory=list)
    events: list[tuple[int, str, str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    prices: list[tuple[str, ...]] = field(default_factory=list)
    balances: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # in cents

    def record(self, transaction: Transaction) -> None:
        check_balance(transaction.narration, transaction.postings)
        for posting in transaction.postings:
            assert self.opened is None or posting.account in self.opened
            if posting.commodity == MONEY:
                self.balances[posting.account] += posting.units
        self.transactions.append(transaction)

    def event(self, time_us: int, name: str, value: str) -> None:
        self.events.append((time_us, name, value))

    def note(self, time_us: int, note: Note) -> None:
        self.notes.append(note)

    def price(self, time_us: int, *words: str) -> None:
        self.prices.append(words)

    def balance(self, account: str, commodity: str = MONEY) -> int:
        posted = (posting for entry in self.transactions for posting in entry.postings)
        return sum(p.units for p in posted if (p.account, p.commodity) == (account, commodity))

    def tagged(self, tag: str) -> list[Transaction]:
        return [one for one in self.transactions if one.tag == tag]


def opened(chart: Chart) -> set[str]:
    """Return the names of all accounts that a chart opens."""
    return {line.account for _, lines in chart.accounts() for line in lines}
