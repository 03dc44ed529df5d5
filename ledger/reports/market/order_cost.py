"""The cost of buying a large quantity and selling it again at the displayed quotes.

The cost is a sum of two distances in basis points, as in the public record. The first is the
distance of the mean purchase price above the middle of the book. The second is the distance of the
mean sale price below the middle. If each basis point of distance has the same depth in dollars, the
cost is the order's size divided by this depth.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ledger.notes import ShownBook

WHOLE_PRICE_BPS = 10_000.0


class Level(NamedTuple):
    """One price in the book: its distance from the middle, and the size of the quotes there."""

    away_bps: float
    usd: float


def shown_cost_bps(book: ShownBook, order_usd: float) -> float | None:
    """Return the cost in basis points of buying and then selling *order_usd* at displayed quotes.

    Beyond the last displayed price, the book is assumed to have the mean depth of its displayed
    part.

    Args:
        book: the displayed order book on one side. The other side has the same depth.
        order_usd: the size of the order.

    Returns:
        The cost, or None if it would be WHOLE_PRICE_BPS or more.
    """
    levels = sorted(_levels(book))
    shown_usd, reach_bps = sum(level.usd for level in levels), levels[-1].away_bps
    inside = _paid(levels, order_usd)
    beyond_usd = max(order_usd - shown_usd, 0.0)
    on_average_bps = reach_bps + beyond_usd * reach_bps / (2 * shown_usd)
    cost_bps = 2 * (inside + beyond_usd * on_average_bps) / order_usd
    return cost_bps if cost_bps < WHOLE_PRICE_BPS else None


def filled_cost_bps(book: ShownBook, order_usd: float) -> float:
    """Return the cost in basis points if other makers fill any quantity at their half-spread.

    This is the rule of the model. The captive maker's levels at better prices are filled first.

    Args:
        book: the displayed order book on one side. The other side has the same depth.
        order_usd: the size of the order.
    """
    others_bps = float(book.others_half_spread_bps)
    better = [level for level in sorted(_levels(book)) if level.away_bps < others_bps]
    left_usd = max(order_usd - sum(level.usd for level in better), 0.0)
    return 2 * (_paid(better, order_usd) + left_usd * others_bps) / order_usd


def _paid(levels: list[Level], order_usd: float) -> float:
    """Return the sum of (dollars * basis points) over the levels that an order takes."""
    paid, left_usd = 0.0, order_usd
    for level in levels:
        taken_usd = min(level.usd, left_usd)
        paid, left_usd = paid + taken_usd * level.away_bps, left_usd - taken_usd
    return paid


def _levels(book: ShownBook) -> Iterator[Level]:
    yield Level(float(book.others_half_spread_bps), float(book.others_usd))
    levels, first_bps = book.captive_levels, book.captive_half_spread_bps
    step_bps = (book.captive_reach_bps - first_bps) / max(levels - 1, 1)
    if book.captive_usd > Decimal(0):
        for i in range(levels):
            yield Level(float(first_bps + i * step_bps), float(book.captive_usd) / levels)
