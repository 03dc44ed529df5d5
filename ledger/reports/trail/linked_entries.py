"""What shares a link: entries, and the payments of a settlement."""

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
_SETTLEMENT = re.compile(r"settlement-(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class LinkedEntry:
    """What shares a link: an entry, or a payment of a settlement."""

    seq: int
    date: date
    party: str | None
    narration: str
    link: str


@dataclass(frozen=True, slots=True)
class Linked:
    """All that shares some links, in order."""

    links: tuple[str, ...]
    entries: tuple[LinkedEntry, ...]
    limit: int  # how many are listed


def linked(books: BothTiers, links: Sequence[str], own: int | None, limit: int) -> Linked:
    """Find what shares a link: entries, and of a settlement its payments."""
    rows = []
    for link in links:
        for fill in each_fill(books.fills(payments_of(link))):
            told = books.told(fill)
            rows.append((fill.seq, day_of(fill.time_us), told.payee, told.narration, link))
        for entry in books.entries_with(link):
            rows.append((entry.seq, entry.date, entry.payee, entry.narration, link))
    others = sorted(row for row in rows if row[0] != own)
    return Linked(tuple(links), tuple(LinkedEntry(*row) for row in others), limit)


def linked_table(found: Linked) -> Table:
    """Return a line for each that is listed."""
    links, limit = found.links, found.limit
    return Table.of(
        "linked",
        f"What else has the link {', '.join(links)}" if links else "It has no link",
        ("seq", "date", "party", "narration", "link"),
        found.entries[:limit],
        not_listed(len(found.entries), limit),
    )


def payments_of(link: str) -> str:
    """Return the condition on payments of the settlement that a link names; none of other links."""
    named = _SETTLEMENT.fullmatch(link)
    if named is None:
        return "false"
    day, hour, minute, second = named.groups()
    try:
        midnight = datetime.combine(date.fromisoformat(day), time())
    except ValueError:
        return "false"
    # A settlement is stamped with the last microsecond before its time.
    seconds = 3600 * int(hour) + 60 * int(minute) + int(second)
    stamp = midnight + timedelta(seconds=seconds, microseconds=-1)
    return f"time = TIMESTAMP '{stamp}' AND motive IN ('{_SETTLED}')"


def not_listed(count: int, listed: int) -> tuple[str, ...]:
    """Note how many more there are than are listed."""
    return (f"{count - listed:,} more are not listed.",) if count > listed else ()
