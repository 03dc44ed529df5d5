"""After an unusual month, the displayed size stays in its range and there is no gap loss.

The policies `growth` and `believed` choose the next size from the results of the previous month. So
a month with almost no results could mislead these policies. The tests change the world in
months.toml in three ways. In the first world, quotes are twice as wide. In the second, the price
moves so little that firms hit almost no quotes. In the third, there are no trades in April.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from des.policies.growth_quotes import STEP_MAX
from ledger.kinds import Kind
from ledger.notes import Decision
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.scenarios import load

MONTHS = Path(__file__).parent / "worlds" / "months.toml"
POLICIES = {
    "stated": {"policy": "stated"},
    "growth": {"policy": "growth", "target_share": 0.9},
    "believed": {"policy": "believed"},
}
APRIL, MAY = date(2022, 4, 1), date(2022, 5, 1)


@cache
def world() -> dict[str, Any]:
    return load(str(MONTHS)).model_dump(exclude_none=True)


def as_it_is() -> dict[str, Any]:
    return {}


def twice_as_wide() -> dict[str, Any]:
    return {"maker": {"spread_times": 2.0}}


def hardly_hit() -> dict[str, Any]:
    """Return settings with a low volatility. Firms then hit almost no quotes."""
    (market,) = world()["markets"]
    price = market["price"] | {"volatility": [{"since": date(2022, 3, 20), "annual": 0.22}]}
    return {"markets": [market | {"price": price}]}


def a_month_without_trades() -> dict[str, Any]:
    """Return settings with no demand and a constant price in April."""
    (market,) = world()["markets"]
    still = [(date(2022, 3, 20), 0.8), (APRIL, 0.0), (MAY, 0.8)]
    price = market["price"] | {
        "anchors": market["price"]["anchors"][:1],
        "volatility": [{"since": since, "annual": annual} for since, annual in still],
    }
    demand = [each | {"usd": 0 if each["month"] == "2022-04" else 3e8} for each in market["demand"]]
    return {"markets": [market | {"price": price, "demand": demand}]}


def without_a_most(markets: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the markets without `most_displayed_usd`, which the policy `stated` does not use."""
    (market,) = markets
    quoter = {key: market["quoter"][key] for key in market["quoter"] if key != "most_displayed_usd"}
    return [market | {"quoter": quoter}]


ODD = {each.__name__: each for each in (twice_as_wide, hardly_hit, a_month_without_trades)}


@pytest.fixture(scope="module")
def lived(executed: Callable[..., RunFolder]) -> Callable[[str, Callable], RunFolder]:
    @cache
    def run(policy: str, change: Callable[[], dict[str, Any]]) -> RunFolder:
        changes = change()
        changes["maker"] = changes.get("maker", {}) | {"quoting": POLICIES[policy]}
        if policy == "stated":
            changes["markets"] = without_a_most(changes.get("markets", world()["markets"]))
        return executed(MONTHS, run={"one_hour_in": 8}, **changes)

    return run


def decisions(run: RunFolder) -> list[Decision]:
    return run.notes(Decision)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_after_an_unusual_month_the_displayed_size_stays_in_range_and_there_is_no_gap_loss(
    lived, policy, odd
):
    run = lived(policy, odd)
    shown = [float(each.shown_usd) for each in decisions(run)]
    most_usd = world()["markets"][0]["quoter"]["most_displayed_usd"]

    assert len(shown) == 4
    for before, after in pairwise(shown):
        assert before / STEP_MAX <= after <= before * STEP_MAX
        assert after <= most_usd
    if policy == "stated":
        assert set(shown) == {world()["markets"][0]["quoter"]["displayed_usd"]}
    assert hole(run).kinds_usd.get(Kind.GAP_LOSS, 0) == 0


@pytest.mark.parametrize("policy", ["stated", "growth"])
def test_at_low_volatility_firms_hit_almost_no_quotes_and_without_demand_april_has_no_trades(
    lived, policy
):
    """The other tests of this file rely on these two effects."""
    usual, rare, still = (
        decisions(lived(policy, each)) for each in (as_it_is, hardly_hit, a_month_without_trades)
    )

    # In March, before the decision of 1 April, the run with rare hits and the usual run display the
    # same size.
    assert 0 < rare[1].hits_usd < usual[1].hits_usd / 100
    assert still[1].own_usd > 0
    assert (still[2].seen_usd, still[2].own_usd, still[2].hits_usd) == (0, 0, 0)


@pytest.mark.parametrize("policy", POLICIES)
def test_displayed_size_and_half_spread_stay_the_same_after_a_month_without_trades(lived, policy):
    _, april, may, _ = decisions(lived(policy, a_month_without_trades))

    assert (may.shown_usd, may.half_spread_bps) == (april.shown_usd, april.half_spread_bps)
