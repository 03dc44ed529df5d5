"""The trail down: from a figure to its entries, and from entries to fills.

A figure is the amount in dollars that is posted in a period to the accounts of one kind, or of
several kinds. The accounts are in the books of the house group or of one entity. A figure is a sum
of entries of the general ledger, and a closing entry is a sum of fills. The report shows whether
the fills agree with the closing entries.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import NamedTuple

from ledger.motives import posting_to
from ledger.reports.days import calendar
from ledger.reports.dollars import ZERO
from ledger.reports.table import Table
from ledger.reports.trail.both_tiers import (
    SHOWN,
    SIGNS,
    BothTiers,
    FillSum,
    TrailError,
    usd_of,
)
from ledger.reports.trail.entity_books import UnknownEntityError
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY, entity_of, kind_of


def trail(
    run: RunFolder,
    kind: str | None = None,
    party: str | None = None,
    since: date | None = None,
    until: date | None = None,
    entity: str | None = None,
    limit: int = SHOWN,
) -> "Trail":
    """Find the entries of a figure, and the fills of these entries.

    Args:
        run: the run.
        kind: the third word of accounts, such as PickOff. None: all kinds that explain the hole. If
            *entity* is outside the house group: all kinds of its income, expenses and equity.
        party: the counterparty. None: all counterparties.
        since: the first day of the period. None: the first day of the run.
        until: the last day of the period. None: the last day of the run.
        entity: the entity whose books are read. None: the house group.
        limit: the largest number of entries to list. The largest entries come first.

    Raises:
        UnknownEntityError: *entity* or *party* keeps no books.
        TrailError: the kind or the period is not in the books, or the period ends before it
            starts.
    """
    figure = _figure(run, kind, party, since, until, entity)
    with run.connect() as connection:
        sums = list(_fill_shares(BothTiers(run, connection), figure))
    shares = _shares(run, figure)
    listed = sorted(shares, key=lambda share: -abs(share.usd))[:limit]
    return Trail(figure, shares, listed, sums, run.has_fills)


@dataclass(frozen=True, slots=True)
class Figure:
    """The dollars posted to some accounts in a period, with one counterparty or with all."""

    name: str
    kind: str | None  # the kind of the accounts, or None for all kinds
    accounts: frozenset[str]
    party: str | None
    since: date
    until: date

    def takes(self, account: str, party: str | None) -> bool:
        """Return whether a posting of the period is part of the figure."""
        return account in self.accounts and self.party in (None, party)


class Share(NamedTuple):
    """The part of a figure that comes from one entry and one counterparty."""

    seq: int
    day: date
    party: str | None
    narration: str
    usd: Decimal
    is_closing: bool  # whether the entry sums up fills


class FillShare(NamedTuple):
    """The amount that the fills of one pairing (motive, venue, taker, maker) add to a figure."""

    sum: FillSum
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Trail:
    """A figure, its entries, and the fills of these entries."""

    figure: Figure
    shares: Sequence[Share]
    listed: Sequence[Share]  # the largest shares, the largest first
    sums: Sequence[FillShare]
    has_fills: bool  # whether the books have fills, not only entries

    def answer(self) -> str:
        """State the figure, and the number of its entries."""
        entries = len({share.seq for share in self.shares})
        counted = "1 entry" if entries == 1 else f"{entries:,} entries"
        return (
            f"{self.figure.name}: {_total(self.shares):,} USD in {counted} of the general ledger."
        )

    def tables(self) -> list[Table]:
        """Return tables of the entries, the fills and the sums.

        If the books have no fills, return only the table of entries.
        """
        entries = _entries_table(self.figure, self.shares, self.listed)
        if not self.has_fills:
            return [entries]
        return [
            entries,
            _fills_table(self.sums),
            _sums_table(self.shares, self.listed, self.sums),
        ]


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
        if name is not None and name not in parties.names:
            raise UnknownEntityError(name, parties.names)
    if since and until and since > until:
        raise TrailError(
            f"the period from {since} to {until} ends before it starts; exchange the two days"
        )
    days = calendar(run)
    if (since and since > days[-1]) or (until and until < days[0]):
        raise TrailError(
            f"{run.path}: no day of the period is in the books; "
            f"give days from {days[0]} to {days[-1]}"
        )
    books = (entity,) if entity else parties.group
    owned = [a for a, o in run.opens.items() if entity_of(a) in books and MONEY in o.commodities]
    if kind is None:
        accounts = [account for account in owned if _explains(run, account)]
    else:
        accounts = [account for account in owned if kind_of(account) == kind]
    if not accounts:
        raise _no_such_kind(" and ".join(books), kind, list(dict.fromkeys(map(kind_of, owned))))
    name = f"{kind or 'All causes'} in the books of {' and '.join(books)}"
    for word, bound in (("with", party), ("since", since), ("until", until)):
        name += f", {word} {bound}" if bound else ""
    return Figure(name, kind, frozenset(accounts), party, since or date.min, until or date.max)


def _explains(run: RunFolder, account: str) -> bool:
    """Return whether an account explains where money went, and is not itself money."""
    part = run.opens[account].hole
    if part is None:  # the account is outside the house group
        return account.startswith(("Income:", "Expenses:", "Equity:"))
    return part == "cause"


def _no_such_kind(books: str, kind: str | None, kinds: Sequence[str]) -> TrailError:
    close = get_close_matches(str(kind).casefold(), map(str.casefold, kinds), n=1)
    meant = "".join(f"did you mean {each}? " for each in kinds if each.casefold() in close)
    return TrailError(
        f"the books of {books} have no kind {kind!r}; {meant}the kinds are {', '.join(kinds)}"
    )


def _shares(run: RunFolder, figure: Figure) -> list[Share]:
    found = run.select(
        """
        SELECT seq, date, coalesce(party, payee) AS party, any_value(narration),
               sum(units) * 0.01, any_value(meta->>'fills') IS NOT NULL
        FROM postings
        WHERE commodity = $money AND account IN (SELECT unnest($accounts))
            AND date BETWEEN $since AND $until
        GROUP BY ALL ORDER BY seq, min(line)
        """,
        {
            "money": MONEY,
            "accounts": sorted(figure.accounts),
            "since": figure.since,
            "until": figure.until,
        },
    )
    shares = (Share(*each) for each in found)
    return [share for share in shares if figure.party in (None, share.party)]


def _fill_shares(books: BothTiers, figure: Figure) -> Iterator[FillShare]:
    """Yield what the period's fills add to the figure, for each pairing. Entries are not read."""
    motives = ", ".join(f"'{motive.word}'" for motive in posting_to(figure.kind))
    conditions = [f"motive IN ({motives})"]
    # For these conditions DuckDB must read the column `time`. So each is added only if needed.
    if figure.since > date.min:
        conditions.append(f"time >= DATE '{figure.since}'")
    if figure.until < date.max:
        conditions.append(f"time < DATE '{figure.until}' + 1")
    for each in books.sums(" AND ".join(conditions)):
        payee = each.pairing.payee(books.run.chart.parties)
        posted = books.posted(each)
        found = [p.units for p in posted if figure.takes(p.account, p.party or payee)]
        if found:
            yield FillShare(each, usd_of(sum(found)))


