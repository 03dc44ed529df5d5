"""What customers trade with the other makers in one market, booked net at each settlement.

Their orders have no rows: a month of them is millions. What is left of them at a settlement is one
row, at the mark, so that what customers gain or lose within the interval is not in the books.
"""

from dataclasses import dataclass

import numpy as np

from ledger.fills import new_rows
from ledger.motives import Motive


@dataclass(slots=True)
class NetTrades:
    """The trades of an interval between retail and the other makers."""

    retail: int
    others: int  # both by their codes in the books
    lots: int = 0  # what customers bought of them, less what they sold

    def rows(self, end_us: int, mark_ticks: int) -> np.ndarray:
        """Return the row (dtype ROW) of the interval that ends; none if nothing is left net."""
        rows = new_rows(1 if self.lots else 0)
        rows["time_us"], rows["motive"], rows["lots"] = end_us - 1, Motive.NET, self.lots
        rows["taker"], rows["maker"] = self.retail, self.others
        rows["price"] = rows["lead"] = mark_ticks
        return rows
