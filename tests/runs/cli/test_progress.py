"""A run on a terminal shows a line with its progress."""

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
    """Run a command and return the successive texts of its progress line."""
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
        except OSError:  # Linux raises this error when no process has the terminal open
            pass
        os.close(ours)
    return [state.strip() for state in re.split(r"[\r\n]+", shown.decode()) if state.strip()]


def test_the_progress_line_shows_each_step_and_the_simulated_days_and_the_time_left(tmp_path):
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
    # A fast machine may simulate all three days between two updates of the progress line.
    assert any(re.search(r"\d% .* \d of 3 days, (\?|\d\d:\d\d) left", state) for state in states)


def test_the_first_progress_line_is_printed_before_any_slow_import():
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
    """Return a list to which every later progress message is appended."""
    words = []
    say = tqdm.set_description_str
    monkeypatch.setattr(tqdm, "set_description_str", lambda *it: (words.append(it[1]), say(*it)))
    return words


def test_compiling_a_function_and_the_functions_that_it_calls_is_reported_once(said: list[str]):
    inner = njit(lambda n: n + 1)
    outer = njit(lambda n: inner(n) + 1)

    with Progress() as progress, compiling_told(progress):
        outer(1)
        outer(2)

    assert [word.partition(",")[0] for word in said] == ["compiling", "loading the simulation"]


def test_a_long_period_is_printed_in_months_and_a_short_period_in_days(said: list[str]):
    with Progress() as progress:
        progress.simulates(date(2019, 5, 1), date(2022, 11, 12))
        progress.simulates(date(2021, 5, 1), date(2021, 6, 1))

    assert said == ["simulating 42 months", "simulating 31 days"]
