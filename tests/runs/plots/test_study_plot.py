"""The picture of a study: a mark shows how many facts a life misses, and the mechanism's share."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

from runs.cli.study_command import study_command
from runs.plots.paper import save
from runs.plots.study_plot import TOP_PCT, study_figure
from runs.study.plausible import facts_missed
from runs.study.shipped import read_shipped
from runs.study.study_report import StudyReport


@pytest.fixture(scope="module")
def report() -> StudyReport:
    return read_shipped("life")


def marks(figure: Figure) -> list[np.ndarray]:
    """Return for each series the places of its marks, shape (lives, 2)."""
    return [np.asarray(each.get_offsets()) for each in figure.axes[0].collections]


def test_the_mark_of_each_life_with_a_hole_shows_its_missed_facts_and_the_share_of_the_mechanism(
    report: StudyReport,
):
    searched = report.searched
    assert searched is not None
    missed, percent = facts_missed(searched.judged), 100 * searched.share
    of_study, of_search = marks(study_figure(report))

    for drawn, which in (
        (of_study, searched.generation == 0),
        (of_search, searched.of_search),
    ):
        lives = which & np.isfinite(percent)
        np.testing.assert_array_equal(np.round(drawn[:, 0]), missed[lives])
        np.testing.assert_allclose(drawn[:, 1], np.minimum(percent[lives], TOP_PCT))
    assert len(of_study) + len(of_search) == np.isfinite(percent).sum()


def test_each_share_above_the_top_of_the_picture_is_written_at_its_mark(report: StudyReport):
    searched = report.searched
    assert searched is not None
    percent = 100 * searched.share
    written = [each.get_text() for each in study_figure(report).axes[0].texts]

    over = [f"{each:.0f} %" for each in percent if TOP_PCT < each < np.inf]
    assert over
    assert sorted(text for text in written if text.endswith(" %")) == sorted(over)


def test_no_two_marks_of_a_series_are_at_the_same_place(report: StudyReport):
    for series in marks(study_figure(report)):
        assert len(np.unique(series, axis=0)) == len(series)


def test_the_shaded_area_contains_the_plausible_lives_and_no_other_lives(report: StudyReport):
    searched = report.searched
    assert searched is not None
    figure = study_figure(report)
    (shade,) = figure.axes[0].patches
    right = shade.get_x() + shade.get_width()

    drawn = np.concatenate(marks(figure))
    plausible = np.isfinite(searched.share) & searched.is_plausible
    assert (drawn[:, 0] < right).sum() == plausible.sum()


def test_a_study_without_a_search_has_one_series_of_marks(report: StudyReport):
    alone = StudyReport(report.members, report.seal)

    assert len(marks(study_figure(alone))) == 1


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_two_pictures_of_the_same_study_are_identical(
    report: StudyReport, tmp_path: Path, suffix: str
):
    pictures = [tmp_path / f"{name}{suffix}" for name in ("one", "two")]
    for picture in pictures:
        save(study_figure(report), picture, report.provenance())

    assert pictures[0].read_bytes() == pictures[1].read_bytes()


def test_the_picture_in_the_repository_is_the_picture_of_the_shipped_study(
    report: StudyReport, tmp_path: Path
):
    save(study_figure(report), tmp_path / "study.svg", report.provenance())

    shipped = Path(__file__).parents[3] / "docs" / "pictures" / "study.svg"
    assert (tmp_path / "study.svg").read_bytes() == shipped.read_bytes()


def test_the_study_command_refuses_to_plot_if_it_judges_a_single_run(tmp_path: Path, tiny_run):
    told = CliRunner().invoke(
        study_command,
        ["life", "--shipped", "--judge", str(tiny_run.path), "--plot", str(tmp_path / "one.svg")],
    )

    assert told.exit_code == 1
    assert "--plot draws only a whole study; omit --judge and --replay" in str(told.exception)
    assert not (tmp_path / "one.svg").exists()
