"""The price at which an account is closed, between the mark and the account's zero price.

If a position is closed at its zero price, the account has no equity left. FTX states on its help
page 360027668712 that a backstop provider takes over a position at the price 2/3 * zero price +
1/3 * mark. The equity that is left goes to the insurance fund. The scenario can state another price
(`leverage.discount_thirds`).
"""

from typing import NamedTuple


class Handover(NamedTuple):
    """The closing of a part of an account's position, with the equity that belongs to this part."""

    price: int  # the price of the closing, in ticks
    own_cents: int  # the equity, in cents, that belongs to the closed lots
    left_cents: int  # the part of this equity that the fund receives; below zero: a debt


def hand_over(
    equity_cents: int, position: int, lots: int, mark: int, tick_cents: int, thirds: int
) -> Handover:
    """Return the price at which some lots are closed, and the equity that belongs to these lots.

    The price is between the mark and the zero price, rounded to a whole tick in the account's
    favour. So a closing at the zero price leaves no debt, except for a short whose zero price is
    below one tick.

    Args:
        equity_cents: the account's equity at the mark. If the equity is negative and *thirds* is
            above 0, the price is better for the account than the mark. Then the party that takes
            over the lots bears a part of the debt, or all of it.
        position: the account's position in lots, above zero if it is long.
        lots: the number of lots to close, at least 1.
        mark: the lead price in ticks.
        tick_cents: the value of one tick on one lot.
        thirds: the number of thirds of the way from the mark to the zero price, from 0 to 3.
    """
    side = 1 if position > 0 else -1
    own = equity_cents * lots // abs(position)
    away = thirds * own // (3 * lots * tick_cents)
    price = max(mark - side * away, 1)
    given = (mark - price) * side * lots * tick_cents
    return Handover(price, own, own - given)


def transferred_lots(lots: int, equity_cents: int, threshold_cents: int, seconds: int) -> int:
    """Return how many lots are transferred if an account is below auto-close margin for *seconds*.

    Let MF be the account's margin fraction, and ACMF the auto-close margin fraction. Each second
    the share 1 - MF / ACMF of the remaining lots is transferred, rounded up to a whole lot. If MF
    is zero or negative, all lots are transferred.

    Args:
        lots: the size of the position.
        equity_cents: the account's equity.
        threshold_cents: the equity at which the account has exactly its auto-close margin.
        seconds: the number of seconds below auto-close margin.
    """
    if equity_cents <= 0:
        return lots
    left = lots
    for _ in range(seconds):
        if not left:
            break
        left -= -(-left * (threshold_cents - equity_cents) // threshold_cents)
    return lots - left
