"""Experiments: one question put to many cases, each of which is a run that is read and forgotten.

A case says what is laid over a scenario, its outcome is what the books of that run say, and the
tables are made when all outcomes are there. Cases run side by side; none knows of another, so
neither how many cores there are nor which case is done first shows in a table.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click
from tqdm import tqdm

from des.scenario import Scenario
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from runs.execute import execute
from runs.reporting import report
from runs.workers import cores, local_processes

Case = TypeVar("Case")
Outcome = TypeVar("Outcome")


@contextmanager
def books_of(scenario: Scenario) -> Iterator[RunFolder]:
    """Run a scenario, and keep its books for as long as they are read."""
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as folder:
        execute(scenario, Path(folder) / "run")
        yield RunFolder.at(Path(folder) / "run")


def run_cases(outcome: Callable[[Case], Outcome], cases: Sequence[Case]) -> dict[Case, Outcome]:
    """Run every case on all cores, with progress where somebody watches.

    Args:
        outcome: runs a case; other processes must be able to import it.
        cases: best the longest first, so that none of them is left alone at the end.

    Returns:
        Outcomes by case, in the order of *cases*.
    """
    with local_processes(cores()) as executor:
        run_all = executor.map if executor else map
        found = tqdm(
            run_all(outcome, cases), total=len(cases), unit="run", disable=None, leave=False
        )
        return dict(zip(cases, found, strict=True))


def experiment(*names: str) -> Callable[[Callable[[], list[Table]]], click.Command]:
    """Make a command of what returns tables of these *names* after minutes of work."""

    def decorate(find: Callable[[], list[Table]]) -> click.Command:
        return click.command()(report(*names)(find))

    return decorate