def _entries_table(figure: Figure, shares: Sequence[Share], listed: Sequence[Share]) -> Table:
    more = len(shares) - len(listed)
    notes = [f"The {len(listed):,} largest are listed; {more:,} are not listed."] if more else []
    notes += _counted_again(shares)
    if listed:
        notes.append(f"The postings of one entry: moneytrail trail RUN --seq {listed[0].seq}")
    return Table(
        "entries",
        f"{figure.name}: {_total(shares):,} {MONEY}",
        ("date", "seq", "party", "narration", "usd"),
        [(s.day, s.seq, s.party, s.narration, s.usd) for s in listed],
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
                usd_of(each.edge_cents),
                usd_of(each.fee_cents),
                usd,
            )
            for each, usd in sums
        ],
        ("The last column is the contribution of the fills to the figure.",),
    )


def _sums_table(
    shares: Sequence[Share], listed: Sequence[Share], sums: Sequence[FillShare]
) -> Table:
    closings = [share for share in shares if share.is_closing]
    others = len(shares) - len(listed)
    difference = _total(closings) - _total(sums)
    agree = "DO NOT agree: audit the run" if difference else "agree"
    return Table(
        "sums",
        "The figure, and whether the fills agree with its closing entries",
        ("line", "count", "usd"),
        [
            ("entries listed", len(listed), _total(listed)),
            ("entries not listed", others, _total(shares) - _total(listed)),
            ("the figure", len(shares), _total(shares)),
            ("closing entries of the figure", len(closings), _total(closings)),
            ("fills behind the closing entries", sum(s.sum.fills for s in sums), _total(sums)),
            ("difference (must be 0.00)", None, difference),
        ],
        (
            f"The closing entries and the fills {agree}. All other entries have no fills.",
            *_counted_again(shares),
        ),
    )


def _counted_again(shares: Sequence[Share]) -> list[str]:
    """Return a note if some entry has several parties, and therefore several shares."""
    once = len({share.seq for share in shares}) == len(shares)
    return [] if once else ["An entry with several parties counts once for each party."]


def _total(shares: Iterable[Share | FillShare]) -> Decimal:
    return sum((share.usd for share in shares), ZERO)
