"""Makes the Parquet copy of a general ledger from its text.

The journal also writes such a copy, during a run. Both copies have the same bytes.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from beancount.core import account, data
from beancount.core.amount import Amount

from ledger import directive_store, posting_store
from ledger.chart_reader import chart_of
from ledger.directive_store import Directive
from ledger.loaded_entries import in_text_order, moved_by, narration_of, party_of, stated_meta
from ledger.money import Scale
from ledger.notes import Note, Pays, Role
from ledger.opened import Opened
from ledger.posting_store import MonthOfPostings
from ledger.text import quoted
from ledger.transaction import MONEY, Movement, Posting, Transaction, entity_of
from ledger.values import plain

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OF_THE_ORDER = ("seq", "time")  # metadata keys that the copy stores in columns of their own

N = TypeVar("N", bound=Note)


def write_copy(folder: Path, entries: Sequence[data.Directive]) -> None:
    """Write the Parquet copy of a general ledger into a run's folder, in place of an older copy.

    Args:
        folder: the run's folder.
        entries: all directives of the ledger's text, as Beancount loads them.
    """
    found = list(directives(entries))
    postings = folder / posting_store.FOLDER
    shutil.rmtree(postings, ignore_errors=True)
    postings.mkdir()
    (folder / directive_store.FILE).unlink(missing_ok=True)
    directive_store.write(folder / directive_store.FILE, found)
    opened = [opened_by(each) for each in found if each.directive == "open"]
    scales = scales_of(found)
    month = MonthOfPostings(opened, scales)
    for name, booked in by_month(folder, entries).items():
        for entry in booked:
            month.add(transaction_of(entry, scales), int(entry.meta["seq"]))
        month.write(postings / f"{name}.parquet")


def directives(entries: Sequence[data.Directive]) -> Iterator[Directive]:
    """Yield the accounts, commodities, notes, events and prices, in the form of the copy."""
    for entry in entries:
        match entry:
            case data.Open():
                commodities = tuple(entry.currencies or ())
                yield Directive("open", entry.date, entry.account, commodities, meta_of(entry))
            case data.Commodity():
                yield Directive("commodity", entry.date, entry.currency, meta=meta_of(entry))
            case data.Custom():
                words = tuple(_word(*value) for value in entry.values)
                yield Directive("custom", entry.date, entry.type, words)
            case data.Event():
                words = (quoted(entry.description),)
                yield Directive("event", entry.date, entry.type, words)
            case data.Price():
                yield Directive("price", entry.date, entry.currency, (value_text(entry.amount),))


def transaction_of(entry: data.Transaction, scales: Mapping[str, Scale]) -> Movement:
    """Convert a transaction, as Beancount loads it, to a `Movement`."""
    (tag,) = entry.tags or ("",)
    return Transaction(
        _time_us(entry),
        entry.payee,
        narration_of(entry),
        tag,
        tuple(_posting_of(each, scales) for each in in_text_order(entry)),
        tuple(sorted(entry.links)),
        tuple(each for each in meta_of(entry) if each[0] not in _OF_THE_ORDER),
    )


def _posting_of(posting: data.Posting, scales: Mapping[str, Scale]) -> Posting[int]:
    number, commodity = moved_by(posting)
    return Posting(posting.account, scales[commodity].units(number), commodity, party_of(posting))


def opened_by(line: Directive) -> Opened:
    """Return the account that an `open` directive declares."""
    about = {key: plain(value) for key, value in line.meta}
    return Opened(line.name, line.words, about.get("hole"), about.get("about"))


def scales_of(found: Sequence[Directive]) -> dict[str, Scale]:
    """Return the smallest unit of each commodity, as the ledger declares it."""
    commodities = {
        each.name: {key: plain(value) for key, value in each.meta}
        for each in found
        if each.directive == "commodity"
    }
    keepers = {entity_of(each.name) for each in found if each.directive == "open"}
    chart = chart_of(commodities, _notes(found, Role), _notes(found, Pays), keepers)
    return {MONEY: Scale.of("0.01"), **chart.quantities}


def _notes(found: Sequence[Directive], kind: type[N]) -> list[N]:
    sign = ("custom", kind.kind)
    return [
        kind.read(map(plain, each.words)) for each in found if (each.directive, each.name) == sign
    ]


def by_month(folder: Path, entries: Sequence[data.Directive]) -> dict[str, list[data.Transaction]]:
    """Group transactions by month. The transactions of a month are in the order of seq."""
    names = [path.stem for path in sorted(folder.glob("????-??.beancount"))]
    months: dict[str, list[data.Transaction]] = {name: [] for name in names}
    booked = (entry for entry in entries if isinstance(entry, data.Transaction))
    for entry in sorted(booked, key=lambda entry: entry.meta["seq"]):
        months.setdefault(f"{entry.date:%Y-%m}", []).append(entry)
    return months


def _time_us(entry: data.Transaction) -> int:
    at = datetime.combine(entry.date, time.fromisoformat(entry.meta["time"]), UTC)
    return (at - _EPOCH) // _MICROSECOND


def meta_of(entry: data.Directive) -> tuple[tuple[str, str], ...]:
    """Return the metadata of a directive. Each value is written as in the ledger's text."""
    return tuple((key, value_text(value)) for key, value in stated_meta(entry.meta).items())


def _word(value: object, kind: object) -> str:
    """Write a value of a note as in the ledger.

    Texts are in quotation marks, and account names are not.
    """
    return str(value) if kind is account.TYPE else value_text(value)


def value_text(value: object) -> str:
    """Write a value of a directive as in the ledger's text.

    Raises:
        TypeError: the copy cannot store a value of this type.
    """
    match value:
        case bool():
            return str(value).upper()
        case str():
            return quoted(value)
        case Amount():
            return f"{value.number:f} {value.currency}"
        case Decimal():
            return f"{value:f}"
        case date():
            return str(value)
        case _:
            raise TypeError(f"{value!r}: the Parquet copy cannot store a value of this type")
