"""Firms unwind: each day a part of their house positions is closed, together with the hedges.

A position from a hit on the house earns nothing more, and needs margin on two venues. So a firm
closes it after a random time, exponential with a stated mean. On the house, the firm quotes, and
the other makers fill its quotes at the mark without a fee: a simplification that favours the firm.
The firm closes the hedge like it opened it, with an order on the lead venue.

Capital tied up in positions limits arbitrage: Shleifer & Vishny (1997), Journal of Finance 52(1),
35-55; across crypto venues, Makarov & Schoar (2020), Journal of Financial Economics 135(2),
293-319.
"""

import math
from collections.abc import Sequence

import numpy as np

from des.market.listing import Listing
from des.venue.venue import Venue
from ledger.fills import new_rows
from ledger.motives import Motive


class Unwinding:
    """The daily closing of a part of all firms' positions."""

    def __init__(
        self,
        holding_days: float,
        house: Venue,
        listings: Sequence[Listing],
        firms: np.ndarray,
        others: int,
    ) -> None:
        """Initialise the unwinding.

        Args:
            holding_days: the mean time until a position is closed.
            house: the venue of the positions.
            listings: by market.
            firms: the codes of the firms.
            others: the code of the other makers.
        """
        self._share = -math.expm1(-1 / holding_days)
        self._house, self._listings = house, listings
        self._firms, self._others = firms, others

    def close_day(self, time_us: int, marks: np.ndarray) -> None:
        """Close the day's part of each position, in whole lots, rounded down.

        Args:
            time_us: the day's last microsecond, after its last settlement.
            marks: the lead prices of the last settlement, in ticks, by market.
        """
        for market, listing in enumerate(self._listings):
            closed = np.trunc(self._share * self._house.lots[market, self._firms]).astype(np.int64)
            who = np.flatnonzero(closed)
            rows = new_rows(len(who))
            rows["time_us"], rows["motive"], rows["lots"] = time_us, Motive.UNWINDING, -closed[who]
            rows["taker"], rows["maker"] = self._firms[who], self._others
            rows["price"] = rows["lead"] = marks[market]
            self._house.exchange(market, rows)
            listing.close_hedges(rows)
