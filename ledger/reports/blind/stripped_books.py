"""A copy of the books that shows who pays whom, when and how much, but no cause.

All words that may name a cause are removed: narrations, payees, tags, links, metadata, names of
desks, customer numbers, and motives of fills. The kind in an account's name is removed too, but
cash and claims can still be recognised. Numbers replace the names of parties and assets.
An outsider could get the remaining data from account statements and a record of trades.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from ledger.motives import PAYMENTS
from ledger.opened import Opened
from ledger.parties import books_of
from ledger.reports.dollars import number_of, usd_balances
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY, kind_of

# Four words replace the kinds of accounts. Cash: cash, and other liquid assets of the group.
# Claims: claims on venues, in the holders' books. Customers: the same claims, in the venues' books.
# Other: all other accounts.
CASH, CLAIMS, CUSTOMERS, OTHER = "Cash", "Claims", "Customers", "Other"
KEPT = (CASH, CLAIMS, CUSTOMERS)
NO_QUOTE = -1


class StrippedLine(NamedTuple):
    """One posting, without any word that names a cause."""

    root: str  # Assets, Liabilities, Equity, Income or Expenses
    owner: str  # the party in whose books the account is
    word: str  # Cash, Claims, Customers or Other
    party: str | None  # the counterparty or asset, if the account names one
    amount: Decimal  # in dollars, or in units of another commodity
    is_money: bool


class StrippedEntry(NamedTuple):
    """One transaction of the general ledger. Closing entries, which sum fills, are left out."""

    day: date
    lines: tuple[StrippedLine, ...]


@dataclass(frozen=True, slots=True)
class Trades:
    """Trades in order of time, as columns of shape (n,). Venues, markets and parties are codes."""

    venue: np.ndarray
    market: np.ndarray
    taker: np.ndarray
    maker: np.ndarray
    lots: np.ndarray  # above zero if the taker buys
    price_cents: np.ndarray  # the price of a lot
    lead_cents: np.ndarray  # the lead price of a lot at the time of the trade
    quote_age_us: np.ndarray  # age of the lead price on which the quote was based, or NO_QUOTE
    fee_cents: np.ndarray  # the taker's fee


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments that belong to no trade, between accounts at a venue, as columns of shape (n,).

    Payments from one payer to one receiver are summed for each venue and market.
    """

    venue: np.ndarray
    receiver: np.ndarray
    payer: np.ndarray  # the other party, or the venue if a pool of the venue pays
    cents: np.ndarray  # below zero if the money goes from the receiver to the payer


@dataclass(frozen=True, slots=True)
class BlindBooks:
    """Stripped books. They state which number is the exchange, and which number is its maker."""

    parties: tuple[str, ...]  # the code of a venue or party is an index into this tuple
    house: str  # the number that replaces the exchange's name
    maker: str
    entries: tuple[StrippedEntry, ...]  # in the order of their numbers (seq)
    trades: Trades
    payments: Payments
    closing: tuple[StrippedLine, ...]  # final balances of cash and claims


def blind_copy(run: RunFolder) -> tuple[BlindBooks, dict[str, str]]:
    """Replace names in a run's books by numbers, and remove all words that may name a cause.

    Returns:
        The stripped books, and the name that each number replaces.
    """
    alias = _aliases({word for account in run.opens for word in _names_in(account)})
    trades, payments = _fills(run, alias)
    parties = run.chart.parties
    books = BlindBooks(
        parties=tuple(alias.values()),
        house=alias[parties.house],
        maker=alias[parties.maker],
        entries=tuple(_entries(run, alias)),
        trades=trades,
        payments=payments,
        closing=_closing(run, alias),
    )
    return books, {number: name for name, number in alias.items()}


def without_holdings(books: BlindBooks) -> BlindBooks:
    """Return books in which all assets other than cash and claims are costs.

    Debts and capital in dollars do not change. A reader who doubts the value of the assets can
    audit these books instead.
    """
    return replace(
        books,
        entries=tuple(StrippedEntry(entry.day, tuple(_spent(entry))) for entry in books.entries),
    )


def _spent(entry: StrippedEntry) -> Iterator[StrippedLine]:
    in_kind = any(not line.is_money for line in entry.lines)
    for line in entry.lines:
        holding = line.root == "Assets" or (line.root == "Equity" and in_kind and line.party)
        if line.is_money:
            yield line._replace(root="Expenses") if holding and line.word == OTHER else line


