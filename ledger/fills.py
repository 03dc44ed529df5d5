"""Fills: one row for each fill or payment, and the only rule by which rows are posted.

The posting rule is linear in edge, fee and lots. So it can be applied to single rows, as in a day
ledger, or to sums of rows, as in the general ledger. The summed rows have the same motive, venue,
taker and counterparty. The rule accepts columns as well as numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, NamedTuple

import numpy as np

from ledger.accounts import (
    FREE,
    PLEDGED,
    claim,
    claim_in_kind,
    contracts,
    exchanged,
    expense,
    income,
    owed,
    owed_in_kind,
    pool,
)
from ledger.chart import Chart
from ledger.columns import Count, Held, Numbers
from ledger.kinds import Kind
from ledger.motives import Motive, Rule
from ledger.parties import Parties, books_of
from ledger.transaction import Posting

SCHEMA_VERSION = 1


class Trigger(IntEnum):
    """Why a firm's hit is profitable: the quote was stale when posted, or the price moved later."""

    NONE = 0
    POSTING = 1
    TICK = 2

    @property
    def word(self) -> str:
        """Return the trigger's name as written in the fills."""
        return ("", "posting", "tick")[self]


class Fill(NamedTuple, Generic[Held]):
    """One row of the fills, or many rows: then each field is a column.

    Motive, venue, market, taker, maker and trigger are stored as codes: see `Names.words`.
    """

    seq: Held  # number in the order of all events
    time_us: Held
    motive: Held
    venue: Held
    market: Held
    # The taker. In a payment, the party that receives the amount, or pays it if it is negative. If
    # an additional desk of the captive maker takes part, this field names the desk.
    taker: Held
    maker: Held  # the counterparty; in a payment through a pool of the venue, the venue
    holder: Held  # number of the retail customer, or -1 if there is none
    # Positive if the taker buys or pledges. In a payment of variation margin or funding, the
    # taker's position. In all other payments without tokens, zero.
    lots: Held
    price: Held  # in ticks: the price of the fill or of sold tokens, or the mark of a payment
    lead: Held  # the lead price at the moment of the fill, in ticks
    lead_when_quoted: Held  # the lead price from which the quote was made, in ticks, or -1
    quote_age_us: Held  # the age of this lead price at the fill, or -1
    trigger: Held
    fee_e6: Held  # millionths of the traded value
    edge_cents: Held  # the taker's gain at the fill, before the fee; in a payment, the amount
    fee_cents: Held


_CODES: dict[str, type[np.unsignedinteger[Any]]] = {
    "motive": np.uint8,
    "venue": np.uint8,
    "market": np.uint8,
    "trigger": np.uint8,
}
_CODES |= {"taker": np.uint16, "maker": np.uint16}
ROW = np.dtype([(name, _CODES.get(name, np.int64)) for name in Fill._fields])

# The value of an empty field, and the fields that can be empty.
ABSENT = -1
NULLABLE = ("holder", "lead_when_quoted", "quote_age_us")


@dataclass(frozen=True, slots=True)
class Names:
    """The names that the codes in fills represent."""

    venues: tuple[str, ...]
    markets: tuple[str, ...]
    entities: tuple[str, ...]  # the parties, and desks that have their own positions

    def words(self) -> Mapping[str, Sequence[str]]:
        """Return the words of each coded column. A code is a word's position, from zero."""
        return {
            "motive": [motive.word for motive in Motive],
            "venue": self.venues,
            "market": self.markets,
            "taker": self.entities,
            "maker": self.entities,
            "trigger": [trigger.word for trigger in Trigger],
        }


def each_fill(rows: np.ndarray) -> Iterator[Fill[int]]:
    """Yield the rows (dtype ROW) one by one."""
    return map(Fill[int]._make, rows.tolist())


def first_fill(rows: np.ndarray) -> Fill[int]:
    """Return the first row of *rows* (dtype ROW)."""
    return Fill._make(rows[0].item())


def new_rows(n: int) -> np.ndarray:
    """Return *n* rows of zeros, with ABSENT in the fields that may be empty."""
    rows = np.zeros(n, dtype=ROW)
    for column in NULLABLE:
        rows[column] = ABSENT
    return rows


def join_rows(parts: Sequence[np.ndarray], dtype: np.dtype = ROW) -> np.ndarray:
    """Return the records of all parts in one array. If there are no parts, the array is empty.

    The parts are joined as plain bytes. Otherwise numpy would handle the records field by field,
    which is much slower.
    """
    if not parts:
        return np.empty(0, dtype=dtype)
    whole = np.dtype((np.void, dtype.itemsize))
    return np.concatenate([part.view(whole) for part in parts]).view(dtype)


def edge_cents(lead: Count, price: Count, lots: Count, cents_per_lot_tick: Count) -> Count:
    """Return the taker's edge: the taker's gain if the lots are valued at the lead price."""
    return (lead - price) * lots * cents_per_lot_tick


@dataclass(frozen=True, slots=True)
class Pairing:
    """The four values by which fills are summed: motive, venue, taker and counterparty."""

    motive: Motive
    venue: str
    taker: str
    maker: str

    @classmethod
    def of(cls, fill: Fill[int], names: Names) -> "Pairing":
        """Return the pairing of a row, with names in place of codes."""
        return cls(
            # returns the motive that has this code
            Motive(fill.motive),  # type: ignore[call-arg]
            names.venues[fill.venue],
            names.entities[fill.taker],
            names.entities[fill.maker],
        )

    def payee(self, parties: Parties) -> str:
        """Return the payee of the entry.

        The payee is the taker. But if the captive maker is the taker on the lead venue, the payee
        is the counterparty.
        """
        taker, maker = books_of(self.taker), books_of(self.maker)
        in_group = taker == parties.maker and self.venue != parties.house
        return maker if in_group else taker


