"""A key that has no effect in a scenario is refused, because the author expects an effect."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from runs.scenario_files import ScenarioError
from runs.scenarios import load

QUOTER, MARKET = "markets[0].quoter", "markets[0]"
STEPS = [{"since": date(2022, 5, 1), "usd": 10_000.0}]
SHARES = [{"since": date(2022, 5, 1), "share": 0.1}]
GROWTH = {"quoting": {"policy": "growth", "target_share": 0.1}}
WANTED = [{"day": date(2022, 5, 9), "usd_of_hours": [1_000.0]}]
VALUATION = {
    "growth_multiple": 30,
    "growth_multiple_range": [20, 40],
    "earnings_multiple": 6,
    "earnings_multiple_range": [2, 12],
}


def laid_over(key: str, found: Any, closure: str) -> dict[str, Any]:
    """Return changes of `tiny`: `demand.closure`, the keys that it needs, and the given key."""
    (market,) = (each.model_dump(exclude_none=True) for each in load("tiny").markets)
    volume = [{"month": "2022-05", "usd": 3e8}]
    market |= {"volume": volume} if closure == "recorded" else {"demand": volume}
    data: dict[str, Any] = {"demand": {"closure": closure}, "markets": [market]}
    if closure == "recorded":
        market.pop("demand", None)
    place, _, last = key.rpartition(".")
    part = {MARKET: market, QUOTER: market["quoter"]}.get(place)
    if part is None:
        part = data.setdefault(place, {})
    part[last] = found
    return data


UNUSED = [
    ("maker.depth_share", 0.1, "stated", {}, "since no market has depth"),
    (
        "maker.depth_share_steps",
        SHARES,
        "stated",
        {"maker": {"depth_share": 0.0, "depth_share_steps": SHARES}},
        "since no market has depth",
    ),
    (
        f"{QUOTER}.displayed_usd_steps",
        STEPS,
        "stated",
        {"maker": GROWTH},
        "since maker.quoting.policy is 'growth'",
    ),
    (f"{QUOTER}.level_step_bps", 2.0, "stated", {}, "since there is 1 level"),
    (f"{MARKET}.wanted_of_days", WANTED, "stated", {}, "since demand.closure is 'stated'"),
    (
        f"{MARKET}.demand",
        [{"month": "2022-05", "usd": 3e8}],
        "recorded",
        {},
        "since demand.closure is 'recorded'",
    ),
    ("demand.spread_elasticity", 0.5, "recorded", {}, "there is no group.valuation, which"),
    ("demand.depth_elasticity", 0.5, "recorded", {}, "there is no group.valuation, which"),
]


@pytest.mark.parametrize(
    ("key", "found", "closure", "beside", "why"), UNUSED, ids=[each[0] for each in UNUSED]
)
def test_the_error_for_a_key_without_effect_names_the_key_and_says_why_it_has_no_effect(
    key, found, closure, beside, why
):
    data = laid_over(key, found, closure)
    if beside.get("maker") == GROWTH:
        data["markets"][0]["quoter"]["most_displayed_usd"] = 1e6
    with pytest.raises(ScenarioError) as caught:
        load("tiny", data | beside)

    assert caught.value.key == key
    assert why in caught.value.problem


def test_capital_of_a_backstop_provider_is_refused_if_the_provider_is_the_maker():
    world = str(Path(__file__).parents[1] / "worlds" / "margin.toml")
    leverage = load(world).leverage
    assert leverage
    providers = [each.model_dump(exclude_none=True) for each in leverage.providers]
    own = next(i for i, each in enumerate(providers) if each["name"] == "Alameda")
    providers[own]["capital_usd"] = 1e6
    with pytest.raises(ScenarioError, match="since Alameda has its own money") as caught:
        load(world, {"leverage": {"providers": providers}})

    assert caught.value.key == f"leverage.providers[{own}].capital_usd"


def test_a_holding_time_of_firms_is_refused_if_there_are_no_firms():
    nobody = {"members": (), "classes": (), "holding_days": 3}
    with pytest.raises(ScenarioError, match="since there are no firms") as caught:
        load("tiny", {"firms": nobody})

    assert caught.value.key == "firms.holding_days"


def test_a_depth_share_of_zero_is_accepted_if_no_market_has_depth():
    """A scenario without depth may extend a scenario with depth, and set the share to zero."""
    assert load("tiny", laid_over("maker.depth_share", 0.0, "stated")).maker.depth_share == 0


def test_an_elasticity_of_recorded_demand_is_accepted_if_there_is_a_valuation_that_uses_it():
    data = laid_over("demand.spread_elasticity", 0.5, "recorded")

    load("tiny", data | {"group": {"valuation": VALUATION}})
