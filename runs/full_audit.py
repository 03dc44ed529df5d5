"""Audits whether a run's books, its scenario and its fit to the record are consistent."""

from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

from des.bookkeeping import chart_of, parties_of
from des.clock import microseconds
from des.inputs import input_notes
from des.scenario.run import months_between
from ledger.proof import audit as audit_of_books
from ledger.proof.audit_step import AuditStep
from ledger.proof.preamble import SCENARIO, Given
from ledger.run_folder import RunFolder
from runs.record.fit import kept_fit, wrong_fit
from runs.scenario_files import ScenarioError
from runs.scenarios import dump, load


def audit(
    folder: Path, every_day: bool = False, executor: Executor | None = None
) -> Iterator[AuditStep]:
    """Audit a run step by step, as `ledger.proof.audit` describes.

    Args:
        folder: the run's folder.
        every_day: load the ledgers of all days with Beancount, not only of a sample.
        executor: runs the checks in other processes. With None this process runs them.
    """
    yield from audit_of_books.audit(folder, given_by(folder), every_day, executor)
    yield from fit_to_record(folder)


def fit_to_record(folder: Path) -> Iterator[AuditStep]:
    """Compute the fit to the record again, if the run has a stored fit."""
    problems: list[str] = []
    try:
        if kept_fit(folder) is None:
            return
        problems += wrong_fit(RunFolder.at(folder), load(str(folder / SCENARIO)).sources)
    except Exception as error:  # a forged file may raise any error
        problems.append(f"it can't be read: {type(error).__name__}: {error}".splitlines()[0])
    yield AuditStep("record: the fit in the manifest is the fit of the books", tuple(problems))


def given_by(folder: Path) -> Given | str:
    """Return the preamble that follows from a run's scenario, or why the scenario can't be read."""
    try:
        scenario = load(str(folder / SCENARIO))
    except ScenarioError as error:
        place = f"{error.key} " if error.key else ""
        return f"{SCENARIO}: {place}{error.problem}"
    span = scenario.run
    return Given(
        scenario=dump(scenario),
        question=scenario.question,
        seed=span.seed,
        chart=chart_of(scenario, parties_of(scenario)),
        start=span.start,
        end=span.end,
        months=tuple(months_between(span.start, span.end)),
        inputs=tuple(input_notes(scenario)),
        latency_us={
            market.name: microseconds(market.quoter.latency_s) for market in scenario.markets
        },
    )
