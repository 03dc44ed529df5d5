"""A study is designed, played, interrupted, continued and sealed. A member is replayed."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ledger.proof.seal import broken_seals
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.scenarios import load
from runs.study.design import members_of, scenario_of, settings_of
from runs.study.member_files import MEMBERS
from runs.study.member_table import read_members
from runs.study.play import StudyFolder, replay
from runs.study.study_file import StudyError, Unknown, load_study, study_path

TINY = study_path("tiny")


@dataclass
class Watched:
    said: list[str] = field(default_factory=list)

    def simulates(self, start: object, end: object) -> None:
        self.said.append("simulates")

    def day(self) -> None:
        self.said.append("day")

    def says(self, phase: str) -> None:
        self.said.append(phase)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the sealed result of an uninterrupted study."""
    folder = StudyFolder(TINY, tmp_path_factory.mktemp("study") / "whole")
    folder.play(None)
    return folder.seal()


def test_a_study_that_is_stopped_three_times_gives_the_results_of_an_uninterrupted_study(
    whole: Path, tmp_path: Path
):
    class KilledError(Exception):
        pass

    def killed() -> None:
        raise KilledError

    for stops in range(3):
        folder = StudyFolder(TINY, tmp_path)
        missing = len(folder.missing())
        with pytest.raises(KilledError):
            folder.play(None, killed)
        assert len(StudyFolder(TINY, tmp_path).missing()) == missing - 1, stops
        # A process that is killed while it writes leaves a partial file beside the results.
        (tmp_path / MEMBERS / f".0000{stops + 3}.json.99").write_text('{"number": 4, "fig')
    folder = StudyFolder(TINY, tmp_path)
    folder.play(None)
    result = folder.seal()

    for path in whole.iterdir():
        assert (result / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_longer_study_begins_with_the_members_of_a_shorter_study():
    study = load_study(TINY)
    longer = study.model_copy(update={"members": 50})

    assert members_of(longer)[: len(members_of(study))] == members_of(study)
    assert len({member.seed for member in members_of(longer)}) == 52


def test_a_study_with_missing_members_cannot_be_sealed(tmp_path: Path):
    with pytest.raises(StudyError, match="8 members are not played"):
        StudyFolder(TINY, tmp_path).seal()


def test_a_folder_with_results_of_another_study_is_refused(whole: Path, tmp_path: Path):
    other = tmp_path / "other.toml"
    other.write_text(TINY.read_text(encoding="utf-8").replace("high = 4.0", "high = 5.0"))

    with pytest.raises(StudyError, match="of another study"):
        StudyFolder(other, whole.parent)


def test_results_that_changed_after_sealing_are_refused(whole: Path, tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.copytree(whole, copy)
    text = (copy / "study.toml").read_text(encoding="utf-8")
    (copy / "study.toml").write_text(text.replace("discrepancy = 10.0", "discrepancy = 99.0"))

    assert not broken_seals(whole)
    with pytest.raises(StudyError, match="changed since it was sealed"):
        read_members(copy)


def test_a_replayed_member_has_the_figures_of_the_study_and_books_with_single_fills(
    whole: Path, tmp_path: Path
):
    watched = Watched()
    replay(load_study(TINY), 5, tmp_path / "run", watched)
    run = RunFolder.at(tmp_path / "run")
    figures = read_members(whole).figures

    assert watched.said[:2] == ["simulates", "day"]
    assert float(hole(run).hole_usd) == figures["hole_usd"][5]
    booked = {f"use {kind}": float(usd) for kind, usd in hole(run).kinds_usd.items() if usd}
    assert booked == {name: figures[name][5] for name in booked}
    assert run.select("SELECT count(*) > 0 FROM rows") == [(True,)]
    with pytest.raises(StudyError, match="no member 8"):
        replay(load_study(TINY), 8, tmp_path / "none", watched)
    with pytest.raises(StudyError, match="run: exists; give another folder"):
        replay(load_study(TINY), 5, tmp_path / "run", watched)


def test_the_hole_of_a_member_is_the_sum_of_its_stored_amounts_by_day_and_kind(whole: Path):
    figures = read_members(whole).figures
    days = whole.parent / MEMBERS / "00005.days.parquet"
    run = RunFolder(whole)
    with_kinds = f"SELECT sum(cents) FROM read_parquet('{days}')"
    import duckdb

    ((cents,),) = duckdb.sql(with_kinds).fetchall()
    ((first,),) = duckdb.sql(f"SELECT count(DISTINCT date) FROM read_parquet('{days}')").fetchall()

    assert run.path == whole
    assert float(cents) / 100 == figures["hole_usd"][5]
    assert first == 3


def test_an_input_changes_every_scenario_entry_that_its_key_matches():
    data = load("ftx").model_dump(exclude_none=True)
    times = Unknown(
        name="volume_times",
        keys=("markets[*].volume[*].usd",),
        low=0.5,
        high=2.0,
        times=True,
        source="test",
    )
    settings = settings_of(data, times, 2.0)

    assert len(settings) == sum(len(market["volume"]) for market in data["markets"])
    place = "markets[1].volume[3].usd"
    assert settings[place] == 2 * data["markets"][1]["volume"][3]["usd"]
    with pytest.raises(StudyError, match="is not in the base"):
        settings_of(data, times.model_copy(update={"keys": ("news_of_tomorrow[*].usd",)}), 2.0)


def test_the_scenario_of_a_member_has_the_inputs_and_the_seed_of_the_member():
    study = load_study(TINY)
    member = members_of(study)[4]
    scenario = scenario_of(study, member)

    assert scenario.run.seed == member.seed
    assert {market.quoter.latency_s for market in scenario.markets} == {member.inputs["latency_s"]}
    base = load("tiny")
    assert scenario.markets[0].quoter.half_spread_bps == pytest.approx(
        member.inputs["half_spread_times"] * base.markets[0].quoter.half_spread_bps
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("high = 4.0", "high = 0.2", r"unknown\[0\].high is 0.2"),
        (
            "low = 0.5\nhigh = 4.0",
            "low = 0.0\nhigh = 4.0",
            "give more than 0, since the law is log-uniform",
        ),
        ('fact = "share-of-maker-in-volume"', 'fact = "share-of-firms"', "no amount"),
        ("until = 2022-11-11", "until = 2022-11-12", "no amount"),
        ('name = "half_spread_times"', 'name = "latency_s"', "a second time"),
        ("members = 6", "members = 1", "members is wrong: input should be"),
        ("members = 6", "members = 6\nbase = 3", "is not TOML"),
    ],
)
def test_a_mistake_in_a_study_file_is_reported_in_one_line(
    tmp_path: Path, before: str, after: str, told: str
):
    text = TINY.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "study.toml"
    path.write_text(text.replace(before, after))

    with pytest.raises(StudyError, match=told) as error:
        load_study(path)
    assert "\n" not in str(error.value)
