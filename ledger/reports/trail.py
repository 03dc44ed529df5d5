"""The trail: from a figure down to the fills that make it up, from a fill or entry up to figures.

Down: a figure is what stands in dollars on the accounts of one kind, in the books of the house
group or of one entity. Entries of the general ledger make it up, and fills make up those of them
that close a period. Entries are as Beancount reads them, fills as DuckDB sums them, posted by the
one rule; whether the two agree is part of the answer.

Up: what happened, its postings, the closing entry that it is summed in, and every part of the
hole that it moves, with what stood there before and what stands there in the end.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
from beancount.core import data

from ledger import fill_store
from ledger.entries import GROUPED_BY, Entries
from ledger.fills import Fill, Motive, Pairing, postings
from ledger.reports.books import UnknownEntityError
from ledger.reports.table import Table
from ledger.reports.where import ZERO, kind_of, usd_balances, usd_lines
from ledger.run_folder import RunFolder
from ledger.times import day_of, time_of_day
from ledger.transaction import MONEY, Posting, Transaction, entity_of

SHOWN = 20  # entries or fills, unless the reader wants another number

SIGNS = (
    "Signs are Beancount's: uses, costs and assets are above zero; sources, gains and debts below."
)
PARTS = ("cause", "claim", "liquid", "group")  # of the hole, as accounts are opened

_MOTIVES = {motive.word: motive for motive in Motive}
_PAYMENTS = "', '".join(motive.word for motive in Motive if motive.is_payment)
_SETTLEMENT = re.compile(r"settlement-(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)")
_FILL = re.compile(r"fill-(\d+)")


class TrailError(ValueError):
    """There is nothing in the books by that kind, number or link."""


# ------------------------------------------------------------------- entries and fills


class FillSum(NamedTuple):
    """The sum of fills of one pairing."""

    pairing: Pairing
    fills: int
    first_seq: int
    last_seq: int
    edge_cents: int
    fee_cents: int


class Books:
    """The general ledger and the fills of a run, read side by side."""

    def __init__(self, run: RunFolder, connection: duckdb.DuckDBPyConnection) -> None:
        self.run, self._connection = run, connection
        self._entries = Entries(run.chart, run.names)
        self._scales = {contract.commodity: contract.quantity for contract in run.chart.contracts}

    @property
    def last_seq(self) -> int:
        """Return the last number of the true order: a closing entry has it."""
        return _seq(self.run.transactions[-1])

    def entry(self, seq: int) -> data.Transaction:
        """Find the entry of a number.

        Raises:
            TrailError: there is none.
        """
        for entry in self.run.transactions:
            if _seq(entry) == seq:
                return entry
        raise TrailError(f"seq {seq} is not in the books; give a number from 1 to {self.last_seq}")

    def fill(self, seq: int) -> Fill | None:
        """Find the fill of a number; None where there is none."""
        rows = self.fills(f"seq = {seq}")
        return Fill._make(rows[0].item()) if len(rows) else None

    def fills(self, condition: str) -> np.ndarray:
        """Read the fills that meet a condition."""
        return fill_store.read(self._connection, f"(FROM rows WHERE {condition})", self.run.names)

    def sums(self, condition: str) -> list[FillSum]:
        """Sum the fills that meet a condition, by pairing."""
        found = self._connection.execute(
            "SELECT motive, venue, taker, maker, count(*), min(seq), max(seq), sum(edge_cents), "
            f"sum(fee_cents) FROM rows WHERE {condition} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return [
            FillSum(Pairing(_MOTIVES[motive], venue, taker, maker), *sums)
            for motive, venue, taker, maker, *sums in found
        ]

    def told(self, fill: Fill) -> Transaction:
        """Expand a fill to the transaction that a day ledger has of it."""
        return self._entries.of_row(fill)

    def posted(self, fills: FillSum) -> list[Posting]:
        """Apply the rule that posts fills to a sum of them; contracts are left out."""
        return postings(self.run.chart, fills.pairing, fills.edge_cents, fills.fee_cents, {})

    def closing_of(self, fill: Fill) -> data.Transaction | None:
        """Find the entry that sums up *fill*: its first fill has the same pairing."""
        pairing = Pairing.of(fill, self.run.names)
        sign = (pairing.motive.word, pairing.payee(self.run.chart.parties))
        for entry in self.run.transactions:
            if _is_closing(entry) and (*entry.tags, entry.payee) == sign:
                first, last = int(entry.meta["first-fill"]), int(entry.meta["last-fill"])
                opener = self.fill(first) if first <= fill.seq <= last else None
                if opener and Pairing.of(opener, self.run.names) == pairing:
                    return entry
        return None

    def fills_of(self, closing: data.Transaction) -> np.ndarray:
        """Read the fills that a closing entry sums up: those of the pairing of its first."""
        first, last = int(closing.meta["first-fill"]), int(closing.meta["last-fill"])
        pairing = ", ".join(GROUPED_BY)
        return self.fills(
            f"seq BETWEEN {first} AND {last} "
            f"AND ({pairing}) IN (SELECT {pairing} FROM rows WHERE seq = {first})"
        )

    def summed(self, rows: np.ndarray) -> list[Posting]:
        """Sum fills of one pairing anew, as a closing entry does; contracts are kept."""
        return [p for entry in self._entries.closing(rows, 0) for p in entry.postings]

    def standing(self, seq: int, booked: bool) -> dict[str, Decimal]:
        """Return what stood on each account, in dollars, just before *seq*.

        Args:
            seq: the place in the true order.
            booked: whether fills count from when their closing entry is booked, as a reader of
                the general ledger sees it; else from when they happened.
        """
        stood: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for entry in self.run.transactions:
            if _seq(entry) < seq and (booked or not _is_closing(entry)):
                for account, usd in usd_lines(entry):
                    stood[account] += usd
        for each in () if booked else self.sums(f"seq < {seq}"):
            for posting in self.posted(each):
                stood[posting.account] += _usd(posting.units)
        return stood

    def number(self, posting: Posting) -> Decimal:
        """Return what a posting moves as a decimal of its commodity."""
        if posting.commodity == MONEY:
            return _usd(posting.units)
        return Decimal(self._scales[posting.commodity].text(posting.units))


def _seq(entry: data.Transaction) -> int:
    return int(entry.meta["seq"])


def _is_closing(entry: data.Transaction) -> bool:
    return "fills" in entry.meta


def _usd(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


# ------------------------------------------------------------------------------- down


def trail(
    run: RunFolder,
    kind: str | None = None,
    party: str | None = None,
    since: date | None = None,
    until: date | None = None,
    entity: str | None = None,
    limit: int = SHOWN,
) -> list[Table]:
    """Go down from a figure to its entries, and to the fills behind them.

    Args:
        run: the run.
        kind: the third word of accounts, such as PickOff; else all kinds that explain the hole,
            or the result of *entity*.
        party: who is on the other side; else everybody.
        since: the first day; else the run's.
        until: the last day; else the run's.
        entity: whose books; else those of the house group.
        limit: how many entries to list, the largest.

    Returns:
        Tables `entries`, `fills` and `sums`.

    Raises:
        UnknownEntityError: *entity* or *party* keeps no books.
        TrailError: the books have no such kind, or the period ends before it starts.
    """
    figure = _figure(run, kind, party, since, until, entity)
    with run.connect() as connection:
        sums = list(_fill_shares(Books(run, connection), figure))
    shares = list(_shares(run, figure))
    largest = sorted(shares, key=lambda share: -abs(share.usd))[:limit]
    listed = sorted(largest, key=lambda share: _seq(share.entry))
    return [
        _entries_table(figure, shares, listed),
        _fills_table(sums),
        _sums_table(shares, listed, sums),
    ]


@dataclass(frozen=True, slots=True)
class Figure:
    """Dollars on some accounts, in a period, with one party or with all."""

    name: str
    accounts: frozenset[str]
    party: str | None
    since: date
    until: date

    def takes(self, account: str, party: str | None) -> bool:
        """Tell whether a posting belongs to it."""
        return account in self.accounts and self.party in (None, party)


class Share(NamedTuple):
    """What an entry contributes to a figure, with one party on the other side."""

    entry: data.Transaction
    party: str | None
    usd: Decimal


class FillShare(NamedTuple):
    """What the fills of one pairing contribute to a figure."""

    sum: FillSum
    usd: Decimal


def _figure(
    run: RunFolder,
    kind: str | None,
    party: str | None,
    since: date | None,
    until: date | None,
    entity: str | None,
) -> Figure:
    parties = run.chart.parties
    for name in (entity, party):
        if name not in (None, *parties.names):
            raise UnknownEntityError(name, parties.names)
    if since and until and since > until:
        raise TrailError(f"the period from {since} to {until} ends before it starts; exchange them")
    books = (entity,) if entity else parties.group
    owned = [a for a, o in run.opens.items() if entity_of(a) in books and MONEY in o.currencies]
    if kind is None:
        accounts = [account for account in owned if _explains(run, account)]
    else:
        accounts = [account for account in owned if kind_of(account) == kind]
    if not accounts:
        raise _no_such_kind(" and ".join(books), kind, list(dict.fromkeys(map(kind_of, owned))))
    name = f"{kind or 'All kinds'} in the books of {' and '.join(books)}"
    for word, bound in (("with", party), ("since", since), ("until", until)):
        name += f", {word} {bound}" if bound else ""
    return Figure(name, frozenset(accounts), party, since or date.min, until or date.max)


def _explains(run: RunFolder, account: str) -> bool:
    """Tell whether an account says why there is money, not where it is."""
    part = run.opens[account].meta.get("hole")
    if part is None:  # outside the house group
        return account.startswith(("Income:", "Expenses:", "Equity:"))
    return part == "cause"


def _no_such_kind(books: str, kind: str | None, kinds: Sequence[str]) -> TrailError:
    close = get_close_matches(str(kind).casefold(), map(str.casefold, kinds), n=1)
    meant = "".join(f"did you mean {each}? " for each in kinds if each.casefold() in close)
    return TrailError(f"{books} keep no {kind!r}; {meant}the kinds are {', '.join(kinds)}")


def _shares(run: RunFolder, figure: Figure) -> Iterator[Share]:
    for entry in run.transactions:
        if figure.since <= entry.date <= figure.until:
            usd: dict[str | None, Decimal] = defaultdict(lambda: ZERO)
            for posting in entry.postings:
                party = posting.meta.get("party") or entry.payee
                if figure.takes(posting.account, party) and posting.units.currency == MONEY:
                    usd[party] += posting.units.number
            yield from (Share(entry, party, moved) for party, moved in usd.items())


def _fill_shares(books: Books, figure: Figure) -> Iterator[FillShare]:
    """Yield what of the period's fills belongs to the figure, without asking the entries."""
    period = f"time >= DATE '{figure.since}' AND time < DATE '{figure.until}' + 1"
    for each in books.sums(period):
        payee = each.pairing.payee(books.run.chart.parties)
        posted = books.posted(each)
        found = [p.units for p in posted if figure.takes(p.account, p.party or payee)]
        if found:
            yield FillShare(each, _usd(sum(found)))


