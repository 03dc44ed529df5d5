"""A sweep plays each value of a key with each seed, and computes standard errors over seeds."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.reports.money.hole import hole
from runs.cli.main import main
from runs.experiments import experiment
from runs.experiments.sweep import (
    SweepError,
    Swept,
    SweptOutcome,
    SweptRun,
    read_values,
    sweep,
)
from runs.scenario_files import ScenarioError

SMALL = str(Path(__file__).parents[2] / "golden" / "world.toml")


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Play all runs in this process.

    Each run lasts a second, and starting a process takes longer.
    """
    monkeypatch.setattr(experiment, "cores", lambda: 1)


def swept(*holes: tuple[int, ...]) -> Swept:
    """Return a sweep with these holes: a row for each value, and a column for each seed."""
    outcomes = {
        SweptRun(str(value), seed): SweptOutcome(Decimal(usd), Decimal(0), Decimal(0), usd > 0)
        for value, row in enumerate(holes)
        for seed, usd in enumerate(row, start=1)
    }
    return Swept("maker.x", tuple(range(1, len(holes[0]) + 1)), outcomes)


def test_a_sweep_has_the_hole_of_each_value_and_seed(executed):
    found = sweep(SMALL, "maker.credit_line_usd", ["0", "1e7"], [2], ["run.settle_s=1800"])

    same = executed(SMALL, maker={"credit_line_usd": 1e7}, run={"seed": 2, "settle_s": 1800})
    assert list(found.outcomes) == [SweptRun("0", 2), SweptRun("1e7", 2)]
    assert found.holes_usd("1e7") == [hole(same).hole_usd]
    assert found.outcomes[SweptRun("1e7", 2)].claims_usd == hole(same).claims_usd


def test_differences_are_between_runs_with_the_same_seed_and_have_a_standard_error_over_seeds():
    found = swept((0, 100, 200), (10, 112, 208))

    assert found.differences_usd("1") == [10, 12, 8]
    row = found.tables()[0].rows[1]
    assert row == ("1", 110, 10, 208, 10, Decimal("1.15"), 0, 3)
    assert found.tables()[0].rows[0][4:6] == (None, None)
    difference = "With 1 the hole is $10 larger than with 0, with a standard error of $1."
    assert difference in found.answer()


def test_one_seed_gives_no_standard_error_and_one_value_gives_no_difference():
    assert "One seed does not show the variation by chance" in swept((0,), (10,)).answer()
    assert swept((0, 20)).answer() == "With maker.x = 0 the hole is $10."
    assert "nothing is missing: a surplus of $0.2 million; with 1 the hole is $3.0 million" in (
        swept((-200_000,), (3_000_000,)).answer()
    )
    assert swept((0, -20)).answer() == "With maker.x = 0 nothing is missing: a surplus of $10."


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=1,2,1e3", ["1", "2", "1e3"]),
        ("a.b= 1 , 1", ["1"]),
        ("a.b=captive,independent", ["captive", "independent"]),
        ("a.b=[1, 2],[3]", ["[1, 2]", "[3]"]),
    ],
)
def test_commas_separate_values_but_a_comma_inside_a_list_does_not(text, values):
    assert read_values(text) == ("a.b", values)


def test_a_sweep_over_the_key_lot_reads_a_number_in_quotation_marks_as_text(monkeypatch):
    monkeypatch.setattr("runs.experiments.sweep.run_cases", lambda _, cases: dict.fromkeys(cases))
    key, values = read_values('markets[0].lot="0.01","0.1"')

    assert sweep("tiny", key, values, [1], []).values == ('"0.01"', '"0.1"')


@pytest.mark.parametrize("text", ["a.b", "a.b=", "=1,2", "a.b=1,,2"])
def test_invalid_lists_of_values_are_refused(text):
    with pytest.raises(ScenarioError, match="is not KEY=a,b,c"):
        read_values(text)


def test_a_mistake_in_a_sweep_is_reported_before_any_simulation(monkeypatch):
    monkeypatch.setattr("runs.experiments.sweep.run_cases", lambda *_: pytest.fail("was run"))

    with pytest.raises(ScenarioError, match="did you mean 'credit_line_usd'"):
        sweep(SMALL, "maker.credit_lin_usd", ["0"], [1], [])
    with pytest.raises(ScenarioError, match="is -1; give a number from 0"):
        sweep(SMALL, "maker.credit_line_usd", ["0", "-1"], [1], [])
    with pytest.raises(SweepError, match="give the seeds with --seeds"):
        sweep(SMALL, "run.seed", ["0"], [1], [])
    with pytest.raises(SweepError, match="10_001 runs are too many"):
        sweep("no-such-scenario", "maker.credit_line_usd", ["0"] * 10_001, [], [])


@pytest.mark.parametrize(
    ("key", "values", "settings"),
    [
        ("maker.credit_lin_usd", ["0"], []),
        ("maker.credit_line_usd", ["0", "-1"], []),
        ("maker.credit_line_usd", ["0"], ["maker.credit_line_usd=5"]),
    ],
    ids=["no key", "no value", "twice"],
)
def test_the_error_for_a_wrong_swept_key_or_value_does_not_mention_the_option_called_set(
    key, values, settings
):
    with pytest.raises(ScenarioError) as refused:
        sweep(SMALL, key, values, [1], settings)

    assert "--set" not in str(refused.value)


def test_the_error_for_a_wrong_setting_begins_with_the_name_of_the_option_called_set():
    with pytest.raises(ScenarioError, match=r"^--set: maker\.x"):
        sweep(SMALL, "maker.credit_line_usd", ["0"], [1], ["maker.x=1"])


def command(*words: str) -> Result:
    return CliRunner().invoke(main, ["sweep", *words])


def test_the_command_sweep_prints_its_answer_first_and_accepts_a_range_or_a_list_of_seeds(
    monkeypatch,
):
    given = []

    def told(scenario, key, values, seeds, settings):
        given.append((scenario, key, values, seeds, settings))
        return swept((0, 100), (10, 112))

    monkeypatch.setattr("runs.cli.sweep_command.sweep", told)
    said = command("tiny", "a.b=1,2", "--seeds", "1..3", "--set", "c.d=4")

    assert (said.exit_code, said.stdout.splitlines()[0][:18]) == (0, "With maker.x = 0 t")
    assert max(map(len, said.stdout.splitlines())) <= 100
    assert given == [("tiny", "a.b", ["1", "2"], (1, 2, 3), ("c.d=4",))]
    exact = json.loads(command("tiny", "a.b=1", "--seeds", "5,2", "--format", "json").stdout)
    assert (given[-1][3], set(exact)) == ((5, 2), {"answer", "sweep", "runs"})


@pytest.mark.parametrize("seeds", ["3..1", "1..", "a", "1,", "1..99999", ""])
def test_invalid_seeds_are_refused_in_one_line(seeds):
    refused = command("tiny", "a.b=1", "--seeds", seeds)

    assert refused.exit_code == 2
    assert "write 1..6 or 1,2,5" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