def _aliases(names: Collection[str]) -> dict[str, str]:
    """Return a number for each name, in the order of the names' hashes.

    The order of the chart of accounts would reveal the parties' roles.
    """
    digits = len(str(len(names)))
    shuffled = sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())
    return {name: f"P{n:0{digits}}" for n, name in enumerate(shuffled, start=1)}


def _names_in(account: str) -> list[str]:
    """Return the entity of an account, and the counterparty or asset if the account names one."""
    words = account.split(":")
    return [words[1], *words[3:4]]


def _entries(run: RunFolder, alias: Mapping[str, str]) -> Iterator[StrippedEntry]:
    number = number_of(run)
    # There are many postings and few accounts, so each account's name is split only once.
    stripped = {account: _stripped(opened, alias) for account, opened in run.opens.items()}
    for (_, day), postings in groupby(run.select(_MOVEMENTS), itemgetter(0, 1)):
        lines = (
            StrippedLine(*stripped[account], number(units, commodity), commodity == MONEY)
            for _, _, account, units, commodity in postings
        )
        yield StrippedEntry(day, tuple(lines))


# In Beancount's order, an entry's postings of the same commodity are next to each other.
_MOVEMENTS = """
    SELECT seq, date, account, units, commodity FROM (
        SELECT *, min(line) OVER (PARTITION BY seq, commodity) AS first FROM postings
        WHERE (meta->>'fills') IS NULL
    )
    ORDER BY seq, first, line
"""


def _stripped(opened: Opened, alias: Mapping[str, str]) -> tuple[str, str, str, str | None]:
    """Return an account's root, entity, word (see `_word`), and party or asset if it names one."""
    owner, *party = _names_in(opened.account)
    root = opened.account.partition(":")[0]
    return root, alias[owner], _word(opened), alias[party[0]] if party else None


def _word(opened: Opened) -> str:
    """Return the word that replaces the kind of an account.

    A kind that is not in KEPT becomes Cash if the account is liquid, and Other if it is not.
    """
    kind = kind_of(opened.account)
    if kind in KEPT:
        return kind
    return CASH if opened.hole == "liquid" else OTHER


def _closing(run: RunFolder, alias: Mapping[str, str]) -> tuple[StrippedLine, ...]:
    stands = usd_balances(run)
    return tuple(
        StrippedLine(*_stripped(opened, alias), stands[account], is_money=True)
        for account, opened in run.opens.items()
        if _word(opened) != OTHER
    )


def _fills(run: RunFolder, alias: Mapping[str, str]) -> tuple[Trades, Payments]:
    paid = ", ".join(f"'{motive.word}'" for motive in PAYMENTS)
    code = {name: n for n, name in enumerate(alias)}
    holders = run.chart.parties.holders
    markets = list(dict.fromkeys(c.market for c in run.chart.contracts))
    with run.connect() as connection:
        connection.execute("CREATE TEMP TABLE codes (name VARCHAR, code INTEGER)")
        connection.executemany(
            "INSERT INTO codes VALUES (?, ?)", [(name, code[books_of(name)]) for name in holders]
        )
        connection.execute(
            "CREATE TEMP TABLE contracts "
            "(venue VARCHAR, market VARCHAR, number INTEGER, cents BIGINT)"
        )
        connection.executemany(
            "INSERT INTO contracts VALUES (?, ?, ?, ?)",
            [
                (c.venue, c.market, markets.index(c.market), c.cents_per_lot_tick)
                for c in run.chart.contracts
            ],
        )
        return (
            Trades(**connection.execute(_TRADES.format(paid=paid)).fetchnumpy()),
            Payments(**connection.execute(_PAYMENTS.format(paid=paid)).fetchnumpy()),
        )


_JOINED = """
    JOIN contracts USING (venue, market) JOIN codes venues ON rows.venue = venues.name
    JOIN codes takers ON rows.taker = takers.name JOIN codes makers ON rows.maker = makers.name
"""
_TRADES = f"""
    SELECT venues.code AS venue, contracts.number AS market, takers.code AS taker,
           makers.code AS maker, lots, price * cents AS price_cents, lead * cents AS lead_cents,
           coalesce(quote_age_us, {NO_QUOTE}) AS quote_age_us, fee_cents
    FROM rows {_JOINED} WHERE motive NOT IN ({{paid}}) ORDER BY seq
"""
_PAYMENTS = f"""
    WITH rows AS (
        SELECT venue, market, taker, maker, sum(edge_cents)::BIGINT AS paid_cents
        FROM rows WHERE motive IN ({{paid}}) GROUP BY ALL
    )
    SELECT venues.code AS venue, takers.code AS receiver, makers.code AS payer, paid_cents AS cents
    FROM rows {_JOINED}
"""
