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
from typing import NamedTuple

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
_SETTLEMENT = re.compile(r"settlement-(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)")
_FILL = re.compile(r"fill-(\d+)")
_PAYMENTS = "', '".join(motive.word for motive in Motive if motive.is_payment)


class TrailError(ValueError):
    """There is nothing in the books by that kind, number or link."""


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
    shares = list(_shares(run, figure))
    parts = ((each, figure.part(each)) for each in _fill_sums(run, figure.period))
    sums = [(each, part) for each, part in parts if part is not None]
    largest = sorted(shares, key=lambda share: -abs(share.usd))[:limit]
    listed = sorted(largest, key=lambda share: _seq(share.entry))
    return [
        _entries_table(figure, shares, listed),
        _fills_table(figure, sums),
        _sums_table(shares, listed, sums),
    ]


class FillSum(NamedTuple):
    """The sum of fills of one pairing."""

    pairing: Pairing
    fills: int
    first_seq: int
    last_seq: int
    edge_cents: int
    fee_cents: int


class Share(NamedTuple):
    """What an entry contributes to a figure with one party on the other side."""

    entry: data.Transaction
    party: str | None
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """Dollars on some accounts, of a period, with one party or all."""

    run: RunFolder
    name: str
    accounts: frozenset[str]
    party: str | None
    since: date | None
    until: date | None

    def takes(self, account: str, party: str | None) -> bool:
        """Tell whether a posting belongs to it."""
        return account in self.accounts and self.party in (None, party)

    @property
    def period(self) -> str:
        """Return the period as a condition on the fills' rows."""
        first, last = self.since or date.min, self.until or date.max
        return f"time >= DATE '{first}' AND time < DATE '{last}' + 1"

    def part(self, fills: FillSum) -> Decimal | None:
        """Return what *fills* contribute; None if no posting of theirs belongs to it."""
        payee = fills.pairing.payee(self.run.chart.parties)
        found = [
            p.units for p in _posted(self.run, fills) if self.takes(p.account, p.party or payee)
        ]
        return _usd(sum(found)) if found else None


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
    kinds = list(dict.fromkeys(map(kind_of, owned)))
    if kind not in (None, *kinds):
        close = get_close_matches(kind.casefold(), map(str.casefold, kinds), n=1)
        meant = [f"did you mean {each}? " for each in kinds if each.casefold() in close]
        raise TrailError(
            f"{' and '.join(books)} keep no {kind!r}; {''.join(meant)}the kinds are "
            f"{', '.join(kinds)}"
        )
    accounts = [a for a in owned if (_explains(run, a) if kind is None else kind_of(a) == kind)]
    name = f"{kind or 'All kinds'} in the books of {' and '.join(books)}"
    name += f", with {party}" if party else ""
    name += f", since {since}" if since else ""
    name += f", until {until}" if until else ""
    return Figure(run, name, frozenset(accounts), party, since, until)


def _explains(run: RunFolder, account: str) -> bool:
    """Tell whether an account says why there is money, not where it is."""
    part = run.opens[account].meta.get("hole")
    return part == "cause" or (
        part is None and account.startswith(("Income:", "Expenses:", "Equity:"))
    )


def _shares(run: RunFolder, figure: Figure) -> Iterator[Share]:
    for entry in run.transactions:
        if (figure.since or date.min) <= entry.date <= (figure.until or date.max):
            usd: dict[str | None, Decimal] = defaultdict(lambda: ZERO)
            for posting in entry.postings:
                party = posting.meta.get("party") or entry.payee
                if figure.takes(posting.account, party) and posting.units.currency == MONEY:
                    usd[party] += posting.units.number
            yield from (Share(entry, party, moved) for party, moved in usd.items())


def _entries_table(figure: Figure, shares: Sequence[Share], listed: Sequence[Share]) -> Table:
    total = sum((share.usd for share in shares), ZERO)
    more = len(shares) - len(listed)
    notes = [SIGNS]
    if more:
        notes.append(f"The largest {len(listed):,} are listed; there are {more:,} more.")
    return Table(
        "entries",
        f"{figure.name}: {total:,} USD",
        ("date", "seq", "party", "narration", "usd"),
        [(s.entry.date, _seq(s.entry), s.party, s.entry.narration, s.usd) for s in listed],
        tuple(notes),
    )


def _fills_table(figure: Figure, sums: Sequence[tuple[FillSum, Decimal]]) -> Table:
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
                part,
            )
            for each, part in sums
        ],
        ("The last column is what they contribute to the figure.",),
    )


