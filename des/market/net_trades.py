"""Customers' trades with the other makers in one market, booked as one net trade per interval.

A month may have millions of these trades, so the books have no row for a single trade. Instead, a
row records the net trade of an interval. The price in this row is the mark at the interval's end.
So the books do not contain what customers gain or lose between a trade and the end of the interval.
"""

from dataclasses import dataclass

import numpy as np

from ledger.fills import new_rows
from ledger.motives import Motive

NO_ROWS = new_rows(0)


@dataclass(frozen=True, slots=True)
class NetTrades:
    """Creates the rows of net trades. `retail` and `others` are the traders' codes in the books."""

    retail: int
    others: int

    def rows(self, lots: int, end_us: int, mark_ticks: int) -> np.ndarray:
        """Return one row (dtype ROW) for an interval, or no row if the net is zero.

        Args:
            lots: the lots that customers bought, minus the lots that they sold.
            end_us: the interval's end.
            mark_ticks: the mark at the interval's end, in ticks.
        """
        if not lots:
            return NO_ROWS
        rows = new_rows(1)
        rows["time_us"], rows["motive"], rows["lots"] = end_us - 1, Motive.NET, lots
        rows["taker"], rows["maker"] = self.retail, self.others
        rows["price"] = rows["lead"] = mark_ticks
        return rows
