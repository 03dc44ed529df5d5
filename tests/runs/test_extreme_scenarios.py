"""Extreme values of the maker, the group, customers and margin in a scenario.

The program refuses or accepts each value. If it refuses the value, the error is one line with the
key and a correction. If it accepts the value, the books of a run of two days must be correct.
"""

import math
import tomllib
from collections.abc import Callable
from datetime import date, datetime, time
from itertools import cycle, islice
from typing import Any

import pytest
from mutations import EVERYTHING as WITHOUT_THE_MAKERS
from mutations import (
    Place,
    assert_helpful,
    places,
    removed,
    replaced,
    value_at,
    written,
)
from wrong_fills import wrong_fills

from des.scenario import Scenario
from ledger.proof import invariants
from ledger.reports.money.hole import hole
from runs.experiments.experiment import books_of
from runs.scenario_files import ScenarioError
from runs.scenario_keys import all_keys
from runs.scenarios import load

FIRST, LAST = date(2022, 5, 31), date(2022, 6, 1)


def laid_over(world: Any, changes: dict[Place, Any]) -> Any:
    for place, value in changes.items():
        world = replaced(world, place, value)
    return world


EVERYTHING = laid_over(
    removed(WITHOUT_THE_MAKERS, ("markets", 0, "quoter", "displayed_usd")),
    {
        ("maker", "depth_share"): 0.2,
        ("maker", "depth_share_steps"): [{"since": LAST, "share": 0.1}],
        ("markets", 0, "depth"): [{"since": date(2022, 5, 1), "usd_per_bp": 12_500.0}],
        ("maker", "credit_line_steps"): [{"since": LAST, "usd": 2_000_000.0}],
        ("maker", "quoter_off"): date(2022, 6, 2),  # the day after the last day of the run
        ("maker", "policy"): "captive",
    },
)
TABLES = (("maker",), ("retail", "flow"), ("news",), ("group",), ("leverage",))
PLACES = [
    place
    for place in places(EVERYTHING)
    if any(place[: len(table)] == table and place != table for table in TABLES)
]
KEYS = [place for place in PLACES if isinstance(place[-1], str)]
# The index of each list entry is 0 in these keys.
REQUIRED = {key.keys for key in all_keys() if key.field.is_required()}
VALUES = [place for place in PLACES if not isinstance(value_at(EVERYTHING, place), dict | list)]


def of_type(*types: type) -> list[Place]:
    return [place for place in VALUES if type(value_at(EVERYTHING, place)) in types]


@pytest.fixture
def read(tmp_path, monkeypatch) -> Callable[[Any], Scenario | ScenarioError]:
    """Return a function that loads parsed TOML and returns the scenario or its error."""
    path = tmp_path / "extreme.toml"
    path.touch()

    def read_or_refuse(data: Any) -> Scenario | ScenarioError:
        # No TOML is written or parsed here, because that would take most of the time.
        monkeypatch.setattr(tomllib, "loads", lambda _: data)
        try:
            return load(str(path))
        except ScenarioError as error:
            assert_helpful(error, path, error.key)
            return error

    return read_or_refuse


def assert_runs(scenario: Scenario | ScenarioError) -> None:
    """Simulate a scenario and assert that its general ledger and its fills are correct."""
    assert isinstance(scenario, Scenario), scenario
    with books_of(scenario) as run:
        entries, errors = run.loaded
        assert not errors
        assert not invariants.check(entries, {})[1]
        assert not list(wrong_fills(run))
        assert hole(run).unexplained_usd == 0


def test_the_base_world_of_these_tests_has_values_for_the_keys_of_four_tables_and_can_be_run(read):
    scenario = read(EVERYTHING)

    for part in (scenario.maker, scenario.group, scenario.leverage, scenario.retail.flow):
        for key in type(part).model_fields:
            if key != "share_of_claims":  # this key is an alternative to collateral_usd_median
                assert getattr(part, key) not in (None, ()), key
    assert_runs(scenario)


# ------------------------------------------------------------------------- refused values