def _sums_table(
    shares: Sequence[Share], listed: Sequence[Share], sums: Sequence[tuple[FillSum, Decimal]]
) -> Table:
    total = sum((share.usd for share in shares), ZERO)
    shown = sum((share.usd for share in listed), ZERO)
    closings = [share.usd for share in shares if _is_closing(share.entry)]
    closed = sum(closings, ZERO)
    filled = sum((part for _, part in sums), ZERO)
    agree = "agree" if closed == filled else "DO NOT agree: audit the run"
    return Table(
        "sums",
        "The figure, and whether the fills agree with it",
        ("line", "count", "usd"),
        [
            ("entries listed", len(listed), shown),
            ("entries not listed", len(shares) - len(listed), total - shown),
            ("the figure", len(shares), total),
            ("of it, closing entries", len(closings), closed),
            ("fills behind the closing entries", sum(each.fills for each, _ in sums), filled),
            ("difference (must be 0.00)", None, closed - filled),
        ],
        (
            f"The general ledger and the fills {agree}. The rest of the figure is entries that "
            "stand for themselves.",
        ),
    )


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
    if isinstance(start, str):
        link = start.removeprefix("^")
        if not (fill_link := _FILL.fullmatch(link)):
            return _up_from_link(run, link, limit)
        fill = _fill(run, int(fill_link[1]))
        if fill is None:
            raise TrailError(f"{link}: seq {fill_link[1]} is no fill but an entry; give its seq")
        return _up_from_fill(run, fill, limit)
    fill = _fill(run, start)
    if fill is not None:
        return _up_from_fill(run, fill, limit)
    return _up_from_entry(run, _entry(run, start), limit)


def _up_from_fill(run: RunFolder, fill: Fill, limit: int) -> list[Table]:
    transaction = Entries(run.chart, run.names).of_row(fill)
    moved = [(p.account, _number(run, p)) for p in transaction.postings if p.commodity == MONEY]
    return [
        _fill_table(run, fill, transaction),
        _postings_table(
            (p.account, _number(run, p), p.commodity, p.party) for p in transaction.postings
        ),
        _closing_table(_closing_of(run, fill)),
        _figures_table(run, moved, _standing(run, fill.seq, booked=False)),
        _linked_table(run, transaction.links, fill.seq, limit),
    ]


def _up_from_entry(run: RunFolder, entry: data.Transaction, limit: int) -> list[Table]:
    before = _standing(run, _seq(entry), booked=_is_closing(entry))
    tables = [
        _entry_table(entry),
        _postings_table(
            (p.account, p.units.number, p.units.currency, p.meta.get("party"))
            for p in entry.postings
        ),
        _figures_table(run, usd_lines(entry), before),
        _linked_table(run, sorted(entry.links), _seq(entry), limit),
    ]
    if _is_closing(entry):
        rows = _rows_of(run, entry)
        tables += [_summed_table(run, rows, limit), _agreement_table(run, entry, rows)]
    return tables


def _up_from_link(run: RunFolder, link: str, limit: int) -> list[Table]:
    entries = [entry for entry in run.transactions if link in entry.links]
    settled = _fill_sums(run, _payments_of(link))
    if not entries and not settled:
        raise TrailError(
            f"nothing has the link {link!r}; give one as entries have it, such as "
            f"fills-{run.transactions[-1].date}, or fill-N with N from 1 to {_last_seq(run)}"
        )
    moved = [line for entry in entries for line in usd_lines(entry)]
    moved += [(p.account, _usd(p.units)) for each in settled for p in _posted(run, each)]
    first = min([*(_seq(entry) for entry in entries), *(each.first_seq for each in settled)])
    before = _standing(run, first, booked=any(map(_is_closing, entries)))
    return [_linked_table(run, [link], None, limit), _figures_table(run, moved, before)]


def _fill_table(run: RunFolder, fill: Fill, transaction: Transaction) -> Table:
    pairing = Pairing.of(fill, run.names)
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
    where = f"{details.pop('filename').rpartition('/')[2]}:{details.pop('lineno')}"
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
            ("stands in", where),
        ],
    )


def _postings_table(rows: Iterable[tuple[str, Decimal, str, str | None]]) -> Table:
    return Table(
        "postings", "Its postings", ("account", "amount", "commodity", "party"), list(rows)
    )


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


def _linked_table(run: RunFolder, links: Sequence[str], own: int | None, limit: int) -> Table:
    """List what shares a link: entries, and of a settlement its payments."""
    rows = []
    for link in links:
        for fill in map(Fill._make, _read(run, _payments_of(link)).tolist()):
            told = Entries(run.chart, run.names).of_row(fill)
            rows.append((fill.seq, day_of(fill.time_us), told.payee, told.narration, link))
        for e in run.transactions:
            if link in e.links:
                rows.append((_seq(e), e.date, e.payee, e.narration, link))
    rows = sorted(row for row in rows if row[0] != own)
    title = f"What else has the link {', '.join(links)}" if links else "It has no link"
    columns = ("seq", "date", "party", "narration", "link")
    return Table("linked", title, columns, rows[:limit], _more(rows, limit))


def _summed_table(run: RunFolder, rows: np.ndarray, limit: int) -> Table:
    sentence = Entries(run.chart, run.names).of_row
    first = [Fill._make(row) for row in rows[:limit].tolist()]
    return Table(
        "fills",
        f"The fills that it sums up: {len(rows):,}",
        ("seq", "time", "narration", "edge_usd", "fee_usd"),
        [
            (
                fill.seq,
                time_of_day(fill.time_us),
                sentence(fill).narration,
                _usd(fill.edge_cents),
                _usd(fill.fee_cents),
            )
            for fill in first
        ],
        _more(rows, limit),
    )


