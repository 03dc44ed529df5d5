"""How much the maker shows: so much that what the firms take is what they are said to take."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from des.chance import lognormal_quantiles_us
from des.clock import HOUR_US, SECOND_US, midnight_us
from des.price.lead_price import LeadPrice
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import Plan
from des.quoting.race import NO_ORDERS, Codes
from des.quoting.session import Decisions, Session
from des.quoting.sizing import SAMPLE_US, monthly_size_cents, size_for
from des.quoting.takers import Takers, Terms
from des.scenario import Anchor, Price, VolatilityLevel

HITS = st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10**6)), min_size=1, max_size=30)


def filled(size: int, hits: list[tuple[int, int]]) -> int:
    """What a size per level fills, in plain Python: the left side of the equation."""
    return sum(min(size * levels, demand) for levels, demand in hits)


def solved(hits: list[tuple[int, int]], wanted: int) -> int:
    levels, demand = (np.array(column, dtype=np.int64) for column in zip(*hits, strict=True))
    return size_for(levels, demand, wanted)


def bisected(hits: list[tuple[int, int]], wanted: int) -> int:
    """The largest size that fills no more than wanted, up to where all demand is met."""
    low, high = 0, max(-(-demand // levels) for levels, demand in hits)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if filled(middle, hits) <= wanted else (low, middle - 1)
    return low


# ---- the equation


@settings(max_examples=500, deadline=None, derandomize=True)
@given(hits=HITS, share=st.fractions(0, 1))
def test_the_size_fills_what_is_wanted_to_less_than_a_cent_for_each_level_hit(hits, share):
    wanted = int(sum(demand for _, demand in hits) * share)
    size = solved(hits, wanted)

    cent_each = sum(levels for levels, _ in hits)
    assert 0 <= wanted - filled(size, hits) < cent_each
    assert 0 <= filled(bisected(hits, wanted), hits) - filled(size, hits) < cent_each


@settings(max_examples=500, deadline=None, derandomize=True)
@given(demands=st.lists(st.integers(1, 10**6), min_size=1, max_size=30), share=st.fractions(0, 1))
def test_with_one_level_it_is_what_bisection_finds(demands, share):
    hits = [(1, demand) for demand in demands]
    wanted = int(sum(demands) * share)

    assert solved(hits, wanted) == bisected(hits, wanted)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(hits=HITS, more=st.integers(0, 10**6))
def test_where_firms_never_ask_for_so_much_they_are_shown_all_that_they_ask_for(hits, more):
    total, cent_each = sum(demand for _, demand in hits), sum(levels for levels, _ in hits)
    size = solved(hits, total + cent_each + more)

    assert filled(size, hits) == total
    assert filled(size - 1, hits) < total


def test_sizes_worked_out_by_hand():
    """Demands of 10, 20 and 60 on one, two and three levels; 8 + 16 + 24 is 48."""
    hits = [(1, 10), (2, 20), (3, 60)]
    assert solved(hits, wanted=0) == 0
    assert solved(hits, wanted=48) == 8
    assert solved(hits, wanted=60) == 10
    assert solved(hits, wanted=75) == 15  # the first two have all that they ask for


# ---- the measurement

DAY = date(2022, 5, 9)
START_US = midnight_us(DAY)
END_US = START_US + 12 * HOUR_US
TICK_CENTS = 1


class Pilot:
    """A path on which firms hit quotes, for a size to be measured and then tried out."""

    def __init__(self, offsets: tuple[int, ...], take_lots: list[int]) -> None:
        law = Price(
            anchors=(Anchor(at=DAY, price_usd=30_000.0),),
            volatility=(VolatilityLevel(since=DAY, annual=1.5),),
        )
        self.price = LeadPrice(1, "BTC-PERP as sized", law, Decimal(1), START_US, END_US)
        self.offsets, self.take_lots = offsets, take_lots

    def play(self, start_us: int, end_us: int, shown_lots: int) -> np.ndarray:
        firms = len(self.take_lots)
        unused = np.zeros(firms, dtype=np.int64)
        session = Session(
            self.price,
            QuotingPolicy(2 * SECOND_US, 2 * SECOND_US, self.offsets, 0, 0),
            Takers(np.arange(firms) * 100_000, unused, unused, unused),
            np.arange(firms, dtype=np.uint64),
            Codes(np.arange(firms + 1), np.arange(2)),
        )
        decided = Decisions(
            Plan(0, self.offsets, (shown_lots, shown_lots)),
            Terms(np.full(firms, 3), np.arange(firms), np.array((self.take_lots, self.take_lots))),
            lognormal_quantiles_us(75_000, 0.5),
        )
        return session.play(start_us, end_us, 0.0, decided, NO_ORDERS)

    def taken_cents(self, size_cents: int) -> int:
        """What the firms take in the samples from quotes of a size."""
        cents = 0
        for start_us in range(START_US, END_US, HOUR_US):
            lot_cents = round(self.price.hour_price_usd(start_us)) * TICK_CENTS
            rows = self.play(start_us, start_us + SAMPLE_US, size_cents // lot_cents)
            cents += int((np.abs(rows["lots"]) * rows["price"]).sum()) * TICK_CENTS
        return cents


@pytest.mark.parametrize(
    ("offsets", "take_lots"),
    [((12,), [5_000, 3_000, 4_000]), ((12, 16, 20), [9_000])],
    ids=["three firms, one level", "one firm, three levels"],
)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_quotes_of_that_size_give_what_was_wanted_on_the_path_it_was_measured_on(
    offsets, take_lots, share
):
    """To 1 %, which is for whole lots and for the price moving within the samples."""
    pilot = Pilot(offsets, take_lots)
    most_cents = pilot.taken_cents(10**9 * 30_000)
    wanted_cents = round(share * most_cents) * HOUR_US // SAMPLE_US

    hours_us = range(START_US, END_US, HOUR_US)
    sampled_cents = wanted_cents * SAMPLE_US // HOUR_US
    size = monthly_size_cents(pilot.play, TICK_CENTS, hours_us, sampled_cents)
    assert pilot.taken_cents(size) == pytest.approx(share * most_cents, rel=0.01)


def test_nobody_ever_hits_where_quotes_are_wide_enough():
    pilot = Pilot(offsets=(30_000,), take_lots=[10])
    hours_us = range(START_US, END_US, HOUR_US)
    assert monthly_size_cents(pilot.play, TICK_CENTS, hours_us, 10**9) is None
