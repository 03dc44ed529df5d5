"""The race for stale quotes gives the same fills as an independent engine, in random worlds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from random import Random

import naive_race
import numpy as np
import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st
from naive_race import ASK, BID, CUSTOMER, Customer, Interval, NaiveFill, NaiveRace

from des.chance import QUANTILES, decision_key, lognormal_quantiles_us, mix, quantile_index
from des.clock import HOUR_US, SECOND_US, midnight_us
from des.price.lead_price import LeadPrice, Ticks
from des.quoting.limits import LEVERAGE, ORDER_SHARE, TAKEN, Limits, none_counted
from des.quoting.other_quotes import OtherQuotes
from des.quoting.plan import QuotingPolicy
from des.quoting.quote_by_quote import QuoteByQuote
from des.quoting.quotes import SIGN, Plan, Quotes, blank, post
from des.quoting.race import ANY_PRICE, FORCED, ORDER, UNINFORMED, Codes, Watchers, fills_of, watch
from des.quoting.session import Decisions, Session
from des.quoting.takers import Takers, Terms
from des.quoting.uninformed import UninformedFlow
from des.scenario import Anchor, Price, VolatilityLevel
from ledger.fills import Trigger
from ledger.motives import Motive

START_US = 10_000
RETAIL = 60_000  # code of customers, above the codes of all firms
CAPTIVE_MAKER, OTHER_MAKERS = 60_001, 60_002
FAR_AWAY = OtherQuotes(away_ticks=500, shown_lots=1, latency_us=0)


@dataclass(frozen=True)
class Path:
    """A lead price with given ticks."""

    steps: Sequence[tuple[int, int]]

    def ticks(self, start_us: int, end_us: int, impact: float = 0.0) -> Ticks:
        inside = [step for step in self.steps if start_us <= step[0] < end_us]
        times, prices = zip(*inside, strict=True) if inside else ((), ())
        return Ticks(np.array(times, dtype=np.int64), np.array(prices, dtype=np.int64))


@dataclass(frozen=True)
class Decided:
    """The decisions that apply from one settlement to the next."""

    start_us: int
    end_us: int
    offsets: Sequence[int]  # ticks, by level
    skew: int
    shown: Sequence[int]  # lots displayed on each level, by side
    thresholds: Sequence[int]  # ticks, by firm
    orders: Sequence[int]  # the most lots of one order, by firm
    rooms: Sequence[Sequence[int]]  # lots until a firm's position is at its limit, by side and firm
    gateway_us: Sequence[int]  # equally likely gateway delays, in microseconds
    others: OtherQuotes = FAR_AWAY

    def for_session(self) -> Decisions:
        thresholds = np.array(self.thresholds, dtype=np.int64)
        firm = np.argsort(thresholds, kind="stable")
        rooms = np.array(self.rooms, dtype=np.int64).reshape(2, -1)
        return Decisions(
            Plan(self.skew, tuple(self.offsets), tuple(self.shown)),
            Terms(thresholds[firm], firm, np.array(self.orders, dtype=np.int64), rooms),
            np.array(self.gateway_us),
            self.others,
        )

    def for_witness(self, delay_us: Callable[[Sequence[int], int, int, int], int]) -> Interval:
        return Interval(
            self.start_us,
            self.end_us,
            self.offsets,
            self.skew,
            self.shown,
            self.thresholds,
            self.orders,
            self.rooms,
            tuple(self.others),
            lambda firm, posted_us, side: delay_us(self.gateway_us, firm, posted_us, side),
        )


@dataclass(frozen=True)
class World:
    """All inputs of a race."""

    path: Path
    latency_us: int
    refresh_us: int
    reactions_us: Sequence[int]
    intervals: Sequence[Decided]
    customers: Sequence[Customer]

    def keys(self) -> np.ndarray:
        keys = [decision_key(7, firm) for firm in range(len(self.reactions_us))]
        return np.array(keys, dtype=np.uint64)

    def delay_us(self, gateway_us: Sequence[int], firm: int, posted_us: int, side: int) -> int:
        """Return the drawn delay of an order.

        The two engines share only the functions `mix` and `quantile_index`.
        """
        drawn = mix(self.keys()[firm], 2 * posted_us + side)
        return self.reactions_us[firm] + int(gateway_us[quantile_index(drawn)])

    def cut(self, cuts_us: Sequence[int]) -> "World":
        """Return the world with settlements at *cuts_us*, which all repeat the first decisions."""
        first, end_us = self.intervals[0], self.intervals[-1].end_us
        # Each settlement renews the room: the lots that a firm may still trade. Here the room is so
        # large that no order reaches it.
        first = replace(first, rooms=[[10_000] * len(first.orders)] * 2)
        times = sorted({START_US, *cuts_us, end_us})
        spans = [replace(first, start_us=a, end_us=b) for a, b in pairwise(times)]
        return replace(self, intervals=spans)


def session_of(world: World, kind: type[Session]) -> Session:
    n = len(world.reactions_us)
    unused = np.zeros(n, dtype=np.int64)
    return kind(
        world.path,
        QuotingPolicy(world.latency_us, world.refresh_us, world.intervals[0].offsets, 0, 0),
        Takers(np.array(world.reactions_us, dtype=np.int64), unused, unused, unused),
        world.keys(),
        Codes(np.append(np.arange(n), RETAIL), np.array((CAPTIVE_MAKER, OTHER_MAKERS))),
    )


def played(world: World, kind: type[Session] = Session) -> tuple[list[NaiveFill], int, int]:
    """Play a world with `des.quoting`, interval by interval.

    Returns:
        The fills, and two sums over the trades of noise traders with the other makers: the volume
        in lots times ticks, and the noise traders' purchases less their sales in lots.
    """
    session, env = session_of(world, kind), simpy.Environment(initial_time=START_US)
    rows, others_lot_ticks, others_lots = [], 0, 0
    for now in world.intervals:
        inside = [c for c in world.customers if now.start_us <= c.time_us < now.end_us]
        span = (now.start_us, now.end_us, 0.0, now.for_session(), orders_of(inside))
        fills = env.run(until=env.process(session.trading(env, *span)))
        rows.append(fills.rows)
        others_lot_ticks += int(fills.others_lot_ticks)
        others_lots += int(fills.others_lots)
    return [as_naive(row) for row in np.concatenate(rows)], others_lot_ticks, others_lots


def witnessed(world: World) -> tuple[list[NaiveFill], int, int]:
    """Play a world with the independent engine, and return the same values as `played`."""
    intervals = [now.for_witness(world.delay_us) for now in world.intervals]
    path = world.path.steps
    race = NaiveRace(world.latency_us, world.refresh_us, path, intervals, world.customers)
    return race.play(), race.others_lot_ticks, race.others_lots


def orders_of(customers: Sequence[Customer]) -> np.ndarray:
    orders = [
        (
            c.time_us,
            FORCED if c.forced else UNINFORMED,
            c.side,
            ANY_PRICE,
            c.lots,
            c.holder,
            Trigger.NONE,
        )
        for c in customers
    ]
    return np.array(orders, dtype=ORDER)


def as_naive(row: np.void) -> NaiveFill:
    who = {Motive.SPREAD: CUSTOMER, Motive.LIQUIDATION: naive_race.FORCED}.get(row["motive"])
    assert (row["taker"] == RETAIL) == (who is not None)
    from_quote = row["maker"] == CAPTIVE_MAKER
    assert from_quote or row["maker"] == OTHER_MAKERS
    return NaiveFill(
        int(row["time_us"]),
        int(row["taker"]) if who is None else who,
        int(row["holder"]),
        ASK if row["lots"] > 0 else BID,
        abs(int(row["lots"])),
        int(row["price"]),
        int(row["lead"]),
        int(row["lead_when_quoted"]) if from_quote else None,
        int(row["quote_age_us"]) if from_quote else None,
        Trigger(row["trigger"]).word,
    )


def random_world(seed: int) -> World:
    """Draw a world of 60 to 400 microseconds, in which many events have equal times."""
    draw = Random(seed)
    span_us = draw.choice((60, 200, 400))
    firms, levels = draw.randrange(5), draw.randint(1, 3)
    # Settlements are regular, but need not happen at the times of quotes.
    step_us = draw.choice((5, 20, 33, 100, span_us))
    ends = [*range(START_US + step_us, START_US + span_us, step_us), START_US + span_us]
    slowest_us = draw.choice((0, 2, 20, 100))
    forced = draw.choice((0, 0.5))
    others = draw.choice((0, 5, 60))
    return World(
        random_path(draw, span_us),
        draw.choice((0, 1, 7, 30, 100)),
        draw.choice((0, 1, 4, 10, 25, 150)),
        [draw.randint(0, slowest_us) for _ in range(firms)],
        [
            random_decisions(draw, *span, firms, levels, others)
            for span in pairwise([START_US, *ends])
        ],
        sorted(
            Customer(
                START_US + draw.randrange(span_us),
                draw.randrange(2),
                draw.randint(1, 5),
                holder,
                draw.random() < forced,
            )
            for holder in range(draw.choice((0, 5, 40)))
        ),
    )


def random_path(draw: Random, span_us: int) -> Path:
    every_us = draw.choice((1, 3, 10, 40))
    later = {START_US + draw.randrange(span_us) for _ in range(span_us // every_us)}
    price, steps = 1_000, []
    for time_us in sorted({START_US} | later):
        steps.append((time_us, price))
        price += draw.choice((-6, -2, -1, 0, 0, 1, 2, 6))
    return Path(steps)


def random_decisions(
    draw: Random, start_us: int, end_us: int, firms: int, levels: int, others_latency_us: int
) -> Decided:
    best, step = draw.randint(0, 4), draw.randint(1, 3)
    widest_us = draw.choice((0, 3, 40))
    return Decided(
        start_us,
        end_us,
        offsets=[best + i * step for i in range(levels)],
        skew=draw.randint(-3, 3),
        shown=[draw.choice((0, 1, 4, 10)) for _ in range(2)],
        thresholds=[draw.randint(0, 3) for _ in range(firms)],
        orders=[draw.randint(0, 6) for _ in range(firms)],
        rooms=[[draw.randint(-1, 12) for _ in range(firms)] for _ in range(2)],
        gateway_us=[draw.randint(0, widest_us) for _ in range(64)] * (QUANTILES // 64),
        others=OtherQuotes(draw.randint(0, 5), draw.randint(1, 6), others_latency_us),
    )


# ---- comparison with the independent engine


@pytest.mark.parametrize("worlds", [300, pytest.param(2_000, marks=pytest.mark.slow)])
def test_an_independent_engine_gives_the_same_fills_in_the_same_order(worlds):
    seen, elsewhere = [], 0
    for seed in range(worlds):
        world = random_world(seed)
        fills = played(world)
        assert fills == witnessed(world), f"world {seed}"
        seen += fills[0]
        elsewhere += fills[1] > 0

    # The comparison is useful only if the worlds have many fills of each kind.
    triggers = [fill.trigger for fill in seen]
    assert min(triggers.count(word) for word in ("posting", "tick", "")) > worlds / 2
    forced = [fill.quoted is None for fill in seen if fill.firm == naive_race.FORCED]
    assert min(forced.count(by_others) for by_others in (True, False)) > worlds / 2
    assert elsewhere > worlds / 3


def test_the_quote_by_quote_simulation_gives_the_same_fills_as_the_fast_simulation():
    for seed in range(600, 800):
        world = random_world(seed)
        assert played(world, QuoteByQuote) == played(world), f"world {seed}"


def test_an_independent_engine_gives_the_same_fills_with_lognormal_delays():
    world = an_hour()
    fills, elsewhere, net = played(world)

    assert (fills, elsewhere, net) == witnessed(world)
    assert elsewhere > 0 != net
    assert {fill.firm for fill in fills} == {0, 1, 2, CUSTOMER}
    assert {fill.trigger for fill in fills} == {"posting", "tick", ""}


def an_hour() -> World:
    """Return an hour in which the maker quotes at three price levels, two seconds late.

    Three firms watch the quotes. A settlement comes every five minutes.
    """
    day = date(2022, 5, 9)
    start_us = midnight_us(day)
    law = Price(
        anchors=(Anchor(at=day, price_usd=30_000.0),),
        volatility=(VolatilityLevel(since=day, annual=1.5),),
    )
    price = LeadPrice(1, "BTC-PERP", law, Decimal(1), start_us, start_us + HOUR_US)
    ticks = price.ticks(start_us, start_us + HOUR_US)
    orders = UninformedFlow(1, "BTC-PERP", 40, 4_000.0).orders(
        start_us, start_us + HOUR_US, usd_per_s=500.0, lot_usd=300.0
    )
    step_us = 300 * SECOND_US
    return World(
        Path(list(zip(ticks.times_us.tolist(), ticks.prices.tolist(), strict=True))),
        latency_us=2 * SECOND_US,
        refresh_us=SECOND_US,
        reactions_us=[5_000, 20_000, 900_000],
        intervals=[
            Decided(
                begin_us,
                begin_us + step_us,
                offsets=[6, 9, 12],
                skew=1,
                shown=[30, 20],
                thresholds=[3, 2, 4],
                orders=[25, 40, 40],
                rooms=[[10_000] * 3] * 2,
                gateway_us=lognormal_quantiles_us(75_000, 0.5),
                others=OtherQuotes(10, 50, 50_000),
            )
            for begin_us in range(start_us, start_us + HOUR_US, step_us)
        ],
        customers=[
            Customer(*order) for order in orders[["arrival_us", "side", "lots", "holder"]].tolist()
        ],
    )


# ---- fills do not depend on settlement times


@given(
    seed=st.integers(1_000, 1_300),
    cuts_us=st.lists(st.integers(START_US + 1, START_US + 399), max_size=12),
)
def test_settlements_do_not_change_the_fills_if_all_decisions_remain_the_same(seed, cuts_us):
    world = random_world(seed)
    inside = [cut_us for cut_us in cuts_us if cut_us < world.intervals[-1].end_us]

    assert played(world.cut(inside)) == played(world.cut([]))


# ---- within limits


PRICES = st.integers(990, 1_010)
NOW = np.array([0])


@st.composite
def crowds(draw) -> tuple[Quotes, np.ndarray]:
    """Draw a quote of one to three levels, and orders in the order of arrival."""
    shown = draw(st.tuples(st.integers(0, 8), st.integers(0, 8)))
    offsets = draw(st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True).map(sorted))
    orders = st.builds(
        lambda side, price, lots: (0, UNINFORMED, side, SIGN[side] * price, lots, 0, 0),
        st.sampled_from([ASK, BID]),
        PRICES,
        st.integers(0, 8),
    )
    plan = Plan(draw(st.integers(-5, 5)), tuple(offsets), shown)
    quote = post(blank(0, len(offsets), firms=0), NOW, 0, ticks_at(draw(PRICES)), plan)
    return quote, np.array(draw(st.lists(orders, max_size=25)), dtype=ORDER)


def ticks_at(price: int) -> Ticks:
    return Ticks(NOW, np.array([price]))


def taken(order: np.ndarray, quote: Quotes) -> list[tuple[int, int]]:
    """Fill one order from a quote, and return the price and lots of each fill."""
    nobody, codes = np.empty(0, dtype=np.int64), Codes(np.array([RETAIL]), np.array([0, 0]))
    limits = Limits(nobody, nobody.reshape(2, 0), none_counted())
    rows = fills_of(order, quote, *ticks_at(1_000), limits, FAR_AWAY, codes).rows
    return [(price, abs(lots)) for price, lots in rows[["price", "lots"]].tolist()]


@given(crowd=crowds())
def test_an_order_is_never_filled_beyond_its_size_or_at_a_price_worse_than_its_limit(crowd):
    quote, orders = crowd
    for order in np.split(orders, len(orders)) if len(orders) else ():
        got = taken(order, quote)
        side, limit, asked = order[0][["side", "limit", "lots"]].tolist()
        assert all(SIGN[side] * price <= limit for price, _ in got)
        assert sum(lots for _, lots in got) <= asked
        assert all(lots > 0 for _, lots in got)


@given(crowd=crowds())
def test_each_fill_reduces_the_lots_left_on_its_level_and_never_takes_more_than_these_lots(crowd):
    quote, orders = crowd
    shown = quote.left.copy()
    for i, side in enumerate(orders["side"].tolist()):
        for price, lots in taken(orders[i : i + 1], quote):
            shown[0, side, quote.price[0, side].tolist().index(price)] -= lots
        assert np.array_equal(quote.left, shown)
        assert shown.min() >= 0


@given(crowd=crowds())
def test_orders_are_filled_in_order_of_arrival_and_each_order_takes_the_best_level_first(crowd):
    quote, orders = crowd
    queues = [
        [int(price) for price, lots in zip(prices, left, strict=True) for _ in range(lots)]
        for prices, left in zip(quote.price[0], quote.left[0], strict=True)
    ]
    for i, (side, limit, asked) in enumerate(orders[["side", "limit", "lots"]].tolist()):
        queue, got = queues[side], []
        while len(got) < asked and queue and SIGN[side] * queue[0] <= limit:
            got.append(queue.pop(0))
        filled = [price for price, lots in taken(orders[i : i + 1], quote) for _ in range(lots)]
        assert filled == got


def test_only_customers_have_fills_if_there_are_no_firms():
    worlds = [replace(random_world(seed), reactions_us=[]) for seed in range(2_000, 2_100)]
    lonely = [
        replace(
            world,
            intervals=[
                replace(now, thresholds=[], orders=[], rooms=[[], []]) for now in world.intervals
            ],
        )
        for world in worlds
    ]
    fills = [fill for world in lonely for fill in played(world)[0]]

    assert {fill.firm for fill in fills} == {CUSTOMER, naive_race.FORCED}


def rising(reaction_us: int) -> World:
    """Return a world of 40 ticks. The price rises by 10 per tick, and quotes are one tick late."""
    ticks = [(START_US + 10 * i, 1_000 + 10 * i) for i in range(40)]
    everything = Decided(
        START_US,
        START_US + 400,
        offsets=[4, 5],
        skew=0,
        shown=[3, 3],
        thresholds=[1],
        orders=[9],
        rooms=[[1_000], [1_000]],
        gateway_us=[0] * QUANTILES,
    )
    return World(Path(ticks), 10, 10, [reaction_us], [everything], [])


def test_a_late_order_is_not_filled_if_the_new_quote_is_worse_than_the_limit_of_the_order():
    in_time, too_late = (played(rising(reaction_us=us))[0] for us in (9, 10))

    # Each quote except the first is 10 too low. Both of its levels, of 3 lots each, are profitable.
    assert [fill.lots for fill in in_time] == [3, 3] * 39
    assert {fill.lead - fill.price for fill in in_time} == {6, 5}
    assert too_late == []


@pytest.mark.parametrize(("reaction_us", "noted"), [(9, 39), (10, 1), (500, 39)])
def test_the_race_keeps_an_order_that_arrives_before_the_next_quote_or_after_the_interval(
    reaction_us, noted
):
    world, end_us = rising(reaction_us), START_US + 400
    ticks = world.path.ticks(START_US, end_us)
    quotes = post(blank(0, 1, firms=1), ticks.times_us, 10, ticks, Plan(0, (4,), (3, 3)))
    firm = Watchers(
        threshold=np.array([1]),
        firm=np.array([0]),
        reaction_us=np.array([reaction_us]),
        keys=world.keys(),
        gateway_us=np.zeros(QUANTILES, dtype=np.int64),
    )

    assert len(watch(quotes, START_US, end_us, *ticks, firm)) == noted


@pytest.mark.parametrize(("price_later", "paid"), [(997, [1_001]), (1_000, [1_004]), (1_001, [])])
def test_a_late_order_is_filled_by_the_new_quote_if_the_new_price_is_within_the_limit_of_the_order(
    price_later, paid
):
    """When the price rises to 1010, a firm sends an order to buy at 1004 or less.

    The price falls, and a new quote is posted before the order arrives.
    """
    spike = [(START_US, 1_000), (START_US + 5, 1_010), (START_US + 8, price_later)]
    one_level = replace(rising(0).intervals[0], offsets=[4], end_us=START_US + 20)
    world = World(Path(spike), 0, 10, [10], [one_level], [])

    assert [fill.price for fill in played(world)[0]] == paid


# ---- profitable lots not taken because of limits


def counted_of(world: World, kind: type[Session] = Session) -> list[int]:
    """Return the volume that firms took, and the volumes that two limits prevented.

    The limits are the order size and the position limit. Volumes are in lots times ticks.
    """
    session, env = session_of(world, kind), simpy.Environment(initial_time=START_US)
    for now in world.intervals:
        inside = [c for c in world.customers if now.start_us <= c.time_us < now.end_us]
        span = (now.start_us, now.end_us, 0.0, now.for_session(), orders_of(inside))
        env.run(until=env.process(session.trading(env, *span)))
    return session.close_count().tolist()


@pytest.mark.parametrize(
    ("orders", "taken_lots", "cut_lots"),
    [
        ([9, 0], 6, 0),  # all lots of two levels with 3 lots each
        ([6, 0], 6, 0),
        ([4, 0], 4, 2),  # two lots of the second level are not taken
        ([2, 0], 2, 4),  # one lot of the first level and all lots of the second are not taken
        ([0, 0], 0, 6),  # both firms have an order size of zero
        ([2, 3], 5, 1),  # the second firm takes three of the four lots that the first firm left
        ([2, 9], 6, 0),
    ],
)
def test_profitable_lots_that_are_not_taken_because_of_the_order_size_are_counted(
    orders, taken_lots, cut_lots
):
    world = rising(reaction_us=3)
    rooms = [[1_000, 1_000]] * 2
    decided = replace(world.intervals[0], thresholds=[1, 1], orders=orders, rooms=rooms)
    world = replace(world, reactions_us=[3, 4], intervals=[decided])

    # The best asks of the 39 stale quotes are 1004, 1014, ..., 1384.
    prices = [1_004 + 10 * i for i in range(39)]
    assert counted_of(world) == [taken_lots * sum(prices), cut_lots * sum(prices), 0]


def test_only_lots_at_profitable_levels_are_counted_as_lots_not_taken():
    world = rising(reaction_us=3)
    deeper = replace(world.intervals[0], offsets=[4, 9, 30], orders=[1])

    # Only the first level is profitable. The gain on the second level equals the threshold, but
    # does not exceed it.
    assert counted_of(replace(world, intervals=[deeper]))[ORDER_SHARE] == 2 * sum(
        1_004 + 10 * i for i in range(39)
    )


def test_the_quote_by_quote_simulation_counts_the_same_volumes_as_the_fast_simulation():
    cut = np.zeros(3, dtype=np.int64)
    for seed in range(3_000, 3_150):
        world = random_world(seed)
        ahead, plainly = counted_of(world), counted_of(world, QuoteByQuote)
        assert ahead == plainly
        firms = [fill for fill in played(world)[0] if fill.firm < CUSTOMER]
        assert (ahead[TAKEN] > 0) == bool(firms)
        cut += np.array(ahead) > 0
    assert min(cut[ORDER_SHARE], cut[LEVERAGE]) > 30


@pytest.mark.parametrize("seed", range(3_000, 3_020))
def test_lots_are_counted_as_not_taken_only_if_a_firm_reaches_a_limit(seed):
    world = random_world(seed)
    bottomless = [
        replace(now, orders=[100] * len(now.orders), rooms=[[10_000] * len(now.orders)] * 2)
        for now in world.intervals
    ]
    assert counted_of(replace(world, intervals=bottomless))[ORDER_SHARE:] == [0, 0]


def test_a_firm_stops_buying_when_its_fills_in_an_interval_reach_its_position_limit():
    """The firm may buy ten lots. It takes three lots from each of three quotes, then one lot."""
    world = rising(reaction_us=3)
    one_level = replace(world.intervals[0], offsets=[4], rooms=[[10], [10]])
    fills, *_ = played(replace(world, intervals=[one_level]))

    assert [fill.lots for fill in fills] == [3, 3, 3, 1]
    prices = [1_004 + 10 * i for i in range(39)]
    cut = 2 * prices[3] + 3 * sum(prices[4:])
    assert counted_of(replace(world, intervals=[one_level]))[LEVERAGE] == cut
