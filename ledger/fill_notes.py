"""Makes notes with sums of a day's fills, so that reports need not read all fills.

The journal writes the notes into the books. The audit computes them again from the fills.
"""

from collections.abc import Iterator

import numpy as np

from ledger.chart import Chart
from ledger.entries import contract_table
from ledger.fills import Names
from ledger.money import dollars
from ledger.motives import Motive, VolumePart, counted_as
from ledger.notes import EdgeOfHours, ForcedDay, Note
from ledger.times import DAY_US, HOUR_US, HOURS_PER_DAY

NOTED_BY_HOUR = Motive.PICKOFF


class FillNotes:
    """Makes notes on fills, for one chart and one set of names."""

    def __init__(self, chart: Chart, names: Names, hours_are_sampled: bool) -> None:
        house = names.venues.index(chart.parties.house)
        self._names, self._house = names, house
        self._maker = names.entities.index(chart.parties.maker)
        contracts = contract_table(chart, names).items()
        self._tick_cents = {
            market: contract.cents_per_lot_tick
            for (venue, market), contract in contracts
            if venue == house
        }
        self._hours_are_sampled = hours_are_sampled

    def of(self, rows: np.ndarray) -> Iterator[Note]:
        """Yield the notes on a day's fills (dtype ROW)."""
        yield from self._forced(rows)
        if self._hours_are_sampled:
            yield from _edges(rows)

    def _forced(self, rows: np.ndarray) -> Iterator[ForcedDay]:
        is_forced = np.isin(rows["motive"], counted_as(VolumePart.FORCED))
        forced = rows[is_forced & (rows["venue"] == self._house)]
        for market in np.unique(forced["market"]).tolist():
            captive = forced[(forced["market"] == market) & (forced["maker"] == self._maker)]
            lot_ticks = int((np.abs(captive["lots"]) * captive["price"]).sum())
            usd = dollars(lot_ticks * self._tick_cents[market])
            yield ForcedDay(self._names.markets[market], usd)


def _edges(rows: np.ndarray) -> Iterator[EdgeOfHours]:
    asked = rows[rows["motive"] == NOTED_BY_HOUR]
    cents = np.zeros(HOURS_PER_DAY, dtype=np.int64)
    np.add.at(cents, asked["time_us"] % DAY_US // HOUR_US, asked["edge_cents"])
    if cents.any():
        yield EdgeOfHours(NOTED_BY_HOUR.word, tuple(cents.tolist()))
