"""Constant-product pools: trades are exact, arbitrageurs never lose, pools lose as theory predicts.

Statistical tests use fixed seeds and allow a deviation of three standard errors. Their pools are so
large that rounding to a cent or to a lot is negligible.
"""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from des.clock import DAY_US, HOUR_US, SECOND_US, YEAR_S, midnight_us
from des.defi.pool import (
    CENTS_MAX,
    LOTS_MAX,
    ConstantProductPool,
    PoolRangeError,
    arbitrage_gain_rate,
    arbitrage_share,
    block_times_us,
    fee_rate,
    loss_versus_rebalancing_rate,
)
from des.price.lead_price import LeadPrice, Ticks
from des.scenario import Anchor, Price, VolatilityLevel
from ledger.money import RATE_UNIT

START = date(2022, 5, 1)
START_US = midnight_us(START)


def ticks(*steps: tuple[int, int]) -> Ticks:
    """Return an outside price. Each of the *steps* is a time and the price from that time on."""
    times, prices = zip(*steps, strict=True)
    return Ticks(np.array(times, dtype=np.int64), np.array(prices, dtype=np.int64))


def each_block(prices: Sequence[int]) -> tuple[np.ndarray, Ticks]:
    """Return block times and an outside price that changes at each block."""
    block_us = np.arange(len(prices), dtype=np.int64)
    return block_us, Ticks(block_us, np.array(prices, dtype=np.int64))


def exactly(pool: ConstantProductPool) -> Fraction:
    """Return a pool's price in ticks as an exact fraction."""
    return Fraction(pool.cents * pool.lot_ticks_per_cent, pool.lots)


def rounded(ticks: Fraction) -> int:
    return math.floor(ticks + Fraction(1, 2))


# ---- trades compared with a naive arbitrageur, who trades one lot after the other


def marginal(depth: int, lots: int) -> Fraction:
    """Return a pool's price in ticks if the pool has *lots* lots.

    *depth* is the product lots * cents * lot_ticks_per_cent before the trade.
    """
    return Fraction(depth, lots * lots)


def naive_arbitrage(
    pool: ConstantProductPool, block_us: Sequence[int], outside: Ticks
) -> list[tuple[int, ...]]:
    """Return the arbitrageur's trades, at most one at each block, computed lot by lot.

    Before the trade the pool has n lots and c cents, with the product k = n * c. After the next lot
    is traded, the pool has m lots, and the price of this lot is q = k / m^2 cents. Let f be the fee
    and p the outside price of a lot in cents. The arbitrageur buys the next lot if
    q * (1 + f) <= p, and sells it if q * (1 - f) >= p. After the last lot is traded, the pool has
    k / m cents, rounded up. There is no trade if the gain after the fee is less than a cent.

    Returns:
        For each trade: its time, the outside price, the pool's price before and after the trade,
        lots bought, cents paid, fee in cents, and gain in cents.
    """
    lots, cents, unit = pool.lots, pool.cents, pool.lot_ticks_per_cent
    fee = Fraction(pool.fee_e6, RATE_UNIT)
    steps = list(zip(outside.times_us.tolist(), outside.prices.tolist(), strict=True))
    rows = []
    for now_us in block_us:
        price = [price for time_us, price in steps if time_us <= now_us][-1]
        left, depth = lots, lots * cents * unit
        while left > 1 and marginal(depth, left - 1) * (1 + fee) <= price:
            left -= 1
        while left >= lots and marginal(depth, left + 1) * (1 - fee) >= price:
            left += 1
        paid = math.ceil(Fraction(lots * cents, left)) - cents
        toll = math.ceil(abs(paid) * fee)
        gain = Fraction((lots - left) * price, unit) - paid - toll
        if left == lots or gain < 1:
            continue
        before, after = (
            rounded(Fraction(c * unit, n)) for n, c in ((lots, cents), (left, cents + paid))
        )
        rows.append((now_us, price, before, after, lots - left, paid, toll, math.floor(gain)))
        lots, cents = left, cents + paid
    return rows


SMALL_POOLS = st.builds(
    ConstantProductPool.opened,
    lots=st.integers(1, 300),
    cents=st.integers(1, 300_000),
    fee_e6=st.sampled_from((0, 1, 500, 3_000, 100_000, 999_999)),
    lot_ticks_per_cent=st.sampled_from((1, 3, 10, 1_000)),
)


