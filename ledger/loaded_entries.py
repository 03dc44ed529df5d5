"""Reads amounts, parties, metadata and narrations of transactions that Beancount has loaded.

Beancount's types allow postings without an amount, but in our books each posting has an amount.
"""

from decimal import Decimal
from typing import Any

from beancount.core.amount import Amount
from beancount.core.data import Meta, Posting, Transaction

from ledger.transaction import LedgerError


class UnstatedAmountError(LedgerError):
    """A posting of the general ledger has no amount."""

    def __init__(self, account: str) -> None:
        super().__init__(f"a posting to {account} has no amount; write the amount")
        self.account = account


def stated(posting: Posting) -> tuple[Decimal, str] | None:
    """Return the number and commodity of a posting, or None if the amount is missing."""
    units = posting.units
    if isinstance(units, Amount) and isinstance(units.number, Decimal):
        return units.number, units.currency
    return None


def moved_by(posting: Posting) -> tuple[Decimal, str]:
    """Return the amount that a posting moves: its number and its commodity.

    Raises:
        UnstatedAmountError: the posting has no amount.
    """
    moved = stated(posting)
    if moved is None:
        raise UnstatedAmountError(posting.account)
    return moved


def party_of(posting: Posting) -> str | None:
    """Return the counterparty that a posting states.

    If the posting states none, return None: the entry's payee is the counterparty.
    """
    return (posting.meta or {}).get("party")


def stated_meta(meta: Meta | None) -> dict[str, Any]:
    """Return the metadata that the text states, without the keys that Beancount's loader adds."""
    return {
        key: value
        for key, value in (meta or {}).items()
        if key not in ("filename", "lineno") and not key.startswith("__")
    }


def in_text_order(entry: Transaction) -> list[Posting]:
    """Return a transaction's postings in the order of the text. Beancount changes this order."""
    return sorted(entry.postings, key=_line_of)


def narration_of(entry: Transaction) -> str:
    """Return the narration of a transaction, or an empty text if it has none."""
    return entry.narration or ""


def _line_of(posting: Posting) -> int:
    return (posting.meta or {})["lineno"]
