"""The directional book holds the long positions that a scenario states for the maker.

It buys each position evenly over the first day, keeps it, and sells it evenly over the last day.
"""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from des.clock import SECOND_US, midnight_us
from des.scenario import Long
from des.treasury.directional import DirectionalBook

DESK = 9
SINCE, UNTIL = date(2021, 10, 1), date(2021, 10, 4)
STEP_S = 3_600
STEPS = 86_400 // STEP_S


def long(**changes: object) -> Long:
    return Long(**{"market": "BTC-PERP", "since": SINCE, "until": UNTIL, "usd": 1_000.0} | changes)


class Market:
    """A market that fills each order at once. A test states the value of a lot."""

    def __init__(self, *longs: Long) -> None:
        self.book = DirectionalBook(longs, DESK)
        self.held = 0
        self.path: list[int] = []  # the position after each settlement

    def pass_days(self, since: date, days: int, lot_cents: int = 100) -> None:
        for step in range(days * STEPS):
            now_us = midnight_us(since) + step * STEP_S * SECOND_US
            desk, surplus, most = self.book.order("BTC-PERP", now_us, lot_cents, self.held, STEP_S)
            assert desk == DESK
            self.held -= max(-most, min(most, surplus))
            self.path.append(self.held)


@given(usd=st.integers(1, 10**7), lot_cents=st.integers(1, 10**6))
def test_after_the_first_day_the_position_has_the_stated_value_rounded_down_to_lots(usd, lot_cents):
    market = Market(long(usd=float(usd)))

    market.pass_days(SINCE, 1, lot_cents)

    assert market.held == 100 * usd // lot_cents


def test_a_position_is_bought_evenly_on_its_first_day_and_sold_evenly_on_its_last_day():
    market = Market(long(usd=240.0))
    market.pass_days(SINCE, 4)

    assert market.path[:STEPS] == list(range(10, 241, 10))
    assert market.path[-STEPS:] == list(range(230, -1, -10))


def test_a_change_of_the_price_does_not_change_the_size_of_the_position():
    market = Market(long())
    market.pass_days(SINCE, 1)
    held = market.held
    market.pass_days(date(2021, 10, 2), 1, lot_cents=17)

    assert set(market.path[-STEPS:]) == {held}


def test_there_is_no_position_before_the_first_day_or_in_another_market():
    market = Market(long(), long(market="SOL-PERP", since=date(2021, 9, 1)))
    market.pass_days(date(2021, 9, 29), 2)

    assert set(market.path) == {0}


def test_two_long_positions_in_one_market_are_added_together():
    market = Market(long(usd=100.0), long(since=date(2021, 10, 2), usd=50.0))
    market.pass_days(SINCE, 3)

    assert market.path[STEPS - 1] == 100
    assert market.held == 150


def test_after_a_close_out_the_book_sells_all_positions_and_never_buys_again():
    market = Market(long(until=None), long(since=date(2021, 10, 3), until=None))
    market.pass_days(SINCE, 1)

    market.book.close_out()
    market.pass_days(date(2021, 10, 2), 3)

    assert not market.book.is_open
    assert market.path[STEPS - 1] == 1_000
    assert market.held == 0
    assert market.path[STEPS - 1 :] == sorted(market.path[STEPS - 1 :], reverse=True)


def test_a_long_position_is_never_bought_if_it_has_ended_by_the_start_of_the_run():
    market = Market(long())
    market.pass_days(UNTIL, 2)

    assert set(market.path) == {0}
