"""The trail up: from one fill or entry to every figure that it changes.

The report shows the fill or entry, its postings, and every part of the hole that it changes. For
each part the report shows the amount before the change, after the change, and at the end of the
run. For a fill it also shows the closing entry, and for a closing entry the fills.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.fills import Fill, Pairing
from ledger.reports.table import Cell, Table
from ledger.reports.trail.booked_entries import BookedEntry, PostingCells
from ledger.reports.trail.both_tiers import SHOWN, BothTiers, TrailError, usd_of
from ledger.reports.trail.closed_fills import (
    ClosedFills,
    agreement_table,
    closed_fills,
    summed_table,
)
from ledger.reports.trail.linked_entries import Linked, fills_of, linked, linked_table
from ledger.reports.trail.moved_figures import MovedFigure, figures_table, moved_figures
from ledger.run_folder import RunFolder
from ledger.times import day_of, time_of_day
from ledger.transaction import MONEY, Movement, entity_of

_FILL = re.compile(r"fill-(\d{1,18})")


@dataclass(frozen=True, slots=True)
class FillTrail:
    """A fill, and the figures that include it."""

    fill: Fill[int]
    transaction: Movement
    pairing: Pairing
    postings: tuple[PostingCells, ...]
    closing: BookedEntry | None  # the closing entry that includes the fill
    figures: tuple[MovedFigure, ...]
    linked: Linked

    def answer(self) -> str:
        """Return a sentence with the number and the narration of the fill."""
        return f"Fill {self.fill.seq}: {self.transaction.narration}."

    def tables(self) -> list[Table]:
        """Return the tables of the fill.

        The tables show the fill, its postings, its closing entry, the figures that the fill
        changes, and what `linked` finds for the fill's links.
        """
        return [
            _fill_table(self.fill, self.transaction, self.pairing),
            _postings_table(self.postings),
            _closing_table(self.closing),
            figures_table(self.figures),
            linked_table(self.linked),
        ]


@dataclass(frozen=True, slots=True)
class EntryTrail:
    """An entry, and the figures that include it."""

    entry: BookedEntry
    place: str  # the file and the line
    figures: tuple[MovedFigure, ...]
    linked: Linked
    closed: ClosedFills | None  # the fills of the entry, if it is a closing entry

    def answer(self) -> str:
        """Return a sentence with the entry's number, file, line and narration."""
        return f"Entry {self.entry.seq} ({self.place}): {self.entry.narration}."

    def tables(self) -> list[Table]:
        """Return the tables of the entry.

        The tables show the entry's postings, its metadata, the figures that the entry changes,
        and what `linked` finds for the entry's links. A closing entry also has tables of its
        fills.
        """
        tables = [
            _postings_table(self.entry.lines, self.entry.narration),
            _entry_table(self.entry, self.place),
            figures_table(self.figures),
            linked_table(self.linked),
        ]
        if self.closed:
            tables += [summed_table(self.closed), agreement_table(self.closed)]
        return tables


@dataclass(frozen=True, slots=True)
class LinkTrail:
    """The entries, fills and payments of one link, and the figures that they change."""

    linked: Linked
    figures: tuple[MovedFigure, ...]

    def answer(self) -> str:
        """State how many entries, fills and payments are found for the link."""
        count = len(self.linked.entries)
        if count == 1:
            return "1 entry, fill or payment has this link."
        return f"{count:,} entries, fills and payments have this link."

    def tables(self) -> list[Table]:
        """Return two tables: the entries, fills and payments; and the figures that they change."""
        return [
            linked_table(self.linked, "Entries, fills and payments"),
            figures_table(self.figures),
        ]


def trail_up(
    run: RunFolder, start: int | str, limit: int = SHOWN
) -> FillTrail | EntryTrail | LinkTrail:
    """Find the figures that include a fill, an entry, or all entries of a link.

    Args:
        run: the run.
        start: the number (seq) of a fill or entry, or a link such as
            ``settlement-2022-05-09-12-00-00``.
        limit: the number of fills or entries to list.

    Raises:
        TrailError: the books do not have the number or the link.
    """
    with run.connect() as connection:
        books = BothTiers(run, connection)
        if isinstance(start, int):
            fill = books.fill(start)
            if fill is None:
                return _up_from_entry(books, books.entry(start), limit)
            return _up_from_fill(books, fill, limit)
        link = start.removeprefix("^")
        if named := _FILL.fullmatch(link):
            fill = books.fill(int(named[1]))
            if fill is None:
                raise TrailError(f"{link} is not a fill; give a fill's link, or --seq {named[1]}")
            return _up_from_fill(books, fill, limit)
        return _up_from_link(books, link, limit)


