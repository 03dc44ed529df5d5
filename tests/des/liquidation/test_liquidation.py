"""Liquidations: thresholds, forced orders, transfers, providers' capacity, drawn customers."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.clock import SECOND_US
from des.liquidation.backstop import Backstop
from des.liquidation.closing import hand_over, transferred_lots
from des.liquidation.leveraged_accounts import E6, LeveragedAccounts
from des.liquidation.margin_population import population
from des.liquidation.orders import forced_orders
from des.liquidation.token_collateral import NONE, sale_price
from des.quoting.quotes import ASK, BID
from des.scenario import CollateralToken, Leverage, LeverageLimit, Provider

MAY_9 = date(2022, 5, 9)
MAY_9_US = 1_652_054_400_000_000
KEY = np.uint64(2**63 + 12_345)
TICK_CENTS = np.array([1, 7])


# ---------------------------------------------------------- accounts below maintenance margin


WEIGHT_E6 = np.array([900_000, 333_333])


def equity_of(accounts: LeveragedAccounts, i: int, marks: list[int]) -> int:
    """Return the equity of account *i* in cents, computed with Python's integers."""
    m, t = int(accounts.market[i]), int(accounts.tokens.market[i])
    tokens = int(accounts.tokens.lots[i])
    counted = tokens * marks[t] * int(TICK_CENTS[t]) * int(WEIGHT_E6[t]) // E6 if tokens else 0
    return int(accounts.cash[i]) + int(accounts.lots[i]) * marks[m] * int(TICK_CENTS[m]) + counted


