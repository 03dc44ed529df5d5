"""The price at which an account is closed, between the mark and its zero price.

At the zero price the account has nothing left. A backstop provider receives a position at 2/3 zero
price + 1/3 mark; the remaining equity of the account goes to the insurance fund (the venue's help
page 360027668712).
"""

from typing import NamedTuple


class Handover(NamedTuple):
    """Part of an account's position, closed with the equity behind it."""

    price: int  # ticks
    own_cents: int  # the equity that goes with these lots
    left_cents: int  # the part of it that goes to the fund; a debt if below zero


def hand_over(
    equity_cents: int, position: int, lots: int, mark: int, tick_cents: int, thirds: int
) -> Handover:
    """Close some of a position, *thirds* / 3 of the way from the mark to its zero price.

    Prices are whole ticks and round in the account's favour. So at the zero price the remainder is
    never a debt, unless the price would have to be below a tick.

    Args:
        equity_cents: of the account at the mark; below zero the taker pays for part of the debt.
        position: of the account, long above zero.
        lots: the number of lots to close, from 1 to all.
        mark: the lead price.
        tick_cents: value of a tick on a lot.
        thirds: 3 for the zero price itself, 0 for the mark.
    """
    side = 1 if position > 0 else -1
    own = equity_cents * lots // abs(position)
    away = thirds * own // (3 * lots * tick_cents)
    price = max(mark - side * away, 1)
    given = (mark - price) * side * lots * tick_cents
    return Handover(price, own, own - given)


def transferred_lots(lots: int, equity_cents: int, threshold_cents: int, seconds: int) -> int:
    """Return how much of a position is handed over in the seconds below auto-close margin.

    Each second the part 1 - MF / ACMF of the rest is handed over, at least a lot; at a negative
    margin fraction, all of it.

    Args:
        lots: the position, unsigned.
        equity_cents: of the account.
        threshold_cents: the equity at which it would be at its auto-close margin.
        seconds: the number of seconds.
    """
    if equity_cents <= 0:
        return lots
    left = lots
    for _ in range(seconds):
        if not left:
            break
        left -= -(-left * (threshold_cents - equity_cents) // threshold_cents)
    return lots - left
