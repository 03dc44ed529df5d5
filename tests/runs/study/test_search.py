"""A search plays generations of new lives. Each new life starts from a plausible life."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from ledger.proof.seal import broken_seals
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.cli.study_command import study_command
from runs.study.design import Member
from runs.study.member_table import Members, read_members
from runs.study.plausible import judge, plausible
from runs.study.play import StudyFolder, replay
from runs.study.search import GENERATION, SIDESTEP_SD, generation, joined, lives_of
from runs.study.search_folder import SearchFolder
from runs.study.searched import Searched
from runs.study.shipped import read_report, searched_lives
from runs.study.study_file import StudyError, load_study, study_path
from runs.study.study_report import StudyReport
from tests.runs.study.test_playing import Watched

SHARE = "share-of-maker-in-volume to 2022-11-11"  # on record: 2 to 3 %
LIVES = GENERATION + 3


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a study whose members are all plausible."""
    text = study_path("tiny").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("study") / "wide.toml"
    text = text.replace("discrepancy = 10.0", "discrepancy = 99.0")
    path.write_text(text.replace('base = "tiny"', 'base = "first-hole"'), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def start(file: Path) -> Path:
    """Return the folder with the sealed result of the study in `file`."""
    folder = StudyFolder(file, file.parent / "wide")
    folder.play(None)
    return folder.seal()


@pytest.fixture(scope="module")
def found(file: Path, start: Path) -> Path:
    """Return the folder with the sealed result of an uninterrupted search."""
    return SearchFolder(file, start, start.parent / "search").play(None, LIVES)


def simulated(study_members: Members, lives: list[Member]) -> Members:
    """Return lives with figures that a formula computes instead of a simulation.

    A life is plausible if the quantiles of its two inputs differ by less than 0.1. The mechanism's
    share of the hole is the mean of the two quantiles.
    """
    inputs = np.array([list(life.inputs.values()) for life in lives])
    numbers = np.array([life.number for life in lives])
    of_lives = replace(study_members, numbers=numbers, inputs=inputs, figures={})
    points = of_lives.points
    figures = {
        SHARE: 2.5 + 30 * np.abs(points[:, 0] - points[:, 1]),
        "mechanism_usd": points.mean(axis=1),
        "hole_usd": np.ones(len(lives)),
    }
    return replace(of_lives, figures=figures)


def by_formula(n: int) -> Members:
    """Return the result of `of_formula` for *n* members whose inputs are drawn at random."""
    return of_formula(np.random.default_rng(5).random((n, 2)))


def of_formula(points: np.ndarray) -> Members:
    """Return a study with two base members, and a drawn member for each of *points*.

    `simulated` computes the figures of the drawn members.

    Args:
        points: quantiles of the inputs of the drawn members, shape (members, 2).
    """
    study = load_study(study_path("tiny"))
    (moment,) = study.moment
    # The recorded range is 1 wide, so its variance is 1 / 12. With this discrepancy the standard
    # deviation of the judgement is 1.
    moment = moment.model_copy(update={"discrepancy": float(np.sqrt(1 - 1 / 12))})
    study = study.model_copy(update={"moment": (moment,), "members": len(points)})
    lives = [
        Member(
            i + 2, i, {each.name: each.at(u) for each, u in zip(study.unknown, point, strict=True)}
        )
        for i, point in enumerate(points)
    ]
    empty = Members(study, {}, np.arange(2), np.full((2, 2), np.nan), {})
    base = {SHARE: np.full(2, 2.5), "mechanism_usd": np.zeros(2), "hole_usd": np.ones(2)}
    return joined(replace(empty, figures=base), simulated(empty, lives))


def test_a_search_finds_a_larger_share_of_the_mechanism_in_the_hole_than_random_lives_have():
    of_study = by_formula(40)
    so_far, first = of_study, 42
    for _ in range(4):
        so_far = joined(so_far, simulated(of_study, generation(so_far, first)))
        first += GENERATION
    searched = so_far.drawn("mechanism_usd")[40:]
    inside = plausible(judge(so_far), 1)[40:]
    random = by_formula(40 + 4 * GENERATION)
    of_random = random.drawn("mechanism_usd")[plausible(judge(random), 1)]

    assert inside.mean() > 2 * plausible(judge(random), 1).mean()
    assert searched[inside].max() > of_random.max()
    assert searched[inside].max() > 0.95  # the largest possible share is 1


def test_new_lives_start_from_the_plausible_lives_in_which_the_mechanism_has_a_larger_share():
    points = np.repeat([[0.7, 0.7], [0.4, 0.4]], 10, axis=0)
    proposed = simulated(of_formula(points), generation(of_formula(points), 22)).points

    # A life is moved by 1.19 times the difference of two other lives. The difference is zero if
    # both are at the same place. Otherwise it is 0.3 on each axis, so the life moves by 0.357.
    at_larger, at_smaller = (
        np.abs(proposed - start).max(axis=1) < 3 * SIDESTEP_SD for start in (0.7, 0.4)
    )
    assert at_larger.sum() > 5
    assert not at_smaller.any()


def test_proposals_are_inside_the_input_ranges_and_do_not_change_if_they_are_computed_again():
    so_far = by_formula(40)
    proposed = generation(so_far, 42)

    assert proposed == generation(so_far, 42)
    assert proposed != generation(so_far, 62)
    assert [life.number for life in proposed] == list(range(42, 42 + GENERATION))
    assert len({life.seed for life in proposed}) == GENERATION
    for unknown in so_far.study.unknown:
        values = [life.inputs[unknown.name] for life in proposed]
        assert unknown.low <= min(values) < max(values) <= unknown.high


def test_a_search_without_enough_plausible_members_is_refused():
    members = by_formula(40)
    far = {**members.figures, SHARE: np.full(42, 99.0)}

    with pytest.raises(StudyError, match="needs 4 plausible members, and the study has 0"):
        generation(replace(members, figures=far), 42)


def test_a_stopped_search_continues_and_gives_the_results_of_an_uninterrupted_search(
    file: Path, start: Path, found: Path, tmp_path: Path
):
    class KilledError(Exception):
        pass

    def killed() -> None:
        raise KilledError

    folder = tmp_path / "search"
    with pytest.raises(KilledError):
        SearchFolder(file, start, folder).play(None, LIVES, killed)
    assert SearchFolder(file, start, folder).missing(LIVES) == LIVES - 1
    # A search of 5 lives plays the first 5 lives of a longer search.
    SearchFolder(file, start, folder).play(None, 5)
    again = SearchFolder(file, start, folder).play(None, LIVES)

    assert not broken_seals(found)
    for path in found.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_search_with_another_study_or_another_result_of_the_study_is_refused(
    file: Path, start: Path, found: Path, tmp_path: Path
):
    other = tmp_path / "other.toml"
    other.write_text(file.read_text(encoding="utf-8").replace("high = 4.0", "high = 5.0"))
    with pytest.raises(StudyError, match="is not a result of"):
        SearchFolder(other, start, tmp_path / "search")

    shorter = StudyFolder(file, tmp_path / "shorter")
    shorter.play(None, members=5)
    with pytest.raises(StudyError, match="of another study, base or program"):
        SearchFolder(file, shorter.seal(5), found.parent)


def test_the_table_of_the_search_has_a_row_for_each_generation(start: Path, found: Path):
    report = read_report(start, found)
    (table,) = (each for each in report.tables() if each.name == "search")
    members = joined(read_members(start), read_members(found))
    share = members.drawn("mechanism_usd") / members.drawn("hole_usd")

    assert [row[:2] for row in table.rows] == [(0, 6), (1, GENERATION), (2, 3)]
    assert sum(int(row[2]) for row in table.rows) == 6 + LIVES  # all are plausible
    for row, of in zip(table.rows, (share[:6], share[6:26], share[26:]), strict=True):
        assert float(row[3]) == pytest.approx(100 * of.max(), rel=1e-4)
    assert f"played {LIVES} more lives. {LIVES} of them are plausible" in report.answer()
    assert f"at most {100 * share.max():.1f} % of the hole" in report.answer()
    assert "search" not in [table.name for table in StudyReport(read_members(start), "").tables()]


def test_a_life_of_a_search_can_be_replayed_and_has_the_same_hole(
    file: Path, start: Path, found: Path, tmp_path: Path
):
    lives = searched_lives(file, start.parent)
    assert lives == lives_of(read_members(found))
    replay(load_study(file), 8 + GENERATION, tmp_path / "run", Watched(), lives)

    figures = read_members(found).figures
    assert float(hole(RunFolder(tmp_path / "run")).hole_usd) == figures["hole_usd"][GENERATION]


def test_members_of_the_study_are_generation_0_and_lives_of_the_search_are_generations_1_and_2(
    start: Path, found: Path
):
    searched = Searched(joined(read_members(start), read_members(found)))

    assert searched.generation.tolist() == [0] * 6 + [1] * GENERATION + [2] * 3


def test_the_command_study_prints_a_search_and_replays_its_first_life(
    file: Path, start: Path, found: Path, tmp_path: Path
):
    given = [str(file), "--out", str(start.parent), "--processes", "1"]
    told = CliRunner().invoke(
        study_command, [*given, "--search", str(LIVES), "--table", "search", "--format", "csv"]
    )
    assert told.exit_code == 0, told.output
    assert [line.split(",")[:2] for line in told.stdout.splitlines()[1:4]] == [
        ["0", "6"],
        ["1", str(GENERATION)],
        ["2", "3"],
    ]

    again = CliRunner().invoke(study_command, [*given, "--replay", "8", str(tmp_path / "run")])
    assert again.exit_code == 0, again.output
    assert (
        float(hole(RunFolder(tmp_path / "run")).hole_usd)
        == (read_members(found).figures["hole_usd"][0])
    )
