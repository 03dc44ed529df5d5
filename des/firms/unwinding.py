"""Each day firms close a part of each position on the house, and the hedge of this part.

A firm gains from a hit on the house at once. Afterwards the hedged position brings no more gain,
but needs margin on two venues. So a firm closes its positions after a time with a stated mean. Each
day the firm closes the same share of a position. The share is the probability that an exponential
time with this mean is shorter than one day. On the house, the other makers take over the closed
lots at the mark without a fee. This simplification favours the firm. The firm opened the hedge with
an order on the lead venue, and closes the hedge with another order.

Sources: Shleifer & Vishny (1997), Journal of Finance 52(1), 35-55, on limits of arbitrage; Makarov
& Schoar (2020), Journal of Financial Economics 135(2), 293-319, on arbitrage between crypto venues.
"""

import math
from collections.abc import Sequence

import numpy as np

from des.market.listing import Listing
from des.venue.venue import Venue
from ledger.fills import new_rows
from ledger.motives import Motive


class Unwinding:
    """Closes a part of all firms' positions each day."""

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
            listings: the listing of each market.
            firms: the codes of the firms.
            others: the code of the other makers.
        """
        self._share = -math.expm1(-1 / holding_days)
        self._house, self._listings = house, listings
        self._firms, self._others = firms, others

    def close_day(self, time_us: int, marks: np.ndarray) -> None:
        """Close one day's part of each position, rounded down to whole lots.

        So a position of very few lots stays open.

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
