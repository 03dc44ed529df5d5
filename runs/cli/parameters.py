"""What the commands that ask a run share: how they read their words, and how they draw."""

import functools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from ledger.reports.table import Report
from ledger.run_folder import RunFolder
from runs.provenance import provenance


class RunParameter(click.ParamType[RunFolder]):
    """The folder of a run."""

    name = "run"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> RunFolder:
        """Open the folder."""
        return RunFolder.at(Path(value))


class DayParameter(click.ParamType[date]):
    """A day, as 2022-05-09."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> date:
        """Read the day."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2022-05-09.", param, ctx)


RUN, DAY = RunParameter(), DayParameter()

Found = TypeVar("Found", bound=Report)


def plotted(
    figure_of: Callable[[Found], Any],
) -> Callable[[Callable[..., Found]], Callable[..., Found]]:
    """Let a command draw its report as well as print it; stands below `report`."""

    def decorate(command: Callable[..., Found]) -> Callable[..., Found]:
        @click.option(
            "--plot",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Draw it as well: a .png, .svg or .pdf (pip install 'moneytrail[plot]').",
        )
        @functools.wraps(command)
        def drawing(*args: Any, plot: Path | None, **options: Any) -> Found:
            found = command(*args, **options)
            if plot:
                from runs.plots.paper import save  # few draw, and all wait for imports

                shown = options["run"]
                runs = shown if isinstance(shown, tuple) else (shown,)
                save(figure_of(found), plot, "; ".join(map(provenance, runs)))
            return found

        return drawing

    return decorate
