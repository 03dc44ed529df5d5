"""The notes of a sampled run state takers' gains in each hour.

The audit compares these notes with the fills.
"""

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from forger import rewritten

from ledger.motives import Motive
from ledger.notes import EdgeOfHours
from ledger.proof.edge_notes import wrong_edges
from ledger.reports.market.sampled_hours import sampling_error_usd
from ledger.run_folder import SCENARIO, RunFolder
from ledger.times import HOURS_PER_DAY
from runs.full_audit import audit

SETTLING = Path(__file__).parents[2] / "worlds" / "settling.toml"
NOTE = re.compile(rf'(?m)^\S+ custom "{EdgeOfHours.kind}" "pickoff" "(?P<cents>[^"]*)"\n')


@pytest.fixture(scope="module")
def sampled_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of one day, of which two hours are simulated."""
    return executed(SETTLING, run={"one_hour_in": 12, "seed": 3})


def the_note(run: RunFolder) -> re.Match[str]:
    (text,) = (path.read_text(encoding="utf-8") for path in run.path.glob("????-??.beancount"))
    return NOTE.search(text)


def found_with(run: RunFolder, folder: Path, becomes: str) -> list[str]:
    """Replace the note, adapt all files except the fills, and return the findings."""
    (month,) = (path.name for path in run.path.glob("????-??.beancount"))
    changed = rewritten(run, folder, month, the_note(run).group(), becomes)
    return list(wrong_edges(RunFolder(changed), hours_are_sampled=True))


def test_the_note_on_gains_states_the_sum_of_takers_gains_in_each_hour(sampled_run: RunFolder):
    (note,) = sampled_run.notes(EdgeOfHours)
    by_hour = dict(
        sampled_run.select(
            "SELECT hour(time), sum(edge_cents)::BIGINT FROM rows WHERE motive = 'pickoff' "
            "GROUP BY 1"
        )
    )

    assert note.cents_of_hours == tuple(by_hour.get(hour, 0) for hour in range(24))
    assert len(by_hour) == 2
    assert list(wrong_edges(sampled_run, hours_are_sampled=True)) == []


def test_a_run_that_simulates_all_hours_has_no_note_on_gains(executed: Callable[..., RunFolder]):
    assert executed(SETTLING).notes(EdgeOfHours) == []
    assert list(wrong_edges(executed(SETTLING), hours_are_sampled=False)) == []


@pytest.mark.parametrize("hour", [0, 23])
def test_a_changed_hourly_amount_in_the_note_on_gains_is_found(
    sampled_run: RunFolder, tmp_path: Path, hour: int
):
    cents = the_note(sampled_run)["cents"].split()
    cents[hour] = str(int(cents[hour]) + 1)
    note = the_note(sampled_run).group().replace(the_note(sampled_run)["cents"], " ".join(cents))

    (problem,) = found_with(sampled_run, tmp_path / "run", note)

    assert f"in hour {hour}," in problem


def test_a_note_on_gains_that_is_too_long_or_repeated_is_found(
    sampled_run: RunFolder, tmp_path: Path
):
    note = the_note(sampled_run).group()

    assert found_with(sampled_run, tmp_path / "long", note.replace('"\n', ' 5"\n'))
    assert found_with(sampled_run, tmp_path / "twice", note + "\n" + note)


def test_the_audit_finds_a_changed_note_on_gains_even_if_all_files_except_fills_agree_with_it(
    sampled_run: RunFolder, tmp_path: Path
):
    (month,) = (path.name for path in sampled_run.path.glob("????-??.beancount"))
    note = the_note(sampled_run)
    none = note.group().replace(note["cents"], " ".join("0" * HOURS_PER_DAY))
    changed = rewritten(sampled_run, tmp_path / "run", month, note.group(), none)

    found = [said for step in audit(changed) for said in step.problems]

    assert len(found) == 2  # one for each simulated hour
    assert all("takers' gains of 0.00 from pickoff in hour" in said for said in found)


def test_the_standard_error_computed_from_the_fills_equals_the_one_computed_from_the_note(
    sampled_run: RunFolder, tmp_path: Path
):
    (month,) = (path.name for path in sampled_run.path.glob("????-??.beancount"))
    older = rewritten(sampled_run, tmp_path / "run", month, the_note(sampled_run).group(), "")

    noted, summed = (
        sampling_error_usd(RunFolder(path), Motive.PICKOFF) for path in (sampled_run.path, older)
    )

    assert RunFolder(older).notes(EdgeOfHours) == []
    assert noted == summed > 0


def test_the_audit_finds_that_the_only_note_on_gains_is_missing(
    sampled_run: RunFolder, tmp_path: Path
):
    (month,) = (path.name for path in sampled_run.path.glob("????-??.beancount"))
    changed = rewritten(sampled_run, tmp_path / "run", month, the_note(sampled_run).group(), "")

    (problem,) = (said for step in audit(changed) for said in step.problems)

    assert problem.startswith("2022-05-09: there is no note on takers' gains")


def test_the_step_on_fills_has_no_problem_if_only_the_scenario_cannot_be_read(
    sampled_run: RunFolder, tmp_path: Path
):
    changed = shutil.copytree(sampled_run.path, tmp_path / "run")
    (changed / SCENARIO).write_text("a = 1\n", encoding="utf-8")

    with_problems = [step.step.partition(":")[0] for step in audit(changed) if step.problems]

    assert with_problems == ["seal", "preamble"]


def test_the_audit_finds_that_one_of_two_notes_on_gains_is_missing(
    executed: Callable[..., RunFolder], tmp_path: Path
):
    days = {"one_hour_in": 12, "seed": 3, "end": date(2022, 5, 11)}
    run = executed(SETTLING, run=days)
    assert len(run.notes(EdgeOfHours)) == 2

    (problem,) = found_with(run, tmp_path / "run", "")

    assert problem.startswith("2022-05-09: there is no note on takers' gains")