ABSURD = {
    "figure": (math.nan, math.inf, -1, 1e300, 10**400, True, "1", {}),
    "text": ("", "a\nb", "x" * 201, 7, []),
    "switch": ("true", 1, {}),
    "date": ("2022-05-31", 20220531, time(1), datetime(2022, 5, 31, 12, 30), {}),
}
KINDS = {
    "figure": of_type(int, float),
    "text": of_type(str),
    "switch": of_type(bool),
    "date": of_type(date, datetime),
}


@pytest.mark.parametrize(
    ("kind", "place"),
    [(kind, place) for kind, found in KINDS.items() for place in found],
    ids=lambda each: each if isinstance(each, str) else written(each),
)
def test_an_absurd_value_of_a_key_is_refused_and_the_error_names_the_key(read, kind, place):
    for absurd in ABSURD[kind]:
        error = read(replaced(EVERYTHING, place, absurd))

        assert isinstance(error, ScenarioError), absurd
        assert error.key == written(place)


@pytest.mark.parametrize("place", [p for p in PLACES if p not in VALUES], ids=written)
def test_the_error_names_the_key_of_a_wrong_table_or_list_or_a_key_inside_it(read, place):
    for absurd in (7, "all", [7], {"x": 7}):
        error = read(replaced(EVERYTHING, place, absurd))

        assert isinstance(error, ScenarioError), absurd
        assert error.key.startswith(written(place))


@pytest.mark.parametrize("place", KEYS, ids=written)
def test_the_error_for_a_misspelt_key_suggests_the_correct_key(read, place):
    *table, key = place
    misspelt = (*table, f"{key}_")
    error = read(removed(replaced(EVERYTHING, misspelt, value_at(EVERYTHING, place)), place))

    assert error.key == written(misspelt)
    assert f"did you mean '{key}'?" in error.problem


@pytest.mark.parametrize("place", KEYS, ids=written)
def test_a_missing_key_is_either_optional_or_reported_as_missing(read, place):
    found = read(removed(EVERYTHING, place))
    is_required = tuple(0 if isinstance(step, int) else step for step in place) in REQUIRED

    if is_required or (isinstance(found, ScenarioError) and found.key == written(place)):
        assert found.key == written(place)
        assert found.problem.startswith("is missing; give ")


LENDER, TOKEN, USE = (("group", key, 0) for key in ("lenders", "tokens", "uses"))
UNBOOKABLE = [
    # If a lender has a token's name, accounts of the token look like claims on the lender.
    ((*LENDER, "name"), "SOL", (*TOKEN, "name"), "is 'SOL', which is taken"),
    ((*LENDER, "name"), "Pool", (*LENDER, "name"), "is 'Pool', which is taken"),
    ((*TOKEN, "name"), "FTX", (*TOKEN, "name"), "is 'FTX', which is taken"),
    ((*TOKEN, "marks", 1, "usd"), 1e-300, (*TOKEN, "marks", 1, "usd"), "at least 1e-12"),
    ((*USE, "date"), date(9999, 12, 31), (*USE, "date"), "give a day until 2100"),
    (("group", "uses", 1, "until"), date.max, ("group", "uses", 1, "until"), "until 2100"),
]


@pytest.mark.parametrize(("place", "value", "at", "shown"), UNBOOKABLE)
def test_values_that_cannot_be_booked_are_refused(read, place, value, at, shown):
    error = read(replaced(EVERYTHING, place, value))

    assert error.key == written(at)
    assert shown in error.problem


# ----------------------------------------------------------------------- accepted values


def everywhere(key: str, value: Any) -> dict[Place, Any]:
    """Return changes that set the same value at every place of a key."""
    return {place: value for place in KEYS if place[-1] == key}


FLOW, MARGIN, POOL = ("retail", "flow"), ("leverage",), ("group", "pools", 0)
MAKER, QUOTER = ("maker",), ("markets", 0, "quoter")
DEPOSITS = ("house_deposit", "lead_deposit")
DEPTHS, LINES = ((*MAKER, f"{key}_steps") for key in ("depth_share", "credit_line"))
DEMAND, OTHERS = ("demand",), ("markets", 0, "others")
RARE = 5e-324  # the smallest positive float: a time divided by this number is infinite
MARKS_OF_A_BILLION = {("group", "tokens", 0, "marks", n, "usd"): 1e9 for n in (0, 1)}

