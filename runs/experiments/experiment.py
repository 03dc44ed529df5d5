"""The functions that experiments share. An experiment has many cases, and tables of their outcomes.

In most experiments a case is one run of a changed scenario. The outcome of the case is read from
the run's books, and the run is then deleted. Cases run in parallel. Each case is independent of the
others, so the tables do not depend on the number of cores or on the order in which cases end.
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
from runs.execute import execute, without_day_ledgers
from runs.reporting import report
from runs.workers import cores, local_processes

Case = TypeVar("Case")
Outcome = TypeVar("Outcome")


@contextmanager
def books_of(scenario: Scenario) -> Iterator[RunFolder]:
    """Run a scenario, yield its books, and delete them when the block ends."""
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as folder:
        execute(without_day_ledgers(scenario), Path(folder) / "run")
        yield RunFolder.at(Path(folder) / "run")


def run_cases(outcome: Callable[[Case], Outcome], cases: Sequence[Case]) -> dict[Case, Outcome]:
    """Run all cases on all cores, and show the progress on a terminal.

    Args:
        outcome: a function that runs a case and returns its outcome. Other processes must be able
            to import this function.
        cases: the cases. If the longest cases are first, all cores end at about the same time.

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
    """Return a decorator that makes a command from a function. *names*: the tables' names."""

    def decorate(find: Callable[[], list[Table]]) -> click.Command:
        return click.command()(report(*names)(find))

    return decorate
