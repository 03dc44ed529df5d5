"""Figures in scenarios of FTX's life have sources. Those of the main life agree with the record.

Figures in rival scenarios have sources too. There the quotes are not the main cause of the hole.
"""

import math
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest

from des.clock import DAY_US, midnight_us
from des.market.volume_by_month import VolumeByMonth
from des.scenario import Market, Scenario, months_between
from des.scenario.dated import in_force
from ledger.reports.money.hole import hole
from runs.scenario_files import built_ins
from runs.scenarios import load

LIFE = ("ftx", "ftx-low", "ftx-high")
IN_KIND = "ftx-in-kind"
INVESTED = "ftx-invested"
TOLD = "as-told"
RIVALS = {
    "ventures-only": {"Ventures"},
    "leveraged-longs": {"Directional"},
    "bad-loans": {"Lending"},
    "boondoggle": {"Property", "Acquisitions"},
}
PETITION = date(2022, 11, 11)
MILLION, BILLION = 10**6, 10**9


@pytest.fixture(scope="module")
def ftx() -> Scenario:
    return load("ftx")


# ---------------------------------------------------------------------- sources


def figures(value: object, place: str = "") -> Iterator[str]:
    """Yield the place of every number and every date in *value*."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from figures(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from figures(inner, f"{place}[{i}]")
    elif not isinstance(value, str | bool):
        yield place


def is_covered(place: str, sources: dict[str, str]) -> bool:
    """Return whether the figure at *place*, or a table or list around it, has a source."""
    return any(place == known or place.startswith((f"{known}.", f"{known}[")) for known in sources)


def test_a_source_covers_only_its_key_and_the_keys_below_it():
    sources = {"house": "a", "markets[1].price": "b"}

    assert is_covered("house.fee_tiers[0].taker_bps", sources)
    assert is_covered("markets[1].price.anchors[0].at", sources)
    assert not is_covered("house_cost_share", sources)
    assert not is_covered("markets[10].price.anchors[0].at", sources)


@pytest.mark.parametrize("name", [*LIFE, IN_KIND, TOLD, *RIVALS])
def test_every_figure_except_the_seed_has_a_source_in_its_scenario_file(name):
    own = tomllib.loads(built_ins()[name].read_text("utf-8"))
    sources = own.pop("sources")
    seed = {"run.seed"}  # a seed needs no source

    stated = set(figures(own)) - seed

    assert stated
    assert {place for place in stated if not is_covered(place, sources)} == set()
    assert all(sources.values())


# ------------------------------------------------------------------------- span


def test_the_life_has_six_markets_and_runs_from_the_launch_to_the_day_of_the_petition(ftx):
    assert ftx.run.start == date(2019, 5, 1)
    assert ftx.run.end == PETITION + timedelta(days=1)
    assert [market.name for market in ftx.markets] == [
        "BTC-PERP",
        "ETH-PERP",
        "SOL-PERP",
        "MID-PERP",
        "SMALL-PERP",
        "SPOT",
    ]


def test_volumes_of_markets_that_represent_similar_markets_have_the_expected_shares(ftx):
    days_us = list(range(midnight_us(ftx.run.start), midnight_us(ftx.run.end), DAY_US))
    _, _, large, mid, small, spot = (
        market.stands_for * of_days_usd(market, days_us) for market in ftx.markets
    )
    others = large + mid + small + spot

    assert others > 0.5 * traded_usd(ftx)
    # Sources are the FTX API and, for the market `SPOT`, CryptoCompare (May 2022).
    assert (large + mid) / others == pytest.approx(127.8 / 245.9, abs=0.005)
    assert spot / others == pytest.approx(69.4 / 245.9, abs=0.005)
    # The ten largest of 43 markets have this share if volume is proportional to 1 / rank.
    of_ranks = [1 / rank for rank in range(1, 44)]
    assert large / (large + mid) == pytest.approx(sum(of_ranks[:10]) / sum(of_ranks), abs=0.005)


def test_the_depth_of_markets_other_than_btc_and_eth_is_about_proportional_to_their_volume(ftx):
    btc, *others = ftx.markets[0], *ftx.markets[2:]
    day, months = date(2022, 5, 1), {"2021", "2022"}

    def volume_usd(market: Market) -> float:
        return sum(each.usd for each in market.volume if each.month[:4] in months)

    for market in others:
        deep = in_force(market.depth, day).usd_per_bp / in_force(btc.depth, day).usd_per_bp
        assert deep == pytest.approx(volume_usd(market) / volume_usd(btc), rel=0.1)


def test_every_month_with_volume_begins_with_a_recorded_price_and_volatility(ftx):
    for market in ftx.markets:
        priced = {anchor.time_us for anchor in market.price.anchors}
        levels = {level.since for level in market.price.volatility}
        traded = {volume.month for volume in market.volume if volume.usd}
        for month in months_between(ftx.run.start, ftx.run.end):
            first = date.fromisoformat(f"{month}-01")
            assert month not in traded or (midnight_us(first) in priced and first in levels)


def test_the_last_recorded_price_of_each_market_is_at_the_end_of_the_run(ftx):
    for market in ftx.markets:
        assert market.price.anchors[-1].time_us == midnight_us(ftx.run.end)


def test_sol_has_a_constant_price_before_its_listing_and_no_volume_until_the_month_after_it(ftx):
    sol = ftx.markets[2]
    (first, listed), moving = sol.price.anchors[:2], sol.price.volatility[1]

    assert sol.price.volatility[0].annual == 0
    assert first.price_usd == listed.price_usd
    assert moving.since == listed.at
    assert all(volume.usd == 0 for volume in sol.volume if volume.month <= f"{listed.at:%Y-%m}")
    assert all(volume.usd > 0 for volume in sol.volume if volume.month > f"{listed.at:%Y-%m}")


@pytest.mark.parametrize(
    ("month", "names"),
    [
        ("2020-03", {"BTC-PERP", "ETH-PERP"}),  # SOL had no price yet
        ("2021-05", {"BTC-PERP", "ETH-PERP", "SOL-PERP"}),
        ("2022-05", {"BTC-PERP", "ETH-PERP", "SOL-PERP"}),
        ("2022-06", {"BTC-PERP", "ETH-PERP", "SOL-PERP"}),
        ("2022-11", {"BTC-PERP", "ETH-PERP", "SOL-PERP"}),
    ],
)
def test_main_markets_have_four_or_more_prices_and_a_rise_of_volatility_in_months_with_crashes(
    ftx, month, names
):
    for market in ftx.markets:
        within = [a for a in market.price.anchors if f"{a.at:%Y-%m}" == month]
        levels = [v.annual for v in market.price.volatility if f"{v.since:%Y-%m}" == month]
        if market.name in names:
            assert len(within) >= 4
            assert max(levels) > 1.3 * levels[0]


def test_no_price_move_between_two_anchors_exceeds_four_standard_deviations(ftx):
    """A wrong digit in a recorded price usually gives a larger move."""
    for market in ftx.markets:
        levels = market.price.volatility
        for before, after in pairwise(market.price.anchors):
            day = date.fromisoformat(f"{before.at:%Y-%m-%d}")
            until = max(date.fromisoformat(f"{after.at:%Y-%m-%d}"), day + timedelta(days=1))
            days = [day + timedelta(days=i) for i in range((until - day).days)]
            annual = [[v.annual for v in levels if v.since <= each][-1] for each in days]
            deviation = sum(level**2 / 365 for level in annual) ** 0.5
            move = abs(math.log(after.price_usd / before.price_usd))
            assert move <= 4 * deviation, (market.name, before, after)


def test_each_full_day_has_prices_and_volatility_and_any_recorded_volume_of_btc_and_eth(
    ftx,
):
    assert len(ftx.run.full_days) == 40
    btc, eth, *_ = ftx.markets
    for market in (btc, eth):
        priced = {anchor.time_us for anchor in market.price.anchors}
        levels = {level.since: level.annual for level in market.price.volatility}
        volumes = {volume.day for volume in market.volume_of_days}
        for day in ftx.run.full_days:
            assert {midnight_us(day), midnight_us(day) + DAY_US} <= priced
            assert day in levels
            assert day in volumes or day < date(2019, 7, 20) or day > date(2022, 8, 12)
    calm = {level.since: level.annual for level in btc.price.volatility if level.since.day == 1}
    wild = [level.annual for level in btc.price.volatility if level.since in ftx.run.full_days]
    assert min(wild) > sorted(calm.values())[len(calm) // 2]


# ----------------------------------------------------------------------- ranges


def spent_usd(scenario: Scenario) -> dict[str, float]:
    """Return the uses of money in dollars, summed by kind."""
    by_kind: dict[str, float] = defaultdict(float)
    for use in scenario.group.uses:
        by_kind[use.kind] += use.usd
    return by_kind


def traded_usd(scenario: Scenario, year: str = "") -> float:
    """Return the volume of all markets in *year*, or in the whole run if *year* is empty."""
    in_year = [
        midnight_us(scenario.run.start) + i * DAY_US
        for i in range((scenario.run.end - scenario.run.start).days)
        if f"{scenario.run.start + timedelta(days=i)}".startswith(year)
    ]
    return sum(market.stands_for * of_days_usd(market, in_year) for market in scenario.markets)


def of_days_usd(market: Market, days_us: list[int]) -> float:
    volume = VolumeByMonth(market.volume, market.volume_of_days)
    return sum(volume.usd_of_day(day_us) for day_us in days_us)


# The recorded range of each kind of use, in millions of dollars.
RECORDED = {
    "Ventures": (4_400, 5_400),
    "Buyback": (1_760, 2_275),
    "Property": (228, 243),
    "Politics": (90, 100),
    "Charity": (132, 190),
    "Insiders": (195.2, 3_200),
    "Acquisitions": (500, 1_000),
    "Sponsorship": (0, 1_100),  # 1,100 million were promised, and less was paid
    "Settlements": (40, 150),
    "Takeovers": (400, 1_800),  # The sum of two recorded ranges.
    "Incidents": (200, 280),  # The sum of four incidents. Three of them have only a lower bound.
}


@pytest.mark.parametrize("kind", RECORDED)
def test_uses_of_money_are_within_the_recorded_ranges(ftx, kind):
    low, high = RECORDED[kind]

    assert low * MILLION <= spent_usd(ftx)[kind] <= high * MILLION


def test_every_use_of_money_has_a_recorded_range(ftx):
    assert set(spent_usd(ftx)) == set(RECORDED)


def test_all_uses_of_money_are_due_within_the_days_of_the_run(ftx):
    for use in ftx.group.uses:
        assert all(ftx.run.start <= day < ftx.run.end for day in use.days())


@pytest.mark.parametrize(
    ("day", "lent_usd"),
    [
        (date(2021, 11, 30), 15.4 * BILLION),
        (date(2022, 6, 30), 7.4 * BILLION),
        (date(2022, 9, 30), (5.09 - 0.6) * BILLION),
        (PETITION, 1.3 * BILLION),
    ],
)
def test_the_limits_of_all_lenders_sum_to_the_recorded_loans_on_each_date(ftx, day, lent_usd):
    limits = [lender.limit_usd(day) for lender in ftx.group.lenders]

    assert sum(limits) == pytest.approx(lent_usd)


def test_the_largest_lender_recalls_400_to_500_million_dollars_on_13_june_2022(ftx):
    lender, day = ftx.group.lenders[0], date(2022, 6, 13)
    asked_usd = lender.limit_usd(day - timedelta(days=1)) - lender.limit_usd(day)

    assert 400 * MILLION <= asked_usd <= 500 * MILLION


def test_all_lenders_except_the_third_have_their_highest_limit_when_the_sum_of_all_loans_peaks(ftx):
    """The third lender had lent over a billion dollars in May 2022, as its founder said.

    The sum of all loans peaks in November 2021.
    """
    peak, day = date(2021, 11, 30), date(2022, 5, 31)
    more = [
        i
        for i, lender in enumerate(ftx.group.lenders)
        if max(limit.usd for limit in lender.limits) > lender.limit_usd(peak)
    ]

    assert more == [2]
    assert BILLION < ftx.group.lenders[2].limit_usd(day) <= 1.1 * BILLION
    assert sum(lender.limit_usd(day) for lender in ftx.group.lenders) < 15.4 * BILLION


def test_the_limits_of_the_second_lender_are_the_amounts_in_its_filings(ftx):
    lender = ftx.group.lenders[1]
    filed_usd = {
        date(2021, 8, 31): 0,
        date(2021, 12, 31): 1_600 * MILLION,
        date(2022, 3, 31): 728.2 * MILLION,
        date(2022, 7, 5): 377 * MILLION,
        PETITION: 177 * MILLION,
    }

    assert {day: lender.limit_usd(day) for day in filed_usd} == filed_usd


def test_the_shares_of_bitcoin_and_dollars_in_deposits_agree_with_the_balance_sheet():
    retail = load(IN_KIND).retail
    shares = {coin.name: coin.share for coin in retail.coins.owed}
    (wired,), (wired_of_all,) = retail.agent_shares, load("ftx").retail.agent_shares

    assert shares["BTC"] == pytest.approx(1.4 / 8.9, abs=0.001)
    assert retail.dollar_share == pytest.approx(5.1 / 8.9, abs=0.005)
    assert wired.share * retail.dollar_share == pytest.approx(wired_of_all.share)


def test_ftx_in_kind_has_the_inputs_of_the_sampled_life_except_coins_and_agent_shares():
    in_kind, sampled = load(IN_KIND), load("ftx-sampled")
    changed = {
        name
        for name in type(in_kind).model_fields
        if getattr(in_kind, name) != getattr(sampled, name)
    }

    assert changed == {"question", "retail", "sources"}
    apart = {"coins": None, "agent_shares": sampled.retail.agent_shares}
    assert in_kind.retail.model_copy(update=apart) == sampled.retail


def test_the_life_with_investments_has_the_inputs_of_ftx_in_kind_except_the_portfolio(ftx):
    invested, in_kind = load(INVESTED), load(IN_KIND)
    own, usual = invested.group.portfolio, ftx.group.portfolio
    changed = {
        name
        for name in type(invested).model_fields
        if getattr(invested, name) != getattr(in_kind, name)
    }

    assert changed == {"question", "group", "sources"}
    assert invested.group.model_copy(update={"portfolio": usual}) == in_kind.group
    kept = {"cash_shares": (), "holdings": usual.holdings}
    assert own.model_copy(update=kept) == usual


def test_in_the_life_with_investments_each_coin_has_half_the_share_that_it_has_in_the_main_life(
    ftx,
):
    *coins, dollars = load(INVESTED).group.portfolio.holdings
    usual = ftx.group.portfolio.holdings
    owed = {coin.name: coin.prices for coin in load(IN_KIND).retail.coins.owed}

    assert [coin.model_copy(update={"share": coin.share * 2}) for coin in coins] == list(usual)
    assert {coin.name: coin.prices for coin in coins} == owed
    assert [(price.usd, dollars.haircut) for price in dollars.prices] == [(1.0, 0.0)]


def test_the_story_as_told_differs_from_the_sampled_life_in_the_table_group_and_two_maker_shares():
    told, sampled = load(TOLD), load("ftx-sampled")
    granted = {"Ventures", "Takeovers"}
    shares = dict.fromkeys(("depth_share", "target_share"), 0.9)
    steps = dict.fromkeys(("depth_share_steps", "target_share_steps"), ())

    quoting = sampled.maker.quoting.model_copy(
        update={key: value for key, value in (shares | steps).items() if "target" in key}
    )
    maker = {key: value for key, value in (shares | steps).items() if "depth" in key}
    assert told.maker == sampled.maker.model_copy(update={**maker, "quoting": quoting})
    assert told.group.lenders == ()
    assert told.group.portfolio is None
    kept = [use for use in sampled.group.uses if use.kind in granted]
    assert [use.model_copy(update={"usd": 0}) for use in told.group.uses] == [
        use.model_copy(update={"usd": 0}) for use in kept
    ]
    costlier = {mine.to for mine, base in zip(told.group.uses, kept, strict=True) if mine != base}
    assert costlier == {"BitMax-Trader", "MobileCoin-Trader"}
    for name in type(told).model_fields:
        if name not in ("question", "maker", "group", "sources"):
            assert getattr(told, name) == getattr(sampled, name)


def test_the_scenario_as_told_says_in_its_second_line_that_it_is_not_history():
    schema, first = built_ins()[TOLD].read_text("utf-8").splitlines()[:2]

    assert schema.startswith("#:schema")
    assert first == "# This is the hypothesis and not history."


def test_the_sum_of_the_funding_rounds_is_the_recorded_sum(ftx):
    raised_usd = sum(each.usd for each in ftx.group.rounds)

    assert raised_usd == pytest.approx((8 + 900 + 420.69 + 400) * MILLION)


def test_the_group_buys_as_many_sol_tokens_as_the_foundation_states(ftx):
    sol, ftt = ftx.group.tokens

    assert sum(purchase.units for purchase in sol.bought) == 58_090_000
    assert (sol.house_token, ftt.house_token) == (False, True)


@pytest.mark.parametrize(
    ("year", "low_bn", "high_bn"), [("2020", 0, 385), ("2021", 4_000, 5_200), ("", 6_500, 10_000)]
)
def test_volumes_of_2020_and_2021_and_of_the_whole_run_are_within_the_recorded_ranges(
    ftx, year, low_bn, high_bn
):
    assert low_bn * BILLION < traded_usd(ftx, year) <= high_bn * BILLION


def test_net_deposits_without_news_are_10_to_100_million_dollars_a_day(ftx):
    """The test assumes a daily volume of 10 billion dollars, and claims of 2 or 8 billion."""
    flow = ftx.retail.flow
    for claims_usd in (2 * BILLION, 8 * BILLION):
        came = flow.deposits_usd_per_day(10 * BILLION, trust=1)
        went = claims_usd * flow.asked_per_day(fear=0, sensitivity=0) / (1 - flow.branching_ratio)
        assert 10 * MILLION < came - went < 100 * MILLION


def test_all_news_is_from_days_before_the_recorded_halt_of_withdrawals(ftx):
    assert all(news.date < date(2022, 11, 8) for news in ftx.news)


def test_the_maker_has_its_lowest_recorded_share_in_ftx_low_and_its_highest_in_ftx_high(
    ftx,
):
    low, high = load("ftx-low"), load("ftx-high")
    recorded = [pct / 100 for pct in ftx.house.volume_share_pct_recorded]
    years = [date(year, 7, 1) for year in range(2019, 2023)]
    first, *later = map(ftx.maker.quoting.target_share_on, years)

    assert [first, *later] == list(map(ftx.maker.depth_share_on, years))
    assert recorded == [later[-1], first]
    for end, share in zip((low, high), recorded, strict=True):
        assert {*map(end.maker.quoting.target_share_on, years)} == {share}
        assert {*map(end.maker.depth_share_on, years)} == {share}
    for before, after in pairwise((first, *later)):
        assert after / before == pytest.approx((recorded[0] / recorded[1]) ** (1 / 3), rel=0.01)
    for end in (low, high):
        shares = ("depth_share", "depth_share_steps", "quoting")
        inputs = {key: getattr(ftx.maker, key) for key in shares}
        maker = end.maker.model_copy(update=inputs)
        kept = {"question": ftx.question, "sources": ftx.sources, "maker": maker}
        assert end.model_copy(update=kept) == ftx


# ----------------------------------------------------------------------- rivals


def loss_on_longs_usd(scenario: Scenario) -> float:
    """Return the loss on long positions at recorded prices, in dollars, before costs."""
    (market,) = scenario.markets
    prices = {anchor.time_us: anchor.price_usd for anchor in market.price.anchors}

    def price_at(day: date) -> float:
        known = [usd for time_us, usd in prices.items() if time_us <= midnight_us(day)]
        return known[-1]

    return sum(
        long.usd * (1 - price_at(long.until) / price_at(long.since))
        for long in scenario.group.longs
    )


@pytest.mark.parametrize(("name", "causes"), RIVALS.items())
def test_in_a_rival_scenario_main_causes_cost_4_to_6_billion_and_others_cost_under_a_tenth_of_this(
    name, causes
):
    scenario = load(name)
    lost = spent_usd(scenario) | {"Directional": loss_on_longs_usd(scenario)}
    main = sum(usd for kind, usd in lost.items() if kind in causes)

    assert 4 * BILLION < main < 6 * BILLION
    assert 0 < sum(lost.values()) - main < main / 10


@pytest.mark.parametrize("name", RIVALS)
def test_inputs_of_rival_scenarios_differ_only_in_uses_of_money_and_long_positions(name):
    base, rival = load("ventures-only"), load(name)
    group = rival.group.model_copy(update={"uses": base.group.uses, "longs": ()})
    kept = {"question": base.question, "sources": base.sources, "group": group}

    assert rival.model_copy(update=kept) == base
    assert name == "ventures-only" or rival.group.uses != base.group.uses


def test_rival_scenarios_last_at_most_a_year_and_have_one_market_and_three_firms():
    base = load("ventures-only")

    assert (base.run.end - base.run.start).days < 366
    assert len(base.markets) == 1
    assert base.firms.count == 3


@pytest.mark.slow
@pytest.mark.parametrize(("name", "causes"), RIVALS.items())
def test_the_largest_uses_in_a_rival_scenario_are_its_main_causes_and_its_hole_is_2_to_6_billion(
    name, causes, executed
):
    found = hole(executed(name))
    largest = sorted(found.uses_usd, key=found.uses_usd.__getitem__)[-len(causes) :]

    assert set(largest) == causes
    assert 2 * BILLION < found.hole_usd < 6 * BILLION
    assert found.uses_usd["PickOff"] > 0
    assert found.unexplained_usd == 0
