"""Turns fills into transactions.

In a day ledger, each fill is a transaction. In the general ledger, fills are summed by pairing: the
motive, the venue, the taker and the counterparty. At a day's end each pairing with fills gets one
closing entry, the sum of these fills.
"""

from collections.abc import Iterator, Mapping
from typing import overload

import numpy as np

from ledger.chart import Chart
from ledger.columns import Count, Numbers, Words, alike, each
from ledger.fills import ABSENT, NULLABLE, Fill, Names, Pairing, first_fill, postings
from ledger.money import Contract, Scale
from ledger.narration import fill_sentence, sum_sentence, token_sentence
from ledger.times import day_of, settlement_link
from ledger.transaction import Movement, Movements, Posting, Transaction

MICROSECONDS = Scale.of("0.000001")  # the age of a quote is written in seconds, to the microsecond

GROUPED_BY = ("motive", "venue", "taker", "maker")


def contract_table(chart: Chart, names: Names) -> dict[tuple[int, int], Contract]:
    """Return the contracts by the codes of venue and market."""
    return {
        (names.venues.index(c.venue), names.markets.index(c.market)): c for c in chart.contracts
    }


class Entries:
    """Turns rows of fills into transactions, for one chart and one set of names."""

    def __init__(self, chart: Chart, names: Names) -> None:
        self._chart, self._names = chart, names
        self._contracts = contract_table(chart, names)
        self._tokens = {token.contract: token.commodity for token in chart.collateral}
        self._pairings: dict[tuple[int, ...], Pairing] = {}

    def of_row(self, fill: Fill[int]) -> Movement:
        """Return the transaction of one row, with a sentence that describes the row."""
        return self._expand(self._pairing(fill), self._contracts[fill.venue, fill.market], fill)

    def of_rows(self, rows: np.ndarray) -> Iterator[tuple[np.ndarray, Movements]]:
        """Convert rows (dtype ROW) to transactions. Similar rows are converted together.

        Rows are similar if they have the same pairing and market, leave the same fields empty, and
        are posted to the same accounts.

        Yields:
            For n similar rows: an array of n numbers (seq), and the transactions in columns.
        """
        form = [rows[column] for column in (*GROUPED_BY, "market")]
        form += [rows[column] != ABSENT for column in NULLABLE]
        for same in alike(rows, *form):
            first = first_fill(same)
            pairing, contract = self._pairing(first), self._contracts[first.venue, first.market]
            posted = self._postings(pairing, contract, _in_columns(same))
            for same_accounts in alike(same, *(posting.units != 0 for posting in posted)):
                fills = _in_columns(same_accounts)
                yield fills.seq, self._expand(pairing, contract, fills)

    def closing(self, rows: np.ndarray, time_us: int) -> Iterator[Movement]:
        """Yield a period's closing entries: for each pairing, the sum of its rows.

        Args:
            rows: all rows of the period, in order of seq.
            time_us: the last microsecond of the period.
        """
        traded = _lots_by_market(rows)
        for same in alike(rows, *(rows[column] for column in GROUPED_BY)):
            first = first_fill(same)
            yield self._sum(same, first, traded[_grouped_by(first)], time_us)

    def _sum(
        self, rows: np.ndarray, first: Fill[int], lots: Mapping[int, int], time_us: int
    ) -> Movement:
        pairing = self._pairing(first)
        return Transaction(
            time_us,
            pairing.payee(self._chart.parties),
            sum_sentence(pairing, rows),
            pairing.motive.word,
            tuple(self._summed(rows, first, lots)),
            (f"fills-{day_of(time_us)}",),
            (
                ("fills", str(len(rows))),
                ("first-fill", str(first.seq)),
                ("last-fill", str(int(rows["seq"][-1]))),
            ),
        )

    def _summed(
        self, rows: np.ndarray, first: Fill[int], lots: Mapping[int, int]
    ) -> list[Posting[int]]:
        pairing = self._pairing(first)
        moved = {
            self._commodity(pairing, self._contracts[first.venue, market]): traded
            for market, traded in lots.items()
        }
        edge, fee = int(rows["edge_cents"].sum()), int(rows["fee_cents"].sum())
        return list(postings(self._chart, pairing, edge, fee, moved))

    @overload
    def _expand(self, pairing: Pairing, contract: Contract, fill: Fill[int]) -> Movement: ...
    @overload
    def _expand(
        self, pairing: Pairing, contract: Contract, fill: Fill[np.ndarray]
    ) -> Movements: ...
    def _expand(
        self, pairing: Pairing, contract: Contract, fill: Fill[Numbers]
    ) -> Transaction[Numbers, Words]:
        parties = self._chart.parties
        if pairing.motive.entry.is_settled:
            links: tuple[Words, ...] = (each(settlement_link, fill.time_us),)
        else:
            links = (each("fill-{}".format, fill.seq),)
        if pairing.motive.entry.ends_account and np.all(fill.holder != ABSENT):
            links += (each("liq-r-{:04}".format, fill.holder),)
        return Transaction(
            fill.time_us,
            pairing.payee(parties),
            self._sentence(pairing, fill, contract),
            pairing.motive.word,
            tuple(self._postings(pairing, contract, fill)),
            links,
            tuple(_details(fill, contract)),
        )

    def _postings(
        self, pairing: Pairing, contract: Contract, fill: Fill[Count]
    ) -> list[Posting[Count]]:
        moved = {self._commodity(pairing, contract): fill.lots}
        return postings(self._chart, pairing, fill.edge_cents, fill.fee_cents, moved)

    def _sentence(self, pairing: Pairing, fill: Fill[Numbers], contract: Contract) -> Words:
        lead = self._chart.parties.lead
        if pairing.motive.is_in_kind:
            return token_sentence(pairing, fill, contract, self._tokens[contract], lead)
        return fill_sentence(pairing, fill, contract, lead)

    def _commodity(self, pairing: Pairing, contract: Contract) -> str:
        return self._tokens[contract] if pairing.motive.is_in_kind else contract.commodity

    def _pairing(self, fill: Fill[int]) -> Pairing:
        key = _grouped_by(fill)
        if key not in self._pairings:
            self._pairings[key] = Pairing.of(fill, self._names)
        return self._pairings[key]