def postings(
    chart: Chart,
    pairing: Pairing,
    edge_cents: Count,
    fee_cents: Count,
    lots: Mapping[str, Count],
) -> list[Posting[Count]]:
    """Return the postings of a fill, of a payment, or of a sum of fills or payments.

    If the amounts are columns, the units of the postings are columns too. Postings of zero are left
    out. But if all postings are zero, all are kept. A column of zeros counts as zero.

    Args:
        chart: the chart of accounts, which names the desk of each position.
        pairing: the motive, the venue, the taker and the counterparty.
        edge_cents: the taker's edge; in a payment, the amount that the taker receives.
        fee_cents: the fee that the taker pays the venue.
        lots: the number of lots of each commodity, a contract or a token. It is positive if the
            taker buys or pledges.
    """
    match pairing.motive.entry.rule:
        case Rule.IN_KIND:
            posted = list(_in_kind(pairing, edge_cents, lots))
        case Rule.PAYMENT:
            posted = list(_payment(chart, pairing, edge_cents))
        case Rule.HEDGE:
            posted = list(_hedge(chart, pairing, edge_cents, fee_cents))
        case Rule.FILL:
            posted = list(_house_fill(pairing, edge_cents, fee_cents))
    if not pairing.motive.is_payment:
        posted += _delivery(chart, pairing, lots)
    return [posting for posting in posted if _is_any(posting.units)] or posted


def _is_any(units: Numbers) -> bool:
    # A run has millions of single numbers. Numpy would need a microsecond to test each of them.
    return bool(units.any()) if isinstance(units, np.ndarray) else units != 0


def _house_fill(pairing: Pairing, edge: Count, fee: Count) -> Iterator[Posting[Count]]:
    venue, taker, maker = pairing.venue, books_of(pairing.taker), books_of(pairing.maker)
    kind = pairing.motive.entry.kind
    yield Posting(owed(venue, taker), fee - edge)
    yield Posting(owed(venue, maker), edge)
    yield Posting(income(venue, Kind.FEES), -fee)
    yield Posting(claim(taker, venue), edge - fee)
    yield Posting(income(taker, kind), -edge)
    yield Posting(expense(taker, Kind.FEES), fee)
    yield Posting(claim(maker, venue), -edge)
    yield Posting(income(maker, kind), edge)


def _hedge(chart: Chart, pairing: Pairing, edge: Count, fee: Count) -> Iterator[Posting[Count]]:
    venue, taker, other = pairing.venue, books_of(pairing.taker), books_of(pairing.maker)
    kind = chart.kind(pairing.taker, pairing.motive.entry.kind)
    yield Posting(owed(venue, taker), fee - edge)
    yield Posting(owed(venue, other), edge)
    yield Posting(income(venue, Kind.FEES), -fee)
    yield Posting(claim(taker, venue), edge - fee)
    yield Posting(expense(taker, kind), -edge)
    yield Posting(expense(taker, kind), fee, party=venue)
    yield Posting(claim(other, venue), -edge)
    yield Posting(income(other, pairing.motive.entry.kind), edge)


def _payment(chart: Chart, pairing: Pairing, received: Count) -> Iterator[Posting[Count]]:
    venue, taker, other = pairing.venue, books_of(pairing.taker), books_of(pairing.maker)
    kind = pairing.motive.entry.kind
    yield Posting(owed(venue, taker), -received)
    if other == venue:
        yield Posting(pool(venue, kind), received)
    else:
        yield Posting(owed(venue, other), received)
    yield Posting(claim(taker, venue), received)
    yield Posting(income(taker, chart.kind(pairing.taker, kind)), -received)
    if other != venue:
        yield Posting(claim(other, venue), -received)
        yield Posting(income(other, kind), received)


def _in_kind(
    pairing: Pairing, received: Count, lots: Mapping[str, Count]
) -> Iterator[Posting[Count]]:
    """Post tokens that are pledged, released or sold. A buyer pays the full price at once."""
    venue, taker, other = pairing.venue, books_of(pairing.taker), books_of(pairing.maker)
    is_sale = pairing.motive is Motive.SEIZURE
    if is_sale:
        yield Posting(owed(venue, taker), -received)
        yield Posting(owed(venue, other), received)
        yield Posting(claim(taker, venue), received)
        yield Posting(exchanged(taker, Kind.SEIZURE), -received)
        yield Posting(claim(other, venue), -received)
        yield Posting(exchanged(other, Kind.SEIZURE), received)
    for token, quantity in lots.items():
        for who, state, change in (
            (taker, PLEDGED, quantity),
            (other, None if is_sale else FREE, -quantity),
        ):
            yield Posting(owed_in_kind(venue, who, state), -change, token)
            yield Posting(claim_in_kind(who, venue, state), change, token)
            if is_sale:
                yield Posting(exchanged(who, Kind.SEIZURE), -change, token)


def _delivery(
    chart: Chart, pairing: Pairing, lots: Mapping[str, Count]
) -> Iterator[Posting[Count]]:
    for commodity, quantity in lots.items():
        for holder, sign in ((pairing.taker, 1), (pairing.maker, -1)):
            account = contracts(books_of(holder), pairing.venue, chart.desk(holder))
            yield Posting(account, sign * quantity, commodity)
