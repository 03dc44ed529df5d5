"""The life with low and high inputs: the cases, the tables, and the outcome of a small life."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import mean

import pytest

from des.scenario import Scenario
from ledger.reports.dollars import ZERO
from ledger.reports.money.hole import hole
from ledger.reports.table import Table
from runs.experiments import life_ranges
from runs.experiments.life_ranges import (
    ENDS,
    MIDDLE,
    RANGES,
    SAMPLED,
    SEEDS,
    Case,
    LifeLosses,
    cases,
    outcome,
    range_tables,
    scenario_of,
)
from runs.experiments.played_hours import hours_as_in
from runs.scenarios import load

SMALL = Path(__file__).parents[2] / "worlds" / "group.toml"
THOUSAND = Decimal("1000.00")


def told(scenario: Scenario) -> dict:
    """Return the data of a scenario without its question and its sources."""
    return scenario.model_dump(exclude={"question", "sources"})


# ------------------------------------------------------------------------- the cases


def test_the_middle_case_with_the_first_seed_is_the_sampled_life():
    assert told(scenario_of(Case(MIDDLE))) == told(load(SAMPLED))


@pytest.mark.parametrize("name", RANGES.values())
def test_a_case_changes_only_the_seed_and_the_sampling_of_hours_and_the_firms_of_its_scenario(name):
    changed = told(scenario_of(Case(name, firms=False, seed=3)))
    kept = told(load(name))
    kept["run"] |= {"seed": 3, **hours_as_in(SAMPLED)}
    kept["firms"] |= {"active": False}

    assert changed == kept


@pytest.mark.parametrize(
    ("assumption", "value"),
    [
        ("maker.spread_times", lambda middle: middle.maker.spread_times),
        ("quoter.latency_s", lambda middle: middle.markets[0].quoter.latency_s),
        ("others.latency_s", lambda middle: middle.markets[0].others.latency_s),
    ],
)
def test_the_scenario_does_not_change_if_an_assumption_is_set_to_its_current_value(
    assumption, value
):
    case = Case(MIDDLE, assumption, value(load(MIDDLE)))

    assert told(scenario_of(case)) == told(load(SAMPLED))


def test_a_changed_target_share_of_the_maker_applies_in_all_years():
    moved = scenario_of(Case(MIDDLE, "quoting.target_share", 0.3)).maker.quoting

    assert {moved.target_share_on(date(year, 6, 1)) for year in range(2019, 2023)} == {0.3}


@pytest.mark.parametrize("assumption", ENDS)
def test_each_assumption_has_a_low_and_a_high_case_that_differ_from_the_middle_case(assumption):
    base = scenario_of(Case(MIDDLE))
    low, high = (scenario_of(Case(MIDDLE, assumption, value)) for value in ENDS[assumption])

    assert len({str(told(each)) for each in (base, low, high)}) == 3
    for end in (low, high):
        differing = {key for key, value in told(end).items() if value != told(base)[key]}
        is_makers = assumption.startswith(("maker", "quoting"))
        assert differing == {"maker" if is_makers else "markets"}


def test_three_seeds_need_at_most_twice_as_many_lives_as_one_seed():
    wanted, of_one = cases(), [case for case in cases() if case.seed == SEEDS[0]]

    assert len(set(wanted)) == len(wanted)
    assert {case.seed for case in wanted} == set(SEEDS)
    assert len(wanted) <= 2 * len(of_one)


# ------------------------------------------------------------------------- the tables


def rows(table: Table) -> list[dict]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def lives(hole_usd) -> dict[Case, LifeLosses]:
    """Return made-up outcomes. The loss on stale quotes is a tenth of the uses of money."""
    return {
        case: LifeLosses(THOUSAND * case.seed, -THOUSAND, 10 * THOUSAND * case.seed, hole_usd(case))
        for case in cases()
    }


def test_the_tables_use_the_outcome_of_every_case():
    asked: set[Case] = set()

    class Asked(dict):
        def __getitem__(self, case: Case) -> LifeLosses:
            asked.add(case)
            return super().__getitem__(case)

    range_tables(Asked(lives(lambda case: THOUSAND)))

    assert asked == set(cases())


def test_the_first_table_has_the_mean_and_the_least_and_the_greatest_value_over_all_seeds():
    def hole_usd(case: Case) -> Decimal:
        return THOUSAND * case.seed**2 if case.firms else THOUSAND

    by_end, by_seed, _ = range_tables(lives(hole_usd))
    squares = [seed**2 * THOUSAND for seed in SEEDS]
    told = {(row["inputs"], row["of_seeds"]): row for row in rows(by_end)}

    assert len(told) == 3 * len(RANGES)
    for end in RANGES:
        of_seeds = [told[end, of] for of in ("mean", "least", "greatest")]
        holes = [row["hole_usd"] for row in of_seeds]
        assert holes == [round(mean(squares), 2), min(squares), max(squares)]
        assert [row["pickoff_usd"] for row in of_seeds] == [
            THOUSAND * of(SEEDS) for of in (mean, min, max)
        ]
        assert {row["pickoff_share_of_uses_pct"] for row in of_seeds} == {10}
    assert [row["hole_usd"] for row in rows(by_seed)] == squares * len(RANGES)


def test_a_life_is_compared_with_the_life_of_the_same_seed_without_hits_on_stale_quotes():
    """Both lives have the same seed, so the seed does not affect the difference."""
    chance = {seed: THOUSAND * (-10) ** seed for seed in SEEDS}

    def hole_usd(case: Case) -> Decimal:
        return chance[case.seed] + (7 * THOUSAND if case.firms else 0)

    by_end, *_ = range_tables(lives(hole_usd))

    assert {row["difference_usd"] for row in rows(by_end)} == {7 * THOUSAND}
    assert {row["hole_usd"] > 0 for row in rows(by_end)} == {True, False}


def test_assumptions_are_sorted_by_their_effect_on_the_loss_in_lives_with_the_first_seed():
    lost_usd = {None: ZERO}
    for nth, (assumption, (low, high)) in enumerate(ENDS.items(), start=1):
        lost_usd |= {(assumption, low): -nth * THOUSAND, (assumption, high): nth * THOUSAND}

    def moved(case: Case) -> LifeLosses:
        lost = lost_usd[case.assumption and (case.assumption, case.value)]
        return LifeLosses(THOUSAND, lost, THOUSAND, THOUSAND * case.seed)

    *_, moves = range_tables({case: moved(case) for case in cases()})
    found = rows(moves)

    assert [row["assumption"] for row in found] == list(reversed(ENDS))
    for nth, row in zip(range(len(ENDS), 0, -1), found, strict=True):
        ends = [row["quotes_lose_low_usd"], row["quotes_lose_high_usd"]]
        assert ends == [-nth * THOUSAND, nth * THOUSAND]
        assert row["swing_usd"] == 2 * nth * THOUSAND
        assert row["hole_low_usd"] == row["hole_high_usd"] == THOUSAND * SEEDS[0]


# ------------------------------------------------------------------------- a small life


@pytest.fixture
def small(monkeypatch) -> str:
    """Replace the sampled life by `group`, a world of five days with all hours. Return its path."""
    monkeypatch.setattr(life_ranges, "SAMPLED", str(SMALL))
    return str(SMALL)


def test_the_outcome_of_a_case_agrees_with_the_books_of_a_run_with_the_same_seed(small, executed):
    booked = hole(executed(SMALL, run={"seed": 2}))
    kinds = booked.kinds_usd

    found = outcome(Case(small, seed=2))

    assert found.pickoff_usd == kinds["PickOff"] > 0
    assert found.quotes_usd == kinds["PickOff"] + kinds["Spread"] + kinds["Hedging"]
    assert found.uses_usd == sum(usd for usd in kinds.values() if usd > 0)
    assert found.hole_usd == booked.hole_usd


def test_nothing_is_lost_to_stale_quotes_if_there_are_no_firms(small):
    found = outcome(Case(small, firms=False))

    assert found.pickoff_usd == 0
    assert found.quotes_usd < 0