def _entries_table(figure: Figure, shares: Sequence[Share], listed: Sequence[Share]) -> Table:
    more = len(shares) - len(listed)
    notes = (f"The largest {len(listed):,} are listed; there are {more:,} more.",) if more else ()
    return Table(
        "entries",
        f"{figure.name}: {_total(shares):,} {MONEY}",
        ("date", "seq", "party", "narration", "usd"),
        [(s.entry.date, _seq(s.entry), s.party, s.entry.narration, s.usd) for s in listed],
        (SIGNS, *notes),
    )


def _fills_table(sums: Sequence[FillShare]) -> Table:
    return Table(
        "fills",
        "The fills and payments behind these entries",
        (
            "motive",
            "venue",
            "taker",
            "maker",
            "fills",
            "first_seq",
            "last_seq",
            "edge_usd",
            "fee_usd",
            "usd",
        ),
        [
            (
                each.pairing.motive.word,
                each.pairing.venue,
                each.pairing.taker,
                each.pairing.maker,
                each.fills,
                each.first_seq,
                each.last_seq,
                _usd(each.edge_cents),
                _usd(each.fee_cents),
                usd,
            )
            for each, usd in sums
        ],
        ("The last column is what they contribute to the figure.",),
    )


def _sums_table(
    shares: Sequence[Share], listed: Sequence[Share], sums: Sequence[FillShare]
) -> Table:
    closings = [share for share in shares if _is_closing(share.entry)]
    others = len(shares) - len(listed)
    difference = _total(closings) - _total(sums)
    agree = "DO NOT agree: audit the run" if difference else "agree"
    return Table(
        "sums",
        "The figure, and whether the fills agree with it",
        ("line", "count", "usd"),
        [
            ("entries listed", len(listed), _total(listed)),
            ("entries not listed", others, _total(shares) - _total(listed)),
            ("the figure", len(shares), _total(shares)),
            ("of it, closing entries", len(closings), _total(closings)),
            ("fills behind the closing entries", sum(s.sum.fills for s in sums), _total(sums)),
            ("difference (must be 0.00)", None, difference),
        ],
        (
            f"The general ledger and the fills {agree}. Entries that are no closing entries stand "
            "for themselves.",
        ),
    )