Extremes = dict[str, dict[Place, Any]]
OF_THE_MAKER: Extremes = {
    "quotes at the smallest distance, with a depth share of 1 at first and of 0 later": {
        (*MAKER, "spread_times"): 0.1,
        (*QUOTER, "half_spread_bps"): 0.0,
        (*QUOTER, "levels"): 10,
        (*QUOTER, "level_step_bps"): 0.1,
        (*MAKER, "depth_share"): 1.0,
        (*DEPTHS, 0, "share"): 0.0,
    },
    "quotes at the largest distance, with a depth share of 0 at first and of 1 later": {
        (*MAKER, "spread_times"): 4.99,
        (*QUOTER, "half_spread_bps"): 1_000.0,
        (*MAKER, "depth_share"): 0.0,
        (*DEPTHS, 0, "share"): 1.0,
    },
    "the policy 'growth' with all of the volume as target and a position limit of a trillion": {
        (*MAKER, "quoting"): {"policy": "growth", "target_share": 1.0},
        (*QUOTER, "most_displayed_usd"): 1e12,
        (*QUOTER, "position_limit_usd"): 1e12,
    },
    "the policy 'believed' with a maximum displayed size of one lot": {
        (*MAKER, "quoting"): {"policy": "believed"},
        (*QUOTER, "most_displayed_usd"): 330.0,
        (*QUOTER, "levels"): 10,
        (*QUOTER, "level_step_bps"): 1.0,
    },
    "a maker without cash, with a credit line of a trillion and later with none": {
        **{(*MAKER, f"{where}_usd"): 0.0 for where in ("opening_cash", *DEPOSITS)},
        (*MAKER, "credit_line_usd"): 1e12,
        (*LINES, 0, "usd"): 0.0,
    },
    "an independent maker that later has a credit line with tranches of a cent": {
        (*MAKER, "policy"): "independent",
        (*MAKER, "credit_line_usd"): 0.0,
        (*MAKER, "credit_tranche_usd"): 0.01,
        (*LINES, 0, "usd"): 1e12,
    },
}
OF_THE_GROUP: Extremes = {
    "amounts with the key usd are a cent": everywhere("usd", 0.01),
    "amounts with the key usd are a trillion, but token marks are a billion": {
        **everywhere("usd", 1e12),
        **MARKS_OF_A_BILLION,
    },
    "a lender that lends nothing": {
        ("group", "lenders", 0, "limits", n, "usd"): 0.0 for n in (0, 1)
    },
    "interest of a hundred per cent": {("group", "lenders", 0, "rate_pct_per_year"): 100.0},
    "a lender advances almost nothing on tokens": {("group", "lenders", 0, "advance"): 1e-300},
    "tokens bought for nothing": {("group", "tokens", 0, "bought", n, "usd"): 0.0 for n in (0, 1)},
    "tokens worth nothing": {("group", "tokens", 0, "marks", n, "usd"): 0.0 for n in (0, 1)},
    "tokens with a mark of a billion": MARKS_OF_A_BILLION,
    "a trillion tokens": everywhere("units", 10**12),
    "operating costs are as high as fees": {("group", "house_cost_share"): 1.0},
    "a pool with the highest fee": {(*POOL, "fee_bps"): 1_000.0},
    "a pool without a fee": {(*POOL, "fee_bps"): 0.0, (*POOL, "block_s"): 3_600.0},
    "the largest effect of a pool on the mark of its token": {
        ("group", "lift", "elasticity"): 1.0,
        ("group", "lift", "reference_usd"): 0.01,
    },
    "a long position of a cent": {("group", "longs", 0, "usd"): 0.01},
    "unusual texts and names": {
        **everywhere("why", '"'),
        **everywhere("what", "Ü" * 200),
        ("group", "rounds", 0, "name"): "x",
    },
}
OF_CUSTOMERS: Extremes = {
    "no deposits and no withdrawals": {
        (*FLOW, "deposits_per_volume"): 0.0,
        (*FLOW, "base_per_day"): 0.0,
        **everywhere("sensitivity", 0.0),
        (*FLOW, "firms_sensitivity"): 0.0,
    },
    "rates so small that no event happens": {
        (*FLOW, "deposits_per_volume"): RARE,
        (*FLOW, "base_per_day"): RARE,
        **everywhere("sensitivity", RARE),
        (*FLOW, "firms_sensitivity"): RARE,
        (*MARGIN, "arrivals_per_day"): RARE,
        (*MARGIN, "exits_per_day"): RARE,
        ("markets", 0, "price", "ticks_per_s"): RARE,
    },
    "all customers withdraw at once": {(*FLOW, "base_per_day"): 1.0, **everywhere("shock", 100.0)},
    "customers with the highest sensitivity to news": {
        (*FLOW, "contagion"): 0.0,
        (*FLOW, "queue_shock"): 100.0,
        **everywhere("sensitivity", 10_000.0),
        (*FLOW, "firms_sensitivity"): 10_000.0,
    },
    "withdrawals are halted at once": {(*FLOW, "halt_after_h"): 1e-300, **everywhere("shock", 1.0)},
    "the largest elasticities": {
        (*FLOW, "trust_elasticity"): 100.0,
        (*DEMAND, "depth_elasticity"): 10.0,
        (*DEMAND, "spread_elasticity"): 10.0,
        (*OTHERS, "half_spread_bps"): 1_000.0,
        (*OTHERS, "calm_volatility"): 0.01,
        (*OTHERS, "spread_elasticity"): 10.0,
        (*OTHERS, "depth_elasticity"): 10.0,
        (*QUOTER, "half_spread_bps"): 0.01,
        (*MAKER, "quoter_off"): LAST,
    },
}
OF_MARGIN: Extremes = {
    "no customers on margin": {(*MARGIN, "holders"): 0, (*MARGIN, "arrivals_per_day"): 0.0},
    "all customers on margin are long and close their positions": {
        (*MARGIN, "long_share"): 1.0,
        (*MARGIN, "exits_per_day"): 1.0,
    },
    "a cent of collateral": {(*MARGIN, "collateral_usd_median"): 0.01},
    "a trillion of collateral": {(*MARGIN, "collateral_usd_median"): 1e12},
    "the highest leverage": {
        (*MARGIN, "leverage_mean"): 100.0,
        (*MARGIN, "limits", 0, "leverage_max"): 200.0,
        (*MARGIN, "maintenance_margin_pct"): 0.01,
        (*MARGIN, "auto_close_margin_pct"): 0.01,
    },
    "margin of half the position": {
        (*MARGIN, "maintenance_margin_pct"): 50.0,
        (*MARGIN, "auto_close_margin_pct"): 50.0,
    },
    "providers that provide nothing": {
        **everywhere("usd_per_minute", 0.0),
        **everywhere("usd_per_hour", 0.0),
        (*MARGIN, "forced_share_per_s"): 0.0,
    },
    "providers that keep positions for a day": everywhere("unwind_delay_s", 86_400.0),
    "all collateral in tokens with a weight of 1 %": {
        (*MARGIN, "tokens", 0, "share"): 1.0,
        (*MARGIN, "tokens", 0, "weight"): 0.01,
    },
}
EXTREMES = OF_THE_GROUP | OF_THE_MAKER | OF_CUSTOMERS | OF_MARGIN


