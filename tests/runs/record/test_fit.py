"""The fit of a run states how many of its outcomes are inside the recorded range or near it.

The fit is sealed and printed.
"""

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.proof.audit_step import AuditStep
from ledger.proof.seal import seal
from ledger.run_folder import MANIFEST, RunFolder
from runs.full_audit import fit_to_record
from runs.provenance import of_several, provenance
from runs.record.compare import compare
from runs.record.compared import TENTH, judged
from runs.record.facts import Fact, Record, load_record
from runs.record.fit import Fit, sealed_fit

SOURCES = {"run.start": "a newspaper"}


def test_the_counts_in_the_fit_agree_with_the_verdicts_in_the_compare_report(busy_run):
    record = load_record()
    outcomes = judged(compare(busy_run, record).of_role("outcome"))
    verdicts = [row.verdict for row in outcomes]

    assert Fit.of(busy_run, record) == Fit(
        len(outcomes), verdicts.count("inside"), verdicts.count(TENTH)
    )


def test_a_run_of_a_scenario_without_sources_has_no_fit(tiny_run):
    manifest = json.loads((tiny_run.path / MANIFEST).read_text())

    assert "fit" not in manifest["run"]
    assert sealed_fit(tiny_run, {}) == {}
    assert provenance(tiny_run).endswith("every hour simulated")


@pytest.fixture(scope="module")
def sourced_run(executed) -> RunFolder:
    return executed("tiny", sources={"markets[0].lot": "a contract of the venue"})


def step_of(folder: Path) -> AuditStep | None:
    """Return the audit's step that checks the fit, or None if there is no such step."""
    return next(fit_to_record(folder), None)


def test_the_audit_reports_a_sealed_fit_that_disagrees_with_the_books(
    sourced_run, tiny_run, tmp_path
):
    shutil.copytree(sourced_run.path, tmp_path / "run")
    about = json.loads((tmp_path / "run" / MANIFEST).read_text())["run"]
    about["fit"]["inside"] += 1
    (tmp_path / "run" / MANIFEST).unlink()
    seal(tmp_path / "run", about)

    assert step_of(sourced_run.path) == AuditStep(step_of(tmp_path / "run").step, ())
    assert "its fit is" in step_of(tmp_path / "run").problems[0]
    assert step_of(tiny_run.path) is None


def test_a_fit_to_another_edition_of_the_record_is_not_printed_and_the_audit_has_a_remark(
    sourced_run, tmp_path
):
    shutil.copytree(sourced_run.path, tmp_path / "run")
    about = json.loads((tmp_path / "run" / MANIFEST).read_text())["run"]
    about["fit"] = {"record": "0" * 12, "outcomes": 9, "inside": 9, "near": 0}
    seal(tmp_path / "run", about)

    step = step_of(tmp_path / "run")

    assert not step.problems
    assert "its fit was computed with edition 000000000000 of the record" in step.remarks[0]
    assert "recorded outcomes" not in provenance(RunFolder(tmp_path / "run"))


def test_the_audit_reports_a_missing_fit_of_a_run_sealed_by_a_version_that_stores_fits(
    sourced_run, tmp_path
):
    shutil.copytree(sourced_run.path, tmp_path / "run")
    about = json.loads((tmp_path / "run" / MANIFEST).read_text())["run"]
    del about["fit"]
    seal(tmp_path / "run", about)

    assert "its fit is missing" in step_of(tmp_path / "run").problems[0]


def test_the_fit_of_a_run_of_a_scenario_with_sources_is_sealed_and_printed(sourced_run):
    run = sourced_run
    fit = Fit.of(run, load_record())
    assert fit is not None

    kept = json.loads((run.path / MANIFEST).read_text())["run"]["fit"]
    assert (kept["outcomes"], kept["inside"], kept["near"]) == (
        fit.outcomes,
        fit.inside,
        fit.near,
    )
    close = fit.inside + fit.near
    said = f"{close} of {fit.outcomes} recorded outcomes inside the recorded range or near it"
    assert said in provenance(run)
    assert said in of_several([run])


@pytest.mark.parametrize(
    ("times", "fit"),
    [(1, Fit(1, 1, 0)), (Decimal("1.08"), Fit(1, 0, 1)), (2, Fit(1, 0, 0))],
    ids=["inside", "near", "far"],
)
def test_the_fit_counts_outcomes_inside_or_near_the_record_and_leaves_out_inputs(
    tiny_run, times, fit
):
    about = {"unit": "USD", "source": "s", "provenance": "found: p"}
    asked = {"key": "claims-of-customers", "day": date(2022, 5, 10), "role": "outcome"}
    row = compare(tiny_run, Record(fact=(Fact(**about, **asked),))).rows[0]
    usd = float(row.figure * times)

    recorded = Fact(**about, **asked, value=usd, low=usd - 1, high=usd + 1)
    stated = recorded.model_copy(update={"role": "input"})

    assert Fit.of(tiny_run, Record(fact=(recorded,))) == fit
    assert Fit.of(tiny_run, Record(fact=(stated,))) is None
