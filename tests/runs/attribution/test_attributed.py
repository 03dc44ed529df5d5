"""The attribution of the hole gives known values for causes that are payments by the house."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from runs.attribution.attributed import Attribution, attribute, made_by
from runs.attribution.coalitions_played import checked, play, play_all, scenario_without
from runs.cli.main import main
from runs.kept_results import KeptResults
from runs.removals import CounterfactualError
from runs.scenarios import load

WORLD = """
extends = "tiny"
[run]
end = 2022-05-10
settle_s = 3600
[firms]
active = false
"""
USE = """
[[group.uses]]
date = 2022-05-09
usd = {usd}
kind = "{kind}"
by = "house"
to = "{kind}-Ltd"
why = "pays for {kind}"
"""
CAUSES = ("Ventures", "Sponsorship")


def world(folder: Path, **usd: int) -> str:
    """Write a scenario of one day, in which the house pays the amounts *usd*. Return its path."""
    path = folder / "world.toml"
    path.write_text(WORLD + "".join(USE.format(kind=kind, usd=n) for kind, n in usd.items()))
    return str(path)


def attributed(path: str, folder: Path, causes: tuple[str, ...] = CAUSES) -> Attribution:
    scenario = load(path)
    kept = KeptResults(folder, made_by(scenario, causes))
    played = play_all(scenario, causes, kept)
    return attribute(
        scenario, causes, 4, played, lambda asked: play(asked, causes, kept, executor=None)
    )


def test_the_value_of_a_cause_that_interacts_with_no_other_cause_is_its_booked_amount(
    tmp_path: Path,
):
    found = attributed(world(tmp_path, Ventures=1_000, Sponsorship=45_000), tmp_path / "kept")

    assert [found.shares[cause].value for cause in CAUSES] == [1_000, 45_000]
    assert sum(share.value for share in found.shares.values()) == (
        found.played.hole - found.without_any
    )
    table, _ = found.tables()
    for column in ("booked_usd", "effect_usd"):
        at = table.columns.index(column)
        *parts, hole = (row[at] for row in table.rows)
        assert sum(parts) == hole


def test_the_value_of_a_cause_is_its_average_effect_if_cash_suffices_for_only_one_of_two_payments(
    tmp_path: Path,
):
    """The house has about 7.2 million dollars. If it pays Ventures, it cannot pay Sponsorship.

    Ventures add 5 million to the hole if there is no Sponsorship, and 1 million otherwise. The
    average is 3 million. Sponsorship adds 4 million to the hole if there are no Ventures, and
    nothing otherwise. The average is 2 million. The booked amounts are 5 million for Ventures and
    nothing for Sponsorship.
    """
    path = world(tmp_path, Ventures=5_000_000, Sponsorship=4_000_000)

    found = attributed(path, tmp_path / "kept")

    assert [found.shares[cause].value for cause in CAUSES] == [3_000_000, 2_000_000]
    rows = {row[0]: row[1:] for row in found.tables()[0].rows}
    booked, effect, _, alone, last = rows["Sponsorship"]
    assert (booked, effect) == (0, 2_000_000)
    assert (alone, last) == (4_000_000, 0)


def test_an_interrupted_attribution_plays_only_the_missing_runs_and_gives_the_same_tables(
    tmp_path: Path, monkeypatch
):
    path = world(tmp_path, Ventures=1_000, Sponsorship=45_000)
    whole, kept = attributed(path, tmp_path / "whole"), tmp_path / "kept"
    attributed(path, kept)
    (kept / "10.json").unlink()
    (kept / ".00.json.1").write_text("half a result")
    played = []

    def counted(path: str, removed: tuple[str, ...]) -> str:
        played.append(removed)
        return json.loads((tmp_path / "whole" / "10.json").read_text())

    monkeypatch.setattr("runs.attribution.coalitions_played._hole_without", counted)
    found = attributed(path, kept)

    assert played == [("Sponsorship",)]
    assert found.tables() == whole.tables()


def test_tokens_and_pools_can_be_removed_together_although_pools_need_tokens():
    """The removal of tokens also removes the pools, so no pools are left to remove."""
    path = str(Path(__file__).parents[2] / "worlds" / "pools.toml")

    left = scenario_without(path, ("Tokens", "Pools")).group

    assert left is not None
    assert not left.tokens
    assert not left.pools


def test_an_unknown_cause_is_refused_in_one_line(tmp_path: Path):
    path = world(tmp_path, Ventures=1_000)
    with pytest.raises(CounterfactualError):
        checked(load(path), ("Ventures", "Loans"))

    result = CliRunner().invoke(main, ["attribution", path, "--causes", "Ventures,Loans"])

    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1
    assert "Loans" in result.output


def test_the_attribution_command_prints_the_largest_cause_and_keeps_its_results(tmp_path: Path):
    path, kept = world(tmp_path, Ventures=1_000, Sponsorship=45_000), tmp_path / "kept"
    words = ["attribution", path, "--causes", ",".join(CAUSES), "--processes", "1"]

    result = CliRunner().invoke(main, [*words, "--out", str(kept), "--format", "json"])

    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert "Sponsorship adds the most: $45,000; the books have $45,000 for it" in told["answer"]
    assert sorted(path.name for path in kept.glob("[01a]*.json")) == [
        "00.json",
        "01.json",
        "10.json",
        "all.json",
    ]
    assert Fraction(Decimal(json.loads((kept / "all.json").read_text())["hole"])) == Fraction(
        json.loads((kept / "00.json").read_text())
    ) + Fraction(46_000)


def test_a_folder_with_results_of_another_scenario_is_refused(tmp_path: Path):
    kept = tmp_path / "kept"
    KeptResults(kept, {"scenario": "one"})
    path = world(tmp_path, Ventures=1_000, Sponsorship=45_000)

    result = CliRunner().invoke(
        main, ["attribution", path, "--causes", ",".join(CAUSES), "--out", str(kept)]
    )

    assert result.exit_code == 2
    assert "give another --out" in result.output
