"""All markets trade in parallel between two settlements, and the venues book the fills."""

from collections.abc import Generator, Sequence

import numpy as np
import simpy

from des.firms.returns import DayReturns
from des.liquidation.margin_customers import MarginCustomers
from des.market.listing import Listing, marks_of
from des.positions_at_halt import PositionsAtHalt
from des.quoting.belief_beside import SimulatedElsewhere, Simulations
from des.quoting.race import NO_ORDERS
from des.venue.fees import TakerFees
from des.venue.venue import Venue
from ledger.other_process import OtherProcess


class Markets:
    """Runs the trading in all listings, and lets the venues book the fills."""

    def __init__(
        self,
        env: simpy.Environment,
        listings: Sequence[Listing],
        house: Venue,
        lead: Venue,
        fees: TakerFees,
        returns: DayReturns,
        on_margin: MarginCustomers | None,
        at_halt: PositionsAtHalt,
    ) -> None:
        """Initialise the markets.

        Args:
            env: the simulation's clock.
            listings: the listing of each market.
            house, lead: the venues that book the fills.
            fees: adds up takers' volume on the house.
            returns: adds up takers' gains minus fees.
            on_margin: the customers on margin, or None. These customers may be liquidated.
            at_halt: closes all positions on the house at a halt.
        """
        self._env, self.listings = env, listings
        self._house, self._lead = house, lead
        self._fees, self._returns = fees, returns
        self._on_margin = on_margin
        self.at_halt = at_halt

    def predict_elsewhere(self) -> OtherProcess:
        """Move the maker's own simulations of all markets to a new process. Return the process."""
        process = OtherProcess(Simulations, [listing.maker.belief for listing in self.listings])
        for market, listing in enumerate(self.listings):
            listing.maker.belief = SimulatedElsewhere(process, market)
        return process

    def marks(self) -> np.ndarray:
        """Return the lead prices at which positions are settled, in ticks, by market."""
        return marks_of(self.listings)

    def trading(self, start_us: int, end_us: int) -> simpy.Event:
        """Start trading in all markets. The returned event occurs when all markets have traded."""
        return self._env.all_of(
            [
                self._env.process(self._trading(market, listing, start_us, end_us))
                for market, listing in enumerate(self.listings)
            ]
        )

    def _trading(
        self, market: int, listing: Listing, start_us: int, end_us: int
    ) -> Generator[simpy.Event, None, None]:
        """Simulate one market until the settlement, and let the venues book its fills."""
        on_margin = self._on_margin
        desk = on_margin.desk if on_margin and on_margin.are_there else None
        forced = desk.orders(market, listing.mark_ticks, start_us, end_us) if desk else NO_ORDERS
        house, net, lead = yield from listing.trading(self._env, start_us, end_us, forced)
        self._house.fill(market, house)
        self._house.exchange(market, net)
        self._lead.fill(market, lead)
        if desk:
            desk.follow(market, house)
        self._fees.follow(market, house)
        for rows in (house, lead):
            self._returns.follow(rows)
