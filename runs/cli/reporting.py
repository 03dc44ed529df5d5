"""What the commands that print a report share: how they read their words, print and draw."""

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import click

from ledger.reports.table import Report, Table
from ledger.run_folder import RunFolder
from runs.cli.printing import FORMATS, render


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

Answering = Callable[..., Report | list[Table] | str]
Printed = Callable[[Answering], Callable[..., None]]


def report(*names: str, instead: Mapping[str, Sequence[str]] = MappingProxyType({})) -> Printed:
    """Print the tables of the report, or the text, that a command returns.

    Which table is to be printed, and how, is tried on empty ones first: a mistake in it costs no
    work.

    Args:
        names: of the tables that it may return; none where only the answer can tell.
        instead: their names where this option is given.
    """

    def decorate(command: Answering) -> Callable[..., None]:
        @click.option(
            "--format",
            "form",
            type=click.Choice(FORMATS),
            default=FORMATS[0],
            show_default=True,
            help="csv and json have numbers without separators; json has decimals as strings.",
        )
        @click.option(
            "--table", metavar="NAME", help="One table of the report; csv needs a choice."
        )
        @functools.wraps(command)
        def printing(*args: Any, form: str, table: str | None, **options: Any) -> None:
            expected = next((instead[each] for each in instead if options[each]), names)
            if expected:
                render([Table(name, "", (), ()) for name in expected], form, table)
            found = command(*args, **options)
            if isinstance(found, str):
                click.echo(found)
                return
            tables = found if isinstance(found, list) else found.tables()
            click.echo(render(tables, form, table))

        return printing

    return decorate


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

                save(figure_of(found), plot)
            return found

        return drawing

    return decorate
