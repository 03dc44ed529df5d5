"""Finds the uses for which the cash of each source was paid.

Each tracing rule except equal sharing is applied to one movement of cash after the other.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date

from ledger.reports.tracing.cash_moves import OVERDRAFT, CashMove
from ledger.reports.tracing.equal_sharing import share_equally
from ledger.reports.tracing.rules import Mix, TracedCash, TracingRule, holding
from ledger.reports.tracing.traced import Paid, Traced


def follow(
    moves: Iterable[CashMove],
    accounts: Collection[str],
    rule: TracingRule,
    followed: Collection[str],
) -> Traced:
    """Trace cash through accounts under a rule.

    A transfer between accounts moves the money of the sources that the rule selects. If a payment
    exceeds an account's balance, the excess has a separate source, the overdraft. A receipt on an
    overdrawn account repays the overdraft first. This repayment is a separate use, and the money
    that repays the overdraft is not traced further.

    Args:
        moves: the movements of cash in order. A giver that is no account is a source, and a taker
            that is no account is a use.
        accounts: the names of the accounts. All other names are sources or uses.
        rule: the tracing rule.
        followed: the sources whose money is followed: see `holding`.
    """
    if rule is TracingRule.EQUAL_SHARING:
        return share_equally(moves, accounts)
    tracing = _Tracing(accounts, holding(rule, followed))
    for move in moves:
        tracing.see(move)
    return tracing.end()


class _Tracing:
    """The state after each movement: each account's money by source, and all payments so far."""

    def __init__(self, accounts: Collection[str], empty: Callable[[], TracedCash]) -> None:
        self._held = {account: empty() for account in accounts}
        self._balance = dict.fromkeys(accounts, 0)
        self._paid: dict[tuple[str, str], Paid] = {}
        self._left: dict[tuple[str, str], int] = {}
        self._change: dict[str, dict[date, int]] = {}

    def see(self, move: CashMove) -> None:
        """Apply the rule to one movement of cash."""
        day, giver, taker, cents = move
        mix = [(giver, cents)] if giver not in self._held else self._take(giver, taker, day, cents)
        if taker in self._held:
            for source, part in mix:
                self._put(taker, source, day, part)
        else:
            for source, part in mix:
                self._pay(source, taker, day, part)

    def end(self) -> Traced:
        """Return the result of the tracing."""
        left = {key: cents for key, cents in self._left.items() if cents}
        return Traced(self._paid, left, self._change)

    def _take(self, account: str, use: str, day: date, cents: int) -> Mix:
        there = min(cents, max(self._balance[account], 0))
        self._balance[account] -= cents
        mix = self._held[account].take(there, use) if there else []
        for source, part in mix:
            self._left[source, account] -= part
            self._change[source][day] = self._change[source].get(day, 0) - part
        return mix if there == cents else [*mix, (OVERDRAFT, cents - there)]

    def _put(self, account: str, source: str, day: date, cents: int) -> None:
        pays_off = min(cents, max(-self._balance[account], 0))
        self._balance[account] += cents
        if pays_off:
            self._pay(source, OVERDRAFT, day, pays_off)
            cents -= pays_off
        if cents:
            self._held[account].put(source, cents)
            self._left[source, account] = self._left.get((source, account), 0) + cents
            change = self._change.setdefault(source, {})
            change[day] = change.get(day, 0) + cents

    def _pay(self, source: str, use: str, day: date, cents: int) -> None:
        paid = self._paid.get((source, use))
        if paid is None:
            self._paid[source, use] = Paid(cents, day, day)
        else:
            paid.add(cents, day)
