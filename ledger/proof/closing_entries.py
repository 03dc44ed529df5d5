"""Compares each closing entry with the fills that it sums, in words and in amounts."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from beancount.core import data

from ledger.chart import Chart
from ledger.loaded_entries import in_text_order, moved_by, party_of, stated_meta
from ledger.money import amount
from ledger.times import DAY_US, time_of_day
from ledger.transaction import MONEY, Movement
from ledger.values import plain

_OF_THE_ORDER = "seq"  # not compared here, since an invariant checks it

Writers = Mapping[str, Callable[[int], str]]  # by commodity, a function that writes units as text
PostedLine = tuple[str, Decimal, str, str | None]  # account, number, commodity, party


def writers_of(chart: Chart) -> Writers:
    """Return for each commodity the function that writes a number of its units as text."""
    return {MONEY: amount} | {name: scale.text for name, scale in chart.quantities.items()}


def last_microsecond(day: date) -> int:
    """Return the time of a day's closing entries: the last microsecond of the day."""
    return ((day - date(1970, 1, 1)).days + 1) * DAY_US - 1


def wrong_words(found: data.Transaction, due: Movement) -> Iterator[str]:
    """Yield the differences between a closing entry and the entry *due*, except in the postings.

    The entry *due* is computed from the fills.
    """
    said = {key: plain(value) for key, value in due.meta}
    meta = {"time": time_of_day(due.time_us), **said}
    for what, ours, theirs in (
        ("flag", found.flag, "*"),
        ("payee", found.payee, due.payee),
        ("narration", found.narration, due.narration),
        ("tags", sorted(found.tags), [due.tag]),
        ("links", sorted(found.links), sorted(due.links)),
        ("metadata", _meta(found), meta),
    ):
        if ours != theirs:
            yield f"its {what} is {ours!r}, but the fills give {theirs!r}"


def booked_lines(found: data.Transaction) -> list[PostedLine]:
    """Return the lines of an entry in the general ledger, one for each posting."""
    return [(p.account, *moved_by(p), party_of(p)) for p in in_text_order(found)]


def due_lines(due: Movement, writers: Writers) -> list[PostedLine]:
    """Return the lines of the entry *due*, one for each posting."""
    return [
        (p.account, Decimal(writers[p.commodity](p.units)), p.commodity, p.party)
        for p in due.postings
    ]


def _meta(found: data.Transaction) -> dict[str, str]:
    said = stated_meta(found.meta).items()
    return {key: str(value) for key, value in said if key != _OF_THE_ORDER}