def _total(shares: Iterable[Share | FillShare]) -> Decimal:
    return sum((share.usd for share in shares), ZERO)


# --------------------------------------------------------------------------------- up


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
        books = Books(run, connection)
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


def _up_from_fill(books: Books, fill: Fill, limit: int) -> list[Table]:
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


def _up_from_entry(books: Books, entry: data.Transaction, limit: int) -> list[Table]:
    before = books.standing(_seq(entry), booked=_is_closing(entry))
    tables = [
        _entry_table(entry),
        _postings_table(_lines(entry)),
        _figures_table(books.run, usd_lines(entry), before),
        _linked_table(books, sorted(entry.links), _seq(entry), limit),
    ]
    if _is_closing(entry):
        rows = books.fills_of(entry)
        tables += [_summed_table(books, rows, limit), _agreement_table(books, entry, rows)]
    return tables


def _up_from_link(books: Books, link: str, limit: int) -> list[Table]:
    entries = [entry for entry in books.run.transactions if link in entry.links]
    payments = books.sums(_payments_of(link))
    if not entries and not payments:
        raise TrailError(
            f"nothing has the link {link!r}; give one as entries have it, such as "
            f"fills-{books.run.transactions[-1].date}, or fill-N with N from 1 to {books.last_seq}"
        )
    moved = [line for entry in entries for line in usd_lines(entry)]
    moved += [(p.account, _usd(p.units)) for each in payments for p in books.posted(each)]
    first = min([*map(_seq, entries), *(each.first_seq for each in payments)])
    before = books.standing(first, booked=any(map(_is_closing, entries)))
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
    return f"time = TIMESTAMP '{stamp}' AND motive IN ('{_PAYMENTS}')"


