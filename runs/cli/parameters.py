"""The arguments and options that several commands share."""

import functools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from ledger.reports.table import Report
from ledger.run_folder import RunFolder, RunFolderError
from runs.checked_run import SUMMED, refuse_changed
from runs.provenance import of_several
from runs.reporting import MadeOfMany
from runs.workers import cores

# The commands that work on any ledger, since they need no fills.
OF_ANY_LEDGER = ("where", "timeline", "solvency", "trace", "trail", "books", "schedules")
SUFFIXES = (".beancount", ".bean")  # the suffixes of Beancount files


class AnyRunParameter(click.ParamType[RunFolder]):
    """The folder of a run. The run may have changed since it was sealed."""

    name = "run"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> RunFolder:
        """Open the folder."""
        path = Path(value)
        if _is_ledger(path):
            raise RunFolderError(
                f"{path}: this command needs the folder of a run with its fills; for a ledger file "
                f"use {', '.join(OF_ANY_LEDGER)}"
            )
        return RunFolder.at(path)


class RunParameter(AnyRunParameter):
    """The folder of a run.

    The run's scenario and the Parquet copy of its ledger must agree with the seal.
    """

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> RunFolder:
        """Open the folder, and refuse it if its scenario or the Parquet copy has changed."""
        run = super().convert(value, param, ctx)
        refuse_changed(run, SUMMED)
        return run


class BooksParameter(RunParameter):
    """The folder of a run, or any Beancount ledger."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> RunFolder:
        """Open the run's folder, or the ledger."""
        path = Path(value)
        if path.suffix in SUFFIXES and not path.exists():
            raise RunFolderError(f"{path}: does not exist; check the path")
        if not _is_ledger(path):
            return super().convert(value, param, ctx)
        # Imported here, since reports on runs do not need this module.
        from ledger.ledger_file import LedgerFile

        return LedgerFile.at(path)


def _is_ledger(path: Path) -> bool:
    return path.suffix in SUFFIXES and path.is_file()


class DayParameter(click.ParamType[date]):
    """A day, written as 2022-05-09."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> date:
        """Read the day."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2022-05-09.", param, ctx)


ANY_RUN, RUN, BOOKS, DAY = AnyRunParameter(), RunParameter(), BooksParameter(), DayParameter()

PROCESSES = click.option(
    "--processes",
    type=click.IntRange(1, 1_000),
    default=cores,
    show_default="one per core",
    help="Number of local processes that share the work.",
)

SCHEDULER = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Use the workers of this Dask scheduler, such as tcp://127.0.0.1:8786.",
)


Found = TypeVar("Found", bound=Report | str)


def plotted(
    figure_of: Callable[[Found], Any],
) -> Callable[[Callable[..., Found]], Callable[..., Found]]:
    """Add the option --plot, which draws the report. Place this decorator below `report`."""

    def decorate(command: Callable[..., Found]) -> Callable[..., Found]:
        @click.option(
            "--plot",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Also draw the report as .png, .svg or .pdf (pip install 'moneytrail[plot]').",
        )
        @functools.wraps(command)
        def drawing(*args: Any, plot: Path | None, **options: Any) -> Found:
            found = command(*args, **options)
            if plot:
                from runs.plots.paper import save  # a slow import for pictures only

                if isinstance(found, MadeOfMany):
                    source = found.provenance()
                else:
                    shown = options["run"]
                    source = of_several(shown if isinstance(shown, tuple) else (shown,))
                save(figure_of(found), plot, source)
            return found

        return drawing

    return decorate
