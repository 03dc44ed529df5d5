"""The cost of an order in an order book agrees with a loop that buys in small steps."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.notes import ShownBook
from ledger.reports.market.order_cost import filled_cost_bps, shown_cost_bps


def book(others=(2, 900), captive=(1, 3), levels=3, usd=300) -> ShownBook:
    """Return an order book with quotes of the other makers and of the captive maker."""
    (away_bps, others_usd), (best_bps, reach_bps) = others, captive
    figures = map(Decimal, (others_usd, usd, away_bps, best_bps, reach_bps))
    return ShownBook("BTC-PERP", *figures, levels)


BOOKS = st.builds(
    book,
    others=st.tuples(st.integers(1, 50), st.integers(1, 500)),
    captive=st.tuples(st.integers(1, 20), st.integers(21, 50)),
    levels=st.integers(2, 4),
    usd=st.integers(0, 500),
)


def walked_bps(shown: ShownBook, order_usd: int, others_fill_all: bool) -> float:
    """Return the cost, in basis points, of buying a quantity and then selling it.

    The quantity is bought in many small steps. Each step takes the best price that is left. The
    sale costs as much as the purchase.
    """
    best, last = float(shown.captive_half_spread_bps), float(shown.captive_reach_bps)
    levels, others_bps = shown.captive_levels, float(shown.others_half_spread_bps)
    left = [[others_bps, 1e18 if others_fill_all else float(shown.others_usd)]]
    for i in range(levels if shown.captive_usd else 0):
        left.append([best + (last - best) * i / (levels - 1), float(shown.captive_usd) / levels])
    left.sort()
    reach, depth = left[-1][0], sum(usd for _, usd in left) / left[-1][0]
    paid, beyond, grain = 0.0, 0.0, 0.05
    for _ in range(round(order_usd / grain)):
        while left and left[0][1] < grain / 2:
            left.pop(0)
        if left:
            left[0][1] -= grain
            paid += grain * left[0][0]
        else:
            paid += grain * (reach + (beyond + grain / 2) / depth)
            beyond += grain
    return 2 * paid / order_usd


@given(shown=BOOKS, order_usd=st.integers(50, 600))
def test_the_rest_of_an_order_larger_than_the_book_is_filled_at_the_mean_depth_of_the_book(
    shown, order_usd
):
    expected = walked_bps(shown, order_usd, others_fill_all=False)

    assert shown_cost_bps(shown, order_usd) == pytest.approx(expected, rel=2e-3)


@given(shown=BOOKS, order_usd=st.integers(50, 600))
def test_in_the_model_the_other_makers_fill_the_rest_of_an_order_at_one_price(shown, order_usd):
    expected = walked_bps(shown, order_usd, others_fill_all=True)

    assert filled_cost_bps(shown, order_usd) == pytest.approx(expected, rel=2e-3)


def test_the_cost_of_an_order_is_its_size_divided_by_the_depth_if_the_depth_is_constant():
    """At 312,500 dollars per basis point, an order of 10 million dollars costs 32 basis points."""
    levels = 10
    shown = book((0.005, 1), (4.5 / levels / 2, 4.5 - 4.5 / levels / 2), levels, 312_500 * 4.5)

    assert shown_cost_bps(shown, 10_000_000) == pytest.approx(32, rel=0.06)


def test_the_cost_of_an_order_far_larger_than_the_book_is_known_only_if_the_other_makers_fill_it():
    assert shown_cost_bps(book(), 10_000_000) is None
    assert filled_cost_bps(book(), 10_000_000) == pytest.approx(4, rel=1e-3)
