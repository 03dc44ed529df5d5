"""Chooses the fills that a page shows: the fills of closing entries on important days.

A run may have millions of fills, but the page has room for FILLS_MAX. The page has all fills of a
chosen entry, so that a reader can add them up.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ledger.fills import each_fill
from ledger.kinds import Kind
from ledger.motives import WITH_FEE, words
from ledger.reports.trail.booked_entries import BookedEntry, booked_entries
from ledger.reports.trail.both_tiers import BothTiers
from ledger.run_folder import RunFolder

FILLS_MAX = 24_000  # the most fills on the page
OF_A_DAY_MAX = 6_000  # the most fills of one day on the page
ORDINALS = ("Largest", "Second largest", "Third largest", "Fourth largest", "Fifth largest")
# Only the fills of entries with one of these motives can be on the page. The page can check such an
# entry: the edges and the fees of its fills sum to amounts in the entry.
TOLD = words(WITH_FEE)

_SUMS_UP_FILLS = re.compile(r"^  seq: (\d+)\n(?:  time: .*\n)?  fills: ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ChosenDay:
    """An important day with fills, and the reason why the day is important."""

    day: date
    why: str


def chosen_days(run: RunFolder, dated: Mapping[date, str]) -> list[ChosenDay]:
    """Return up to five days with the largest losses on stale quotes, and other important days.

    A day without a closing entry is left out.

    Args:
        run: the run whose books are read.
        dated: other important days, each with a reason.
    """
    found = run.select(
        "SELECT date FROM postings WHERE entity = ? AND kind = ? AND commodity = 'USD' "
        "GROUP BY date HAVING sum(units) > 0 ORDER BY sum(units) DESC, date LIMIT ?",
        [run.chart.parties.maker, Kind.PICKOFF, len(ORDINALS)],
    )
    ranks = {
        day: f"{rank} loss on stale quotes" for rank, (day,) in zip(ORDINALS, found, strict=False)
    }
    days = {**dated, **{day: _joined(dated.get(day), why) for day, why in ranks.items()}}
    with_fills = {
        day
        for (day,) in run.select(
            "SELECT DISTINCT date FROM postings WHERE (meta->>'fills') IS NOT NULL"
        )
    }
    return [ChosenDay(day, days[day]) for day in sorted(days) if day in with_fills]


def _joined(before: str | None, why: str) -> str:
    return f"{before}; {why[0].lower()}{why[1:]}" if before else why


def entries_with_fills(books: str) -> set[int]:
    """Return the numbers of the closing entries in the text of a ledger."""
    return set(map(int, _SUMS_UP_FILLS.findall(books)))


def fills_by_entry(
    run: RunFolder, days: Iterable[ChosenDay], listed: Container[int]
) -> dict[int, list[list[object]]]:
    """Return the fills of each day's closing entries, by the entry's number.

    An entry is left out if the page has no room for all of its fills. Room is given day by day.
    The entries of a day are sorted by motive, and then by amount, with the largest amount first.

    Args:
        run: the run whose books are read.
        days: the days whose fills are returned.
        listed: the numbers of the entries on the page. Other entries are left out.

    Returns:
        The rows of each entry, by the entry's number. A row is a fill: seq, time, sentence, edge in
        cents, and fee in cents.
    """
    chosen: dict[int, list[list[object]]] = {}
    room = FILLS_MAX
    with run.connect() as connection:
        books = BothTiers(run, connection)
        for each in days:
            left = min(room, OF_A_DAY_MAX)
            for entry in _largest_first(run, each.day):
                count = int(entry.meta["fills"])
                if count <= left and entry.seq in listed:
                    chosen[entry.seq] = list(_rows(books, entry))
                    left, room = left - count, room - count
    return chosen


def _largest_first(run: RunFolder, day: date) -> list[BookedEntry]:
    """Return a day's closing entries by motive, and for each motive the largest amount first."""
    found = booked_entries(
        run, "date = ? AND tag IN (SELECT unnest(?)) AND (meta->>'fills') IS NOT NULL", [day, TOLD]
    )
    order = {word: n for n, word in enumerate(TOLD)}
    return sorted(found, key=lambda entry: (order[entry.tag or ""], -_moved(entry), entry.seq))


def _moved(entry: BookedEntry) -> float:
    return float(max((abs(usd) for _, usd in entry.usd_lines), default=0))


def _rows(books: BothTiers, entry: BookedEntry) -> Iterator[list[object]]:
    rows = books.fills_of(entry)
    said = books.sentences(rows)
    for fill in each_fill(rows):
        yield [fill.seq, fill.time_us, said[fill.seq], fill.edge_cents, fill.fee_cents]
