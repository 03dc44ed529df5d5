"""The maker's pools open, trade and close. Booked gains and fees agree with the formulas."""

import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_books import Books

from des.bookkeeping import parties_of
from des.clock import DAY_US, midnight_us
from des.custody.custody import Custody
from des.defi.pool import arbitrage_gain_rate, block_times_us, fee_rate
from des.price.lead_price import LeadPrice, Ticks
from des.scenario import Anchor, Lift, Price, Scenario, VolatilityLevel
from des.treasury.pool_programme import PoolProgramme, realised_variance
from des.treasury.token_holdings import TokenHoldings
from des.world import World
from ledger.accounts import in_pool, income, pooled
from ledger.notes import TradedPool
from ledger.parties import ARBITRAGEURS, OUTSIDE
from runs.scenario_files import ScenarioError
from runs.scenarios import load

POOLS = Path(__file__).parents[2] / "worlds" / "pools.toml"
SCENARIO = load(str(POOLS))
START = SCENARIO.run.start
MAKER = SCENARIO.maker.name
CASH_CENTS = 10**15
PRICE_USD = 100
SOL, FTT = 0, 1  # indices of markets


class Wealthy:
    """A purse that pays any amount up to a limit."""

    def __init__(self, cents: int) -> None:
        self._cents = cents

    def payable_cents(self, time_us: int) -> int:
        return self._cents

    def raise_cash(self, time_us: int, cents: int, links: tuple[str, ...]) -> None:
        assert cents <= self._cents


class Programme:
    """A programme with its own books and a single pool of SOL."""

    def __init__(
        self,
        ticks_of_day: Callable[[int], Ticks],
        units: int = 10**8,
        payable_cents: int = CASH_CENTS,
        scenario: Scenario = SCENARIO,
        **changes: object,
    ) -> None:
        given = {"until": None} | changes
        pool = scenario.group.pools[0].model_copy(update=given)
        group = scenario.group.model_copy(update={"pools": (pool,)})
        self.scenario = scenario.model_copy(update={"group": group})
        self.parties = parties_of(self.scenario)
        self.books = Books()
        cash = np.full(len(self.parties.names), CASH_CENTS, dtype=np.int64)
        self.custody = Custody(self.parties, {}, cash, self.books)
        self.holdings = TokenHoldings(self.scenario, group.tokens, self.books)
        self.holdings.units["SOL"] = units
        listing = SimpleNamespace(ticks_of_day=ticks_of_day)
        self.pools = PoolProgramme(
            self.scenario,
            self.parties,
            self.custody,
            Wealthy(payable_cents),
            self.holdings,
            [listing, listing],
            self.books,
        )

    def open(self, mark_ticks: int) -> None:
        """Open the pool at the end of the first day."""
        self.pools.open_due(midnight_us(START) + DAY_US - 1, np.array([mark_ticks, mark_ticks]))

    def days(self, n: int) -> None:
        """Close each of the *n* days after the first day."""
        for i in range(1, n + 1):
            self.pools.close_day(midnight_us(START) + (i + 1) * DAY_US - 1)

    def cash_cents(self, name: str) -> int:
        """Return the increase of a party's cash since the start."""
        return int(self.custody.cash[self.parties.names.index(name)]) - CASH_CENTS


