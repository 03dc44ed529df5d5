"""Audits a run's books, and compares them with its scenario and its stated fit to the record."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from pathlib import Path

from des.bookkeeping import chart_of, parties_of
from des.clock import microseconds
from des.inputs import input_notes
from des.scenario.run import months_between
from ledger.proof import audit as audit_of_books
from ledger.proof.audit_step import AuditStep
from ledger.proof.preamble import SCENARIO, Given
from ledger.run_folder import MANIFEST, RunFolder
from runs.record.fit import wrong_fit
from runs.record.record_edition import edition, stated_fit
from runs.scenario_files import ScenarioError
from runs.scenarios import dump, load


def audit(
    folder: Path, every_day: bool = False, executor: Executor | None = None
) -> Iterator[AuditStep]:
    """Audit a run step by step, as `ledger.proof.audit` describes.

    Args:
        folder: the run's folder.
        every_day: whether Beancount loads the ledgers of all days, not only of a sample of days.
        executor: runs the checks in other processes. With None this process runs them.
    """
    yield from audit_of_books.audit(folder, given_by(folder), every_day, executor)
    yield from fit_to_record(folder)


def fit_to_record(folder: Path) -> Iterator[AuditStep]:
    """Compute the fit to the record again, and compare it with the fit in the run's manifest.

    There is a step if the manifest has a fit or needs one. A fit to another edition of the record
    can't be computed again, so the step has a remark.
    """
    problems: list[str] = []
    remarks: list[str] = []
    try:
        said = stated_fit(folder)
        if said and said.get("record") != edition():
            remarks.append(
                f"{MANIFEST}: its fit was computed with edition {said.get('record')} of the "
                "record, but this program has another edition; so the fit is not checked, and no "
                "report states it"
            )
        else:
            problems += wrong_fit(RunFolder.at(folder), _sources(folder))
            if not said and not problems:
                return
    except Exception as error:  # a forged file may raise any error
        problems.append(f"the fit can't be read: {type(error).__name__}: {error}".splitlines()[0])
    step = "record: the fit in the manifest equals the fit that the books give"
    yield AuditStep(step, tuple(problems), remarks=tuple(remarks))


def _sources(folder: Path) -> Mapping[str, str]:
    """Return the source notes of a run's scenario, or none if the scenario can't be read.

    If the scenario can't be read, another step of the audit reports this.
    """
    try:
        return load(str(folder / SCENARIO)).sources
    except ScenarioError:
        return {}


def given_by(folder: Path) -> Given | str:
    """Return data that follow from a run's scenario, or why the scenario can't be read."""
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
        hours_are_sampled=span.one_hour_in > 1,
        hours_are_grouped=span.group_loss_usd_max is not None,
    )
