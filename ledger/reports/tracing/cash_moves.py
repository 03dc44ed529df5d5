"""Movements of commingled cash, as the rules of courts see them: who gave, who took, how much."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import NamedTuple

OVERDRAFT = "Overdraft"  # what an account pays out that it does not have


class CashMove(NamedTuple):
    """Cash that comes into an account, leaves it, or goes from one account to another.

    An account is told from sources and uses by its name alone: see `follow`.
    """

    day: date
    giver: str  # a source of cash, or an account
    taker: str  # an account, or a use of cash
    cents: int  # above zero


def by_day(moves: Iterable[CashMove], accounts: Collection[str]) -> Iterator[CashMove]:
    """Sum the moves of each day, as a bank does that books a day's receipts before its payments.

    Args:
        moves: in their order.
        accounts: the accounts that are traced.

    Yields:
        Receipts, then transfers between accounts net of what came back, then payments.
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
