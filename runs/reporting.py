"""A command that prints a report: of one run, or of an experiment that makes many."""

import functools
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import click

from ledger.reports.table import Report, Table
from runs.printing import FORMATS, Answered, chosen_tables, render
from runs.provenance import of_several, provenance


@runtime_checkable
class MadeOfMany(Protocol):
    """A report of runs that are gone, which says itself which they were."""

    def provenance(self) -> str:
        """Say it in one line."""


Answering = Callable[..., Report | list[Table] | str]
Printed = Callable[[Answering], Callable[..., None]]


def report(*names: str, instead: Mapping[str, Sequence[str]] = MappingProxyType({})) -> Printed:
    """Print the answer and the tables of the report, or the text, that a command returns.

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
            "--table", metavar="NAME", help="One table with every digit; csv needs a choice."
        )
        @click.option("--all", "everything", is_flag=True, help="Every table with every digit.")
        @functools.wraps(command)
        def printing(
            *args: Any, form: str, table: str | None, everything: bool, **options: Any
        ) -> None:
            expected = next((instead[each] for each in instead if options[each]), names)
            if expected:
                chosen_tables([Table(name, "", (), ()) for name in expected], form, table)
            found = command(*args, **options)
            if isinstance(found, str):
                click.echo(found)
            elif isinstance(found, list):
                click.echo(render(Answered(found), form, table, everything=True))
            else:
                run = options.get("run", ())  # an experiment forgets the runs that it read
                told = of_several(run) if isinstance(run, tuple) else provenance(run)
                if isinstance(found, MadeOfMany):
                    told = found.provenance()
                said = Answered(found.tables(), found.answer(), told)
                click.echo(render(said, form, table, everything))

        return printing

    return decorate
