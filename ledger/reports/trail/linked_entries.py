"""Finds entries with the same link, and the fills of a settlement or of a failed account."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ledger.fills import each_fill
from ledger.motives import Motive
from ledger.reports.table import Table
from ledger.reports.trail.both_tiers import BothTiers
from ledger.times import day_of

_SETTLED = "', '".join(motive.word for motive in Motive if motive.entry.is_settled)
_ENDED = "', '".join(motive.word for motive in Motive if motive.entry.ends_account)
_ACCOUNT = re.compile(r"liq-r-(\d{4,18})")
_SETTLEMENT = re.compile(r"settlement-(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class LinkedEntry:
    """One entry, fill or payment that belongs to a link.

    An entry has the link. A fill or payment is named by the link (see `fills_of`).
    """

    seq: int
    date: date
    party: str | None
    narration: str
    link: str


@dataclass(frozen=True, slots=True)
class Linked:
    """The entries, fills and payments that `linked` finds, in the order of seq."""

    links: tuple[str, ...]
    entries: tuple[LinkedEntry, ...]
    limit: int  # the largest number of listed items


def linked(books: BothTiers, links: Sequence[str], own: int | None, limit: int) -> Linked:
    """Find the entries that have one of the links.

    The fills and payments of a link are found too (see `fills_of`). The event with the number *own*
    is left out.
    """
    rows = []
    for link in links:
        for fill in each_fill(books.fills(fills_of(link))):
            told = books.told(fill)
            rows.append((fill.seq, day_of(fill.time_us), told.payee, told.narration, link))
        for entry in books.entries_with(link):
            rows.append((entry.seq, entry.date, entry.payee, entry.narration, link))
    others = sorted(row for row in rows if row[0] != own)
    return Linked(tuple(links), tuple(LinkedEntry(*row) for row in others), limit)


def linked_table(found: Linked, which: str = "Other entries") -> Table:
    """Return a table with one row for each listed item.

    The text *which* is the name of the items in the title.
    """
    links, limit = found.links, found.limit
    return Table.of(
        "linked",
        f"{which} with the link {', '.join(links)}" if links else "The event has no links",
        ("seq", "date", "party", "narration", "link"),
        found.entries[:limit],
        not_listed(len(found.entries), limit),
    )


def fills_of(link: str) -> str:
    """Return an SQL condition for the fills and payments that a link names.

    A link names a settlement, or a customer's account that was liquidated. For any other link the
    condition is `false`.
    """
    if account := _ACCOUNT.fullmatch(link):
        return f"holder = {int(account[1])} AND motive IN ('{_ENDED}')"
    named = _SETTLEMENT.fullmatch(link)
    if named is None:
        return "false"
    day, hour, minute, second = named.groups()
    try:
        midnight = datetime.combine(date.fromisoformat(day), time())
    except ValueError:
        return "false"
    # The time of a settlement's fills is one microsecond before the time in the link.
    seconds = 3600 * int(hour) + 60 * int(minute) + int(second)
    stamp = midnight + timedelta(seconds=seconds, microseconds=-1)
    return f"time = TIMESTAMP '{stamp}' AND motive IN ('{_SETTLED}')"


def not_listed(count: int, listed: int) -> tuple[str, ...]:
    """If some items are not listed, return a note with their number."""
    return (f"{count - listed:,} more are not listed.",) if count > listed else ()
