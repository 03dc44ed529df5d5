"""Stores directives of the general ledger in one Parquet file.

These are the directives `commodity`, `open`, `custom`, `event` and `price`. Transactions are stored
by `ledger.posting_store`. In the general ledger, reports read only transactions and these
directives. The file is a copy of lines of the ledger's text. If copy and text differ, the text is
right.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ledger import duckdb_session, text_table
from ledger.values import plain

FILE = "directives.parquet"

# The order of storage. Commodities and accounts stay in the order of the chart. Notes (`custom`),
# events and prices are sorted by name.
DIRECTIVES = ("commodity", "open", "custom", "event", "price")
_AS_CHARTED = ("commodity", "open")


class Directive(NamedTuple):
    """A directive that is not a transaction: its type, day, name, values and metadata."""

    directive: str
    date: date
    name: str  # of an account, a commodity, a kind of note or an event
    words: tuple[str, ...] = ()  # values in Beancount's form, or an account's commodities
    # Keys and values. Here the values are in Beancount's form. In the file they have no quotation
    # marks.
    meta: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Directives:
    """The directives of one general ledger, collected until they are written."""

    _found: list[Directive] = field(default_factory=list)

    def add(self, directive: Directive) -> None:
        """Add one directive."""
        self._found.append(directive)

    def write(self, path: Path) -> None:
        """Write all directives to a new Parquet file."""
        write(path, self._found)


def in_order(found: Iterable[Directive]) -> list[Directive]:
    """Sort directives by type. Also sort notes, events and prices by name. The sort is stable."""
    return sorted(
        found,
        key=lambda each: (
            DIRECTIVES.index(each.directive),
            "" if each.directive in _AS_CHARTED else each.name,
        ),
    )


def write(path: Path, found: Iterable[Directive]) -> None:
    """Write directives to a new Parquet file. The same directives give the same bytes."""
    columns = zip(*map(_row, in_order(found)), strict=True)
    table = dict(zip(Directive._fields, columns, strict=True))
    target = duckdb_session.literal(path)
    with duckdb_session.connect(threads=1) as connection:
        text_table.create(connection, "found", table)
        connection.execute(
            "COPY (SELECT directive, date::DATE AS date, name, "
            "from_json(words, '[\"VARCHAR\"]') AS words, meta::JSON AS meta FROM found) "
            f"TO {target} (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)"
        )


def _row(each: Directive) -> tuple[str, ...]:
    words = json.dumps(each.words, ensure_ascii=False)
    meta = json.dumps({key: plain(value) for key, value in each.meta}, ensure_ascii=False)
    return (each.directive, str(each.date), each.name, words, meta)
