"""With the key `leverage.share_of_claims`, customers on margin trade only on full days.

At the start of a full day these customers set aside a stated share of retail's claim and enter
positions. At the next midnight these customers close the positions that remain. Between full
days there is no trading on margin, since a margin call cannot wait for the next played hour of a
sampled run.
"""

from collections.abc import Sequence

import numpy as np

from des.given import given
from des.liquidation.margin_customers import MarginCustomers
from des.liquidation.margin_population import NOBODY, Population, population
from des.market.listing import Listing
from des.scenario import Scenario
from des.venue.venue import Venue
from ledger.journal import Journal
from ledger.parties import Parties
from ledger.times import day_of


class FullDayCustomers(MarginCustomers):
    """Customers on margin who enter at the start of a full day and leave at its end."""

    def __init__(
        self,
        scenario: Scenario,
        parties: Parties,
        house: Venue,
        listings: Sequence[Listing],
        funding_e9: int,
        journal: Journal,
    ) -> None:
        """Initialise without customers.

        Args:
            scenario: a scenario with `leverage.share_of_claims`.
            parties: all parties that keep books, by role.
            house: the house venue.
            listings: all markets.
            funding_e9: the hourly payment from longs to shorts, in billionths of the value of a
                position.
            journal: records the marks of tokens.
        """
        super().__init__(scenario, parties, house, listings, funding_e9, journal)
        self._full_days = frozenset(scenario.run.full_days)
        self.are_there = False

    def enter_first(self, time_us: int) -> None:
        """Open the customers' accounts if the run begins with a full day."""
        self._come(time_us)

    def turn_over(self, now_us: int) -> None:
        """Close yesterday's accounts at midnight. If a full day begins, open new accounts."""
        if self.are_there:
            self.leave_all(now_us)
        self._come(now_us)

    def settle(self, end_us: int, elapsed_s: int, marks: np.ndarray) -> None:
        """On a full day, book the funding if *end_us* is a full hour, and then check margin."""
        if self.are_there:
            super().settle(end_us, elapsed_s, marks)

    def leave_all(self, now_us: int) -> None:
        """Close all positions of customers on margin."""
        super().leave_all(now_us)
        self.are_there = False

    def held_cents(self, member: int) -> int:
        """Return the cents of a party's claim that are in accounts on margin."""
        return super().held_cents(member) if self.are_there else 0

    def _draw_first(self, start_us: int) -> Population:
        return NOBODY

    def _come(self, now_us: int) -> None:
        if day_of(now_us) not in self._full_days:
            return
        share = given(self._rules.share_of_claims)
        coming = population(
            self._seed,
            day_of(now_us),
            self._rules,
            self._rules.holders,
            [listing.volume_usd_per_s(now_us) for listing in self._listings],
            self._lot_cents(),
            all_cents=int(share * self._house.claims[self._retail]),
        )
        self.desk.limit_forced_orders(self._forced_lots_per_s(now_us))
        self.desk.enter(now_us, self._marks(), coming)
        self.are_there = True
