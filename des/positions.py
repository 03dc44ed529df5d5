"""Reads the positions after a settlement, and who may trade. The next decisions use both."""

from collections.abc import Sequence

import numpy as np

from des.compile_cache import njit
from des.firms.capital import CapitalDesk
from des.market.holdings import DeskOrder, Holdings
from des.quoting.firms_in_market import FirmsInMarket
from des.scenario import Firm, Scenario
from des.treasury.directional import DirectionalBook
from des.treasury.quoter_switch import QuoterSwitch
from des.venue.venue import Venue
from ledger.parties import Parties


class Positions:
    """Reads the positions of maker, firms, backstops and directional desk in each market."""

    def __init__(
        self,
        scenario: Scenario,
        firms: Sequence[Firm],
        parties: Parties,
        house: Venue,
        lead: Venue,
        capital: CapitalDesk,
        directional: DirectionalBook | None,
    ) -> None:
        """Initialise the reader.

        Args:
            scenario: states the markets.
            firms: the named firms and the firms drawn at random.
            parties: all parties that keep books, by role.
            house, lead: the two venues.
            capital: states which firms may hit quotes.
            directional: the captive maker's directional book of long positions, or None.
        """
        self._markets = [market.name for market in scenario.markets]
        self._house, self._lead, self._capital = house, lead, capital
        self._directional = directional
        self._maker = parties.names.index(parties.maker)
        self._firms = np.array(
            [parties.names.index(firm) for firm in parties.firms], dtype=np.int64
        )
        self._leverage_max = np.array([firm.leverage_max for firm in firms], dtype=np.float64)
        self._backstops = [parties.holders.index(name) for name in parties.backstops]

    def of(
        self, market: int, marks: np.ndarray, now_us: int, next_s: int, quoter: QuoterSwitch
    ) -> Holdings:
        """Return the positions in a market after a settlement, and who may trade there.

        Args:
            market: the index of the market.
            marks: lead prices in ticks, by market.
            now_us: the time of the settlement.
            next_s: the seconds until the next settlement, perhaps after several idle hours.
            quoter: states whether the captive maker and customers may trade.
        """
        house, lead = self._house.lots[market], self._lead.lots[market]
        return Holdings(
            maker_lots=int(house[self._maker]),
            maker_lead_lots=int(lead[self._maker]),
            may_quote=quoter.is_on,
            house_is_open=quoter.house_is_open,
            firms=self._firms_in(market, marks),
            backstop_lots=tuple(int(house[each] + lead[each]) for each in self._backstops),
            directional=self._directional_order(market, int(marks[market]), now_us, next_s),
            maker_shows=quoter.wanted,
        )

    def _firms_in(self, market: int, marks: np.ndarray) -> FirmsInMarket:
        house, takes = self._house, self._capital.takes
        in_market = _of_firms(
            self._firms,
            market,
            house.lots,
            marks * house.tick_cents,
            house.claims,
            house.fee_e6,
            takes,
            self._leverage_max,
        )
        return FirmsInMarket(*in_market, takes)

    def _directional_order(
        self, market: int, mark_ticks: int, now_us: int, next_s: int
    ) -> DeskOrder | None:
        """Return the directional desk's order in a market, or None if there is no such desk."""
        book = self._directional
        if book is None:
            return None
        return book.order(
            self._markets[market],
            now_us,
            int(self._house.tick_cents[market]) * mark_ticks,
            int(self._lead.lots[market, book.holder]),
            next_s,
        )


@njit(cache=True)
def _of_firms(
    firms: np.ndarray,
    market: int,
    lots: np.ndarray,
    lot_cents: np.ndarray,
    claims: np.ndarray,
    fee_e6: np.ndarray,
    takes: np.ndarray,
    leverage_max: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return each firm's lots in one market, claim, usable margin in this market, and fee.

    A firm that may not hit quotes (see *takes*) has no usable margin.

    A firm's claim is margin for its positions in all markets. Each market gets the margin that the
    firm's position there needs, and an equal part of the rest. If the positions need more than the
    claim, each market gets a part of the claim in proportion to its need. So the margins of all
    markets together are at most the claim, except for rounding.
    """
    n, markets = len(firms), len(lots)
    held, claim = np.empty(n, np.int64), np.empty(n, np.int64)
    margin, fee = np.empty(n, np.int64), np.empty(n, np.int64)
    for i, firm in enumerate(firms):
        held[i], claim[i], fee[i] = lots[market, firm], claims[firm], fee_e6[firm]
        here = needed = 0.0
        for each in range(markets):
            needs = abs(lots[each, firm]) * lot_cents[each] / leverage_max[i]
            needed += needs
            if each == market:
                here = needs
        free = claims[firm] - needed
        is_enough = free >= 0 or needed == 0
        usable = here + free / markets if is_enough else here * claims[firm] / needed
        margin[i] = np.int64(np.rint(usable)) if takes[i] else 0
    return held, claim, margin, fee