def _grouped_by(fill: Fill[int]) -> tuple[int, ...]:
    return fill.motive, fill.venue, fill.taker, fill.maker


def _lots_by_market(rows: np.ndarray) -> dict[tuple[int, ...], dict[int, int]]:
    """For each group of rows with equal values in GROUPED_BY, sum the lots by market."""
    summed: dict[tuple[int, ...], dict[int, int]] = {}
    if not len(rows):
        return summed
    columns = [rows[column] for column in (*GROUPED_BY, "market")]
    shape = [int(column.max()) + 1 for column in columns]
    forms, form = np.unique(np.ravel_multi_index(columns, shape), return_inverse=True)
    lots = np.zeros(len(forms), np.int64)
    np.add.at(lots, form, rows["lots"])
    codes = (column.tolist() for column in np.unravel_index(forms, shape))
    for *group, market, traded in zip(*codes, lots.tolist(), strict=True):
        summed.setdefault(tuple(group), {})[market] = traded
    return summed


def _in_columns(rows: np.ndarray) -> Fill[np.ndarray]:
    return Fill._make(rows[column] for column in Fill._fields)


def _details(fill: Fill[Numbers], contract: Contract) -> Iterator[tuple[str, Words]]:
    price = contract.price.text
    if np.all(fill.holder != ABSENT):
        yield "holder", each('"r-{:04}"'.format, fill.holder)
    yield "quantity", each(contract.quantity.text, fill.lots)
    yield "price", each(price, fill.price)
    yield "lead", each(price, fill.lead)
    if np.all(fill.lead_when_quoted != ABSENT):
        yield "lead-when-quoted", each(price, fill.lead_when_quoted)
        yield "quote-age-s", each(MICROSECONDS.text, fill.quote_age_us)
