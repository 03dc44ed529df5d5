"""Transactions, whose postings sum to zero.

The postings of money, a token or a coin sum to zero for each entity. The postings of a contract sum
to zero over all entities.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Generic, NamedTuple

import numpy as np

from ledger.columns import Held, Told, Words
from ledger.kinds import Kind

MONEY = "USD"


class LedgerError(Exception):
    """The books are wrong, or a request is refused because it would make the books wrong."""


class UnbalancedTransactionError(LedgerError):
    """The postings of a transaction do not sum to zero in some commodity, for some entity."""

    def __init__(self, narration: str, entity: str, residual: int, commodity: str) -> None:
        super().__init__(
            f"{narration!r} leaves {entity} with {residual:+d} smallest units of {commodity}; "
            f"add the posting that accounts for these units"
        )
        self.narration, self.entity = narration, entity
        self.residual, self.commodity = residual, commodity


class Posting(NamedTuple, Generic[Held]):
    """Moves a commodity into an account. *units* is in the smallest unit: cents, lots, tokens."""

    account: str
    units: Held
    commodity: str = MONEY
    party: str | None = None  # the counterparty, if it is not the payee


class Transaction(NamedTuple, Generic[Held, Told]):
    """An event as all entities that take part book it (`Movement`), or many events (`Movements`).

    If there are many similar events, the times, words and units are columns with one item for each
    event.
    """

    time_us: Held
    payee: str | None  # the party outside the house group, or else a customer, if there is one
    narration: Told
    tag: str
    postings: tuple[Posting[Held], ...]
    links: tuple[Told, ...] = ()
    meta: tuple[tuple[str, Told], ...] = ()  # values as Beancount reads them


Movement = Transaction[int, str]
Movements = Transaction[np.ndarray, Words]


def entity_of(account: str) -> str:
    """Return the entity of an account, which is the second word of its name."""
    return account.split(":", 2)[1]


def kind_of(account: str) -> str:
    """Return the kind of an account, which is the third word of its name."""
    return account.split(":", 3)[2]


def is_contract(account: str) -> bool:
    """Return whether an account is for positions in contracts, which balance across entities."""
    return kind_of(account) == Kind.CONTRACTS


def check_balance(narration: str, postings: Sequence[Posting[int]]) -> None:
    """Raise an error if postings do not sum to zero.

    Money, tokens and coins must balance within each entity. Contracts must balance across all
    entities.

    Raises:
        UnbalancedTransactionError: the postings of a commodity do not sum to zero.
    """
    residuals: dict[tuple[str, str], int] = defaultdict(int)
    for posting in postings:
        account = posting.account
        entity = "all entities" if is_contract(account) else entity_of(account)
        residuals[entity, posting.commodity] += posting.units
    for (entity, commodity), residual in residuals.items():
        if residual:
            raise UnbalancedTransactionError(narration, entity, residual, commodity)
