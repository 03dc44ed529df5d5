"""Liquidation, part by part: shares, thresholds, orders, handovers, capacities."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.clock import SECOND_US
from des.liquidation.accounts import E6, LeveragedAccounts
from des.liquidation.backstop import Backstop
from des.liquidation.closing import hand_over, transferred_lots
from des.liquidation.orders import forced_orders
from des.liquidation.population import population
from des.quoting.quotes import ASK, BID
from des.scenario import Leverage, LeverageLimit, Provider

MAY_9 = date(2022, 5, 9)
MAY_9_US = 1_652_054_400_000_000
KEY = np.uint64(2**63 + 12_345)
TICK_CENTS = np.array([1, 7])


# ------------------------------------------------------------------------------- splitting


# ----------------------------------------------------------------- who is below maintenance


def below_by_looking_at_all(accounts: LeveragedAccounts, market: int, mark: int, m_e6: int) -> list:
    found = []
    for i in np.flatnonzero(accounts.market == market).tolist():
        notional = abs(int(accounts.lots[i])) * mark * int(TICK_CENTS[market])
        equity = int(accounts.cash[i]) + int(accounts.lots[i]) * mark * int(TICK_CENTS[market])
        if equity * E6 < notional * m_e6:
            found.append(i)
    return found


@given(st.integers(0, 2**32 - 1), st.sampled_from([10_000, 30_000, 200_000]))
def test_sorted_thresholds_find_the_accounts_that_a_look_at_all_finds(seed, m_e6):
    draws = np.random.default_rng(seed)
    n, marks = 60, [1_000, 400]
    market = draws.integers(0, 2, n)
    lots = draws.integers(-50, 51, n)
    entered = lots * np.array(marks)[market] * TICK_CENTS[market]
    cash = (np.abs(entered) * draws.uniform(0.02, 1, n)).astype(np.int64) - entered
    accounts = LeveragedAccounts(TICK_CENTS, m_e6)
    accounts.enter(market, lots, cash)

    for _ in range(30):
        m = int(draws.integers(2))
        marks[m] = max(int(marks[m] * draws.uniform(0.8, 1.25)), 1)
        found = accounts.below(m, marks[m])
        assert found.tolist() == below_by_looking_at_all(accounts, m, marks[m], m_e6)
        some = found[draws.random(len(found)) < 0.5]
        # Some are closed in part, some entirely, some are paid; now and then all are funded.
        shrink = -(accounts.lots[some] * draws.integers(0, 3, len(some)) // 2)
        accounts.trade(m, some, shrink, np.full(len(some), marks[m]), np.zeros(len(some), int))
        accounts.credit(some, draws.integers(-100, 100, len(some)))
        if draws.random() < 0.1:
            accounts.fund(np.array(marks), 1_000_000)
            accounts.sort()


@given(st.lists(st.integers(-5, 5), max_size=40), st.sampled_from([1, -1]), st.integers(1, 12))
def test_the_largest_of_the_other_side_come_first_and_of_equals_the_oldest(lots, side, most):
    accounts = LeveragedAccounts(TICK_CENTS, 30_000)
    none = np.zeros(len(lots), dtype=np.int64)
    accounts.enter(none, np.array(lots, dtype=np.int64), none)

    against = [i for i in range(len(lots)) if lots[i] * side < 0]
    ranked = sorted(against, key=lambda i: (-abs(lots[i]), i))[:most]
    assert accounts.opposing(0, side, most).tolist() == ranked


# -------------------------------------------------------------------------- random orders


def orders_of(lots: int, keep: int, seconds: int, holder: int = 7) -> np.ndarray:
    one = [np.array([x]) for x in (holder, lots, keep)]
    return forced_orders(KEY, *one, 10**9, MAY_9_US, MAY_9_US + seconds * SECOND_US)


def test_orders_come_one_second_in_six_and_are_a_tenth_of_the_position():
    n, lots = 60_000, 10**6
    everybody = np.arange(n)
    sent = forced_orders(
        KEY, everybody, np.full(n, lots), np.zeros(n, int), 10**9, MAY_9_US, MAY_9_US + SECOND_US
    )

    assert len(sent) == pytest.approx(n / 6, abs=5 * (n * 5 / 36) ** 0.5)
    sizes = sent["lots"] / lots
    assert 0.05 <= sizes.min() < 0.051
    assert 0.149 < sizes.max() <= 0.15
    assert sizes.mean() == pytest.approx(0.1, abs=5 * 0.1 / 12**0.5 / len(sent) ** 0.5)


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.booleans())
def test_orders_close_the_position_and_no_more_than_is_needed(lots, keep, is_long):
    sent = orders_of(lots if is_long else -lots, keep, 900)

    assert set(sent["side"]) <= {BID if is_long else ASK}
    closed = sent["lots"].sum()
    assert closed <= lots
    if len(sent):
        assert lots - (closed - sent["lots"][-1]) > keep  # the last was still needed


def test_the_orders_of_one_second_are_together_no_larger_than_the_cap():
    n = 50
    sent = forced_orders(
        KEY,
        np.arange(n),
        np.full(n, 1_000),
        np.zeros(n, int),
        300,
        MAY_9_US,
        MAY_9_US + 60 * SECOND_US,
    )

    _, second = np.unique(sent["arrival_us"], return_inverse=True)
    together = np.bincount(second, sent["lots"])
    assert together.max() == 300
    assert sent["lots"].min() > 0


def test_an_order_does_not_depend_on_who_else_is_liquidated():
    alone = orders_of(500, 0, 60)
    crowd = forced_orders(
        KEY,
        np.array([3, 7, 9]),
        np.array([100, 500, -90]),
        np.zeros(3, int),
        10**9,
        MAY_9_US,
        MAY_9_US + 60 * SECOND_US,
    )

    assert np.array_equal(crowd[crowd["holder"] == 7], alone)


# ------------------------------------------------------------------------------ handovers

EQUITY = st.integers(-(10**9), 10**9)
POSITION = st.integers(-(10**5), 10**5).filter(bool)
MARK = st.integers(10**5, 10**7)


@given(EQUITY, POSITION, MARK, st.integers(0, 3))
def test_what_an_account_has_goes_to_the_taker_and_the_fund(equity, position, mark, thirds):
    part = hand_over(equity, position, abs(position), mark, 1, thirds)
    given_to_taker = (mark - part.price) * position

    assert part.own_cents == equity
    assert given_to_taker + part.left_cents == equity
    if part.price > 1:
        exact = thirds * equity / 3
        assert exact - abs(position) < given_to_taker <= exact


@given(st.integers(0, 10**9), POSITION, MARK)
def test_at_the_zero_price_less_than_a_tick_is_left(equity, position, mark):
    part = hand_over(equity, position, abs(position), mark, 1, thirds=3)

    assert part.left_cents >= 0
    assert part.left_cents < abs(position) or part.price == 1


@given(EQUITY, POSITION, MARK, st.data())
def test_closed_piece_by_piece_an_account_has_the_same_to_give(equity, position, mark, data):
    left, side = abs(position), 1 if position > 0 else -1
    remaining, given_away = equity, 0
    while left:
        lots = data.draw(st.integers(max(left // 3, 1), left))
        part = hand_over(remaining, side * left, lots, mark, 1, 2)
        given_away += (mark - part.price) * side * lots + part.left_cents
        remaining, left = remaining - part.own_cents, left - lots

    assert remaining == 0
    assert given_away == equity


def test_a_tenth_below_auto_close_margin_a_tenth_is_handed_over_each_second():
    assert transferred_lots(1_000, 900, 1_000, seconds=1) == 100
    assert transferred_lots(1_000, 900, 1_000, seconds=2) == 190
    assert transferred_lots(1_000, 999, 1_000, seconds=3_600) == pytest.approx(973, abs=30)


@given(st.integers(1, 10**6), st.integers(-(10**6), 0), st.integers(1, 3_600))
def test_with_nothing_left_behind_it_a_position_goes_at_once(lots, equity, seconds):
    assert transferred_lots(lots, equity, 10**6, seconds) == lots


# ------------------------------------------------------------------------------- backstop


def provider(per_minute: float, per_hour: float) -> Provider:
    return Provider(
        name="Backstop01", usd_per_minute=per_minute, usd_per_hour=per_hour, unwind_delay_s=0
    )


def test_providers_take_pro_rata_to_what_they_have_not_used():
    backstop = Backstop([provider(300, 10_000), provider(100, 10_000)])
    backstop.refill(MAY_9_US, 60, [True, True])

    assert backstop.take(40, 100) == [30, 10]
    backstop.refill(MAY_9_US + 60 * SECOND_US, 60, [True, True])
    assert backstop.take(1_000, 100) == [300, 100]  # and nobody takes the other 600


def test_a_provider_without_the_least_balance_leaves_all_to_others():
    backstop = Backstop([provider(300, 10_000), provider(100, 10_000)])
    backstop.refill(MAY_9_US, 60, [False, True])

    assert backstop.take(400, 100) == [0, 100]


def test_an_hours_capacity_ends_before_the_minutes_do_and_comes_back_with_the_hour():
    backstop = Backstop([provider(100, 150)])
    for minute, taken in enumerate((100, 50, 0)):
        backstop.refill(MAY_9_US + minute * 60 * SECOND_US, 60, [True])
        assert backstop.take(1_000, 100) == [taken]

    backstop.refill(MAY_9_US + 3_600 * SECOND_US, 60, [True])
    assert backstop.take(1_000, 100) == [100]


# ----------------------------------------------------------------------------- population


def rules(**changes) -> Leverage:
    given = {
        "holders": 20_000,
        "collateral_usd_median": 1_000,
        "collateral_log_sd": 1.0,
        "leverage_mean": 2.0,
        "leverage_log_sd": 0.7,
        "limits": (
            LeverageLimit(since=date(2019, 5, 1), leverage_max=101),
            LeverageLimit(since=date(2021, 7, 25), leverage_max=20),
        ),
        "maintenance_margin_pct": 3.0,
        "auto_close_margin_pct": 1.5,
        "providers": (provider(0, 0),),
    }
    return Leverage(**given | changes)


def test_leverage_has_its_mean_and_no_tail_beyond_the_limit():
    drawn = population(1, MAY_9, rules(), 20_000, [1, 3], np.array([10, 10]))
    leverage = np.abs(drawn.lots) * 10 / drawn.collateral_cents

    assert leverage.mean() == pytest.approx(2.0, rel=0.03)
    assert leverage.max() <= 20
    assert (drawn.market == 1).mean() == pytest.approx(0.75, abs=0.02)
    low = rules(limits=(LeverageLimit(since=MAY_9, leverage_max=5),))
    drawn = population(1, MAY_9, low, 20_000, [1], np.array([10]))
    assert (np.abs(drawn.lots) * 10 / drawn.collateral_cents).max() <= 5


def test_the_limit_is_that_of_the_day():
    assert rules().leverage_max(date(2021, 7, 24)) == 101
    assert rules().leverage_max(date(2021, 7, 25)) == 20
