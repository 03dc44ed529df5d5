"""The folder of a finished run. Reports read all data of a run from this folder."""

import json
import tomllib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from ledger import directive_store, duckdb_session, posting_store
from ledger.book_views import missing_copies, months_of, open_views
from ledger.chart import Chart
from ledger.chart_reader import chart_of
from ledger.fills import Names
from ledger.mistake import MistakeError
from ledger.month_text import line_of
from ledger.notes import Note, Pays, Role
from ledger.opened import Opened
from ledger.roles import RoleError
from ledger.transaction import entity_of
from ledger.values import read_value

if TYPE_CHECKING:
    from beancount.core import data

MANIFEST = "manifest.json"
SCENARIO = "scenario.toml"
SIGNATURE = f"{MANIFEST}.sig"  # the seal's signature, if there is one
GROUP = "group.beancount"  # the house group's own books

N = TypeVar("N", bound=Note)


class RunFolderError(MistakeError):
    """A run's folder is incomplete or broken, or a request does not fit the run."""


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run. Each file is read only when it is needed.

    Reports read the fills, and a Parquet copy of the general ledger: the files in postings/ and
    directives.parquet. An audit compares this copy with the ledger's text. Properties such as
    `entries` and `transactions` load the text. If a run has the whole life of the exchange, loading
    the text takes a minute, and reading one column of the copy takes less than a second.
    """

    path: Path

    @classmethod
    def at(cls, path: Path) -> "RunFolder":
        """Open the folder of a run.

        Raises:
            RunFolderError: the folder has no finished run, or its path is a pattern.
        """
        if is_pattern(path):
            raise RunFolderError(
                f"{path}: Beancount and DuckDB would read the files of other folders too, since "
                f"the path has *, ? or [; rename the folder"
            )
        if not (path / "main.beancount").is_file() or not (path / MANIFEST).is_file():
            raise RunFolderError(
                f"{path}: not a finished run, since main.beancount or {MANIFEST} is missing; "
                f"give the folder that `moneytrail run` printed"
            )
        return cls(path)

    # ----------------------------------------------------------------- the Parquet files

    def connect(
        self, opened: duckdb.DuckDBPyConnection | None = None, for_many_questions: bool = False
    ) -> duckdb.DuckDBPyConnection:
        """Open a DuckDB connection with views of the run's books.

        Args:
            opened: a connection without views. None: a new connection to this process's database.
            for_many_questions: as in `open_views`.

        Returns:
            A connection with the views `rows` (the fills as stored), `postings`, `directives`,
            `opens`, `notes`, `events` and `prices`.

        Raises:
            RunFolderError: the Parquet copy lacks a file, or a Parquet file can't be read.
        """
        self._check_copies()
        connection = opened or duckdb_session.connect()
        try:
            open_views(connection, self.path, for_many_questions)
        except duckdb.Error as error:
            raise self._unreadable(error) from error
        return connection

    def select(
        self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the result of a SELECT over the views of `connect`.

        Raises:
            RunFolderError: the Parquet copy lacks a file, or a Parquet file can't be read.
        """
        try:
            return self._views.execute(statement, parameters).fetchall()
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise self._unreadable(error) from error

    @cached_property
    def answers(self) -> dict[Hashable, Any]:
        """The results that were computed since the run was opened. Each result has its own key."""
        return {}

    @cached_property
    def _views(self) -> duckdb.DuckDBPyConnection:
        return self.connect(for_many_questions=True)

    def _check_copies(self) -> None:
        if missing := missing_copies(self.path):
            raise RunFolderError(
                f"{self.path}: the Parquet copy of the general ledger lacks {missing[0]}; "
                f"make the copy again from the text with `moneytrail rebuild {self.path}`"
            )

    def _unreadable(self, error: duckdb.Error) -> RunFolderError:
        what = str(error).splitlines()[0]
        return RunFolderError(
            f"{self.path}: a Parquet file of this run can't be read ({what}); to see which files "
            f"are broken, type `moneytrail audit {self.path}`"
        )

    @property
    def column_files(self) -> list[Path]:
        """The paths of all Parquet files: fills, postings and directives.

        Raises:
            RunFolderError: the Parquet copy lacks a file.
        """
        self._check_copies()
        return [
            *self.fill_files,
            *months_of(self.path, posting_store.FOLDER),
            self.path / directive_store.FILE,
        ]

    @property
    def fill_files(self) -> list[Path]:
        """The paths of the monthly files of fills, in order."""
        return months_of(self.path, "fills")

    @property
    def has_fills(self) -> bool:
        """Return True, since a run has fills. A user's own ledger (`LedgerFile`) has no fills."""
        return True

    def place_of(self, seq: int, day: date) -> str:
        """Return the file and the line of an entry, given its number (seq) and its day."""
        month = self.path / f"{day:%Y-%m}.beancount"
        return f"{month.name}:{line_of(month, seq)}"

    @cached_property
    def opens(self) -> dict[str, Opened]:
        """The chart of accounts: each opened account by its name."""
        found = self.select("SELECT account, commodities, hole, about FROM opens")
        return {
            account: Opened(account, tuple(commodities), hole, about)
            for account, commodities, hole, about in found
        }

    @cached_property
    def scenario(self) -> dict[str, Any]:
        """The scenario with all default values, from the run's file scenario.toml."""
        return tomllib.loads((self.path / SCENARIO).read_text(encoding="utf-8"))

    @cached_property
    def chart(self) -> Chart:
        """The parties and contracts, as main.beancount declares them.

        Raises:
            RunFolderError: the roles are incomplete or wrong.
        """
        found = self.select("SELECT name, meta FROM directives WHERE directive = 'commodity'")
        commodities = {name: json.loads(meta) for name, meta in found}
        keepers = set(map(entity_of, self.opens))
        try:
            return chart_of(commodities, self.notes(Role), self.notes(Pays), keepers)
        except RoleError as error:
            raise RunFolderError(str(error)) from error

    @cached_property
    def names(self) -> Names:
        """The names that fills may use, for venues, markets, parties and the maker's desks."""
        parties = self.chart.parties
        markets = tuple(dict.fromkeys(c.market for c in self.chart.contracts))
        venues = (parties.house, parties.lead)
        return Names(venues, markets, parties.holders)

    def notes(self, kind: type[N]) -> list[N]:
        """Return all notes of one kind, in order."""
        return [note for _, note in self.dated_notes(kind)]

    def dated_notes(self, kind: type[N]) -> list[tuple[date, N]]:
        """Return all notes of one kind, each with its day. Callers must not change the list."""
        question = "notes", kind.kind
        if question not in self.answers:
            found = self.select("SELECT date, words FROM notes WHERE kind = ?", [kind.kind])
            notes = [(day, kind.read(map(read_value, words))) for day, words in found]
            self.answers[question] = notes
        answer: list[tuple[date, N]] = self.answers[question]
        return answer

    def events(self, name: str) -> list[tuple[date, str]]:
        """Return the day and the value of each event called *name*, in order."""
        return self.select("SELECT date, value FROM events WHERE name = ?", [name])

    # ---------------------------------------------------------------------- the text

    @cached_property
    def loaded(self) -> "tuple[data.Directives, list[data.BeancountError]]":
        """All directives of the general ledger, and the errors that Beancount finds in them."""
        from ledger.text_loader import load_text  # imported here, since few reports need Beancount

        return load_text(self.path / "main.beancount")

    @property
    def entries(self) -> Sequence["data.Directive"]:
        """All directives of the general ledger.

        Raises:
            RunFolderError: Beancount finds errors in the general ledger.
        """
        return _sound(*self.loaded)

    @cached_property
    def group_entries(self) -> Sequence["data.Directive"]:
        """All directives of the house group's own books.

        Raises:
            RunFolderError: the run lacks these books, or Beancount finds errors in them.
        """
        from ledger.text_loader import load_text

        path = self.path / GROUP
        if not path.is_file():
            raise RunFolderError(
                f"{self.path}: the group's own books are missing ({GROUP}); write them from the "
                f"general ledger with `moneytrail rebuild {self.path}`"
            )
        return _sound(*load_text(path))

    @cached_property
    def transactions(self) -> Sequence["data.Transaction"]:
        """The general ledger's transactions, in the order of seq."""
        from beancount.core import data

        found = [entry for entry in self.entries if isinstance(entry, data.Transaction)]
        return sorted(found, key=lambda entry: entry.meta["seq"])


def is_pattern(path: Path) -> bool:
    """Return whether Beancount and DuckDB read a path as a pattern for several paths."""
    return bool(set(str(path.resolve())) & set("*?["))


def _sound(
    entries: "data.Directives", errors: "list[data.BeancountError]"
) -> Sequence["data.Directive"]:
    """Return the loaded entries, or raise an error if Beancount found errors."""
    from ledger.text_loader import placed

    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise RunFolderError(f"{placed(errors[0])}{more}")
    return entries
