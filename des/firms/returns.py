"""Firms' daily results on each venue. Variation margin and funding are left out."""

from dataclasses import dataclass

import numpy as np

from des.compile_cache import njit


@dataclass(frozen=True, slots=True)
class Returns:
    """The results of all firms on one day, in cents, with one value for each firm."""

    house: np.ndarray  # gains at the moment of fills, minus fees and hedging costs
    # The result of the firm's own quotes on the lead venue, and of its hits there, minus fees.
    lead: np.ndarray


class DayReturns:
    """Sums up each firm's results of a day: from fills, and from quotes on the lead venue."""

    def __init__(self, members: int, firms: np.ndarray) -> None:
        """Initialise all results with zero.

        Args:
            members: the number of parties plus the number of desks with positions of their own.
            firms: the codes of the firms.
        """
        self._firms = firms
        self._at_fills, self._by_quotes = np.zeros((2, members), dtype=np.int64)

    def follow(self, rows: np.ndarray) -> None:
        """Add the edge minus the fee of each fill to its taker's result. *rows* have dtype ROW."""
        _count(rows, self._at_fills)

    def quoted(self, hedgers: np.ndarray, gained_cents: np.ndarray) -> None:
        """Record the day's results of quotes and hits on the lead venue, for each hedger."""
        self._by_quotes[hedgers] = gained_cents

    def close_day(self) -> Returns:
        """Return the firms' results of the day, and begin the next day."""
        won = Returns(self._at_fills[self._firms], self._by_quotes[self._firms])
        self._at_fills[:] = self._by_quotes[:] = 0
        return won


@njit(cache=True)
def _count(rows: np.ndarray, at_fills: np.ndarray) -> None:
    for row in rows:
        at_fills[row.taker] += row.edge_cents - row.fee_cents
