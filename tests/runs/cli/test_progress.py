"""The progress of a run on a terminal, from its first line on."""

import os
import pty
import re
import subprocess
import sys
import termios
from datetime import date
from pathlib import Path

import pytest
from numba import njit
from tqdm import tqdm

from runs.cli.compiling import compiling_told
from runs.cli.progress import Progress

ROOT = Path(__file__).parents[3]


def seen_on_a_terminal(*command: str | Path) -> list[str]:
    """Run a command; return the successive states of its terminal line."""
    ours, its = pty.openpty()
    termios.tcsetwinsize(its, (40, 100))
    with subprocess.Popen(
        [sys.executable, *map(str, command)], cwd=ROOT, stderr=its, stdout=subprocess.DEVNULL
    ):
        os.close(its)
        shown = b""
        try:
            while more := os.read(ours, 4096):
                shown += more
        except OSError:  # Linux reports in this way that no process writes any more
            pass
        os.close(ours)
    return [state.strip() for state in re.split(r"[\r\n]+", shown.decode()) if state.strip()]


def test_a_terminal_shows_the_step_the_days_and_the_time_left_and_then_a_clean_line(tmp_path):
    states = seen_on_a_terminal("-m", "runs", "run", "tiny", "--out", tmp_path / "run")

    phases = list(dict.fromkeys(re.match(r"[a-z0-9 ]+", state)[0].strip() for state in states))
    assert [phase for phase in phases if "compiling" not in phase] == [
        "loading the simulation",
        "simulating 3 days",
        "writing the books of the group",
        "writing day ledgers",
        "comparing with the record",
        "sealing",
    ]
    # A quick machine simulates three days between two drawings of the line.
    assert any(re.search(r"\d% .* \d of 3 days, (\?|\d\d:\d\d) left", state) for state in states)


def test_the_first_line_is_printed_before_any_slow_import():
    without_simulation = """
import sys
import termios
sys.modules["numba"] = sys.modules["numpy"] = sys.modules["pydantic"] = None
sys.argv = ["moneytrail", "run", "tiny"]
from runs.__main__ import main
main()
"""
    assert seen_on_a_terminal("-c", without_simulation)[0] == "loading the simulation ..."


@pytest.fixture
def said(monkeypatch) -> list[str]:
    """The messages from now on."""
    words = []
    say = tqdm.set_description_str
    monkeypatch.setattr(tqdm, "set_description_str", lambda *it: (words.append(it[1]), say(*it)))
    return words


def test_compiling_is_reported_once_for_a_function_and_all_its_callees(said: list[str]):
    inner = njit(lambda n: n + 1)
    outer = njit(lambda n: inner(n) + 1)

    with Progress() as progress, compiling_told(progress):
        outer(1)
        outer(2)

    assert [word.partition(",")[0] for word in said] == ["compiling", "loading the simulation"]


def test_a_span_is_written_in_days_or_in_months(said: list[str]):
    with Progress() as progress:
        progress.simulates(date(2019, 5, 1), date(2022, 11, 12))
        progress.simulates(date(2021, 5, 1), date(2021, 6, 1))

    assert said == ["simulating 42 months", "simulating 31 days"]
