"""Books the expected results of quotes on the lead venue once a day.

The race on the lead venue is not simulated quote by quote. The desk books the result that is
expected from the volatility of each hour. The module `lead_quoting` has the formulas and their
assumptions. A faster firm's gain is the loss of a slower firm or of the maker. Noise traders on the
venue pay the spread.
"""

from collections.abc import Sequence

import numpy as np

from des.clock import HOUR_US, SECOND_US, YEAR_S
from des.firms.lead_quoting import pick_offs, spread_income
from des.given import given
from des.market.listing import Listing
from des.scenario import Firm, LeadQuoting, Market, Scenario
from des.venue.venue import Venue
from ledger import movements
from ledger.journal import Journal
from ledger.kinds import Kind
from ledger.money import fee_cents, to_cents
from ledger.parties import OUTSIDE, Parties

DAY_H = 24


def lead_desk(
    scenario: Scenario,
    parties: Parties,
    firms: Sequence[Firm],
    delay_us: np.ndarray,
    lead: Venue,
    journal: Journal,
) -> "LeadDesk | None":
    """Create the desk, or return None if the scenario has no quotes on the lead venue.

    Args:
        scenario: states the quotes on the lead venue.
        parties: all parties that keep books, by role.
        firms: the firms, in the order of the parties.
        delay_us: for each party, the delay of an order to the lead venue.
        lead: the lead venue.
        journal: records the results.
    """
    if scenario.lead.quoting is None:
        return None
    hurdles = [firm.hurdle_bps for firm in firms]
    shares = [firm.order_share for firm in firms]
    return LeadDesk(
        scenario.lead.quoting,
        parties,
        delay_us[[parties.names.index(name) for name in parties.hedgers]],
        np.array([0.0, *shares]),  # 0.0: the maker hits no quotes
        (np.array([0.0, *hurdles]) + scenario.lead.taker_fee_bps) / 10_000,
        round(scenario.lead.taker_fee_bps * 100),
        lead,
        journal,
    )


def shown_cents(firms: Sequence[Firm], on_lead_cents: np.ndarray) -> np.ndarray:
    """Return each firm's displayed size on the lead venue, in cents per market and side.

    The size is proportional to the firm's claim on the lead venue.
    """
    return np.array(
        [
            to_cents(firm.lead_quotes_usd) * max(cents, 0) // first
            if (first := to_cents(firm.on_lead_usd))
            else 0
            for firm, cents in zip(firms, on_lead_cents.tolist(), strict=True)
        ],
        dtype=np.int64,
    )


class LeadDesk:
    """Books the daily results of the quotes that the maker and the firms show on the lead venue."""

    def __init__(
        self,
        quoting: LeadQuoting,
        parties: Parties,
        delay_us: np.ndarray,
        order_share: np.ndarray,
        cost: np.ndarray,
        fee_e6: int,
        lead: Venue,
        journal: Journal,
    ) -> None:
        """Initialise the desk.

        Args:
            quoting: the rules of quotes on the lead venue.
            parties: all parties that keep books, by role. Arrays are in the order of
                `parties.hedgers`.
            delay_us: each hedger's time from a tick to the arrival of its order or its new quote.
            order_share: the largest order, as a share of the hedger's claim on the lead venue. 0:
                the hedger only quotes.
            cost: each hedger's hurdle plus the taker fee, as a fraction of the price.
            fee_e6: the lead venue's taker fee in millionths.
            lead: the lead venue.
            journal: records the results.
        """
        self._quoting, self._parties, self._lead, self._journal = quoting, parties, lead, journal
        self._delay_us, self._order_share, self._cost = delay_us, order_share, cost
        self._fee_e6 = fee_e6
        self.hedgers = np.array([parties.names.index(name) for name in parties.hedgers])
        self._half_spread = quoting.half_spread_bps / 10_000

    def close_day(
        self, end_us: int, markets: Sequence[tuple[Market, Listing]], quote_cents: np.ndarray
    ) -> np.ndarray:
        """Book the results of the day that ends at *end_us*.

        Args:
            end_us: the first microsecond after the day.
            markets: each market, with its listing.
            quote_cents: each hedger's displayed size per market and side.

        Returns:
            The gain of each hedger after fees, in cents. A loss is below zero.
        """
        n = len(self.hedgers)
        rents, spread = np.zeros((n, n), dtype=np.int64), np.zeros(n, dtype=np.int64)
        taken = np.zeros(n, dtype=np.int64)
        # Only a firm that shows quotes can hit the quotes of others.
        most_cents = np.maximum(self._lead.claims[self.hedgers], 0) * self._order_share
        order_cents = np.rint(np.where(quote_cents > 0, most_cents, 0)).astype(np.int64)
        for market, listing in markets:
            hours_us = range(end_us - DAY_H * HOUR_US, end_us, HOUR_US)
            sigma = [listing.price.hour_volatility(hour_us) / YEAR_S**0.5 for hour_us in hours_us]
            hits = pick_offs(
                self._delay_us,
                quote_cents,
                order_cents,
                self._half_spread,
                self._cost,
                np.array(sigma),
                HOUR_US / SECOND_US / self._quoting.refresh_s,
            )
            rents += market.stands_for * hits.edge_cents
            taken += market.stands_for * hits.taken_cents.sum(axis=0)
            flow_usd = given(market.lead_volume_usd_per_day) * self._quoting.uninformed_fraction
            spread += market.stands_for * spread_income(
                quote_cents,
                to_cents(self._quoting.outside_quotes_usd),
                to_cents(flow_usd),
                self._half_spread,
            )
        self._book_spread(end_us - 1, spread)
        fees = fee_cents(taken, self._fee_e6)
        for sniper in np.flatnonzero(taken).tolist():
            self._book_rents(end_us - 1, sniper, rents[:, sniper], int(fees[sniper]))
        return spread - rents.sum(axis=1) + rents.sum(axis=0) - fees

    def _book_spread(self, time_us: int, earned: np.ndarray) -> None:
        gained = dict(zip(self._parties.hedgers, earned.tolist(), strict=True))
        self._book(time_us, Kind.LEAD_SPREAD, OUTSIDE, {OUTSIDE: -int(earned.sum())} | gained)

    def _book_rents(self, time_us: int, sniper: int, paid: np.ndarray, fee: int) -> None:
        lost = dict(zip(self._parties.hedgers, (-paid).tolist(), strict=True))
        who = self._parties.hedgers[sniper]
        self._book(time_us, Kind.LEAD_PICKOFF, who, lost | {who: int(paid.sum())}, fee)

    def _book(
        self, time_us: int, kind: Kind, who: str, gained_cents: dict[str, int], fee: int = 0
    ) -> None:
        if not any((*gained_cents.values(), fee)):
            return
        for entity, cents in gained_cents.items():
            self._lead.claims[self._parties.names.index(entity)] += cents
        self._lead.claims[self._parties.names.index(who)] -= fee
        venue = self._parties.lead
        self._journal.record(movements.lead_quoting(time_us, kind, who, venue, gained_cents, fee))
