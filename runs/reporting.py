"""Makes commands that print a report on one run, or on an experiment with many runs."""

import functools
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import click

from ledger.reports.table import Report, Table
from runs.brief import ROWS
from runs.printing import FORMATS, Answered, chosen_tables, render
from runs.provenance import of_several, provenance


@runtime_checkable
class MadeOfMany(Protocol):
    """A report that names its own source, for example because its runs have been deleted."""

    def provenance(self) -> str:
        """Return the source of the report's figures in one line."""


Answering = Callable[..., Report | list[Table] | str]
Printed = Callable[[Answering], Callable[..., None]]


def report(
    *names: str,
    instead: Mapping[str, Sequence[str]] = MappingProxyType({}),
    cuts: bool = False,
) -> Printed:
    """Decorate a command so that its result is printed: a report, a list of tables or a text.

    If the names of the tables are known, the options are checked before the command runs, so that a
    mistake is found at once.

    Args:
        names: names of the tables that the command may return, or none if the names are not known.
        instead: names of tables by option. If an option is given, its names replace *names*.
        cuts: whether the command takes the argument *rows_max*. Its value is the number of rows
            that fit on a screen, or None if all rows are printed.
    """

    def decorate(command: Answering) -> Callable[..., None]:
        @click.option(
            "--format",
            "form",
            type=click.Choice(FORMATS),
            default=FORMATS[0],
            show_default=True,
            help="csv and json have no thousands separators. json has decimals as strings.",
        )
        @click.option(
            "--table",
            metavar="NAME",
            help="Print one table with every digit. csv needs a NAME if there are several tables.",
        )
        @click.option(
            "--all", "everything", is_flag=True, help="Print all tables with every digit."
        )
        @functools.wraps(command)
        def printing(
            *args: Any, form: str, table: str | None, everything: bool, **options: Any
        ) -> None:
            expected = next((instead[each] for each in instead if options[each]), names)
            if expected:
                chosen_tables([Table(name, "", (), ()) for name in expected], form, table)
            if cuts:
                is_cut = form == FORMATS[0] and not table and not everything
                options["rows_max"] = ROWS if is_cut else None
            found = command(*args, **options)
            if isinstance(found, str):
                click.echo(found)
            elif isinstance(found, list):
                click.echo(render(Answered(found, is_exact=True), form, table, everything))
            else:
                run = options.get("run", ())  # the command of an experiment has no argument `run`
                told = of_several(run) if isinstance(run, tuple) else provenance(run)
                if isinstance(found, MadeOfMany):
                    told = found.provenance()
                said = Answered(found.tables(), found.answer(), told)
                click.echo(render(said, form, table, everything))

        return printing

    return decorate
