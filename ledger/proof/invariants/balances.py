"""Invariants on account balances. Each is checked only at the moments when it must hold."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal

from beancount.core.data import Transaction

from ledger.kinds import HELD, Kind
from ledger.proof.invariants.steps import Account, Finding, Ledger, Step, is_cash, signed

SETTLED_POOLS = (Kind.VARIATION_MARGIN, Kind.FUNDING, Kind.SOCIALISED)


def no_negative_cash(ledger: Ledger) -> Iterator[Finding]:
    """No entity pays cash that it does not have."""
    due = _at_once(ledger)
    for entry, account, commodity, balance in _readings(ledger, is_cash, due):
        if balance < 0:
            yield (
                entry,
                f"{account} has a balance of {signed(balance, commodity)}; "
                f"look for a payment that was not covered, or for a receipt that was not booked",
            )


def no_negative_tokens(ledger: Ledger) -> Iterator[Finding]:
    """No entity delivers tokens or coins that it does not have."""
    due = _at_once(ledger)
    for entry, account, commodity, balance in _readings(ledger, _is_tokens, due):
        if balance < 0:
            yield (
                entry,
                f"{account} has a balance of {signed(balance, commodity)}; "
                f"look for units that were sold twice, or set aside twice",
            )


def no_negative_customer(ledger: Ledger) -> Iterator[Finding]:
    """No customer's account is negative at the end of a settlement or of a day."""
    due = _after_settlements(ledger)
    for entry, account, commodity, balance in _readings(ledger, _is_customer, due):
        if balance > 0:
            yield (
                entry,
                f"{account} is overdrawn by {balance:,f} {commodity}; "
                f"look for a missing draw on a credit line, or for a loss that no party covered",
            )


def no_overdrawn_fund(ledger: Ledger) -> Iterator[Finding]:
    """No insurance fund is below zero at the end of a settlement or of a day."""
    due = _after_settlements(ledger)
    for entry, account, commodity, balance in _readings(ledger, _is_fund, due):
        if balance > 0:
            yield (
                entry,
                f"{account} is overdrawn by {balance:,f} {commodity}; "
                f"look for the debt that should have been socialised",
            )


def pools_empty(ledger: Ledger) -> Iterator[Finding]:
    """A pool for settlement payments is empty at the end of a settlement or of a day."""
    due = _after_settlements(ledger)
    for entry, account, commodity, balance in _readings(ledger, _is_pool, due):
        if balance:
            yield (
                entry,
                f"{account} is left with {signed(balance, commodity)}; "
                f"look for a missing or wrong payment into or out of this account",
            )


def _readings(
    ledger: Ledger, concerns: Callable[[Account], bool], due: Callable[[Step], bool]
) -> Iterator[tuple[Transaction, str, str, Decimal]]:
    """Yield each balance to check: (last transaction that moved it, account, commodity, balance).

    Args:
        ledger: the ledger that is read.
        concerns: selects the accounts to check.
        due: selects the steps after which balances are checked. A balance is checked if it has
            changed since the previous check.
    """
    balances: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    movers: dict[tuple[str, str], Transaction] = {}
    for step in ledger.steps:
        for account, number, commodity in step.legs:
            if concerns(account):
                balances[account.name, commodity] += number
                movers[account.name, commodity] = step.entry
        if due(step):
            for (account_name, commodity), mover in movers.items():
                yield mover, account_name, commodity, balances[account_name, commodity]
            movers.clear()


def _at_once(ledger: Ledger) -> Callable[[Step], bool]:
    """Return a function that selects the steps after which cash and tokens are checked."""
    return lambda step: ledger.by_line or step.ends_day


def _after_settlements(ledger: Ledger) -> Callable[[Step], bool]:
    """Return a function that selects the steps that end a settlement or a day."""
    return lambda step: step.ends_day or (ledger.by_line and step.ends_settlement)


def _is_tokens(account: Account) -> bool:
    return account.kind in HELD and account.root == "Assets"


def _is_customer(account: Account) -> bool:
    return account.kind == Kind.CUSTOMERS and account.root == "Liabilities"


def _is_fund(account: Account) -> bool:
    return account.kind == Kind.INSURANCE and account.root == "Liabilities"


def _is_pool(account: Account) -> bool:
    return account.kind in SETTLED_POOLS and account.root == "Liabilities"
