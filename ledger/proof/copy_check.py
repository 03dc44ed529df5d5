"""Compares the Parquet copy of the general ledger with the ledger's text.

The copy must have the same postings as the text, and the same directives of five kinds (see
`ledger.directive_store`). This module reads the text with Beancount. It computes the rows of
postings itself, not with the code that writes the copy.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path

import duckdb
from beancount.core import data

from ledger import directive_store, duckdb_session, parquet_metadata, posting_store
from ledger.book_views import missing_copies, months_of
from ledger.copy_of_text import by_month, directives, scales_of
from ledger.directive_store import Directive, in_order
from ledger.loaded_entries import in_text_order, moved_by, party_of, stated_meta
from ledger.run_folder import RunFolder
from ledger.values import plain

Row = tuple[object, ...]  # one value for each column of the stored file

_NAMES = [name for name, *_ in posting_store.COLUMNS]
_DIRECTIVE_COLUMNS = (
    ("directive", "VARCHAR"),
    ("date", "DATE"),
    ("name", "VARCHAR"),
    ("words", "VARCHAR[]"),
    ("meta", "JSON"),
)


def wrong_copies(run: RunFolder) -> Iterator[str]:
    """Yield a sentence for each difference between the copy and the text."""
    yield from (f"{name}: this file is missing" for name in missing_copies(run.path))
    entries, _ = run.loaded
    found = list(directives(entries))
    with duckdb_session.connect() as connection:
        yield from _wrong_directives(connection, run, found)
        yield from _wrong_postings(connection, run, entries, found)
        yield from _wrong_metadata(connection, run, found)


def _wrong_directives(
    connection: duckdb.DuckDBPyConnection, run: RunFolder, found: Sequence[Directive]
) -> Iterator[str]:
    path = run.path / directive_store.FILE
    if not path.is_file():
        return
    try:
        yield from _other_columns(connection, path, path.name, _DIRECTIVE_COLUMNS)
        rows = connection.execute(f"FROM {duckdb_session.parquet(path)}").fetchall()
    except duckdb.Error as error:
        yield _unreadable(path.name, error)
        return
    text = [_stored(each) for each in in_order(found)]
    copy = [(*row[:4], json.loads(row[4])) for row in rows]
    if len(copy) != len(text):
        yield f"{path.name}: the file has {len(copy):,} directives, but the text has {len(text):,}"
    for n, (ours, theirs) in enumerate(zip(copy, text, strict=False), start=1):
        if ours != theirs:
            yield f"{path.name}: row {n} is {_said(ours)}, but the text has {_said(theirs)}"


def _wrong_postings(
    connection: duckdb.DuckDBPyConnection,
    run: RunFolder,
    entries: Sequence[data.Directive],
    found: Sequence[Directive],
) -> Iterator[str]:
    holes = {e.account: e.meta.get("hole") for e in entries if isinstance(e, data.Open)}
    units = {commodity: Decimal(scale.text(1)) for commodity, scale in scales_of(found).items()}
    types = [(name, kind) for name, kind, _ in posting_store.COLUMNS]
    months = by_month(run.path, entries)
    paths = {path.stem: path for path in sorted((run.path / posting_store.FOLDER).glob("*"))}
    for month in sorted(paths.keys() - months.keys()):
        yield f"{posting_store.FOLDER}/{paths[month].name}: the text has no such month"
    for month in sorted(paths.keys() & months.keys()):
        name = f"{posting_store.FOLDER}/{month}.parquet"
        try:
            yield from _other_columns(connection, paths[month], name, types)
            stored = duckdb_session.parquet(paths[month])
            rows = connection.execute(f"SELECT {', '.join(_NAMES)} FROM {stored}").fetchall()
            copy = ((*row[:8], json.loads(row[8] or "{}"), *row[9:]) for row in rows)
            text = (row for entry in months[month] for row in _rows(entry, holes, units))
            yield from (f"{name}: {what}" for what in _differences(copy, text))
        except duckdb.Error as error:
            yield _unreadable(name, error)


def _wrong_metadata(
    connection: duckdb.DuckDBPyConnection, run: RunFolder, found: Sequence[Directive]
) -> Iterator[str]:
    """Yield a sentence for each wrong value in a file's metadata, and for each unreadable file.

    A file's metadata contain the units of its numbers, such as the lots and ticks of contracts.
    """
    due = {
        "fills": parquet_metadata.of_fills(run.chart.contracts),
        posting_store.FOLDER: parquet_metadata.of_postings(scales_of(found)),
    }
    for folder, wanted in due.items():
        for path in months_of(run.path, folder):
            name = f"{folder}/{path.name}"
            try:
                said = parquet_metadata.read(connection, path)
            except duckdb.Error as error:
                yield _unreadable(name, error)
                continue
            # A key may be missing: the files of older runs have no such metadata.
            for key in sorted(said.keys() & wanted.keys()):
                if said[key] != wanted[key]:
                    yield f"{name}: its metadata {key!r} do not follow from the text"


def _other_columns(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    wanted: Sequence[tuple[str, str]],
) -> Iterator[str]:
    described = connection.execute(f"DESCRIBE FROM {duckdb_session.parquet(path)}").fetchall()
    found = [(column, kind.partition("(")[0]) for column, kind, *_ in described]
    for each in sorted({*found} ^ {*wanted}):
        yield f"{name}: a column {each} is missing or unexpected"


def _rows(
    entry: data.Transaction, holes: Mapping[str, str | None], units: Mapping[str, Decimal]
) -> Iterator[Row]:
    """Yield the rows that the copy must have for an entry: one for each posting."""
    seq, said = int(entry.meta["seq"]), stated_meta(entry.meta)
    about = (
        datetime.combine(entry.date, time.fromisoformat(entry.meta["time"])),
        entry.date,
        entry.payee,
        entry.narration,
        " ".join(sorted(entry.tags)) or None,
        sorted(entry.links),
        {key: str(value) for key, value in said.items() if key not in ("seq", "time")},
    )
    for line, posting in enumerate(in_text_order(entry), start=1):
        root, entity, kind, *others = posting.account.split(":")
        number, commodity = moved_by(posting)
        yield (
            seq,
            line,
            *about,
            posting.account,
            root,
            entity,
            kind,
            ":".join(others) or None,
            holes[posting.account],
            number / units[commodity],
            units[commodity],
            commodity,
            party_of(posting),
        )


def _differences(copy: Iterable[Row], text: Iterable[Row]) -> Iterator[str]:
    """Yield the differences between a month's postings in the copy and in the text."""
    held: dict[Row, Row] = {}  # rows of the copy, by (seq, line)
    for row in copy:
        if row[:2] in held:
            yield f"posting {row[1]} of seq {row[0]} occurs twice"
        held[row[:2]] = row
    for row in text:
        ours = held.pop(row[:2], None)
        if ours is None:
            yield f"posting {row[1]} of seq {row[0]} is not in the copy"
        elif ours != row:
            for name, said, told in zip(_NAMES, ours, row, strict=True):
                if said != told:
                    yield (
                        f"posting {row[1]} of seq {row[0]} has the {name} {_said(said)}, but "
                        f"{_said(told)} in the text"
                    )
    yield from (f"posting {line} of seq {seq} is not in the text" for seq, line in held)


def _stored(each: Directive) -> Row:
    """Return a directive of the text as the row that the copy must have."""
    meta = {key: plain(value) for key, value in each.meta}
    return each.directive, each.date, each.name, list(each.words), meta


def _said(value: object) -> str:
    return "nothing" if value is None else str(value)


def _unreadable(name: str, error: duckdb.Error) -> str:
    return f"{name}: this file can't be read ({str(error).splitlines()[0]})"