def below_by_looking_at_all(
    accounts: LeveragedAccounts, market: int, marks: list[int], m_e6: int
) -> list:
    found = []
    for i in np.flatnonzero(accounts.market == market).tolist():
        notional = abs(int(accounts.lots[i])) * marks[market] * int(TICK_CENTS[market])
        if equity_of(accounts, i, marks) * E6 < notional * m_e6:
            found.append(i)
    return found


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([10_000, 30_000, 200_000]),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_sorted_thresholds_find_the_same_accounts_below_maintenance_margin_as_a_full_scan(
    seed, m_e6, with_tokens
):
    draws = np.random.default_rng(seed)
    n, marks = 60, [1_000, 400]
    market, token_market = draws.integers(0, 2, n), draws.integers(0, 2, n)
    lots = draws.integers(-50, 51, n)
    entered = lots * np.array(marks)[market] * TICK_CENTS[market]
    collateral = (np.abs(entered) * draws.uniform(0.02, 1, n)).astype(np.int64)
    token_cents = (np.array(marks) * TICK_CENTS)[token_market]
    tokens = np.where(draws.random(n) < with_tokens, collateral // token_cents, 0)
    cash = np.where(tokens > 0, 0, collateral) - entered
    accounts = LeveragedAccounts(TICK_CENTS, m_e6, WEIGHT_E6)
    accounts.mark_tokens(np.array(marks))
    accounts.enter(market, lots, cash, token_market, tokens)

    for _ in range(30):
        for m in range(2):
            marks[m] = max(int(marks[m] * draws.uniform(0.8, 1.25)), 1)
        accounts.mark_tokens(np.array(marks))
        m = int(draws.integers(2))
        found = accounts.below(m, marks[m])
        assert found.tolist() == below_by_looking_at_all(accounts, m, marks, m_e6)
        some = found[draws.random(len(found)) < 0.5]
        # Some of the found accounts close half or all of their lots, and pay or receive cents. Some
        # sell their tokens. In some rounds all accounts pay or receive funding.
        shrink = -(accounts.lots[some] * draws.integers(0, 3, len(some)) // 2)
        accounts.trade(m, some, shrink, np.full(len(some), marks[m]), np.zeros(len(some), int))
        accounts.credit(some, draws.integers(-100, 100, len(some)))
        for account in found[draws.random(len(found)) < 0.2].tolist():
            accounts.sell_tokens(account, int(accounts.tokens.worth(np.array([account]))[0]))
        if draws.random() < 0.1:
            accounts.fund(np.array(marks), 1_000_000)
            accounts.sort()


def test_accounts_are_sorted_again_only_after_a_token_has_lost_more_than_a_tenth_of_its_value(
    monkeypatch,
):
    one, none = np.array([1]), np.array([0])
    accounts = LeveragedAccounts(TICK_CENTS, 30_000, WEIGHT_E6)
    accounts.mark_tokens(np.array([30_000, 1]))
    accounts.enter(none, one, -30_000 * one, none, one)  # one token as margin for one lot
    sorted_at = []
    monkeypatch.setattr(accounts, "sort", lambda: sorted_at.append(mark))

    for mark in (29_000, 27_000, 26_999):
        accounts.mark_tokens(np.array([mark, 1]))

    assert sorted_at == [26_999]


@given(st.integers(1, 10**8), st.integers(10_000, E6), st.integers(1, 10**6))
def test_the_price_of_sold_tokens_is_at_most_their_margin_value(mark, weight_e6, tokens):
    """The margin value of tokens is their value at the mark times their weight.

    The lowest price is one tick. This price may be above the margin value.
    """
    price = sale_price(mark, weight_e6)
    counted = tokens * mark * weight_e6 // E6

    assert price == 1 or price * tokens <= counted < (price + 1) * tokens
    assert 1 <= price <= mark


@given(st.lists(st.integers(-5, 5), max_size=40), st.sampled_from([1, -1]), st.integers(1, 12))
def test_opposing_accounts_are_sorted_by_size_and_accounts_of_equal_size_by_age(lots, side, most):
    accounts = LeveragedAccounts(TICK_CENTS, 30_000, WEIGHT_E6)
    none = np.zeros(len(lots), dtype=np.int64)
    accounts.enter(none, np.array(lots, dtype=np.int64), none, none, none)

    against = [i for i in range(len(lots)) if lots[i] * side < 0]
    ranked = sorted(against, key=lambda i: (-abs(lots[i]), i))[:most]
    assert accounts.opposing(0, side, most).tolist() == ranked


# -------------------------------------------------------------------------- random orders


def orders_of(lots: int, keep: int, seconds: int, holder: int = 7) -> np.ndarray:
    one = [np.array([x]) for x in (holder, lots, keep)]
    return forced_orders(KEY, *one, 10**9, MAY_9_US, MAY_9_US + seconds * SECOND_US)


def test_on_average_an_account_sends_an_order_for_a_tenth_of_its_position_every_six_seconds():
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
def test_forced_orders_never_close_more_lots_than_the_position_has(lots, keep, is_long):
    sent = orders_of(lots if is_long else -lots, keep, 900)

    assert set(sent["side"]) <= {BID if is_long else ASK}
    closed = sent["lots"].sum()
    assert closed <= lots
    if len(sent):
        # Before the last order, more than *keep* lots were left.
        assert lots - (closed - sent["lots"][-1]) > keep


def test_all_forced_orders_of_a_second_together_are_at_most_the_limit():
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


def test_forced_orders_do_not_depend_on_other_liquidations_if_the_limit_is_not_reached():
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


# ------------------------------------------------------------------------------ transfers

EQUITY = st.integers(-(10**9), 10**9)
POSITION = st.integers(-(10**5), 10**5).filter(bool)
MARK = st.integers(10**5, 10**7)


@given(EQUITY, POSITION, MARK, st.integers(0, 3))
def test_the_equity_of_a_transferred_account_is_split_between_provider_and_insurance_fund(
    equity, position, mark, thirds
):
    part = hand_over(equity, position, abs(position), mark, 1, thirds)
    given_to_taker = (mark - part.price) * position

    assert part.own_cents == equity
    assert given_to_taker + part.left_cents == equity
    if part.price > 1:
        exact = thirds * equity / 3
        assert exact - abs(position) < given_to_taker <= exact


@given(st.integers(0, 10**9), POSITION, MARK)
def test_a_transfer_at_the_zero_price_leaves_less_than_one_tick_of_equity_per_lot(
    equity, position, mark
):
    """If a position is closed at its zero price, the account has no equity left.

    But the price is rounded to a whole tick, so some equity may be left. The lowest price is one
    tick. At this price more equity may be left.
    """
    part = hand_over(equity, position, abs(position), mark, 1, thirds=3)

    assert part.left_cents >= 0
    assert part.left_cents < abs(position) or part.price == 1


@given(EQUITY, POSITION, MARK, st.data())
def test_an_account_transferred_in_parts_gives_away_exactly_its_equity(
    equity, position, mark, data
):
    left, side = abs(position), 1 if position > 0 else -1
    remaining, given_away = equity, 0
    while left:
        lots = data.draw(st.integers(max(left // 3, 1), left))
        part = hand_over(remaining, side * left, lots, mark, 1, 2)
        given_away += (mark - part.price) * side * lots + part.left_cents
        remaining, left = remaining - part.own_cents, left - lots

    assert remaining == 0
    assert given_away == equity


def test_a_tenth_of_the_remaining_lots_is_transferred_each_second_if_equity_is_a_tenth_too_low():
    assert transferred_lots(1_000, 900, 1_000, seconds=1) == 100
    assert transferred_lots(1_000, 900, 1_000, seconds=2) == 190
    assert transferred_lots(1_000, 999, 1_000, seconds=3_600) == pytest.approx(973, abs=30)


@given(st.integers(1, 10**6), st.integers(-(10**6), 0), st.integers(1, 3_600))
def test_the_position_of_an_account_without_equity_is_transferred_at_once(lots, equity, seconds):
    assert transferred_lots(lots, equity, 10**6, seconds) == lots


# ------------------------------------------------------------------------------- backstop


def provider(per_minute: float, per_hour: float) -> Provider:
    return Provider(
        name="Backstop01", usd_per_minute=per_minute, usd_per_hour=per_hour, unwind_delay_s=0
    )


def test_providers_take_positions_pro_rata_to_their_unused_capacity():
    backstop = Backstop([provider(300, 10_000), provider(100, 10_000)])
    backstop.refill(MAY_9_US, 60, [True, True])

    assert backstop.take(40, 100) == [30, 10]
    backstop.refill(MAY_9_US + 60 * SECOND_US, 60, [True, True])
    # Together the providers can take only 400 of the 1,000 lots.
    assert backstop.take(1_000, 100) == [300, 100]


def test_a_provider_that_may_not_take_positions_takes_nothing():
    backstop = Backstop([provider(300, 10_000), provider(100, 10_000)])
    backstop.refill(MAY_9_US, 60, [False, True])

    assert backstop.take(400, 100) == [0, 100]


def test_a_provider_takes_at_most_its_hourly_capacity_in_each_clock_hour():
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


def test_drawn_leverage_has_the_stated_mean_and_never_exceeds_the_limit():
    drawn = population(1, MAY_9, rules(), 20_000, [1, 3], np.array([10, 10]))
    leverage = np.abs(drawn.lots) * 10 / drawn.collateral_cents

    assert leverage.mean() == pytest.approx(2.0, rel=0.03)
    assert leverage.max() <= 20
    assert (drawn.market == 1).mean() == pytest.approx(0.75, abs=0.02)
    low = rules(limits=(LeverageLimit(since=MAY_9, leverage_max=5),))
    drawn = population(1, MAY_9, low, 20_000, [1], np.array([10]))
    assert (np.abs(drawn.lots) * 10 / drawn.collateral_cents).max() <= 5


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("holders", "volumes"), [(20_000, [0.0, 0.0]), (0, [1.0, 3.0])])
def test_no_customer_enters_if_no_market_has_volume_or_if_there_are_no_holders(holders, volumes):
    lot_cents = np.array([10, 10])

    drawn = population(1, MAY_9, rules(), holders, volumes, lot_cents, all_cents=100_000)

    assert len(drawn.lots) == 0


def test_a_new_leverage_limit_applies_from_its_stated_day_on():
    assert rules().leverage_max(date(2021, 7, 24)) == 101
    assert rules().leverage_max(date(2021, 7, 25)) == 20


TOKENS = (
    CollateralToken(name="SOL", market="SOL-PERP", weight=0.9, share=0.2),
    CollateralToken(name="BTC", market="BTC-PERP", weight=0.5, share=0.3),
)
LOT_CENTS = np.array([700, 90])  # one lot of BTC-PERP and one lot of SOL-PERP


def drawn_with(tokens: tuple[CollateralToken, ...], markets: list[int]):
    given = rules(tokens=tokens)
    return population(1, MAY_9, given, 20_000, [1, 1], LOT_CENTS, markets)


def test_the_stated_share_of_customers_has_whole_lots_of_tokens_as_collateral():
    cash = drawn_with((), [])
    drawn = drawn_with(TOKENS, [1, 0])

    assert (drawn.token_market == 1).mean() == pytest.approx(0.2, abs=0.015)
    assert (drawn.token_market == 0).mean() == pytest.approx(0.3, abs=0.015)
    assert (drawn.token_market == NONE).mean() == pytest.approx(0.5, abs=0.015)
    assert np.array_equal(drawn.tokens > 0, drawn.token_market != NONE)
    assert not drawn.cash_cents[drawn.tokens > 0].any()
    assert (cash.cash_cents == cash.collateral_cents).all()
    assert (cash.token_market == NONE).all()


def test_leverage_is_computed_on_the_margin_value_of_tokens():
    drawn = drawn_with(TOKENS, [1, 0])
    weight = np.where(drawn.token_market == 1, 0.9, 0.5)
    brought = drawn.tokens > 0
    counted = (drawn.tokens * LOT_CENTS[drawn.token_market] * weight)[brought]

    assert np.abs(drawn.collateral_cents[brought] - counted).max() <= 1
    leverage = np.abs(drawn.lots) * LOT_CENTS[drawn.market] / drawn.collateral_cents
    assert leverage.max() <= 20
    assert leverage[brought].mean() == pytest.approx(leverage[~brought].mean(), rel=0.05)


def test_draws_of_customers_with_cash_do_not_depend_on_the_tokens_of_other_customers():
    cash, drawn = drawn_with((), []), drawn_with(TOKENS, [1, 0])
    # Every drawn customer can afford a lot, so both populations have the same customers.
    assert len(cash.lots) == len(drawn.lots) == 20_000
    own = drawn.token_market == NONE

    for name in ("market", "collateral_cents", "lots"):
        assert np.array_equal(getattr(cash, name)[own], getattr(drawn, name)[own])


def test_customers_deposit_cash_instead_of_tokens_if_too_few_tokens_are_left():
    drawn = drawn_with(TOKENS, [1, 0])
    free = np.array([10**9, int(drawn.tokens[drawn.token_market == 1].sum()) // 2])
    after = drawn.with_tokens_of(free)

    assert 0.9 * free[1] < after.tokens[after.token_market == 1].sum() <= free[1]
    assert np.array_equal(after.token_market == 0, drawn.token_market == 0)
    changed = after.token_market != drawn.token_market
    assert np.array_equal(after.cash_cents[changed], drawn.collateral_cents[changed])
    assert after.lots is drawn.lots