def _agreement_table(run: RunFolder, entry: data.Transaction, rows: np.ndarray) -> Table:
    """Hold each posting of a closing entry against its fills, summed anew."""
    resummed = Entries(run.chart, run.names).closing(rows, 0) if len(rows) else ()
    # With the party: an account may be posted to twice, for two of them.
    summed = {
        (p.account, p.party, p.commodity): _number(run, p) for e in resummed for p in e.postings
    }
    booked = {
        (p.account, p.meta.get("party"), p.units.currency): p.units.number for p in entry.postings
    }
    lines = [("fills", None, None, entry.meta["fills"], Decimal(len(rows)))]
    lines += [
        (*key, booked.get(key, ZERO), summed.get(key, ZERO))
        for key in dict.fromkeys((*booked, *summed))
    ]
    return Table(
        "agreement",
        "The entry against its fills, summed anew",
        ("line", "party", "commodity", "in_the_entry", "in_the_fills", "difference"),
        [(*line, line[-2] - line[-1]) for line in lines],
        ("Every difference must be zero.",),
    )


# ------------------------------------------------------------------- entries and fills


def _seq(entry: data.Transaction) -> int:
    return int(entry.meta["seq"])


def _is_closing(entry: data.Transaction) -> bool:
    return "fills" in entry.meta


def _entry(run: RunFolder, seq: int) -> data.Transaction:
    for entry in run.transactions:
        if _seq(entry) == seq:
            return entry
    raise TrailError(f"seq {seq} is not in the books; give a number from 1 to {_last_seq(run)}")


def _last_seq(run: RunFolder) -> int:
    return _seq(run.transactions[-1])


def _read(run: RunFolder, condition: str) -> np.ndarray:
    with run.connect() as connection:
        return fill_store.read(connection, f"(FROM rows WHERE {condition})", run.names)


def _fill(run: RunFolder, seq: int) -> Fill | None:
    rows = _read(run, f"seq = {seq}")
    return Fill._make(rows[0].item()) if len(rows) else None


def _closing_of(run: RunFolder, fill: Fill) -> data.Transaction | None:
    """Find the entry that sums up *fill*: its first fill has the same pairing."""
    pairing = Pairing.of(fill, run.names)
    sign = (pairing.motive.word, pairing.payee(run.chart.parties))
    for entry in run.transactions:
        if _is_closing(entry) and (*entry.tags, entry.payee) == sign:
            first, last = int(entry.meta["first-fill"]), int(entry.meta["last-fill"])
            opener = _fill(run, first) if first <= fill.seq <= last else None
            if opener and Pairing.of(opener, run.names) == pairing:
                return entry
    return None


def _rows_of(run: RunFolder, closing: data.Transaction) -> np.ndarray:
    """Read the fills that a closing entry sums up: those of the pairing of its first."""
    first, last = int(closing.meta["first-fill"]), int(closing.meta["last-fill"])
    pairing = ", ".join(GROUPED_BY)
    return _read(
        run,
        f"seq BETWEEN {first} AND {last} "
        f"AND ({pairing}) IN (SELECT {pairing} FROM rows WHERE seq = {first})",
    )


def _fill_sums(run: RunFolder, condition: str) -> list[FillSum]:
    """Sum the fills that meet a condition, by pairing."""
    with run.connect() as connection:
        found = connection.execute(
            "SELECT motive, venue, taker, maker, count(*), min(seq), max(seq), sum(edge_cents), "
            f"sum(fee_cents) FROM rows WHERE {condition} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return [
        FillSum(Pairing(_MOTIVES[motive], venue, taker, maker), *sums)
        for motive, venue, taker, maker, *sums in found
    ]


def _posted(run: RunFolder, fills: FillSum) -> list[Posting]:
    """Apply the rule that posts fills to a sum of them; contracts are left out."""
    return postings(run.chart, fills.pairing, fills.edge_cents, fills.fee_cents, {})


def _standing(run: RunFolder, seq: int, booked: bool) -> dict[str, Decimal]:
    """Return what stood on each account, in dollars, just before *seq*.

    Args:
        run: the run.
        seq: the place in the true order.
        booked: whether fills count from when their closing entry is booked, as a reader of the
            general ledger sees it; else from when they happened.
    """
    stood: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in run.transactions:
        if _seq(entry) < seq and (booked or not _is_closing(entry)):
            for account, usd in usd_lines(entry):
                stood[account] += usd
    for each in () if booked else _fill_sums(run, f"seq < {seq}"):
        for posting in _posted(run, each):
            stood[posting.account] += _usd(posting.units)
    return stood


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


def _usd(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _number(run: RunFolder, posting: Posting) -> Decimal:
    if posting.commodity == MONEY:
        return _usd(posting.units)
    scale = next(c.quantity for c in run.chart.contracts if c.commodity == posting.commodity)
    return Decimal(scale.text(posting.units))


def _more(rows: Sequence[object], limit: int) -> tuple[str, ...]:
    return (f"{len(rows) - limit:,} more are not listed.",) if len(rows) > limit else ()
