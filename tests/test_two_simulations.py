"""The fast and the quote-by-quote simulation write the same books, byte for byte."""

import tempfile
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from beancount.core.data import Event
from folder_contents import contents
from hypothesis import given, settings
from hypothesis import strategies as st

from des.scenario import Scenario
from ledger.run_folder import RunFolder
from runs.execute import execute
from runs.scenarios import load

HERE = Path(__file__).parent
BUSY, CROWD = HERE / "worlds" / "busy.toml", HERE / "worlds" / "crowd.toml"
GROUP = HERE / "worlds" / "group.toml"
MARGIN, TOKENS = HERE / "worlds" / "margin.toml", HERE / "worlds" / "tokens.toml"
THIN = HERE / "worlds" / "thin.toml"
SMALL, MONTHS = HERE / "golden" / "world.toml", HERE / "worlds" / "months.toml"
# The markets of busy.toml. Here each market represents three similar markets.
ALIKE = [market.model_dump(exclude_none=True) for market in load(str(BUSY)).markets]
ALIKE = [market | {"stands_for": 3} for market in ALIKE]
OVER_A_FIRST = {"run": {"start": date(2022, 4, 29), "end": date(2022, 5, 2)}}
# Firms enter, leave and close, and the maker moves its quotes to the house.
COMING_AND_GOING = {
    "run": {"start": date(2022, 5, 30), "end": date(2022, 6, 3)},
    "firms": {"capital": {"closes_below": 0.995, "patience_days": 2}},
}
CRASH = {"start": date(2022, 5, 10), "end": date(2022, 5, 11)}


@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        pytest.param("tiny", {"run": {"end": date(2022, 5, 10)}}, marks=pytest.mark.slow),
        # Limits on capital, positions and credit are reached, and a withdrawal waits.
        (BUSY, {}),
        (SMALL, {}),
        (CROWD, COMING_AND_GOING),
        pytest.param(MARGIN, {"run": CRASH}, marks=pytest.mark.slow),
        # The group has lenders, uses of money, tokens and a long position.
        (GROUP, {}),
        # One hour in four is played. The next case adds a full day and similar markets.
        pytest.param(
            BUSY,
            {"run": {"one_hour_in": 4, "end": date(2022, 5, 31)}},
            marks=pytest.mark.slow,
        ),
        (
            BUSY,
            {
                "run": {
                    "one_hour_in": 4,
                    "end": date(2022, 6, 1),
                    "full_days": (date(2022, 5, 31),),
                },
                "markets": ALIKE,
            },
        ),
        # After two days the maker decides again on its quotes: in the first case by its own
        # simulation, in the second case by a target share of the volume.
        (MONTHS, OVER_A_FIRST),
        (MONTHS, OVER_A_FIRST | {"maker": {"quoting": {"policy": "growth", "target_share": 1.0}}}),
        # Customers on margin are liquidated, and backstops take over positions. Some customers have
        # tokens as collateral, and a liquidation sells these tokens first.
        (TOKENS, {"run": CRASH}),
        # A customer borrows against a thin token, and the captive maker takes over the account.
        (THIN, {}),
        # Customers and firms hold positions for a limited time, and then close them.
        (
            BUSY,
            {
                "run": {"end": date(2022, 6, 1)},
                "retail": {"holding_days": 0.5},
                "firms": {"holding_days": 1.0},
            },
        ),
        # The settlement interval is not a multiple of the time between quotes. A hedge order takes
        # a minute, and many new quotes are posted before it arrives.
        (
            BUSY,
            {
                "run": {"settle_s": 225, "end": date(2022, 5, 31)},
                "maker": {"hedge_delay_ms": 60_000},
            },
        ),
    ],
)
def test_the_fast_and_the_quote_by_quote_simulation_write_the_same_bytes(
    executed, name, overrides, tmp_path
):
    run = executed(name, **overrides)
    execute(load(str(run.path / "scenario.toml")), tmp_path / "quotes", every_quote=True)
    ahead = contents(run.path)

    assert len(ahead) >= 6
    assert ahead == contents(tmp_path / "quotes")


