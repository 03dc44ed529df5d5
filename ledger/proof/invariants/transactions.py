"""Invariants that each transaction must satisfy by itself."""

from collections.abc import Iterator
from itertools import dropwhile

from beancount.core.data import Posting
from beancount.core.interpolate import AUTOMATIC_META

from ledger.kinds import HELD, Kind
from ledger.loaded_entries import stated
from ledger.proof.invariants.steps import (
    Account,
    Finding,
    Ledger,
    entities,
    is_cash,
    residuals,
    signed,
)


def transaction_balances(ledger: Ledger) -> Iterator[Finding]:
    """In each transaction, the postings sum to zero in each commodity.

    Each posting states its amount, and has no cost and no price.
    """
    for step in ledger.steps:
        if not step.entry.postings:
            yield step.entry, "the transaction has no postings; add postings, or delete it"
        for posting in step.entry.postings:
            if fault := _fault(posting):
                yield step.entry, f"{posting.account} {fault}"
        for commodity, residual in residuals((leg.commodity, leg.number) for leg in step.legs):
            yield (
                step.entry,
                f"the sum of the postings is {signed(residual, commodity)}, not zero; "
                f"add the missing posting",
            )


def entity_balances(ledger: Ledger) -> Iterator[Finding]:
    """In each entity's books, a transaction's postings sum to zero. Contracts are left out."""
    for step in ledger.steps:
        in_books = (
            ((leg.account.entity, leg.commodity), leg.number)
            for leg in step.legs
            if leg.account.kind != Kind.CONTRACTS
        )
        for (entity, commodity), residual in residuals(in_books):
            yield (
                step.entry,
                f"the postings in the books of {entity} sum to {signed(residual, commodity)}, not "
                f"zero; look for a posting that is missing, or that is in another entity's books",
            )


def contracts_conserved(ledger: Ledger) -> Iterator[Finding]:
    """In each transaction, the postings of each contract sum to zero: each buyer has a seller."""
    for step in ledger.steps:
        in_contracts = (
            (leg.commodity, leg.number) for leg in step.legs if leg.account.kind == Kind.CONTRACTS
        )
        for commodity, residual in residuals(in_contracts):
            yield (
                step.entry,
                f"the positions of all parties together change by {signed(residual, commodity)}; "
                f"look for the missing posting of the buyer or the seller",
            )


def world_cash_is_constant(ledger: Ledger) -> Iterator[Finding]:
    """After the opening entries, cash only changes its owner. No cash is made or destroyed."""
    for step in dropwhile(lambda step: "opening" in step.entry.tags, ledger.steps):
        in_cash = ((leg.commodity, leg.number) for leg in step.legs if is_cash(leg.account))
        for commodity, moved in residuals(in_cash):
            yield (
                step.entry,
                f"the cash of all entities together changes by {signed(moved, commodity)}; "
                f"look for the missing cash posting of the payer or the receiver",
            )


def tokens_conserved(ledger: Ledger) -> Iterator[Finding]:
    """After the opening entries, no token or coin is made or destroyed. Only the owner changes."""
    keepers = entities(ledger)

    def is_there(account: Account) -> bool:
        is_claim = account.partner in keepers
        return account.kind in HELD and account.root == "Assets" and not is_claim

    for step in dropwhile(lambda step: "opening" in step.entry.tags, ledger.steps):
        in_hand = ((leg.commodity, leg.number) for leg in step.legs if is_there(leg.account))
        for commodity, moved in residuals(in_hand):
            yield (
                step.entry,
                f"the holdings of all entities together change by {signed(moved, commodity)}; "
                f"look for the missing posting of the giver or the receiver",
            )


def _fault(posting: Posting) -> str | None:
    """Return a posting's fault, or None. A fault is a cost, a price or a missing amount."""
    if not stated(posting):
        return "has no amount; write the amount"
    if posting.meta and AUTOMATIC_META in posting.meta:
        return f"has no amount, so Beancount inferred {posting.units}; write the amount"
    if posting.cost is not None:
        return "has a cost; delete it, because each commodity must balance by itself"
    if posting.price is not None:
        return f"has the price {posting.price}; delete it: each commodity must balance by itself"
    return None
