"""Movements of cash, to which tracing rules are applied."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

OVERDRAFT = "Overdraft"  # the source of cash that is paid in excess of a balance


class CashMove(NamedTuple):
    """Cash that is paid into an account, paid out of it, or transferred between accounts.

    Accounts, sources and uses are given by name. `follow` receives the names of the accounts. All
    other names are sources or uses.
    """

    day: date
    giver: str  # a source of cash, or an account
    taker: str  # an account, or a use of cash
    cents: int  # the amount is above zero


def by_day(moves: Iterable[CashMove], accounts: Collection[str]) -> Iterator[CashMove]:
    """Yield each day's movements, summed by giver and taker.

    Receipts come first, because a bank may book them before payments.

    Args:
        moves: the movements of cash, in order.
        accounts: the names of the traced accounts.

    Yields:
        For each day: receipts, then net transfers between accounts, then payments.
    """
    for day, those in groupby(moves, lambda move: move.day):
        sums: dict[tuple[str, str], int] = {}
        for move in those:
            way = (move.giver, move.taker)
            sums[way] = sums.get(way, 0) + move.cents
        net = {
            way: cents - (sums.get(way[::-1], 0) if set(way) <= set(accounts) else 0)
            for way, cents in sums.items()
        }
        for way in sorted(net, key=lambda way: _turn(way, accounts)):
            if net[way] > 0:
                yield CashMove(day, *way, net[way])


def _turn(way: tuple[str, str], accounts: Collection[str]) -> int:
    giver, taker = way
    if giver not in accounts:
        return 0
    return 1 if taker in accounts else 2
