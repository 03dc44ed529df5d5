"""A run is judged by the same facts as the members of a study."""

from pathlib import Path

import numpy as np
import pytest

from ledger.run_folder import RunFolder
from runs.study.judged_run import JudgedRun
from runs.study.member_table import read_members
from runs.study.play import StudyFolder, replay
from runs.study.shipped import read_shipped
from runs.study.study_file import load_study, study_path
from runs.study.study_report import StudyReport
from tests.runs.study.test_playing import Watched

TINY = study_path("tiny")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> StudyReport:
    """Return the report of the study `tiny`. One fact judges its members."""
    folder = StudyFolder(TINY, tmp_path_factory.mktemp("study"))
    folder.play(None)
    return StudyReport(read_members(folder.seal()), "0" * 12)


@pytest.mark.parametrize("number", range(2, 8))
def test_a_replayed_member_is_judged_as_in_the_study(
    report: StudyReport, number: int, tmp_path: Path
):
    replay(load_study(TINY), number, tmp_path / "run", Watched())
    found = JudgedRun(RunFolder(tmp_path / "run"), report)
    (fact,), (of_study,) = found.judged, report.judged
    place = number - 2

    assert fact.implausibility[0] == of_study.implausibility[place]
    assert bool(found.missed) == of_study.rules_out[place]
    assert found.answer().endswith(f"is{'' if report.is_plausible[place] else ' not'} plausible.")


def test_a_run_misses_every_fact_for_which_it_has_no_figure(tiny_run: RunFolder):
    found = JudgedRun(tiny_run, read_shipped("life"))
    (table,) = found.tables()
    without = [each for each in found.judged if np.isnan(each.model[0])]

    assert without
    assert {each.moment.name for each in without} <= set(found.missed)
    assert [row[0] for row in table.rows if row[2] == "yes"] == [
        row[0] for row in table.rows[: len(found.missed)]
    ]
    assert f"misses {len(found.missed)} of the 19 facts" in found.answer()