# A line of an entry: account, number, commodity, and the party where it is not the payee.
Line = tuple[str, Decimal, str, str | None]


def _lines(entry: data.Transaction) -> list[Line]:
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
            ("edge_usd", _usd(fill.edge_cents)),
            ("fee_usd", _usd(fill.fee_cents)),
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


def _postings_table(lines: Sequence[Line]) -> Table:
    return Table("postings", "Its postings", ("account", "amount", "commodity", "party"), lines)


def _closing_table(closing: data.Transaction | None) -> Table:
    rows, notes = [], ("No closing entry sums it up: audit the run.",)
    if closing:
        bounds = (int(closing.meta[key]) for key in ("fills", "first-fill", "last-fill"))
        rows = [(closing.date, _seq(closing), closing.narration, *bounds)]
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


def _linked_table(books: Books, links: Sequence[str], own: int | None, limit: int) -> Table:
    """List what shares a link: entries, and of a settlement its payments."""
    rows = []
    for link in links:
        for fill in map(Fill._make, books.fills(_payments_of(link)).tolist()):
            told = books.told(fill)
            rows.append((fill.seq, day_of(fill.time_us), told.payee, told.narration, link))
        for entry in books.run.transactions:
            if link in entry.links:
                rows.append((_seq(entry), entry.date, entry.payee, entry.narration, link))
    rows = sorted(row for row in rows if row[0] != own)
    title = f"What else has the link {', '.join(links)}" if links else "It has no link"
    columns = ("seq", "date", "party", "narration", "link")
    return Table("linked", title, columns, rows[:limit], _more(rows, limit))


def _summed_table(books: Books, rows: np.ndarray, limit: int) -> Table:
    return Table(
        "fills",
        f"The fills that it sums up: {len(rows):,}",
        ("seq", "time", "narration", "edge_usd", "fee_usd"),
        [
            (
                fill.seq,
                time_of_day(fill.time_us),
                books.told(fill).narration,
                _usd(fill.edge_cents),
                _usd(fill.fee_cents),
            )
            for fill in map(Fill._make, rows[:limit].tolist())
        ],
        _more(rows, limit),
    )


def _agreement_table(books: Books, entry: data.Transaction, rows: np.ndarray) -> Table:
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
