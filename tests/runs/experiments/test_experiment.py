"""The parts that experiments share: parallel cases, temporary books, and output options."""

import json
import os
from decimal import Decimal
from types import ModuleType

import pytest
from click.testing import CliRunner
from square_and_process import square_and_process

from ledger.reports.blind.diagnose import Cause, Verdict
from ledger.reports.dollars import ZERO
from ledger.reports.liquidations.pledged_results import PledgedResult
from ledger.reports.money.hole import hole
from ledger.reports.table import Table
from runs.experiments import (
    blind_audit,
    life_ranges,
    liquidation_sweep,
    size_sweep,
    stale_quotes,
    thin_collateral,
)
from runs.experiments import experiment as experiments
from runs.experiments.experiment import books_of, experiment, run_cases
from runs.full_audit import audit
from runs.scenarios import load

# For each of six experiments, the made-up outcome of all of its cases.
NOBODY = Verdict(Cause.FASTER, None, ZERO)
OUTCOMES = {
    size_sweep: size_sweep.MakerLoss(Decimal(1), Decimal(1), 0),
    liquidation_sweep: liquidation_sweep.BackstopOutcome(1.0, 0.0, 0.0, 0.0, 0.0),
    thin_collateral: PledgedResult("Trader", "MOB", *[Decimal(1)] * 7),
    life_ranges: life_ranges.LifeLosses(*[Decimal(1)] * 4),
    stale_quotes: dict.fromkeys(stale_quotes.ways(stale_quotes.DENSE), 1.0),
    blind_audit: blind_audit.Audited(NOBODY, NOBODY, NOBODY, None, ZERO),
}


@pytest.fixture
def on_cores(monkeypatch):
    """Return a function that sets the number of cores that experiments use."""

    def have(count: int) -> None:
        monkeypatch.setattr(experiments, "cores", lambda: count)

    return have


@pytest.mark.parametrize("count", [1, 2])
def test_outcomes_of_cases_are_the_same_on_one_core_and_on_two_cores(on_cores, count):
    on_cores(count)

    found = run_cases(square_and_process, [3, 1, 2])

    assert [(case, square) for case, (square, _) in found.items()] == [(3, 9), (1, 1), (2, 4)]
    here = {process == os.getpid() for _, process in found.values()}
    assert here == {count == 1}


def test_the_books_of_a_case_are_deleted_after_they_have_been_read(tiny_run):
    with books_of(load("tiny")) as run:
        folder = run.path
        assert not any(finding.problems for finding in audit(folder))
        assert hole(run) == hole(tiny_run)

    assert not folder.exists()
    assert not folder.parent.exists()


@pytest.fixture
def asked():
    """Return an experiment with two tables, and a list that grows each time the experiment runs."""
    times = []

    @experiment("one", "two")
    def command() -> list[Table]:
        times.append(1)
        return [Table(name, f"Of {name}", ("n",), [(n,)]) for n, name in enumerate(("one", "two"))]

    return command, times


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--table", "three"], "this report has no table 'three'; it has one, two"),
        (["--format", "csv"], "choose it with --table: one, two"),
    ],
)
def test_an_invalid_output_option_is_refused_before_any_simulation(asked, arguments, shown):
    command, times = asked
    result = CliRunner().invoke(command, arguments)

    assert shown in result.stderr
    assert (result.exit_code, result.stdout, times) == (2, "", [])


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (
            [],
            "Of one\n\n  n\n---\n  0\n\n"
            "More tables: two. Print one with --table NAME, all with --all.\n",
        ),
        (["--all"], "Of one\n\n  n\n---\n  0\n\nOf two\n\n  n\n---\n  1\n"),
        (["--table", "two", "--format", "csv"], "n\n1\n"),
    ],
)
def test_the_experiment_runs_only_once_even_if_all_tables_are_printed(asked, arguments, printed):
    command, times = asked
    result = CliRunner().invoke(command, arguments)

    assert (result.exit_code, result.stdout, times) == (0, printed, [1])


@pytest.mark.parametrize("script", OUTCOMES, ids=lambda script: script.__name__)
def test_each_of_six_experiments_declares_the_names_of_the_tables_that_it_prints(
    monkeypatch, script: ModuleType
):
    monkeypatch.setattr(
        script, "run_cases", lambda _, cases: dict.fromkeys(cases, OUTCOMES[script])
    )
    everything = CliRunner().invoke(script.main, ["--format", "json"])
    wrong = CliRunner().invoke(script.main, ["--table", "none"])

    names = ", ".join(json.loads(everything.stdout))
    assert wrong.stderr.endswith(f"this report has no table 'none'; it has {names}\n")
