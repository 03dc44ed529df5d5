"""At a halt the house closes all positions at the mark, and trading on the house ends.

The last settlement has already paid gains and losses up to the mark, so closing moves no money.
Hedgers then close their hedges on the lead venue, which still trades.
"""

from collections.abc import Sequence

import numpy as np

from des.liquidation.margin_customers import MarginCustomers
from des.market.listing import Listing, marks_of
from des.venue.venue import Venue


class PositionsAtHalt:
    """Closes all positions on the house, at the first call only."""

    def __init__(
        self,
        house: Venue,
        lead: Venue,
        listings: Sequence[Listing],
        on_margin: MarginCustomers | None,
        firms: np.ndarray,
    ) -> None:
        """Initialise with all positions still open.

        Args:
            house: the venue whose positions are closed.
            lead: the venue of the hedges.
            listings: the listing of each market.
            on_margin: the customers on margin, or None. Their positions are a part of the position
                of all retail customers.
            firms: the codes of the firms. Firms immediately send orders that close their hedges.
                Other hedgers do so at settlements.
        """
        self._house, self._lead, self._listings = house, lead, listings
        self._on_margin, self._firms, self._are_closed = on_margin, firms, False

    def close(self, now_us: int) -> None:
        """Close all positions at the marks of the last settlement. A second call does nothing.

        Args:
            now_us: the moment after the settlement. The settlement's marks are still valid.
        """
        if self._are_closed:
            return
        self._are_closed = True
        if self._on_margin:
            self._on_margin.leave_all(now_us)
        self._house.close_positions(marks_of(self._listings), now_us)
        for market, listing in enumerate(self._listings):
            listing.close(now_us, self._firms, self._lead.lots[market, self._firms])
