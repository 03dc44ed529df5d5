"""Fills as entries: one transaction per row in a day ledger, one per pairing at a closing."""

from collections.abc import Iterator

import numpy as np

from ledger.accounts import Chart
from ledger.fills import Fill, Names, Pairing, postings
from ledger.money import Contract
from ledger.narration import fill_sentence, sum_sentence
from ledger.times import day_of, settlement_link
from ledger.transaction import Transaction

GROUPED_BY = ("motive", "venue", "taker", "maker")


def contract_table(chart: Chart, names: Names) -> dict[tuple[int, int], Contract]:
    """Index the contracts by the codes of (venue, market)."""
    return {
        (names.venues.index(c.venue), names.markets.index(c.market)): c for c in chart.contracts
    }


class Entries:
    """Turns rows into transactions, for one chart and one set of names."""

    def __init__(self, chart: Chart, names: Names) -> None:
        self._chart, self._names = chart, names
        self._contracts = contract_table(chart, names)
        self._pairings: dict[tuple[int, ...], Pairing] = {}

    def of_row(self, fill: Fill) -> Transaction:
        """Expand one row: its postings, with a sentence that says what happened."""
        pairing = self._pairing(fill)
        contract = self._contracts[fill.venue, fill.market]
        moved = {contract.commodity: fill.lots}
        posted = postings(self._chart, pairing, fill.edge_cents, fill.fee_cents, moved)
        settled = pairing.motive.is_payment
        link = settlement_link(fill.time_us) if settled else f"fill-{fill.seq}"
        return Transaction(
            fill.time_us,
            pairing.payee(self._chart.parties),
            fill_sentence(pairing, fill, contract, self._chart.parties.lead),
            pairing.motive.word,
            tuple(posted),
            (link,),
            tuple(_details(fill, contract)),
        )

    def closing(self, rows: np.ndarray, time_us: int) -> Iterator[Transaction]:
        """Sum a closing period's rows, per taker, counterparty and motive.

        Args:
            rows: all rows of the period, in order of seq.
            time_us: the last microsecond of the period.
        """
        pairing = np.zeros(len(rows), dtype=np.int64)
        for column in GROUPED_BY:
            pairing = pairing << 16 | rows[column]  # no code has more bits
        found, inverse = np.unique(pairing, return_inverse=True)
        for i in range(len(found)):
            yield self._sum(rows[inverse == i], time_us)

    def _sum(self, rows: np.ndarray, time_us: int) -> Transaction:
        first = Fill._make(rows[0].item())
        pairing = self._pairing(first)
        lots: dict[str, int] = {}
        for market in np.unique(rows["market"]).tolist():
            traded = int(rows["lots"][rows["market"] == market].sum())
            lots[self._contracts[first.venue, market].commodity] = traded
        edge, fee = int(rows["edge_cents"].sum()), int(rows["fee_cents"].sum())
        return Transaction(
            time_us,
            pairing.payee(self._chart.parties),
            sum_sentence(pairing, rows),
            pairing.motive.word,
            tuple(postings(self._chart, pairing, edge, fee, lots)),
            (f"fills-{day_of(time_us)}",),
            (
                ("fills", str(len(rows))),
                ("first-fill", str(first.seq)),
                ("last-fill", str(int(rows["seq"][-1]))),
            ),
        )

    def _pairing(self, fill: Fill) -> Pairing:
        key = (fill.motive, fill.venue, fill.taker, fill.maker)
        if key not in self._pairings:
            self._pairings[key] = Pairing.of(fill, self._names)
        return self._pairings[key]


def _details(fill: Fill, contract: Contract) -> Iterator[tuple[str, str]]:
    if fill.holder >= 0:
        yield "holder", f'"r-{fill.holder:04}"'
    yield "quantity", contract.quantity.text(fill.lots)
    yield "price", contract.price.text(fill.price)
    yield "lead", contract.price.text(fill.lead)
    if fill.lead_when_quoted >= 0:
        yield "lead-when-quoted", contract.price.text(fill.lead_when_quoted)
        yield "quote-age-s", f"{fill.quote_age_us // 1_000_000}.{fill.quote_age_us % 1_000_000:06}"
