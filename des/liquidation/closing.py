"""The price at which an account is closed, between the mark and its zero price.

At the zero price the account has no equity left. A backstop provider receives a position at 2/3
zero price + 1/3 mark. The remaining equity of the account goes to the insurance fund (the venue's
help page 360027668712).
"""

from typing import NamedTuple


class Handover(NamedTuple):
    """A closed part of an account's position, with its part of the equity."""

    price: int  # ticks
    own_cents: int  # the equity that belongs to these lots
    left_cents: int  # the part of this equity that goes to the fund; below zero: a debt


def hand_over(
    equity_cents: int, position: int, lots: int, mark: int, tick_cents: int, thirds: int
) -> Handover:
    """Close some lots, *thirds* / 3 of the way from the mark to the price that leaves no equity.

    Prices are whole ticks, rounded in the account's favour. So at the zero price the remainder is
    never a debt, unless the zero price is below a tick.

    Args:
        equity_cents: the account's equity at the mark; if negative, the taker pays a part of it.
        position: the account's position; above zero: long.
        lots: the number of lots to close, from 1 to all.
        mark: the lead price.
        tick_cents: value of a tick on a lot.
        thirds: 3 for the zero price, 0 for the mark.
    """
    side = 1 if position > 0 else -1
    own = equity_cents * lots // abs(position)
    away = thirds * own // (3 * lots * tick_cents)
    price = max(mark - side * away, 1)
    given = (mark - price) * side * lots * tick_cents
    return Handover(price, own, own - given)


def transferred_lots(lots: int, equity_cents: int, threshold_cents: int, seconds: int) -> int:
    """Return the lots of a position that are transferred in the seconds below auto-close margin.

    Each second the share 1 - MF / ACMF of the rest is transferred, at least a lot. MF is the margin
    fraction, ACMF the auto-close margin fraction. If MF is negative, the whole rest is transferred.

    Args:
        lots: the position, unsigned.
        equity_cents: the account's equity.
        threshold_cents: the equity at which the account has exactly its auto-close margin.
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