@given(pool=SMALL_POOLS, data=st.data())
def test_arbitrage_makes_the_same_trades_as_a_naive_arbitrageur(pool, data):
    """Block times and tick times are drawn independently, so some blocks and ticks coincide."""
    fair = max(rounded(exactly(pool)), 1)
    prices = st.integers(max(fair // 2, 1), min(2 * fair + 1, 2**30))
    later = data.draw(st.dictionaries(st.integers(1, 60), prices, max_size=12))
    outside = ticks((0, fair), *sorted(later.items()))
    block_us = sorted(data.draw(st.sets(st.integers(0, 60), min_size=1, max_size=12)))

    _, rows = pool.arbitrage(np.array(block_us), outside)

    assert rows.tolist() == naive_arbitrage(pool, block_us, outside)


# ---- properties of every trade


@st.composite
def pools_and_prices(draw) -> tuple[ConstantProductPool, list[int]]:
    """Draw a pool and a series of outside prices. Prices change by at most a tenth per step."""
    price, unit = draw(st.integers(1, 2**30)), draw(st.sampled_from((1, 10, 1_000)))
    lots = draw(st.integers(1, LOTS_MAX // 4))
    cents = lots * price // unit
    assume(1 <= cents < CENTS_MAX // 4)
    fee_e6 = draw(st.integers(0, 20_000))
    prices = [price]
    for e6 in draw(st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=6)):
        prices.append(max(prices[-1] + prices[-1] * e6 // RATE_UNIT, 1))
    assume(max(prices) < 2**31)
    return ConstantProductPool.opened(lots, cents, fee_e6, unit), prices


def trades(
    pool: ConstantProductPool, prices: Sequence[int]
) -> list[tuple[ConstantProductPool, ConstantProductPool, dict[str, int]]]:
    """Return for each trade at these prices: the pool before, the pool after, and the trade."""
    seen = []
    for at_us, price in enumerate(prices):
        after, rows = pool.arbitrage(np.array([at_us]), ticks((at_us, price)))
        seen += [
            (pool, after, dict(zip(rows.dtype.names, row, strict=True))) for row in rows.tolist()
        ]
        pool = after
    return seen


@given(case=pools_and_prices())
def test_the_reserves_change_by_the_lots_and_cents_of_a_trade_and_their_product_never_falls(case):
    for before, after, row in trades(*case):
        assert after.lots == before.lots - row["lots"]
        assert after.cents == before.cents + row["cents"]
        assert after.lots * after.cents >= before.lots * before.cents
        # The arbitrageur pays the smallest whole number of cents that does not lower the product.
        assert after.lots * (after.cents - 1) < before.lots * before.cents
        assert (row["before"], row["after"]) == (rounded(exactly(before)), rounded(exactly(after)))
        assert after.shares == before.shares


@given(case=pools_and_prices())
def test_each_arbitrage_gains_at_least_a_cent_after_the_fee(case):
    for pool, _, row in trades(*case):
        worth = Fraction(row["lots"] * row["outside"], pool.lot_ticks_per_cent)
        assert row["gain_cents"] == math.floor(worth - row["cents"] - row["fee_cents"]) >= 1
        fee = Fraction(abs(row["cents"]) * pool.fee_e6, RATE_UNIT)
        assert 0 <= row["fee_cents"] - fee < 1


def stops_at_the_edge(before: ConstantProductPool, after: ConstantProductPool, price: int) -> bool:
    """Return whether the last traded lot is profitable and the next lot is not profitable."""
    depth = before.lots * before.cents * before.lot_ticks_per_cent
    fee, left = Fraction(before.fee_e6, RATE_UNIT), after.lots
    if left < before.lots:
        is_last = left == 1 or marginal(depth, left - 1) * (1 + fee) > price
        return is_last and marginal(depth, left) * (1 + fee) <= price
    return marginal(depth, left) * (1 - fee) >= price > marginal(depth, left + 1) * (1 - fee)


@given(case=pools_and_prices())
def test_the_arbitrageur_stops_at_the_last_profitable_lot(case):
    for before, after, row in trades(*case):
        assert stops_at_the_edge(before, after, row["outside"])


@pytest.mark.parametrize(
    ("lots", "cents", "price", "balance"),
    [
        (10_025_696, 2_215_443_838_750, 5_657, 62_660_600),  # sqrt(lots * cents / price) is whole
        (30_730_700, 1_662_123_995_532, 889, 239_699_460),
        (2**29, 6_442_450_956, 3, 2**30),  # sqrt(lots * cents / price) is 2^30 + 1 - 5e-10
        (500_000_000, 31_500_000_042, 7, 1_500_000_000),
    ],
)
def test_the_number_of_lots_after_a_trade_is_exact_even_if_a_float_would_round_wrongly(
    lots, cents, price, balance
):
    pool = ConstantProductPool.opened(lots, cents, fee_e6=0)
    after, _ = pool.arbitrage(*each_block([price]))

    assert after.lots == balance == math.isqrt(lots * cents // price)


@given(pool=SMALL_POOLS, e3=st.integers(500, 2_000))
def test_the_chosen_trade_is_worse_than_the_best_by_at_most_two_cents_plus_the_gain_of_a_lot(
    pool, e3
):
    price = max(rounded(exactly(pool) * Fraction(e3, 1_000)), 1)

    def gain(left: int) -> Fraction:
        paid = math.ceil(Fraction(pool.lots * pool.cents, left)) - pool.cents
        toll = math.ceil(Fraction(abs(paid) * pool.fee_e6, RATE_UNIT))
        return Fraction((pool.lots - left) * price, pool.lot_ticks_per_cent) - paid - toll

    after, _ = pool.arbitrage(np.array([0]), ticks((0, price)))
    best = max(gain(left) for left in range(1, 2 * pool.lots))
    # Each further lot gains less than the lot before it. So one more lot gains at most the
    # difference between the pool's price and the outside price, minus the fee.
    pays = Fraction(after.cents, after.lots)
    off = abs(pays - Fraction(price, pool.lot_ticks_per_cent))
    one_lot = max(off - pays * Fraction(pool.fee_e6, RATE_UNIT), Fraction(0))
    assert best - gain(after.lots) < 2 + one_lot


def test_there_is_no_arbitrage_while_the_outside_price_equals_the_price_of_the_pool():
    pool = ConstantProductPool.opened(1_000_000, 3_000_000_000, fee_e6=0)
    after, rows = pool.arbitrage(np.arange(1_000), ticks((0, 3_000)))

    assert (after, len(rows)) == (pool, 0)


def test_an_arbitrageur_trades_only_if_the_outside_price_moves_by_more_than_the_fee():
    pool = ConstantProductPool.opened(1_000_000, 100_000_000_000, fee_e6=10_000)

    def lots_at(price: int) -> list[int]:
        return pool.arbitrage(np.array([0]), ticks((0, price)))[1]["lots"].tolist()

    assert [lots_at(price) for price in (99_000, 100_000, 101_000)] == [[], [], []]
    assert lots_at(101_010) > [0]
    assert lots_at(98_990) < [0]


def test_a_block_at_the_time_of_a_tick_uses_the_price_of_the_tick():
    pool = ConstantProductPool.opened(1_000_000, 3_000_000_000, fee_e6=0)
    _, rows = pool.arbitrage(np.array([9, 10, 11]), ticks((0, 3_000), (10, 3_300), (12, 3_000)))

    assert rows[["time_us", "outside"]].tolist() == [(10, 3_300)]


# ---- any partition of time gives the same numbers


@given(cuts=st.lists(st.integers(START_US, START_US + 3 * HOUR_US), max_size=8))
def test_any_partition_of_a_period_gives_the_same_blocks_and_trades(cuts):
    """Each part gets the last tick at or before its start, and all later ticks before its end."""
    law = Price(
        anchors=(Anchor(at=datetime(2022, 5, 1, tzinfo=UTC), price_usd=100.0),),
        volatility=(VolatilityLevel(since=START, annual=1.5),),
        ticks_per_s=0.2,
    )
    first, last = START_US, START_US + 3 * HOUR_US
    lead = LeadPrice(1, "SOL", law, Decimal("0.001"), first, last)
    begun = ConstantProductPool.opened(10_000_000, 10_000_000_00, 500, 1_000)
    blocks = block_times_us(1, "solana", 5.0, first, last)
    whole, rows = begun.arbitrage(blocks, lead.ticks(first, last))

    pool, parts, drawn = begun, [], []
    for start_us, end_us in pairwise(sorted([first, *cuts, last])):
        part_us = block_times_us(1, "solana", 5.0, start_us, end_us)
        known = lead.ticks(first, end_us)
        since = max(known.times_us.searchsorted(start_us, "right") - 1, 0)
        seen = Ticks(known.times_us[since:], known.prices[since:])
        pool, part = pool.arbitrage(part_us, seen)
        parts.append(part)
        drawn.append(part_us)

    assert len(rows) > 100
    assert np.array_equal(np.concatenate(drawn), blocks)
    assert np.array_equal(np.concatenate(parts), rows)
    assert pool == whole


def test_blocks_arrive_as_a_poisson_process():
    """The number of blocks in each of n hours has a variance equal to its mean.

    The standard error of the mean is sqrt(mean / n). The standard error of the variance is about
    mean * sqrt(2 / n).
    """
    hours, mean = 500, 3_600 / 12
    block_us = block_times_us(1, "ethereum", 12.0, START_US, START_US + hours * HOUR_US)
    counts = np.bincount((block_us - START_US) // HOUR_US, minlength=hours)

    assert (np.diff(block_us) > 0).all()
    assert abs(counts.mean() - mean) < 3 * math.sqrt(mean / hours)
    assert abs(counts.var(ddof=1) - mean) < 3 * mean * math.sqrt(2 / hours)


def test_block_times_differ_if_the_chains_or_the_seeds_differ():
    end_us = START_US + HOUR_US
    base = block_times_us(1, "solana", 1.0, START_US, end_us)
    for seed, chain in ((2, "solana"), (1, "ethereum")):
        assert not np.intersect1d(base, block_times_us(seed, chain, 1.0, START_US, end_us)).size


# ---- liquidity


@given(pool=SMALL_POOLS, leaving=st.lists(st.integers(1, 400), max_size=8))
def test_the_reserves_for_each_share_do_not_fall_when_other_shares_are_withdrawn(pool, leaving):
    for n in leaving:
        if n > pool.shares:
            continue
        after, moved = pool.remove_liquidity(n)
        assert after.lots == pool.lots - moved.lots
        assert after.cents == pool.cents - moved.cents
        assert after.shares == pool.shares - moved.shares
        assert after.lots * pool.shares >= pool.lots * after.shares
        assert after.cents * pool.shares >= pool.cents * after.shares
        pool = after


@given(pool=SMALL_POOLS)
def test_a_withdrawal_of_all_shares_takes_all_reserves_and_an_empty_pool_has_no_trades(pool):
    empty, taken = pool.remove_liquidity(pool.shares)

    assert taken == (pool.lots, pool.cents, pool.shares)
    assert (empty.lots, empty.cents, empty.shares) == (0, 0, 0)
    assert not len(empty.arbitrage(np.array([0]), ticks((0, 1)))[1])


def test_a_pool_with_twice_the_liquidity_trades_twice_as_much_and_ends_at_the_same_price():
    pool = ConstantProductPool.opened(1_000_000, 100_000_000_000, fee_e6=3_000)
    deeper = ConstantProductPool.opened(2 * pool.lots, 2 * pool.cents, fee_e6=3_000)

    (one,), (two,) = (each.arbitrage(*each_block([120_000]))[1] for each in (pool, deeper))
    assert two["after"] == one["after"]
    assert two["lots"] == pytest.approx(2 * one["lots"], abs=2)
    assert two["gain_cents"] == pytest.approx(2 * one["gain_cents"], rel=1e-6)


# ---- refusals


def test_a_pool_is_refused_if_it_lacks_an_asset_or_if_its_fee_or_its_lot_is_out_of_range():
    for terms in (
        (0, 1, 0),
        (1, 0, 0),
        (1, 1, -1),
        (1, 1, RATE_UNIT),
        (1, 1, 0, 0),
        (1, 1, 0, 1_001),
    ):
        with pytest.raises(ValueError, match=r"pool|fee|lot-ticks"):
            ConstantProductPool.opened(*terms)


def test_a_withdrawal_of_zero_shares_or_of_more_shares_than_exist_is_refused():
    pool = ConstantProductPool.opened(1_000_000, 1, fee_e6=0)
    for shares in (0, pool.shares + 1):
        with pytest.raises(ValueError, match="cannot take back"):
            pool.remove_liquidity(shares)


def test_a_block_before_the_first_tick_is_refused():
    pool = ConstantProductPool.opened(1_000, 1_000, fee_e6=0)
    with pytest.raises(ValueError, match="no tick"):
        pool.arbitrage(np.array([4, 6]), ticks((5, 1)))


def test_prices_at_which_the_integers_of_a_pool_may_overflow_are_refused():
    pool = ConstantProductPool.opened(2**28, 2**38, fee_e6=0)
    for price in (1, 2**31):
        with pytest.raises(PoolRangeError):
            pool.arbitrage(*each_block([1_024, price]))
    with pytest.raises(PoolRangeError):
        ConstantProductPool.opened(2, 2**51, fee_e6=0).arbitrage(*each_block([2**30]))


# ---- theory

PATHS = 40
PRICE_TICKS, LOTS, LOT_TICKS_PER_CENT = 2**27, 2**29, 1_000
CENTS = LOTS * PRICE_TICKS // LOT_TICKS_PER_CENT


def walk(seed: int, volatility: float, block_us: np.ndarray) -> Ticks:
    """Draw an outside price at each block. Its logarithm is a random walk without drift."""
    years = np.diff(block_us, prepend=0) / SECOND_US / YEAR_S
    named = seed, len(block_us), round(100 * volatility)  # each case has its own draws
    normals = np.random.default_rng(named).standard_normal(len(block_us))
    logs = np.cumsum(volatility * np.sqrt(years) * normals)
    return Ticks(block_us, np.rint(PRICE_TICKS * np.exp(logs)).astype(np.int64))


def per_dollar(pool: ConstantProductPool, rows: np.ndarray, column: str) -> float:
    """Divide each trade's *column* by the pool's value at the time of the trade. Return the sum.

    If the pool opens with n lots and c cents, its value at an outside price of p cents for each lot
    is 2 * sqrt(n * c * p) cents.
    """
    root = np.sqrt(float(pool.lots) * pool.cents / pool.lot_ticks_per_cent)
    return float((rows[column] / (2 * root * np.sqrt(rows["outside"]))).sum())


def outcomes(
    volatility: float, block_s_mean: float, fee_e6: int, blocks: int, regular: bool = False
) -> np.ndarray:
    """Return for each price path: the share of blocks with a trade, the gain, and the fees.

    The gain and the fees are per year and per dollar in the pool.
    """
    found = []
    for seed in range(PATHS):
        end_us = round(blocks * block_s_mean * SECOND_US)
        if regular:
            block_us = np.arange(1, blocks + 1) * round(block_s_mean * SECOND_US)
        else:
            block_us = block_times_us(seed, "test", block_s_mean, 0, end_us)
        pool = ConstantProductPool.opened(LOTS, CENTS, fee_e6, LOT_TICKS_PER_CENT)
        _, rows = pool.arbitrage(block_us, walk(seed, volatility, block_us))
        years = end_us / SECOND_US / YEAR_S
        found.append(
            (
                len(rows) / len(block_us),
                per_dollar(pool, rows, "gain_cents") / years,
                per_dollar(pool, rows, "fee_cents") / years,
            )
        )
    return np.array(found)


def deviations(found: np.ndarray, expected: Sequence[float], precision: float) -> np.ndarray:
    """Return the deviation of each column's mean from its expected value, in standard errors.

    Each standard error must be less than *precision* times the expected value.
    """
    errors = found.std(axis=0, ddof=1) / math.sqrt(len(found))
    assert (errors < precision * np.array(expected)).all()
    return (found.mean(axis=0) - expected) / errors


@pytest.mark.parametrize("regular", [True, False])
@pytest.mark.parametrize("volatility", [0.4, 1.2])
def test_the_yearly_loss_of_a_pool_without_a_fee_is_its_value_times_an_eighth_of_the_variance(
    volatility, regular
):
    """Blocks arrive every twelve seconds, or on average every twelve seconds at random times."""
    found = outcomes(volatility, 12.0, 0, 10_000, regular)[:, 1:2]

    expected = loss_versus_rebalancing_rate(volatility)
    assert expected == volatility**2 / 8
    assert abs(deviations(found, [expected], precision=0.01)) < 3


@pytest.mark.parametrize(
    ("volatility", "block_s_mean", "fee_e6", "blocks"),
    [
        # There is an arbitrage at about 41, 10, 5, 32 and 18 % of the blocks.
        (0.8, 12.0, 500, 20_000),
        (0.8, 12.0, 3_000, 40_000),
        (1.5, 0.4, 2_500, 80_000),
        (1.5, 600.0, 10_000, 5_000),
        (1.5, 3_600.0, 50_000, 2_000),
    ],
)
def test_the_frequency_and_gains_and_fees_of_arbitrage_agree_with_theory_if_the_pool_has_a_fee(
    volatility, block_s_mean, fee_e6, blocks
):
    found = outcomes(volatility, block_s_mean, fee_e6, blocks)

    terms = volatility, block_s_mean, fee_e6 / RATE_UNIT
    expected = [arbitrage_share(*terms), arbitrage_gain_rate(*terms), fee_rate(*terms)]
    assert (abs(deviations(found, expected, precision=0.03)) < 3).all()


@pytest.mark.parametrize("fee_e6", [0, 10_000, 300_000])
def test_gains_and_fees_after_large_price_moves_agree_with_theory(fee_e6):
    """The price rises and falls by so much that no term of the formulas is negligible."""
    # The mean distance of the log price from the range in which arbitrage does not pay.
    depth = 0.2
    block_s_mean = 3_600.0
    terms = depth * math.sqrt(2 * YEAR_S / block_s_mean), block_s_mean, fee_e6 / RATE_UNIT
    beyond = -depth * np.log1p(-(np.arange(5_000) + 0.5) / 5_000)
    above = (1 + fee_e6 / RATE_UNIT) * np.exp(beyond)
    below = (1 - fee_e6 / RATE_UNIT) * np.exp(-beyond)

    pool = ConstantProductPool.opened(2**26, 2**26 * 100, fee_e6, LOT_TICKS_PER_CENT)
    prices = np.rint(100 * LOT_TICKS_PER_CENT * np.concatenate((above, below)))
    seen = [pool.arbitrage(*each_block([price]))[1] for price in prices]
    rows = np.concatenate(seen)

    per_arbitrage = YEAR_S / block_s_mean * arbitrage_share(*terms)
    gain, fee = (per_dollar(pool, rows, c) / len(prices) for c in ("gain_cents", "fee_cents"))
    assert gain == pytest.approx(arbitrage_gain_rate(*terms) / per_arbitrage, rel=2e-3)
    assert fee == pytest.approx(fee_rate(*terms) / per_arbitrage, rel=2e-3)


@pytest.mark.parametrize("fee", [0.0, 0.0005, 0.003, 0.01])
def test_a_fee_splits_the_loss_of_a_pool_into_fees_and_gains_of_arbitrageurs(fee):
    """Gains plus fees nearly equal the loss of a pool without a fee.

    The difference, divided by the loss, is less than the sum of two terms: the square of the fee,
    and the variance of the log price in a block.
    """
    terms = 0.8, 12.0, fee
    loss = arbitrage_gain_rate(*terms) + fee_rate(*terms)

    assert loss == pytest.approx(loss_versus_rebalancing_rate(0.8), rel=1e-5)
    share = arbitrage_share(*terms)
    assert arbitrage_gain_rate(*terms) == pytest.approx(share * loss, rel=1e-4)
    assert share == pytest.approx(
        1 / (1 + math.sqrt(2) * fee / math.sqrt(0.64 * 12 / YEAR_S)), rel=1e-4
    )


def test_the_formula_for_the_yearly_loss_of_a_pool_also_holds_for_simulated_prices():
    """On average the price changes every second, and the chain has a block every 12 seconds."""
    days, volatility = 10, 1.0
    end_us = START_US + days * DAY_US
    law = Price(
        anchors=(Anchor(at=datetime(2022, 5, 1, tzinfo=UTC), price_usd=100.0),),
        volatility=(VolatilityLevel(since=START, annual=volatility),),
    )
    found = []
    for seed in range(4):
        lead = LeadPrice(seed, "SOL", law, Decimal("0.000001"), START_US, end_us)
        pool = ConstantProductPool.opened(LOTS, LOTS * 100_000, 0, LOT_TICKS_PER_CENT)
        block_us = block_times_us(seed, "solana", 12.0, START_US, end_us)
        _, rows = pool.arbitrage(block_us, lead.ticks(START_US, end_us))
        midnights = rows["time_us"].searchsorted(START_US + np.arange(1, days) * DAY_US)
        by_day = np.split(rows, midnights)
        found += [[per_dollar(pool, day, "gain_cents") * 365] for day in by_day]

    expected = loss_versus_rebalancing_rate(volatility)
    assert abs(deviations(np.array(found), [expected], precision=0.01)) < 3
