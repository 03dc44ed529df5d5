"""The trail up: from one fill or entry to every figure that it moves.

What happened, its postings, the closing entry that it is summed in, and every part of the hole
that it moves, with what stood there before and what stands there in the end.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
from beancount.core import data

from ledger.fills import Fill, Motive, Pairing
from ledger.reports.dollars import ZERO, usd_balances, usd_lines
from ledger.reports.table import Table
from ledger.reports.trail.both_tiers import SHOWN, BothTiers, TrailError, is_closing, seq_of, usd_of
from ledger.run_folder import RunFolder
from ledger.times import day_of, time_of_day
from ledger.transaction import MONEY, Transaction, kind_of

PARTS = ("cause", "claim", "liquid", "group")  # of the hole, as accounts are opened

_SETTLED = "', '".join(motive.word for motive in Motive if motive.is_settled)
_SETTLEMENT = re.compile(r"settlement-(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)")
_FILL = re.compile(r"fill-(\d+)")


def trail_up(run: RunFolder, start: int | str, limit: int = SHOWN) -> list[Table]:
    """Go up from a fill or an entry to the figures that it is part of.

    Args:
        run: the run.
        start: a seq, or a link such as ``settlement-2022-05-09-12-00-00``.
        limit: how many of many fills or entries to list.

    Returns:
        Of a fill: tables `fill`, `postings`, `closing`, `figures`, `linked`. Of an entry: `entry`,
        `postings`, `figures`, `linked`; of one that closes a period also `fills` and `agreement`.
        Of a link: `linked`, `figures`.

    Raises:
        TrailError: the books have no such number or link.
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
                raise TrailError(f"{link} is no fill; give a fill's link, or --seq {named[1]}")
            return _up_from_fill(books, fill, limit)
        return _up_from_link(books, link, limit)


def _up_from_fill(books: BothTiers, fill: Fill, limit: int) -> list[Table]:
    transaction = books.told(fill)
    lines = [(p.account, books.number(p), p.commodity, p.party) for p in transaction.postings]
    moved = [(account, usd) for account, usd, commodity, _ in lines if commodity == MONEY]
    return [
        _fill_table(fill, transaction, Pairing.of(fill, books.run.names)),
        _postings_table(lines),
        _closing_table(books.closing_of(fill)),
        _figures_table(books.run, moved, books.standing(fill.seq, booked=False)),
        _linked_table(books, transaction.links, fill.seq, limit),
    ]


def _up_from_entry(books: BothTiers, entry: data.Transaction, limit: int) -> list[Table]:
    before = books.standing(seq_of(entry), booked=is_closing(entry))
    tables = [
        _entry_table(entry),
        _postings_table(_lines(entry)),
        _figures_table(books.run, usd_lines(entry), before),
        _linked_table(books, sorted(entry.links), seq_of(entry), limit),
    ]
    if is_closing(entry):
        rows = books.fills_of(entry)
        tables += [_summed_table(books, rows, limit), _agreement_table(books, entry, rows)]
    return tables


def _up_from_link(books: BothTiers, link: str, limit: int) -> list[Table]:
    entries = [entry for entry in books.run.transactions if link in entry.links]
    payments = books.sums(_payments_of(link))
    if not entries and not payments:
        raise TrailError(
            f"nothing has the link {link!r}; give one as entries have it, such as "
            f"fills-{books.run.transactions[-1].date}, or fill-N with N from 1 to {books.last_seq}"
        )
    moved = [line for entry in entries for line in usd_lines(entry)]
    moved += [(p.account, usd_of(p.units)) for each in payments for p in books.posted(each)]
    first = min([*map(seq_of, entries), *(each.first_seq for each in payments)])
    before = books.standing(first, booked=any(map(is_closing, entries)))
    return [_linked_table(books, [link], None, limit), _figures_table(books.run, moved, before)]


def _payments_of(link: str) -> str:
    """Return the condition on payments of the settlement that a link names; none of other links."""
    try:
        day, hour, minute, second = _SETTLEMENT.fullmatch(link).groups()
        midnight = datetime.combine(date.fromisoformat(day), time())
    except (AttributeError, ValueError):
        return "false"
    # A settlement is stamped with the last microsecond before its time.
    seconds = 3600 * int(hour) + 60 * int(minute) + int(second)
    stamp = midnight + timedelta(seconds=seconds, microseconds=-1)
    return f"time = TIMESTAMP '{stamp}' AND motive IN ('{_SETTLED}')"


# A line of an entry: account, number, commodity, and the party where it is not the payee.
PostingCells = tuple[str, Decimal, str, str | None]


def _lines(entry: data.Transaction) -> list[PostingCells]:
    return [
        (p.account, p.units.number, p.units.currency, p.meta.get("party")) for p in entry.postings
    ]


def _fill_table(fill: Fill, transaction: Transaction, pairing: Pairing) -> Table:
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