@pytest.mark.parametrize("every_quote", [False, True])
def test_firms_hit_the_last_quote_of_a_maker_that_stopped_quoting_some_intervals_earlier(
    every_quote, tmp_path
):
    """The maker stops quoting at midnight, but its last quote stays in force until 00:45.

    The price is calm until midnight and falls by a fifth in the next hour. So the quote becomes
    stale after some settlement intervals of ten seconds.
    """
    midnight, one = (datetime(2022, 5, 10, hour, tzinfo=UTC) for hour in (0, 1))
    (market,) = load("tiny").model_dump(exclude_none=True)["markets"]
    prices_usd = {date(2022, 5, 9): 34_000, midnight: 34_000, one: 27_200}
    market["price"] |= {
        "anchors": tuple({"at": at, "price_usd": usd} for at, usd in prices_usd.items()),
        "volatility": ({"since": date(2022, 5, 9), "annual": 0.05},),
    }
    market["quoter"] |= {"refresh_s": 3_500.0, "displayed_usd": 200_000}
    windows = ({"since": midnight, "until": one, "settle_s": 10},)
    changes = {
        "run": {"end": date(2022, 5, 11), "windows": windows, "day_ledgers": ()},
        "markets": (market,),
        "maker": {"quoter_off": midnight.date()},
    }
    execute(load("tiny", changes), tmp_path / "run", every_quote=every_quote)
    hits = RunFolder(tmp_path / "run").select(
        "SELECT time FROM rows WHERE motive = 'pickoff' AND time >= '2022-05-10' ORDER BY 1"
    )

    assert len(hits) == 2  # each firm hits the quote once
    assert all(
        datetime(2022, 5, 10, 0, 0, 10) < at < datetime(2022, 5, 10, 0, 45) for (at,) in hits
    )


def test_in_the_crowd_case_firms_enter_leave_or_end_their_business_and_the_maker_moves_its_quotes(
    executed,
):
    run = executed(CROWD, **COMING_AND_GOING)
    became = defaultdict(list)
    for entry in run.entries:
        if isinstance(entry, Event):
            became[entry.type.split(":")[-1]].append((entry.date, entry.description))

    later = {status for day, status in became["status"] if day > date(2022, 5, 30)}
    assert later == {"trading", "left", "closed"}
    assert became["review"] == [(date(2022, 6, 1), "moves to the house venue")]


SELDOM = st.fixed_dictionaries(
    {"settle_s": st.sampled_from([600, 3_600]), "refresh_s": st.sampled_from([11, 90])}
)
DRAWN = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**32 - 1),
        "settle_s": st.sampled_from([60, 300, 3_600]),
        "latency_s": st.sampled_from([0, 0.3, 2, 11]),
        "refresh_s": st.sampled_from([0, 0.7, 2, 90]),
        "half_spread_bps": st.sampled_from([0, 1, 8]),
        "levels": st.integers(1, 3),
        "position_limit_usd": st.sampled_from([500, 5_000, 1_000_000]),
        "displayed_usd": st.sampled_from([400, 4_000]),
        "capital_usd": st.sampled_from([2_000, 500_000]),
        "credit_line_usd": st.sampled_from([0, 1_000, 1_000_000]),
        "impact_kappa": st.sampled_from([0, 0.5]),
    }
)
OF_QUOTER = (
    "latency_s",
    "refresh_s",
    "half_spread_bps",
    "levels",
    "position_limit_usd",
    "displayed_usd",
)


def small_world(drawn: dict) -> Scenario:
    """Return a scenario of one day and one market with the drawn settings."""
    tiny = load("tiny").model_dump(exclude_none=True)
    market, firm = dict(tiny["markets"][0]), dict(tiny["firms"]["members"][0])
    market["lead_volume_usd_per_day"] = 1_000_000
    step_bps = 2 if drawn["levels"] > 1 else 0
    market["quoter"] = {"level_step_bps": step_bps, "skew_bps_per_limit": 3}
    market["quoter"] |= {key: drawn[key] for key in OF_QUOTER}
    firm |= {"capital_usd": drawn["capital_usd"], "order_share": 0.1}
    overrides = {
        "run": {
            "end": tiny["run"]["start"].replace(day=10),
            "seed": drawn["seed"],
            "settle_s": drawn["settle_s"],
            "day_ledgers": (),
        },
        "lead": {"impact_kappa": drawn["impact_kappa"]},
        "maker": {"credit_line_usd": drawn["credit_line_usd"]},
        "firms": {"members": (firm, firm | {"name": "Firm02", "reaction_ms": 900})},
        "markets": (market,),
    }
    return load("tiny", overrides)


def assert_both_ways_write_the_same(scenario: Scenario) -> None:
    with tempfile.TemporaryDirectory() as name:
        ahead, quotes = Path(name) / "ahead", Path(name) / "quotes"
        execute(scenario, ahead)
        execute(scenario, quotes, every_quote=True)

        assert contents(ahead) == contents(quotes)


@settings(max_examples=3)
@given(DRAWN, SELDOM)
def test_both_simulations_of_random_small_worlds_write_the_same_bytes(drawn, seldom):
    assert_both_ways_write_the_same(small_world(drawn | seldom))


@pytest.mark.slow
@settings(max_examples=25)
@given(DRAWN)
def test_both_simulations_of_many_random_small_worlds_write_the_same_bytes(drawn):
    assert_both_ways_write_the_same(small_world(drawn))
