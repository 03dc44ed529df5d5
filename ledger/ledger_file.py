"""Opens any Beancount ledger as if it were a run. See docs/any-ledger.md."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from beancount.core import data

from ledger import directive_store, duckdb_session, posting_store
from ledger.book_views import open_views
from ledger.chart import Chart
from ledger.declared_accounts import (
    ROOTS,
    Declared,
    DeclaredAccounts,
    LedgerFileError,
    joined,
    place_of,
)
from ledger.directive_store import Directive
from ledger.fills import Fill
from ledger.ledger_declarations import (
    chart_declared,
    commodities_of,
    notes_of,
    operating_currency,
    parties_of,
    renamed,
    told,
)
from ledger.ledger_entries import LedgerEntries, in_true_order
from ledger.money import Scale
from ledger.opened import Opened
from ledger.parties import Parties
from ledger.posting_store import MonthOfPostings
from ledger.run_folder import RunFolder
from ledger.text import quoted
from ledger.text_loader import load_with_options, placed
from ledger.transaction import MONEY, Movement, entity_of

# The columns of fills that have words as values.
WORDS = ("motive", "venue", "market", "taker", "maker", "trigger")


@dataclass(frozen=True)
class LedgerFile(RunFolder):
    """A user's own ledger, which has no fills. Reports read its Parquet copy.

    The copy is in a temporary *folder*. `places` has the file and the line of each entry, by seq.
    """

    folder: Path = field(kw_only=True)
    places: Mapping[int, str] = field(kw_only=True)
    chart_read: Chart = field(kw_only=True)
    currency: str = field(kw_only=True)
    _kept: "tempfile.TemporaryDirectory[str]" = field(kw_only=True)

    @classmethod
    def at(cls, path: Path) -> "LedgerFile":
        """Load a ledger with all files that it includes, and write its Parquet copy.

        Raises:
            LedgerFileError: the ledger cannot be read, Beancount finds errors in the ledger, or
                the ledger lacks data that reports need.
        """
        try:
            entries, errors, options = load_with_options(path)
        except (OSError, UnicodeDecodeError) as error:
            raise LedgerFileError(
                f"{path}: the ledger can't be read ({error}); give a readable file in UTF-8"
            ) from error
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            raise LedgerFileError(f"{placed(errors[0])}{more}")
        kept = tempfile.TemporaryDirectory(prefix="moneytrail-")
        money = operating_currency(path, options)
        numbered = list(in_true_order(entries))
        if not any(entry.postings for _, entry in numbered):
            raise LedgerFileError(
                f"{path.name}: no transaction of this ledger has postings, so there is nothing to "
                f"report; give a ledger with postings"
            )
        chart = _write(Path(kept.name), path, entries, options, money)
        places = {seq: place_of(entry.meta) for seq, entry in numbered}
        return cls(
            path,
            folder=Path(kept.name),
            places=places,
            chart_read=chart,
            currency=money,
            _kept=kept,
        )

    @property
    def has_fills(self) -> bool:
        """Return False."""
        return False

    @cached_property
    def chart(self) -> Chart:
        """The chart that the ledger declares: the parties and the commodities."""
        return self.chart_read

    @cached_property
    def loaded(self) -> "tuple[data.Directives, list[data.BeancountError]]":
        """Refuse to load the text: reports on a user's ledger read only the Parquet copy.

        Raises:
            LedgerFileError: always.
        """
        raise LedgerFileError(
            f"{self.path.name}: this ledger is Beancount text already; leave out --beancount, or "
            f"give the folder of a run"
        )

    def connect(
        self, opened: duckdb.DuckDBPyConnection | None = None, for_many_questions: bool = False
    ) -> duckdb.DuckDBPyConnection:
        """Connect to DuckDB with views of the ledger's Parquet copy. The view of fills is empty."""
        connection = opened or duckdb_session.connect()
        open_views(connection, self.folder, for_many_questions)
        kinds = dict.fromkeys(Fill._fields, "BIGINT") | dict.fromkeys(WORDS, "VARCHAR")
        kinds["time_us"] = "TIMESTAMP"
        columns = ", ".join(
            f"NULL::{kind} AS {'time' if column == 'time_us' else column}"
            for column, kind in kinds.items()
        )
        connection.execute(f"CREATE TEMP VIEW rows AS SELECT {columns} WHERE false")
        return connection

    def select(
        self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT.

        Raises:
            LedgerFileError: the query fails on this ledger.
        """
        try:
            return super().select(statement, parameters)
        except duckdb.Error as error:
            what = str(error).splitlines()[0]
            raise LedgerFileError(
                f"{self.path.name}: this report can't be made from this ledger ({what}); see "
                f"docs/any-ledger.md"
            ) from error

    def place_of(self, seq: int, day: date) -> str:
        """Return the file and the line of an entry."""
        return self.places[seq]


def _write(
    folder: Path,
    path: Path,
    entries: Sequence[data.Directive],
    options: Mapping[str, Any],
    money: str,
) -> Chart:
    """Write the Parquet copy of a ledger, and return the ledger's chart.

    Raises:
        LedgerFileError: the ledger lacks data that reports need.
    """
    notes = notes_of(entries)
    parties, others = parties_of(path, notes)
    roots = {str(options[f"name_{root.lower()}"]): root for root in ROOTS}
    opens = [entry for entry in entries if isinstance(entry, data.Open)]
    stated = (line.meta.get("entity") for line in opens)
    names = {*parties.names, *others, *(name for name in stated if isinstance(name, str))}
    reader = DeclaredAccounts(parties, names, roots)
    declared = {line.account: reader.declare(line) for line in opens}
    used = {p.account for e in entries if isinstance(e, data.Transaction) for p in e.postings}
    for line in opens:
        if line.account in used:
            reader.check_part(line, declared[line.account])
    commodities = commodities_of(entries, money)
    chart = chart_declared(path, parties, notes, commodities)
    scales = {MONEY: Scale.of("0.01"), **chart.quantities}
    lines = _lines(opens, declared, money)
    book = LedgerEntries(
        parties,
        {account: each.account for account, each in declared.items()},
        {account: line.hole for account, line in lines.items()},
    )
    booked = [(seq, book.read(entry, money, scales)) for seq, entry in in_true_order(entries)]
    first = min(entry.date for entry in entries)
    lines = _completed(lines, book, parties)
    found = [
        *commodities,
        *(_opened(first, line) for line in lines.values()),
        *(renamed(note, declared) for note in notes),
        *told(entries, money),
    ]
    try:
        directive_store.write(folder / directive_store.FILE, found)
        _write_postings(folder / posting_store.FOLDER, booked, list(lines.values()), scales)
    except (ValueError, OverflowError, duckdb.Error) as error:
        what = str(error).splitlines()[0]
        raise LedgerFileError(
            f"{path.name}: reports can't use this ledger, because its entries can't be stored in "
            f"the temporary tables that reports read ({what})"
        ) from error
    return chart


def _write_postings(
    folder: Path,
    booked: Sequence[tuple[int, Movement]],
    lines: Sequence[Opened],
    scales: Mapping[str, Scale],
) -> None:
    folder.mkdir()
    month = MonthOfPostings(lines, {name: each for name, each in scales.items() if name != MONEY})
    for seq, entry in booked:
        month.add(entry, seq)
    month.write(folder / "all.parquet")


def _lines(
    opens: Sequence[data.Open], declared: Mapping[str, Declared], money: str
) -> dict[str, Opened]:
    """Return the accounts by their names in reports. Accounts with the same name are merged."""
    lines: dict[str, Opened] = {}
    for line in opens:
        each = declared[line.account]
        commodities = tuple(MONEY if c == money else c for c in line.currencies or ())
        about = line.meta.get("about")
        one = Opened(
            each.account, commodities, each.hole, about if isinstance(about, str) else None
        )
        known = lines.get(one.account)
        lines[one.account] = joined(known, one, each.place) if known else one
    return lines


def _completed(
    lines: Mapping[str, Opened], book: LedgerEntries, parties: Parties
) -> dict[str, Opened]:
    """Return *lines*, completed by all accounts and commodities that entries use.

    If the house or the maker has no account, it gets a cash account.
    """
    found = dict(lines)
    for account, commodities in book.used.items():
        line = found.get(account, Opened(account, (), book.parts[account]))
        more = sorted(commodities.difference(line.commodities))
        found[account] = Opened(account, (*line.commodities, *more), line.hole, line.about)
    for entity in parties.group:
        if entity not in map(entity_of, found):
            found[f"Assets:{entity}:Cash"] = Opened(f"Assets:{entity}:Cash", (MONEY,), "liquid")
    return found


def _opened(day: date, line: Opened) -> Directive:
    said = (("hole", line.hole), ("about", line.about))
    meta = tuple((key, quoted(word)) for key, word in said if word)
    return Directive("open", day, line.account, line.commodities, meta)
