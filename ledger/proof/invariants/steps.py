"""The books in the form that the invariants read: each transaction is a step."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import NamedTuple, TypeGuard, TypeVar

from beancount.core.data import Directive, Open, Transaction

from ledger.kinds import Kind
from ledger.loaded_entries import stated

Key = TypeVar("Key", bound=Hashable)
Finding = tuple[Directive, str]  # the faulty directive, and the error message


class Account(NamedTuple):
    """An account's name, and the words in this name: root, entity, kind and other party."""

    name: str
    root: str
    entity: str
    kind: str
    partner: str


class Leg(NamedTuple):
    """A posting: its account, its amount and its commodity."""

    account: Account
    number: Decimal
    commodity: str


class Step(NamedTuple):
    """One transaction of the books, and whether it ends a settlement or a day."""

    entry: Transaction
    legs: list[Leg]
    ends_settlement: bool
    ends_day: bool


class Ledger(NamedTuple):
    """The books: `open` directives, and steps in the order of date and seq."""

    opens: list[Open]
    steps: list[Step]
    by_line: bool  # whether each fill is a transaction of its own, as in a day ledger


def ledger_of(entries: Iterable[Directive], by_line: bool) -> Ledger:
    """Return the books with a step for each transaction among the directives."""
    return Ledger(
        opens=[entry for entry in entries if isinstance(entry, Open)],
        steps=list(_steps(entry for entry in entries if isinstance(entry, Transaction))),
        by_line=by_line,
    )


@cache
def account_of(name: str) -> Account:
    """Split the name of an account into its words. A missing word is empty."""
    root, entity, kind, partner, *_ = (*name.split(":"), "", "", "")
    return Account(name, root, entity, kind, partner)


def entities(ledger: Ledger) -> frozenset[str]:
    """Return the entities that keep books."""
    return frozenset(account_of(entry.account).entity for entry in ledger.opens)


@cache
def is_cash(account: Account) -> bool:
    """Return whether dollars in an account are cash."""
    # Dollars in a liquidity pool count as cash, since no entity owes these dollars.
    return account.kind in (Kind.CASH, Kind.POOLS) and account.root == "Assets"


def residuals(amounts: Iterable[tuple[Key, Decimal]]) -> list[tuple[Key, Decimal]]:
    """Sum the amounts of each key, and return the sums that are not zero."""
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    for key, number in amounts:
        sums[key] += number
    return [(key, residual) for key, residual in sums.items() if residual]


def signed(number: Decimal, commodity: str) -> str:
    """Write an amount with its sign and its commodity."""
    return f"{number:+,f} {commodity}"


def is_count(value: object) -> TypeGuard[Decimal]:
    """Return whether a value in metadata is a whole number of at least 1."""
    return isinstance(value, Decimal) and value > 0 and value == value.to_integral_value()


def _steps(transactions: Iterable[Transaction]) -> Iterator[Step]:
    for _, day in groupby(sorted(transactions, key=_place), key=lambda entry: entry.date):
        today = list(day)
        for settlements, run in groupby(today, key=_settlements):
            entries = list(run)
            for entry in entries:
                ends_settlement = bool(settlements) and entry is entries[-1]
                yield Step(entry, _legs(entry), ends_settlement, ends_day=entry is today[-1])


def _legs(entry: Transaction) -> list[Leg]:
    return [
        Leg(account_of(posting.account), *moved)
        for posting in entry.postings
        if (moved := stated(posting))
    ]


def _place(entry: Transaction) -> tuple[date, Decimal]:
    """Return the sort key (date, seq). Entries without a valid seq come first on their day."""
    seq = entry.meta.get("seq")
    return entry.date, seq if is_count(seq) else Decimal(0)


def _settlements(entry: Transaction) -> frozenset[str]:
    return frozenset(link for link in entry.links if link.startswith("settlement-"))
