"""Commands that print a report of one run, or of an experiment with many."""

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
    """A report of deleted runs, which states its own source."""

    def provenance(self) -> str:
        """Return the source in one line."""


Answering = Callable[..., Report | list[Table] | str]
Printed = Callable[[Answering], Callable[..., None]]


def report(*names: str, instead: Mapping[str, Sequence[str]] = MappingProxyType({})) -> Printed:
    """Print the answer and the tables of the report, or the text, that a command returns.

    Options are checked on empty tables first, so that a mistake costs no work.

    Args:
        names: names of the tables that it may return; None if they depend on the answer.
        instead: their names if this option is given.
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
                click.echo(render(Answered(found, is_exact=True), form, table, everything))
            else:
                run = options.get("run", ())  # an experiment has deleted its runs
                told = of_several(run) if isinstance(run, tuple) else provenance(run)
                if isinstance(found, MadeOfMany):
                    told = found.provenance()
                said = Answered(found.tables(), found.answer(), told)
                click.echo(render(said, form, table, everything))

        return printing

    return decorate