def closes(*prices: int) -> Callable[[int], Ticks]:
    """Return a function that gives the only tick of a day, at noon.

    *prices* are the prices of consecutive days, beginning with the second day. On each day after
    these days, the tick repeats the last price.
    """

    def of_day(end_us: int) -> Ticks:
        day = (end_us - midnight_us(START)) // DAY_US - 2
        noon_us = np.array([end_us - DAY_US // 2])
        return Ticks(noon_us, np.array([prices[min(day, len(prices) - 1)]]))

    return of_day


# ---- opening and closing

MARK = 10_000  # 100 dollars, in ticks of a cent


def test_a_pool_opens_with_the_stated_dollars_and_whole_tokens_of_at_most_the_same_value():
    one = Programme(closes(MARK), usd=1_000_050)
    one.open(MARK)

    pool = one.holdings.pools["SOL"]
    assert (pool.lots, pool.cents) == (10_000, 100_005_000)
    assert one.holdings.units["SOL"] == 10**8 - 10_000
    assert one.cash_cents(MAKER) == -100_005_000
    assert one.books.balance(in_pool(MAKER, "SOL")) == 100_005_000
    assert one.books.balance(pooled(MAKER, "SOL"), "SOL") == 10_000


@pytest.mark.parametrize(
    ("units", "cents", "opens"),
    [
        (9_999, CASH_CENTS, False),
        (10_000, 99_999_999, False),
        (10_000, 100_000_000, True),
    ],
)
def test_a_pool_opens_only_if_the_maker_has_enough_dollars_and_tokens(units, cents, opens):
    one = Programme(closes(MARK), units, cents, usd=1_000_000)
    one.open(MARK)
    one.days(3)

    assert bool(one.holdings.pools) == opens
    assert bool(one.books.transactions) == opens


def test_a_pool_without_trades_returns_its_reserves_unchanged():
    one = Programme(closes(MARK), usd=1_000_000, until=START + timedelta(days=3))
    one.open(MARK)
    one.days(5)

    assert [entry.tag for entry in one.books.transactions] == ["pool", "pool"]
    assert one.cash_cents(MAKER) == 0
    assert one.holdings.units["SOL"] == 10**8
    assert [type(note) for note in one.books.notes] == 3 * [TradedPool]


@given(
    prices=st.lists(st.integers(MARK // 50, 50 * MARK), min_size=1, max_size=6),
    fee_bps=st.sampled_from((0.0, 0.5, 30.0, 1_000.0)),
)
def test_at_any_prices_cash_is_conserved_and_a_closed_pool_returns_its_reserves(prices, fee_bps):
    last = START + timedelta(days=len(prices))
    one = Programme(closes(*prices), usd=1_000_000, fee_bps=fee_bps, until=last)
    one.open(MARK)
    one.days(len(prices) - 1)
    for account, units, commodity in one.pools.booked()[:2]:
        assert one.books.balance(account, commodity) == units

    one.days(len(prices))

    fees = -one.books.balance(income(MAKER, "Pools"))
    gained = -one.books.balance(income(ARBITRAGEURS, "Pools"))
    lots = one.holdings.units["SOL"] - 10**8
    assert one.books.balance(in_pool(MAKER, "SOL")) == 0
    assert one.books.balance(pooled(MAKER, "SOL"), "SOL") == 0
    assert one.books.balance(f"Assets:{OUTSIDE}:Tokens:SOL", "SOL") == -lots
    assert one.cash_cents(ARBITRAGEURS) == gained >= 0
    assert fees >= 0
    assert sum(map(one.cash_cents, (MAKER, ARBITRAGEURS, OUTSIDE))) == 0


def test_arbitrageurs_buy_tokens_below_the_lead_price_and_gain_the_difference():
    """At four times the price the pool has half the tokens and twice the dollars.

    Arbitrageurs buy 5,000 tokens for 1,000,000 dollars. At the lead price, 400 dollars, these
    tokens are worth 2,000,000 dollars.
    """
    one = Programme(closes(4 * MARK), usd=1_000_000, fee_bps=0.0)
    one.open(MARK)
    one.days(1)

    pool = one.holdings.pools["SOL"]
    assert (pool.lots, pool.cents) == (5_000, 200_000_000)
    assert one.cash_cents(ARBITRAGEURS) == 100_000_000
    assert one.cash_cents(OUTSIDE) == -200_000_000
    assert one.books.transactions[-1].meta == (("trades", "1"),)


def test_the_outside_party_starts_with_ten_times_the_dollars_and_tokens_estimated_for_pool_trades():
    one = Programme(closes(MARK), usd=1_000_000)
    hours = iter([100.0, 1_600.0, 25.0])
    (listing, _) = one.pools._listings
    listing.price = SimpleNamespace(hour_price_usd=lambda at_us: next(hours, 50.0))

    assert one.pools.outside_cents() == 10 * 4 * 100_000_000
    hours = iter([100.0, 1_600.0, 25.0])
    assert one.pools.outside_units() == {"SOL": 10 * 2 * 10_000}


@pytest.mark.parametrize("tick_usd", ["0.0025", "0.01", "1", "2.5"])
def test_trades_of_a_pool_are_exact_for_any_tick_size_of_the_price(tick_usd):
    mark = int(PRICE_USD / Decimal(tick_usd))
    market = SCENARIO.markets[SOL].model_copy(update={"tick_usd": tick_usd})
    scenario = SCENARIO.model_copy(update={"markets": (market, SCENARIO.markets[FTT])})
    one = Programme(closes(4 * mark), usd=1_000_000, fee_bps=0.0, scenario=scenario)
    one.open(mark)
    one.days(1)

    pool = one.holdings.pools["SOL"]
    assert (pool.lots, pool.cents) == (5_000, 200_000_000)
    assert one.cash_cents(ARBITRAGEURS) == 100_000_000


# ---- theory

TICK = "0.0001"
VOLATILITY, DAYS, SEEDS = 1.0, 9, 10
# Blocks are 60 seconds apart on average. The price changes about once a second.
BLOCK_S = 60.0


def lead_of(seed: int) -> LeadPrice:
    law = Price(
        anchors=(Anchor(at=datetime(START.year, START.month, START.day, tzinfo=UTC),
                        price_usd=float(PRICE_USD)),),
        volatility=(VolatilityLevel(since=START, annual=VOLATILITY),),
    )  # fmt: skip
    start_us = midnight_us(START)
    return LeadPrice(seed, "SOL", law, Decimal(TICK), start_us, start_us + (DAYS + 1) * DAY_US)


def seeded(seed: int) -> Scenario:
    run = SCENARIO.run.model_copy(update={"seed": seed})
    market = SCENARIO.markets[SOL].model_copy(update={"tick_usd": TICK, "lot": "100"})
    markets = (market, SCENARIO.markets[FTT])
    return SCENARIO.model_copy(update={"run": run, "markets": markets})


def booked_per_dollar(fee_bps: float) -> np.ndarray:
    """Return the arbitrage gain and the fees of each day, as yearly rates of the pool's value."""
    found = []
    for seed in range(SEEDS):
        lead = lead_of(seed)
        one = Programme(
            lambda end_us, lead=lead: lead.ticks(end_us - DAY_US, end_us),
            scenario=seeded(seed),
            usd=1e9,
            fee_bps=fee_bps,
            block_s=BLOCK_S,
        )
        start_us = midnight_us(START)
        one.open(int(lead.ticks(start_us, start_us + DAY_US).prices[-1]))
        for i in range(1, DAYS + 1):
            worth, before = 2 * one.holdings.pools["SOL"].cents, len(one.books.transactions)
            one.pools.close_day(start_us + (i + 1) * DAY_US - 1)
            (entry,) = one.books.transactions[before:]
            moved = {p.account: p.units for p in entry.postings if p.commodity == "USD"}
            kept = -moved[income(ARBITRAGEURS, "Pools")]
            paid = -moved.get(income(MAKER, "Pools"), 0)
            if i > 1:  # the first day still depends on the opening, so it is left out
                found.append((365 * kept / worth, 365 * paid / worth))
    return np.array(found)


@pytest.mark.parametrize("fee_bps", [0.0, 5.0, 30.0])
def test_booked_arbitrage_gains_and_pool_fees_agree_with_the_formulas(fee_bps):
    """The tolerance is three standard errors.

    Each standard error is at most 1/30 of the expected value.
    """
    found = booked_per_dollar(fee_bps)
    terms = VOLATILITY, BLOCK_S, fee_bps / 10_000
    found = np.column_stack((found, found.sum(axis=1)))
    expected = np.array([arbitrage_gain_rate(*terms), fee_rate(*terms), VOLATILITY**2 / 8])

    errors = found.std(axis=0, ddof=1) / math.sqrt(len(found))
    assert (errors <= expected / 30).all()
    assert (np.abs(found.mean(axis=0) - expected) <= 3 * errors).all()


def test_realised_variance_equals_the_result_of_a_plain_loop_over_blocks():
    price = lead_of(7)
    start_us = midnight_us(START)
    ticks = price.ticks(start_us, start_us + DAY_US)
    blocks = block_times_us(7, "SOL", 12.0, start_us + 1, start_us + DAY_US)

    last, variance, steps = ticks.prices[0], 0.0, list(zip(*ticks, strict=True))
    n = 0
    for block in blocks.tolist():
        while n + 1 < len(steps) and steps[n + 1][0] <= block:
            n += 1
        variance += math.log(steps[n][1] / last) ** 2
        last = steps[n][1]
    assert realised_variance(blocks, ticks) == pytest.approx(variance, rel=1e-9)
    assert variance == pytest.approx(VOLATILITY**2 / 365, rel=0.1)


# ---- the world


def test_a_pool_trades_at_prices_that_include_the_impact_of_orders(tmp_path):
    """At the end of each day the pool's price is within 0.4 % of the mark. The fee is 0.3 %."""
    markets = [market.model_dump(exclude_none=True) for market in SCENARIO.markets]
    for market in markets:
        market["lead_volume_usd_per_day"] = 1e7
        market["quoter"]["displayed_usd"] = 100_000.0
    changes = {
        "run": {"end": START + timedelta(days=3)},
        "lead": {"impact_kappa": 3.0, "impact_tau_s": 40_000.0},
        "markets": tuple(markets),
    }
    world = World(load(str(POOLS), changes), tmp_path)
    listing, seen = world.listings[SOL], []

    def look() -> None:
        pool, mark = world._cast.group._pools.holdings.pools["SOL"], listing.mark_ticks
        end_us = midnight_us(START) + (len(seen) + 1) * DAY_US
        today = listing.ticks_of_day(end_us)
        untouched = listing.price.ticks(end_us - DAY_US, end_us)
        seen.append(
            (
                int(today.prices[-1]) == mark,
                abs(math.log(pool.cents / pool.lots / mark)) < 0.004,
                float(np.abs(np.log(today.prices / untouched.prices)).max()),
            )
        )

    world.run(look)

    assert len(seen) == 3
    assert all(at_mark and in_band for at_mark, in_band, _ in seen)
    assert max(moved for *_, moved in seen) > 0.001


# ---- lift: the effect of pools on marks

LIFT = {"elasticity": 0.2, "reference_usd": 5_000_000.0}


def lifted(lift: dict | None) -> Programme:
    group = SCENARIO.group.model_copy(update={"lift": Lift(**lift) if lift else None})
    scenario = SCENARIO.model_copy(update={"group": group})
    one = Programme(closes(MARK), usd=5_000_000, scenario=scenario)
    one.open(MARK)
    return one


def test_pools_raise_the_marks_of_tokens_only_if_the_scenario_has_a_lift():
    day, marks, end_us = START, np.array([MARK, MARK]), midnight_us(START) + DAY_US - 1
    plain, high = lifted(None), lifted(LIFT)

    worth = [each.holdings.worth_cents(day, marks) for each in (plain, high)]
    for each in (plain, high):
        each.holdings.close_day(end_us, marks)

    assert worth[0] == 10**8 * 10_000  # the value includes the tokens in the pool
    assert worth[1] == pytest.approx(worth[0] * (1 + 0.2 * math.log(2)), rel=1e-6)
    assert plain.books.prices == [("SOL", "100.00")]
    assert high.books.prices[0][0] == "SOL"
    assert float(high.books.prices[0][1]) == pytest.approx(100 + 20 * math.log(2), rel=1e-6)
    assert high.holdings.pools == plain.holdings.pools
    assert high.books.transactions == plain.books.transactions


def test_a_lift_does_not_change_the_mark_of_a_token_without_a_pool():
    one = lifted(LIFT)
    one.holdings.units["FTT"] = 1_000
    one.holdings.close_day(0, np.array([MARK, 4_000]))

    assert one.books.prices[1] == ("FTT", "20.000")


@given(pool_usd=st.floats(0, 1e12), elasticity=st.floats(0, 1))
def test_the_lift_factor_is_one_for_an_empty_pool_and_grows_at_most_logarithmically(
    pool_usd, elasticity
):
    lift = Lift(elasticity=elasticity, reference_usd=1e6)

    assert lift.factor(0) == 1
    assert 1 <= lift.factor(pool_usd) <= lift.factor(2 * pool_usd)
    grown = lift.factor(2 * pool_usd) - lift.factor(pool_usd)
    assert grown <= elasticity * math.log(2) + 1e-9


# ---- refusals


def refused(**group: object) -> str:
    with pytest.raises(ScenarioError) as refusal:
        load(str(POOLS), {"group": group})
    return str(refusal.value)


def pools_with(**changes: object) -> Sequence[dict]:
    first, *others = (pool.model_dump(exclude_none=True) for pool in SCENARIO.group.pools)
    return (first | changes, *others)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"token": "SRM"}, "give one of the tokens: SOL, FTT"),
        ({"token": "FTT"}, "which already has a pool"),
        ({"until": START}, f"give a day after {START}, the value of since"),
        ({"block_s": 0.01}, "block_s"),
        ({"fee_bps": -1.0}, "fee_bps"),
    ],
)
def test_a_pool_with_invalid_terms_in_the_scenario_is_refused(changes, said):
    assert said in refused(pools=pools_with(**changes))


def test_a_pool_of_a_token_without_a_market_is_refused():
    marked = {
        "name": "SOL",
        "marks": ({"at": date(2021, 1, 1), "usd": 40.0},),
        "bought": ({"date": START, "units": 10},),
    }
    others = tuple(token.model_dump(exclude_none=True) for token in SCENARIO.group.tokens[1:])

    assert "no market for its price" in refused(tokens=(marked, *others))


def test_a_lift_without_pools_is_refused():
    assert "group.pools is missing" in refused(pools=None, lift=LIFT)


def test_a_price_tick_that_is_too_small_for_a_pool_is_refused():
    markets = [market.model_dump(exclude_none=True) for market in SCENARIO.markets]
    markets[SOL] |= {"tick_usd": "0.000001", "lot": "10000"}
    markets[SOL]["quoter"] |= {"position_limit_usd": 1e9, "displayed_usd": 1e9}

    with pytest.raises(ScenarioError, match="too small for a pool"):
        load(str(POOLS), {"markets": tuple(markets)})


def test_another_entity_with_the_name_of_the_arbitrageurs_is_refused():
    use = SCENARIO.group.uses[0].model_dump(exclude_none=True) | {"to": ARBITRAGEURS}

    assert "which is taken" in refused(uses=(use,))
