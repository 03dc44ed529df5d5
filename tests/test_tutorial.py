"""The first world has a hole, a queue and a halt; the tutorial's commands print what it shows."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.reports.money.hole import hole
from ledger.reports.trail.sql import sql
from ledger.run_folder import RunFolder
from runs.cli.main import main
from runs.execute import default_folder
from runs.scenario_files import built_ins
from runs.scenarios import load

PAGE = Path(__file__).parents[1] / "docs" / "tutorial.md"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
SEAL = re.compile(r"seal [0-9a-f]{12}")  # of a manifest, which names the program's version
FIRST, FOLDER = "first-hole", default_folder("first-hole", 1)
CAUSES = {"Ventures", "Sponsorship", "PickOff"}


@pytest.fixture(scope="session")
def first_run(executed) -> RunFolder:
    """Six days of the world that the tutorial is about."""
    return executed(FIRST)


def states(run: RunFolder) -> list[str]:
    """Return how withdrawals stood, one after the other."""
    return [value for _, value in run.events("FTX:withdrawals")]


# ------------------------------------------------------------------------------ the world


def test_the_first_world_has_a_hole_with_three_causes_of_which_one_is_trading(first_run):
    uses = hole(first_run).uses_usd
    largest = sorted(uses, key=uses.__getitem__, reverse=True)[:3]

    assert hole(first_run).hole_usd > 100_000
    assert set(largest) == CAUSES
    assert all(uses[kind] > sum(uses.values()) / 10 for kind in CAUSES)


def test_withdrawals_in_the_first_world_are_queued_and_then_halted(first_run):
    assert states(first_run) == ["open", "queued", "halted"]


def test_neither_the_hole_nor_the_queue_nor_the_halt_is_typed_into_the_first_world(executed):
    """A solvent house pays everybody, and a maker that is on time is not picked off."""
    solvent = executed(FIRST, house={"opening_cash_usd": 1_000_000})

    assert states(solvent) == ["open"]
    assert hole(solvent).hole_usd < 0


def test_the_first_world_says_what_it_is_in_comments_and_stays_small(first_run):
    text = built_ins()[FIRST].read_text("utf-8")

    assert text.count("#") >= 15
    assert len(text.splitlines()) < 150
    ((fills,),) = sql(first_run, "SELECT count(*) FROM fills").rows
    assert 1_000 < fills < 20_000
    days = load(FIRST).run
    assert (days.end - days.start).days == 6


# --------------------------------------------------------------------------- the tutorial


def shown(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of the page with the output that stands below it."""
    for block in CONSOLE.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output.rstrip("\n")


def told(command: str) -> str:
    """Return what a command prints; a run is there already, and is not played again."""
    program, *words = shlex.split(command)
    assert program == "moneytrail"
    if words == ["run", FIRST]:
        return str(FOLDER)
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, result.stderr) == (0, ""), command
    return result.stdout.rstrip("\n")


def renewed(text: str) -> str:
    """Return the page with what its commands print now."""

    def block(found: re.Match[str]) -> str:
        parts = [f"$ {command}\n{told(command)}\n" for command, _ in shown(found[0])]
        return "```console\n" + "".join(parts) + "```"

    return CONSOLE.sub(block, text)


def test_every_command_of_the_tutorial_prints_what_stands_below_it(
    first_run, tmp_path, monkeypatch, request
):
    shutil.copytree(first_run.path, tmp_path / FOLDER)
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text("utf-8")
    if request.config.getoption("--update-golden"):
        text = renewed(text)
        PAGE.write_text(text, "utf-8")

    commands = list(shown(text))
    assert len(commands) >= 8
    for command, output in commands:
        assert SEAL.sub("seal", told(command)) == SEAL.sub("seal", output), command


def test_what_the_tutorial_says_in_words_stands_in_its_outputs():
    text = PAGE.read_text("utf-8")
    outputs = "\n".join(output for _, output in shown(text))
    said = CONSOLE.sub("", text)
    figures = set(re.findall(r"\d+,\d{3}|\d+\.\d\d\b", said)) - {"4,500"}  # a round figure

    assert {"30,421", "27.30", "9,413"} <= figures
    for figure in figures:
        assert figure in outputs or figure.replace(",", "") in outputs, figure


def test_no_line_that_the_tutorial_shows_is_too_wide_for_a_screen():
    lines = [line for _, output in shown(PAGE.read_text()) for line in output.splitlines()]

    assert [line for line in lines if len(line) > 100] == []
