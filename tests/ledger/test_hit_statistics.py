"""The manifest states statistics of firms' hits, and these agree with the fills."""

import json
import shutil
from pathlib import Path

import pytest

from ledger.hit_statistics import (
    KEY,
    FillStatistics,
    fill_statistics,
    sealed_statistics,
    statistics_in_fills,
    wrong_statistics,
)
from ledger.proof.seal import seal
from ledger.reports.firms.firm_results import firms
from ledger.run_folder import MANIFEST, RunFolder
from runs.full_audit import audit


def kept(folder: Path) -> dict[str, object]:
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["run"]


def sealed_with(
    run: RunFolder, folder: Path, hits: dict[str, object] | None, version: str = "0.2.0"
) -> RunFolder:
    """Copy a run, and seal the copy with the statistics *hits* (None: without statistics)."""
    shutil.copytree(run.path, folder)
    about = {key: value for key, value in kept(folder).items() if key != KEY}
    about["program"] = {"version": version}
    seal(folder, about if hits is None else {**about, KEY: hits})
    return RunFolder(folder)


@pytest.mark.parametrize("name", ["tiny_run", "busy_run", "margin_run"])
def test_the_statistics_in_the_manifest_equal_the_statistics_of_the_fills(
    name: str, request: pytest.FixtureRequest
):
    run = request.getfixturevalue(name)

    assert kept(run.path)[KEY] == json.loads(json.dumps(sealed_statistics(run)[KEY]))
    assert fill_statistics(run) == statistics_in_fills(run) != {}
    assert list(wrong_statistics(run)) == []


def test_a_report_computes_the_statistics_from_the_fills_if_the_manifest_has_no_statistics(
    busy_run: RunFolder, tmp_path: Path
):
    older = sealed_with(busy_run, tmp_path / "run", None, version="0.1.0")

    assert [table.rows for table in firms(older).tables()] == [
        table.rows for table in firms(busy_run).tables()
    ]
    assert list(wrong_statistics(older)) == []


def test_the_audit_finds_wrong_statistics_even_if_the_run_is_sealed_again(
    busy_run: RunFolder, tmp_path: Path
):
    hits = kept(busy_run.path)[KEY]
    firm = min(hits)
    fills, *medians = hits.pop(firm)
    forged = sealed_with(
        busy_run, tmp_path / "run", {**hits, firm: [fills + 1, *medians], "Nobody": [1, None, None]}
    )

    found = [problem for step in audit(forged.path) for problem in step.problems]

    assert fill_statistics(forged)["Nobody"] == FillStatistics(1, None, None)
    assert [said.partition(" have the figures")[0] for said in found] == [
        f"{MANIFEST}: hits of {each}" for each in (firm, "Nobody")
    ]


def test_missing_statistics_are_an_error_if_the_version_that_made_the_run_writes_statistics(
    tiny_run: RunFolder, tmp_path: Path
):
    without = sealed_with(tiny_run, tmp_path / "run", None)

    assert list(wrong_statistics(without)) == [
        f"{MANIFEST}: the key `{KEY}` with the figures on firms' hits is missing"
    ]
