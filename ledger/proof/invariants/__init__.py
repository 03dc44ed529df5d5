"""The invariants of the books, as a Beancount plugin. Each invariant is one function.

    plugin "moneytrail"           ; a general ledger: the fills of a day are summed
    plugin "moneytrail" "line"    ; a day ledger: every fill is a transaction of its own
    plugin "moneytrail" "group"   ; the house group's own books alone

In a general ledger, fills are booked as sums at the end of a day. So during the day a balance may
have the wrong sign, and signs are checked only at each day's end. In a day ledger, the balances of
cash, tokens and coins are checked after each transaction. Balances of customers, insurance funds
and settlement pools are checked after each settlement and at the day's end. In the group's own
books, the invariants in `OF_ALL_BOOKS` are not checked. No invariant has a tolerance.

An error begins with the name of the invariant. It points at the transaction that breaks the
invariant, or at the `open` line of an account. If a balance is wrong, the error points at the last
transaction that changed the balance.

Two facts are not checked here: that the results of fills follow from prices, and that fills sum to
the closing entries. These checks need the fills, which are not in a general ledger. One fault stays
unseen: a posting states no amount, and the amount that Beancount computes is zero. Beancount drops
such a posting before plugins run.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from beancount.core.data import Directive

from ledger.proof.invariants.balances import (
    no_negative_cash,
    no_negative_customer,
    no_negative_tokens,
    no_overdrawn_fund,
    pools_empty,
)
from ledger.proof.invariants.hole_explained import hole_is_explained
from ledger.proof.invariants.mirrors import (
    claims_mirror_debts,
    coins_are_there_or_lent,
    custody_is_owed,
    group_eliminates,
)
from ledger.proof.invariants.order import seq_is_dense
from ledger.proof.invariants.steps import Finding, Ledger, ledger_of
from ledger.proof.invariants.transactions import (
    contracts_conserved,
    entity_balances,
    tokens_conserved,
    transaction_balances,
    world_cash_is_constant,
)

__plugins__ = ("check",)

MODES = ("", "line", "group")

INVARIANTS: tuple[Callable[[Ledger], Iterator[Finding]], ...] = (
    transaction_balances,
    entity_balances,
    claims_mirror_debts,
    custody_is_owed,
    coins_are_there_or_lent,
    group_eliminates,
    contracts_conserved,
    tokens_conserved,
    no_negative_cash,
    no_negative_tokens,
    no_negative_customer,
    no_overdrawn_fund,
    pools_empty,
    seq_is_dense,
    world_cash_is_constant,
    hole_is_explained,
)

# The invariants that cannot be checked in the group's own books. `seq_is_dense` needs every single
# entry. The others need the books of parties outside the group.
OF_ALL_BOOKS = (
    claims_mirror_debts,
    contracts_conserved,
    tokens_conserved,
    seq_is_dense,
    world_cash_is_constant,
)


class BrokenInvariant(NamedTuple):
    """An error in Beancount's form, with the name of the broken invariant."""

    source: dict[str, Any]
    message: str
    entry: Directive
    invariant: str


def name_of(invariant: Callable[[Ledger], Iterator[Finding]]) -> str:
    """Return an invariant's name as its errors write it, such as ``claims-mirror-debts``."""
    return invariant.__name__.replace("_", "-")


def check(
    entries: list[Directive], options_map: dict[str, Any], config: str = ""
) -> tuple[list[Directive], list[BrokenInvariant]]:
    """Check the books against the invariants.

    Args:
        entries: directives as Beancount loads them.
        options_map: the options of the ledger, which are not used.
        config: "" for a general ledger, "line" for a day ledger, "group" for the group's own books.

    Returns:
        The unchanged entries, and an error for each place at which an invariant is broken.

    Raises:
        ValueError: config is none of these three.
    """
    if config not in MODES:
        raise ValueError(f'config is "{config}"; give one of {MODES}')
    ledger = ledger_of(entries, by_line=config == "line")
    return entries, [
        BrokenInvariant(where.meta, f"{name_of(invariant)}: {what}", where, name_of(invariant))
        for invariant in INVARIANTS
        if config != "group" or invariant not in OF_ALL_BOOKS
        for where, what in invariant(ledger)
    ]
