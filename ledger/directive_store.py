"""What the general ledger says beside its entries, by column: accounts, commodities, notes.

One Parquet file holds all directives that reports read: `open`, `commodity`, `custom`, `event` and
`price`. Like the postings it is a copy, and the text stays the authority.
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

# In the order in which they are stored. Of notes, events and prices those of one name stand
# together; accounts and commodities stand as the chart has them.
DIRECTIVES = ("commodity", "open", "custom", "event", "price")
_AS_CHARTED = ("commodity", "open")


class Directive(NamedTuple):
    """One directive: its day, what it names, and what it says of that."""

    directive: str
    date: date
    name: str  # account, commodity, kind of note, name of an event
    words: tuple[str, ...] = ()  # as Beancount writes them; of an account its commodities
    meta: tuple[tuple[str, str], ...] = ()  # the same; stored as text, without quotes


@dataclass(frozen=True, slots=True)
class Directives:
    """The directives of one general ledger, until they are written."""

    _found: list[Directive] = field(default_factory=list)

    def add(self, directive: Directive) -> None:
        """Take down one that follows those before."""
        self._found.append(directive)

    def write(self, path: Path) -> None:
        """Write all of them to a new Parquet file."""
        write(path, self._found)


def in_order(found: Iterable[Directive]) -> list[Directive]:
    """Put directives in the order in which they are stored; sorting is stable."""
    return sorted(
        found,
        key=lambda each: (
            DIRECTIVES.index(each.directive),
            "" if each.directive in _AS_CHARTED else each.name,
        ),
    )


def write(path: Path, found: Iterable[Directive]) -> None:
    """Write directives to a new Parquet file: the same bytes for the same directives."""
    columns = zip(*map(_row, in_order(found)), strict=True)
    table = dict(zip(Directive._fields, columns, strict=True))
    target = str(path).replace("'", "''")
    with duckdb_session.connect(threads=1) as connection:
        text_table.create(connection, "found", table)
        connection.execute(
            "COPY (SELECT directive, date::DATE AS date, name, "
            "from_json(words, '[\"VARCHAR\"]') AS words, meta::JSON AS meta FROM found) "
            f"TO '{target}' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)"
        )


def _row(each: Directive) -> tuple[str, ...]:
    words = json.dumps(each.words, ensure_ascii=False)
    meta = json.dumps({key: plain(value) for key, value in each.meta}, ensure_ascii=False)
    return (each.directive, str(each.date), each.name, words, meta)
