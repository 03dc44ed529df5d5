"""Writes the tables of an experiment into a page of the documentation."""

import re
from collections.abc import Sequence
from pathlib import Path

import click

from ledger.reports.table import Table

PAGE = click.option(
    "--page",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write the tables into this page.",
)


def fill(page: Path, tables: Sequence[Table]) -> None:
    """Write each table into a page, between the two comments that have the table's name.

    Raises:
        ValueError: the page lacks the two comments of a table.
    """
    text = page.read_text(encoding="utf-8")
    for table in tables:
        begin, end = f"<!-- {table.name} -->", f"<!-- /{table.name} -->"
        place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not place.search(text):
            raise ValueError(f"{page}: no place for the table {table.name!r}; add {begin} {end}")
        before, after = place.split(text, maxsplit=1)
        text = f"{before}{begin}\n\n{markdown(table)}\n\n{end}{after}"
    page.write_text(text, encoding="utf-8")


def markdown(table: Table) -> str:
    """Return a table in Markdown, with its title and its notes."""
    head = (table.columns, ["---"] * len(table.columns))
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in (*head, *table.rows)]
    return "\n\n".join([f"**{table.title}.**", "\n".join(lines), *table.notes])
