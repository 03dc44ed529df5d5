"""Invariants on accounts that must agree after each transaction.

For example, a claim in the creditor's books must equal the same debt in the debtor's books.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache

from beancount.core.data import Transaction

from ledger.kinds import Kind
from ledger.proof.invariants.steps import (
    Account,
    Finding,
    Key,
    Ledger,
    Leg,
    account_of,
    entities,
    residuals,
    signed,
)

# For each kind of claim in the creditor's books: the root and the kind of the same debt in the
# debtor's books. Shares are no debt, but both the holder's and the issuer's books have the price
# paid for them.
MIRRORED: dict[str, tuple[str, str]] = {
    Kind.CLAIMS: ("Liabilities", Kind.CUSTOMERS),
    Kind.LOANS: ("Liabilities", Kind.LOANS),
    Kind.MARGIN_LOANS: ("Liabilities", Kind.MARGIN_LOANS),
    Kind.CREDIT_LINE: ("Liabilities", Kind.CREDIT_LINE),
    Kind.AGENT_DEPOSITS: ("Liabilities", Kind.AGENT_DEPOSITS),
    Kind.SHARES: ("Equity", Kind.SHARES),
    Kind.TOKENS: ("Liabilities", Kind.TOKENS),
    Kind.COINS: ("Liabilities", Kind.COINS),
}
CLAIM_OF_DEBT = {debt: claim for claim, debt in MIRRORED.items()}


def claims_mirror_debts(ledger: Ledger) -> Iterator[Finding]:
    """Each claim in the creditor's books equals the same debt in the debtor's books."""
    keepers = entities(ledger)

    def mirrored(leg: Leg) -> tuple[tuple[str, str], str] | None:
        if leg.account.kind in (Kind.TOKENS, Kind.COINS) and leg.account.partner not in keepers:
            return None  # units in the holder's own custody, as in Assets:Alameda:Tokens:SOL
        pair = _mirror(leg.account)
        return pair and (pair, leg.commodity)

    for entry, ((claim, debt), commodity), apart in _drifts(ledger, mirrored):
        yield (
            entry,
            f"{claim} and {debt} now differ by {signed(apart, commodity)}; "
            f"book the same amount in both accounts",
        )


def custody_is_owed(ledger: Ledger) -> Iterator[Finding]:
    """For each token, the units that a venue holds for customers equal the units that it owes."""
    venues = {
        account.entity
        for account in (account_of(entry.account) for entry in ledger.opens)
        if account.kind == Kind.TOKENS and account.root == "Liabilities"
    }
    if not venues:
        return

    def held_or_owed(leg: Leg) -> tuple[str, str] | None:
        account = leg.account
        if account.kind != Kind.TOKENS or account.entity not in venues:
            return None
        is_own = account.root == "Equity" or (account.root == "Assets" and account.partner)
        return None if is_own else (account.entity, leg.commodity)

    for entry, (venue, commodity), apart in _drifts(ledger, held_or_owed):
        yield (
            entry,
            f"{venue}'s tokens in custody and its debts in tokens now differ by "
            f"{signed(apart, commodity)}; look for tokens that left custody, or that were credited "
            f"to no customer",
        )


def coins_are_there_or_lent(ledger: Ledger) -> Iterator[Finding]:
    """For each coin, a venue owes as many units as it holds, has lent or has lost.

    Lost coins are expenses of the venue. The venue has no coins of its own.
    """
    venues = {
        account.entity
        for account in (account_of(entry.account) for entry in ledger.opens)
        if account.kind == Kind.COINS and account.root == "Liabilities"
    }
    if not venues:
        return
    legs = (leg for step in ledger.steps for leg in step.legs)
    coins = {leg.commodity for leg in legs if leg.account.kind == Kind.COINS} - {"USD"}

    def owed_or_where_it_is(leg: Leg) -> tuple[str, str] | None:
        account = leg.account
        if account.entity not in venues or leg.commodity not in coins:
            return None
        is_loss = account.root == "Expenses"
        is_counted = account.kind in (Kind.COINS, Kind.CREDIT_LINE) and account.root != "Equity"
        return (account.entity, leg.commodity) if is_counted or is_loss else None

    for entry, (venue, commodity), apart in _drifts(ledger, owed_or_where_it_is):
        yield (
            entry,
            f"after this entry, the coins that {venue} owes differ by {signed(apart, commodity)} "
            f"from the coins that it holds, has lent or has lost; look for coins that left without "
            f"a loan",
        )


def group_eliminates(ledger: Ledger) -> Iterator[Finding]:
    """The accounts with `hole: "group"` (claims and debts within the group) sum to zero."""
    within_group = {entry.account for entry in ledger.opens if entry.meta.get("hole") == "group"}

    def eliminated(leg: Leg) -> str | None:
        return leg.commodity if leg.account.name in within_group else None

    for entry, commodity, left in _drifts(ledger, eliminated):
        yield (
            entry,
            f'the accounts with hole: "group" now sum to {signed(left, commodity)}; '
            f"look for a debt within the group that only one of its two parties has booked",
        )


def _drifts(
    ledger: Ledger, sum_of: Callable[[Leg], Key | None]
) -> Iterator[tuple[Transaction, Key, Decimal]]:
    """After each transaction, yield (entry, key, sum) for each changed sum that is not zero.

    Args:
        ledger: the ledger.
        sum_of: returns the key of the sum to which a posting is added, or None if there is none.
    """
    standing: dict[Key, Decimal] = defaultdict(Decimal)
    for step in ledger.steps:
        keyed = ((sum_of(leg), leg.number) for leg in step.legs)
        for key, moved in residuals((key, number) for key, number in keyed if key is not None):
            standing[key] += moved
            if standing[key]:
                yield step.entry, key, standing[key]


@cache
def _mirror(account: Account) -> tuple[str, str] | None:
    """Return both accounts (claim, debt) of a debt if *account* is one of them, otherwise None."""
    if account.root == "Assets" and account.kind in MIRRORED:
        creditor, debtor, claim = account.entity, account.partner, account.kind
    elif (account.root, account.kind) in CLAIM_OF_DEBT:
        creditor, debtor = account.partner, account.entity
        claim = CLAIM_OF_DEBT[account.root, account.kind]
    else:
        return None
    root, debt = MIRRORED[claim]
    return f"Assets:{creditor}:{claim}:{debtor}", f"{root}:{debtor}:{debt}:{creditor}"
