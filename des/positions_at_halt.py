"""What a halt does to positions: the house closes all of them at the mark, and trades no more.

Gains and losses up to the mark are settled before, through the pool, so that closing moves no
money. Whoever hedged a position then lays off the hedge on the lead venue, which trades on.
"""

from collections.abc import Sequence

import numpy as np

from des.liquidation.margin_customers import MarginCustomers
from des.market.listing import Listing, marks_of
from des.venue.venue import Venue


class PositionsAtHalt:
    """Closes what the members of the house hold, once."""

    def __init__(
        self,
        house: Venue,
        lead: Venue,
        listings: Sequence[Listing],
        on_margin: MarginCustomers | None,
        firms: np.ndarray,
    ) -> None:
        """Begin with nothing closed.

        Args:
            house: whose positions are closed.
            lead: where they are hedged.
            listings: by market.
            on_margin: customers with positions of their own under retail's.
            firms: the members who lay off a hedge at once; all others do so at settlements.
        """
        self._house, self._lead, self._listings = house, lead, listings
        self._on_margin, self._firms, self._are_closed = on_margin, firms, False

    def close(self, now_us: int) -> None:
        """Close all positions as the last settlement left them, unless that has been done.

        Args:
            now_us: the moment after the settlement, whose marks still hold.
        """
        if self._are_closed:
            return
        self._are_closed = True
        if self._on_margin:
            self._on_margin.leave_all(now_us)
        self._house.close_positions(marks_of(self._listings), now_us)
        for market, listing in enumerate(self._listings):
            listing.close(now_us, self._firms, self._lead.lots[market, self._firms])