def in_pairs(extremes: Extremes) -> list[list[str]]:
    """Combine extremes into pairs. The two extremes of a pair change different keys.

    An extreme without a partner stays alone.
    """
    pairs: list[list[str]] = []
    for name, changes in extremes.items():
        for pair in pairs:
            if len(pair) == 1 and not changes.keys() & extremes[pair[0]].keys():
                pair.append(name)
                break
        else:
            pairs.append([name])
    return pairs


# The number of worlds is the length of the longest list. Shorter lists are repeated.
OF_TABLES = [
    in_pairs(OF_THE_GROUP),
    *([[n] for n in of] for of in (OF_MARGIN, OF_THE_MAKER, OF_CUSTOMERS)),
]
WORLDS = max(map(len, OF_TABLES))
TOGETHER = [
    [name for names in each for name in names]
    for each in zip(*(islice(cycle(table), WORLDS) for table in OF_TABLES), strict=True)
]


@pytest.mark.parametrize("names", TOGETHER, ids="; ".join)
def test_books_are_correct_with_extreme_values_in_every_table_at_once(read, names):
    changes = [EXTREMES[name] for name in names]

    assert_runs(read(laid_over(EVERYTHING, {k: v for each in changes for k, v in each.items()})))


@pytest.mark.slow
@pytest.mark.parametrize("changes", EXTREMES.values(), ids=EXTREMES)
def test_books_are_correct_with_each_group_of_extreme_values(read, changes):
    assert_runs(read(laid_over(EVERYTHING, changes)))