def _entry_table(entry: data.Transaction) -> Table:
    details = {k: v for k, v in entry.meta.items() if not k.startswith("__")}
    place = f"{Path(details.pop('filename')).name}:{details.pop('lineno')}"
    return Table(
        "entry",
        entry.narration,
        ("what", "value"),
        [
            ("date", entry.date),
            *((key, str(value)) for key, value in details.items()),
            ("payee", entry.payee),
            *(("tag", tag) for tag in sorted(entry.tags)),
            *(("link", link) for link in sorted(entry.links)),
            ("stands in", place),
        ],
    )


def _postings_table(lines: Sequence[PostingCells]) -> Table:
    return Table("postings", "Its postings", ("account", "amount", "commodity", "party"), lines)


def _closing_table(closing: data.Transaction | None) -> Table:
    rows, notes = [], ("No closing entry sums it up: audit the run.",)
    if closing:
        bounds = (int(closing.meta[key]) for key in ("fills", "first-fill", "last-fill"))
        rows = [(closing.date, seq_of(closing), closing.narration, *bounds)]
        notes = ("The general ledger has this sum in the fill's place.",)
    return Table(
        "closing",
        "The closing entry that sums it up",
        ("date", "seq", "narration", "fills", "first_seq", "last_seq"),
        rows,
        notes,
    )


def _figures_table(
    run: RunFolder, moved: Iterable[tuple[str, Decimal]], before: Mapping[str, Decimal]
) -> Table:
    """Tell, for each part of the hole that is moved, what stood there and what will."""
    lines = (before.items(), moved, usd_balances(run).items())
    stood, moves, ends = (_by_part(run, each) for each in lines)
    rows = [
        (part, kind, stood[part, kind], usd, stood[part, kind] + usd, ends[part, kind])
        for (part, kind), usd in sorted(moves.items(), key=lambda item: PARTS.index(item[0][0]))
    ]
    hole, change, end = (
        sum((usd for (part, _), usd in each.items() if part == "cause"), ZERO)
        for each in (stood, moves, ends)
    )
    rows.append(("hole", None, hole, change, hole + change, end))
    return Table(
        "figures",
        "The figures of the house group that it is part of",
        ("part", "kind", "before_usd", "moved_usd", "after_usd", "end_usd"),
        rows,
        ("The hole is the sum of its causes; claims owed are below zero, liquid assets above.",),
    )


def _by_part(
    run: RunFolder, lines: Iterable[tuple[str, Decimal]]
) -> defaultdict[tuple[str, str], Decimal]:
    """Sum lines by the part their accounts play in the hole, and by kind."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for account, usd in lines:
        if part := run.opens[account].meta.get("hole"):
            sums[part, kind_of(account)] += usd
    return sums


def _linked_table(books: BothTiers, links: Sequence[str], own: int | None, limit: int) -> Table:
    """List what shares a link: entries, and of a settlement its payments."""
    rows = []
    for link in links:
        for fill in map(Fill._make, books.fills(_payments_of(link)).tolist()):
            told = books.told(fill)
            rows.append((fill.seq, day_of(fill.time_us), told.payee, told.narration, link))
        for entry in books.run.transactions:
            if link in entry.links:
                rows.append((seq_of(entry), entry.date, entry.payee, entry.narration, link))
    rows = sorted(row for row in rows if row[0] != own)
    title = f"What else has the link {', '.join(links)}" if links else "It has no link"
    columns = ("seq", "date", "party", "narration", "link")
    return Table("linked", title, columns, rows[:limit], _more(rows, limit))


def _summed_table(books: BothTiers, rows: np.ndarray, limit: int) -> Table:
    return Table(
        "fills",
        f"The fills that it sums up: {len(rows):,}",
        ("seq", "time", "narration", "edge_usd", "fee_usd"),
        [
            (
                fill.seq,
                time_of_day(fill.time_us),
                books.told(fill).narration,
                usd_of(fill.edge_cents),
                usd_of(fill.fee_cents),
            )
            for fill in map(Fill._make, rows[:limit].tolist())
        ],
        _more(rows, limit),
    )


def _agreement_table(books: BothTiers, entry: data.Transaction, rows: np.ndarray) -> Table:
    """Hold each posting of a closing entry against its fills, summed anew."""
    booked = {(account, party, unit): number for account, number, unit, party in _lines(entry)}
    summed = {(p.account, p.party, p.commodity): books.number(p) for p in books.summed(rows)}
    lines = [("fills", None, None, entry.meta["fills"], Decimal(len(rows)))]
    for key in dict.fromkeys((*booked, *summed)):
        lines.append((*key, booked.get(key, ZERO), summed.get(key, ZERO)))
    return Table(
        "agreement",
        "The entry against its fills, summed anew",
        ("line", "party", "commodity", "in_the_entry", "in_the_fills", "difference"),
        [(*line, line[-2] - line[-1]) for line in lines],
        ("Every difference must be zero.",),
    )


def _more(rows: Sequence[object], limit: int) -> tuple[str, ...]:
    return (f"{len(rows) - limit:,} more are not listed.",) if len(rows) > limit else ()
