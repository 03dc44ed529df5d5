"""A finished run on disk: the books as anybody reads them. Every report starts here."""

import gc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import duckdb
from beancount import loader
from beancount.core import data

from ledger.chart import Chart, HeldToken
from ledger.fills import Names
from ledger.mistake import MistakeError
from ledger.money import RATE_UNIT, Contract, MarginToken
from ledger.notes import Note, Pays, Value
from ledger.parties import OUTSIDE, Parties
from ledger.roles import RoleError, read_parties
from ledger.spending import Spending

MANIFEST = "manifest.json"

N = TypeVar("N", bound=Note)

# What is read are the books, never Beancount's cache of them: a pickle beside the ledger could be
# older than it, or somebody else's, and reading must not write into a sealed folder.
loader.initialize(use_cache=False)


class RunFolderError(MistakeError):
    """A folder is not a whole run, or its books don't load."""


def placed(error: NamedTuple) -> str:
    """Say in one line where one of Beancount's errors is, and what it is."""
    source = error.source or {}
    file = Path(source.get("filename", "?")).name
    return f"{file}:{source.get('lineno', '?')}: {error.message}".splitlines()[0]


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let Python's collector of cycles rest while a ledger is loaded, and held to its invariants.

    Directives come by the hundred thousand and none is let go: looking through them all for
    garbage, over and over, takes a quarter of the time and finds none.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run. Nothing is read before it is asked for."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> "RunFolder":
        """Open a folder.

        Raises:
            RunFolderError: it isn't a finished run.
        """
        if not (path / "main.beancount").is_file() or not (path / MANIFEST).is_file():
            raise RunFolderError(
                f"{path}: not a finished run (no main.beancount with {MANIFEST}); "
                f"give the folder that `moneytrail run` printed"
            )
        return cls(path)

    @cached_property
    def loaded(self) -> tuple[Sequence[data.Directive], Sequence[NamedTuple]]:
        """All directives of the general ledger, and the errors that Beancount finds in it."""
        with collector_at_rest():
            entries, errors, _ = loader.load_file(str(self.path / "main.beancount"))
        return entries, errors

    @property
    def entries(self) -> Sequence[data.Directive]:
        """All directives of the general ledger, as Beancount loads them.

        Raises:
            RunFolderError: Beancount finds errors in it.
        """
        entries, errors = self.loaded
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            raise RunFolderError(f"{placed(errors[0])}{more}")
        return entries

    @cached_property
    def transactions(self) -> Sequence[data.Transaction]:
        """The general ledger's entries in their true order."""
        found = [entry for entry in self.entries if isinstance(entry, data.Transaction)]
        return sorted(found, key=lambda entry: entry.meta["seq"])

    @cached_property
    def opens(self) -> dict[str, data.Open]:
        """The chart of accounts."""
        return {e.account: e for e in self.entries if isinstance(e, data.Open)}

    @cached_property
    def chart(self) -> Chart:
        """Who plays which part, and what trades: as recorded in main.beancount."""
        parties = self._parties
        contracts = tuple(
            Contract(e.meta["market"], e.meta["venue"], e.meta["lot"], e.meta["tick"])
            for e in self.entries
            if isinstance(e, data.Commodity) and "market" in e.meta
        )
        tokens = tuple(
            HeldToken(
                e.currency,
                parties.house if e.meta["house-token"] else OUTSIDE,
                e.meta.get("pooled", False),
            )
            for e in self.entries
            if isinstance(e, data.Commodity) and "house-token" in e.meta
        )
        spendings = tuple(Spending(each.payer, each.use, each.to) for each in self.notes(Pays))
        collateral = tuple(
            _collateral(e, parties.house, contracts)
            for e in self.entries
            if isinstance(e, data.Commodity) and "valued-by" in e.meta
        )
        # As the journal listed them: the loader sorts commodities of a day by line.
        return Chart(parties, contracts, spendings, tokens, collateral)

    @property
    def _parties(self) -> Parties:
        try:
            return read_parties(self.entries)
        except RoleError as error:
            raise RunFolderError(str(error)) from error

    @cached_property
    def names(self) -> Names:
        """The words that fills may use."""
        parties = self.chart.parties
        markets = tuple(dict.fromkeys(c.market for c in self.chart.contracts))
        venues = (parties.house, parties.lead)
        in_kind = bool(self.chart.collateral)
        return Names(venues, markets, parties.holders, bool(parties.providers), in_kind)

    def notes(self, kind: type[N]) -> list[N]:
        """Return all notes of one kind, in their order."""
        return [note for _, note in self.dated_notes(kind)]

    def dated_notes(self, kind: type[N]) -> list[tuple[date, N]]:
        """Return all notes of one kind, each with its day."""
        return [(day, kind.read(values)) for day, values in self._noted.get(kind.kind, ())]

    @cached_property
    def _noted(self) -> dict[str, list[tuple[date, list[Value]]]]:
        """What `custom` directives hold, by kind and in their order."""
        noted: dict[str, list[tuple[date, list[Value]]]] = defaultdict(list)
        for entry in self.entries:
            if isinstance(entry, data.Custom):
                noted[entry.type].append(
                    (entry.date, [_plain(each.value) for each in entry.values])
                )
        return noted

    @property
    def fill_files(self) -> list[Path]:
        """The months of fills, in order."""
        return sorted((self.path / "fills").glob("*.parquet"))

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open DuckDB with the fills of all months as the view `rows`."""
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in self.fill_files)
        # A folder above may be called `taker=Zed`: its name is no column.
        read = f"read_parquet([{files}], hive_partitioning = false)"
        connection.execute(f"CREATE VIEW rows AS SELECT * FROM {read}")
        return connection


def _plain(value: Any) -> Value:
    """Return an amount as a number with its currency, and all else as it is."""
    return (value.number, value.currency) if isinstance(value, data.Amount) else value


def _collateral(entry: data.Commodity, house: str, contracts: Sequence[Contract]) -> MarginToken:
    valued_by = entry.meta["valued-by"]
    (contract,) = (c for c in contracts if (c.venue, c.market) == (house, valued_by))
    return MarginToken(entry.currency, contract, int(Decimal(entry.meta["weight"]) * RATE_UNIT))