def test_rates_of_deposits_and_withdrawals_near_zero_give_the_same_books_as_rates_of_zero():
    rates = ("deposits_per_day", "withdrawals_per_day")

    def month(per_day: float) -> bytes:
        a_day = {"end": date(2022, 5, 10), "day_ledgers": ()}
        changes = {"run": a_day, "retail": dict.fromkeys(rates, per_day)}
        with books_of(load("tiny", changes)) as run:
            return (run.path / "2022-05.beancount").read_bytes()

    never = month(0.0)
    for per_day in (RARE, 1e-300, 2e-300):
        assert month(per_day) == never


BEFORE, AFTER = date(2022, 1, 1), date(2100, 1, 1)
WHENS = {
    "long before the run": BEFORE,
    "the first day": FIRST,
    "the last day": LAST,
    "after the run": AFTER,
}


@pytest.mark.parametrize("when", WHENS.values(), ids=WHENS)
def test_books_are_correct_if_all_events_have_the_same_date_inside_or_outside_the_run(read, when):
    first_mark = ("group", "tokens", 0, "marks", 0, "at")
    first_cost = ("group", "house_costs", 0, "date")  # costs are paid on the first of a month
    whens = everywhere("date", when) | everywhere("quoter_off", when)
    data = laid_over(EVERYTHING, whens | {first_mark: BEFORE, first_cost: when.replace(day=1)})

    assert_runs(read(removed(data, ("group", "uses", 1, "until"))))


@pytest.mark.parametrize("when", [BEFORE, FIRST], ids=str)
def test_books_are_correct_if_periods_begin_on_or_before_the_first_day_and_never_end(read, when):
    sinces = {place: when for place in KEYS if place[-2:] == (0, "since")}
    firsts = {
        (*each, 0, "since"): BEFORE for each in (DEPTHS,)
    }  # steps of the depth must begin on the first day of a month
    data = laid_over(EVERYTHING, sinces | firsts)
    for place in (place for place in KEYS if place[-1] == "until"):
        data = removed(data, place)

    assert_runs(read(data))


LISTS = [place for place in KEYS if isinstance(value_at(EVERYTHING, place), list)]


@pytest.mark.parametrize("place", LISTS, ids=written)
def test_an_empty_list_is_refused_or_has_the_same_meaning_as_a_missing_list(read, place):
    found = read(replaced(EVERYTHING, place, []))

    assert isinstance(found, ScenarioError) or found == read(removed(EVERYTHING, place))


def test_books_are_correct_if_all_optional_lists_are_empty(read):
    world, emptied = EVERYTHING, 0
    for place in reversed(LISTS):  # inner lists are emptied before outer lists
        without = replaced(world, place, [])
        if isinstance(read(without), Scenario):
            world, emptied = without, emptied + 1

    assert emptied > len(LISTS) / 3
    assert_runs(read(world))


@pytest.mark.slow
@pytest.mark.parametrize("place", LISTS, ids=written)
def test_books_are_correct_if_one_optional_list_is_empty(read, place):
    found = read(replaced(EVERYTHING, place, []))
    if isinstance(found, Scenario):
        assert_runs(found)


@pytest.mark.slow
@pytest.mark.parametrize("place", KINDS["figure"], ids=written)
def test_books_are_correct_if_a_figure_has_one_of_five_values_and_is_accepted(read, place):
    for value in (0, 0.01, 7, 1e6, 10**12):
        found = read(replaced(EVERYTHING, place, value))
        if isinstance(found, Scenario):
            assert_runs(found)