def _up_from_fill(books: BothTiers, fill: Fill[int], limit: int) -> FillTrail:
    transaction = books.told(fill)
    lines = [(p.account, books.number(p), p.commodity, p.party) for p in transaction.postings]
    moved = [(account, usd) for account, usd, commodity, _ in lines if commodity == MONEY]
    return FillTrail(
        fill,
        transaction,
        Pairing.of(fill, books.run.names),
        tuple(lines),
        books.closing_of(fill),
        moved_figures(books.run, moved, books.standing(fill.seq, booked=False)),
        linked(books, transaction.links, fill.seq, limit),
    )


def _up_from_entry(books: BothTiers, entry: BookedEntry, limit: int) -> EntryTrail:
    has_fills = entry.is_closing and books.run.has_fills
    return EntryTrail(
        entry,
        books.run.place_of(entry.seq, entry.date),
        moved_figures(books.run, entry.usd_lines, books.standing(entry.seq, entry.is_closing)),
        linked(books, entry.links, entry.seq, limit),
        closed_fills(books, entry, limit) if has_fills else None,
    )


def _up_from_link(books: BothTiers, link: str, limit: int) -> LinkTrail:
    entries = books.entries_with(link)
    payments = books.sums(fills_of(link))
    if not entries and not payments:
        raise TrailError(
            f"no entry has the link {link!r}; give a link of an entry, such as "
            f"fills-{books.last_day}, or fill-N with N from 1 to {books.last_seq}"
        )
    moved = [line for entry in entries for line in entry.usd_lines]
    moved += [(p.account, usd_of(p.units)) for each in payments for p in books.posted(each)]
    first = min([*(entry.seq for entry in entries), *(each.first_seq for each in payments)])
    before = books.standing(first, booked=any(entry.is_closing for entry in entries))
    figures = moved_figures(books.run, moved, before)
    return LinkTrail(linked(books, [link], None, limit), figures)


def _fill_table(fill: Fill[int], transaction: Movement, pairing: Pairing) -> Table:
    return Table(
        "fill",
        transaction.narration,
        ("what", "value"),
        [
            ("seq", str(fill.seq)),
            ("time", f"{day_of(fill.time_us)} {time_of_day(fill.time_us)}"),
            ("motive", pairing.motive.word),
            ("venue", pairing.venue),
            ("taker", pairing.taker),
            ("maker", pairing.maker),
            *((key, value.strip('"')) for key, value in transaction.meta),
            ("edge_usd", usd_of(fill.edge_cents)),
            ("fee_usd", usd_of(fill.fee_cents)),
            *(("link", link) for link in transaction.links),
        ],
    )


def _entry_table(entry: BookedEntry, place: str) -> Table:
    return Table(
        "entry",
        entry.narration,
        ("what", "value"),
        [
            ("date", entry.date),
            ("seq", str(entry.seq)),
            ("time", entry.time),
            *entry.meta.items(),
            ("payee", entry.payee),
            *(("tag", tag) for tag in (entry.tag,) if tag),
            *(("link", link) for link in entry.links),
            ("file and line", place),
        ],
    )


def _postings_table(lines: Sequence[PostingCells], title: str = "The postings") -> Table:
    """Return a table of postings. Its note names the entity whose books have the last posting."""
    entities = [entity_of(account) for account, *_ in lines]
    notes = (f"The books of one entity: moneytrail books RUN {entities[-1]}",) if entities else ()
    return Table("postings", title, ("account", "amount", "commodity", "party"), lines, notes)


def _closing_table(closing: BookedEntry | None) -> Table:
    rows: list[tuple[Cell, ...]] = []
    notes = ("No closing entry includes the fill: audit the run.",)
    if closing:
        bounds = (int(closing.meta[key]) for key in ("fills", "first-fill", "last-fill"))
        rows = [(closing.date, closing.seq, closing.narration, *bounds)]
        notes = ("The general ledger has this sum, not the single fill.",)
    return Table(
        "closing",
        "The closing entry that includes the fill",
        ("date", "seq", "narration", "fills", "first_seq", "last_seq"),
        rows,
        notes,
    )
