"""The class of an opened account, and functions that open accounts."""

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.accounts import expense, income
from ledger.kinds import CAUSE
from ledger.transaction import MONEY


@dataclass(frozen=True, slots=True)
class Opened:
    """An account of the chart, as its `open` directive states it."""

    account: str
    commodities: tuple[str, ...]
    hole: str | None = None
    about: str | None = None


def part(hole: str, account: str, about: str | None = None) -> Opened:
    """Open one of the group's accounts in dollars, and state its part in the hole."""
    return Opened(account, (MONEY,), hole, about)


def cause(account: str, about: str | None = None) -> Opened:
    """Open one of the group's accounts in dollars, for a cause of the hole."""
    return part(CAUSE, account, about)


def money(*accounts: str) -> Iterator[Opened]:
    """Open dollar accounts without a part in the hole."""
    return (Opened(account, (MONEY,)) for account in accounts)


def results(entity: str, *kinds: str) -> Iterator[Opened]:
    """Open an entity's accounts of income, one for each kind."""
    return money(*(income(entity, kind) for kind in kinds))


def costs(entity: str, *kinds: str) -> Iterator[Opened]:
    """Open an entity's accounts of expenses, one for each kind."""
    return money(*(expense(entity, kind) for kind in kinds))
