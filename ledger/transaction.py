"""Transactions: postings that sum to zero, in total and within every entity they touch."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from ledger.columns import Numbers, Words
from ledger.kinds import Kind

MONEY = "USD"


class LedgerError(Exception):
    """What was asked would break the books."""


class UnbalancedTransactionError(LedgerError):
    """The postings of one transaction do not sum to zero in some commodity, for some entity."""

    def __init__(self, narration: str, entity: str, residual: int, commodity: str) -> None:
        super().__init__(
            f"{narration!r} leaves {entity} with {residual:+d} {commodity} unexplained; "
            f"add the posting that accounts for it"
        )
        self.narration, self.entity = narration, entity
        self.residual, self.commodity = residual, commodity


class Posting(NamedTuple):
    """Moves *units* of a commodity's smallest unit (cents, lots) into an account."""

    account: str
    units: Numbers
    commodity: str = MONEY
    party: str | None = None  # who is on the other side, where it is not the payee


class Transaction(NamedTuple):
    """One thing that happened, as all entities that it touches book it.

    Many that are alike are one of columns: times, words and units then have a value for each.
    """

    time_us: Numbers
    payee: str | None  # the one party outside the house group
    narration: Words
    tag: str
    postings: tuple[Posting, ...]
    links: tuple[Words, ...] = ()
    meta: tuple[tuple[str, Words], ...] = ()  # values as Beancount reads them


def entity_of(account: str) -> str:
    """Return whose books an account stands in: its second word."""
    return account.split(":", 2)[1]


def kind_of(account: str) -> str:
    """Return the cause for which an account stands: its third word."""
    return account.split(":", 3)[2]


def is_contract(account: str) -> bool:
    """Tell whether an account holds promises, which balance across entities, not property."""
    return kind_of(account) == Kind.CONTRACTS


def check_balance(narration: str, postings: Sequence[Posting]) -> None:
    """Refuse postings that leave a residual.

    Money and tokens balance within each entity; contracts across entities, each long having
    its short.

    Raises:
        UnbalancedTransactionError: some commodity does not sum to zero where it must.
    """
    residuals: dict[tuple[str, str], int] = defaultdict(int)
    for posting in postings:
        account = posting.account
        entity = "everybody" if is_contract(account) else entity_of(account)
        residuals[entity, posting.commodity] += posting.units
    for (entity, commodity), residual in residuals.items():
        if residual:
            raise UnbalancedTransactionError(narration, entity, residual, commodity)
