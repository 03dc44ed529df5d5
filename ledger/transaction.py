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
    """Postings of one commodity do not sum to zero, for one entity or over all entities."""

    def __init__(self, narration: str, entity: str, residual: int, commodity: str) -> None:
        super().__init__(
            f"{narration!r} leaves {entity} with {residual:+d} smallest units of {commodity}; "
            f"add the posting that accounts for these units"
        )
        self.narration, self.entity = narration, entity
        self.residual, self.commodity = residual, commodity


class Posting(NamedTuple, Generic[Held]):
    """Adds a number of a commodity's smallest units, such as cents or lots, to an account."""

    account: str
    units: Held
    commodity: str = MONEY
    party: str | None = None  # the other party of this posting, if it is not the payee


class Transaction(NamedTuple, Generic[Held, Told]):
    """One event in the books of all entities concerned (`Movement`), or many events (`Movements`).

    In `Movements` the times, texts and units are columns with one item for each event. All these
    events have the same payee, tag and accounts.
    """

    time_us: Held
    # The party outside the house group. If both parties are outside, or both inside: the customer.
    # None: no payee.
    payee: str | None
    narration: Told
    tag: str
    postings: tuple[Posting[Held], ...]
    links: tuple[Told, ...] = ()
    meta: tuple[tuple[str, Told], ...] = ()  # keys, and values in Beancount's syntax


Movement = Transaction[int, str]
Movements = Transaction[np.ndarray, Words]


def entity_of(account: str) -> str:
    """Return the entity of an account, which is the second word of its name."""
    return account.split(":", 2)[1]


def kind_of(account: str) -> str:
    """Return the kind of an account, which is the third word of its name."""
    return account.split(":", 3)[2]


def is_contract(account: str) -> bool:
    """Return whether an account holds positions in contracts."""
    return kind_of(account) == Kind.CONTRACTS


def check_balance(narration: str, postings: Sequence[Posting[int]]) -> None:
    """Raise an error if postings do not sum to zero.

    Money, tokens and coins must balance within each entity. Contracts must balance across all
    entities.

    Raises:
        UnbalancedTransactionError: the postings of some commodity do not balance.
    """
    residuals: dict[tuple[str, str], int] = defaultdict(int)
    for posting in postings:
        account = posting.account
        entity = "all entities" if is_contract(account) else entity_of(account)
        residuals[entity, posting.commodity] += posting.units
    for (entity, commodity), residual in residuals.items():
        if residual:
            raise UnbalancedTransactionError(narration, entity, residual, commodity)
