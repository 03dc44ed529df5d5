"""A contract listed on both venues: its price, the maker's quotes, the takers, the hedges."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import simpy

from des.clock import HOUR_US, midnight_us
from des.given import given
from des.market.gateways import Gateways
from des.market.hedgers import Hedgers
from des.market.hedging import HedgeDesk
from des.market.holdings import Holdings
from des.market.maker_quotes import MakerQuotes
from des.market.market_volume import MarketVolume
from des.market.net_trades import NO_ROWS, NetTrades
from des.market.traded_price import TradedPrice
from des.market.uninformed_demand import UninformedDemand
from des.policies.quoting_choice import quoting_choice
from des.price.impact import Impact
from des.price.lead_price import LeadPrice, Ticks
from des.quoting.belief import OwnSimulation
from des.quoting.firms_in_market import FirmsInMarket
from des.quoting.held_position import HeldPosition
from des.quoting.other_quotes import OtherQuoting
from des.quoting.plan import QuotingPolicy
from des.quoting.race import NO_ORDERS, ORDER, Codes
from des.quoting.session import Decisions, Session
from des.quoting.takers import Takers, Terms, competing, gateway_keys, nobody_takes, terms
from des.quoting.uninformed import UninformedFlow
from des.quoting.whole_lots import WholeLots
from des.scenario import Firm, Market, Provider, Scenario
from des.traded_hours import TradedHours
from ledger.fills import join_rows
from ledger.money import Contract, dollars
from ledger.notes import ShownBook, rounded


@dataclass(frozen=True, slots=True)
class Traders:
    """The codes by which the books name the parties that trade in a market."""

    maker: int
    others: int  # the other makers
    takers: np.ndarray  # the firms first, then the retail customers
    backstops: Sequence[tuple[Provider, int]] = ()  # each provider and its code

    @property
    def codes(self) -> Codes:
        """Return the codes of the takers, and of the makers in the order CAPTIVE, OTHERS."""
        return Codes(self.takers, np.array((self.maker, self.others)))


class IntervalRows(NamedTuple):
    """The rows of a market that are booked for a span: three arrays (dtype ROW) sorted by time."""

    house: np.ndarray  # fills on the house
    net: np.ndarray  # customers' net trades with the other makers, if `retail.holding_days` is set
    lead: np.ndarray  # fills on the lead venue


class Listing:
    """One market: its trading between settlements, and the decisions on quotes and hedges."""

    def __init__(
        self,
        scenario: Scenario,
        market: Market,
        contract: Contract,
        firms: Sequence[Firm],
        traders: Traders,
        hedge_desk: HedgeDesk,
        session: type[Session],
        hours: TradedHours,
    ) -> None:
        """Initialise the listing at the run's start.

        Args:
            scenario, market, contract: the scenario, one of its markets, and the market's contract.
            firms: the firms that watch the quotes.
            traders: the codes by which the books name the traders.
            hedge_desk: hedges positions in this market.
            session: the class that simulates the time between settlements.
            hours: the played hours, the same in all markets.
        """
        run = scenario.run
        self._market, self._contract, self._firms = market, contract, scenario.firms
        self.hours = hours
        self._gateways = Gateways.of(scenario.house)
        self._hedgers = Hedgers(run, hedge_desk, traders.maker, traders.backstops)
        self.volume = MarketVolume(contract.cents_per_lot_tick)
        start_us, end_us = midnight_us(run.start), midnight_us(run.end)
        tick_usd = Decimal(market.tick_usd)
        lead = LeadPrice(run.seed, market.name, market.price, tick_usd, start_us, end_us)
        self.mark_ticks = int(lead.ticks(start_us, start_us + 1).prices[0])
        self.price, self._traded = lead, TradedPrice(lead, self._impact(scenario))
        self._takers = Takers.of(firms)
        self._others = OtherQuoting(market, scenario.maker, lead, start_us)
        self._demand = UninformedDemand(scenario.demand, market, self.volume)
        policy = QuotingPolicy.of(market.quoter, scenario.maker.spread_times)
        self._session = session(
            lead,
            policy,
            self._takers,
            gateway_keys(run.seed, market.name, firms),
            traders.codes,
        )
        holders, holding_days = scenario.retail.holders, scenario.retail.holding_days
        held = HeldPosition(holding_days) if holding_days else None
        self._uninformed = UninformedFlow(
            run.seed, market.name, holders, market.order_usd_mean, self.hours, held
        )
        self._net = NetTrades(int(traders.takers[-1]), traders.others) if held else None
        # In the maker's own simulation one customer sends all orders. Customers' names have no
        # effect there.
        imagined = UninformedFlow(
            run.seed, f"{market.name} as believed", 1, market.order_usd_mean, self.hours
        )
        whole_lots = WholeLots.of(run.seed, market, scenario.maker)
        self.maker = MakerQuotes(
            policy,
            scenario.maker.spread_times,
            quoting_choice(market, scenario.maker),
            OwnSimulation(
                lead,
                contract,
                imagined,
                self._gateways.quiet_us,
                self._others,
                scenario.maker.quoting.simulates is None,
                whole_lots,
            ),
            self._others,
            self.volume,
            self.hours,
            whole_lots,
        )
        self._decided: Decisions | None = None
        self._house_is_open, self._usd_per_s = True, 0.0

    def trading(
        self, env: simpy.Environment, start_us: int, end_us: int, forced: np.ndarray = NO_ORDERS
    ) -> Generator[simpy.Event, None, IntervalRows]:
        """Simulate the quotes and the fills of a span. The method is a process of SimPy.

        A span with trading is within one hour. A span without trading may last several hours.

        Args:
            env: the simulation's clock.
            start_us, end_us: the start of the span, and its end.
            forced: orders (dtype ORDER) of customers who are liquidated in this span.

        Returns:
            The rows to book for the span.
        """
        offset = self._traded.begin_interval(start_us)
        uninformed = self._uninformed_orders(start_us, end_us)
        unforeseen = join_rows((uninformed, forced), ORDER) if len(forced) else uninformed
        house, others_lot_ticks, others_lots = yield from self._session.trading(
            env, start_us, end_us, offset, given(self._decided), unforeseen
        )
        self.volume.count(house, others_lot_ticks)
        ticks = self._session.ticks
        if len(ticks.prices):
            self.mark_ticks = int(ticks.prices[-1])
        self._hedgers.desk.follow(house)
        lot_usd = self.mark_ticks * self._contract.cents_of_one / 100
        per_root_lot = self._traded.impact_per_root_lot(start_us, lot_usd)
        net = self._net.rows(others_lots, end_us, self.mark_ticks) if self._net else NO_ROWS
        return IntervalRows(house, net, self._hedgers.desk.fills(end_us, ticks, per_root_lot))

    def close_hedges(self, closed: np.ndarray) -> None:
        """Place orders that close firms' hedges, after firms closed positions on the house.

        *closed* has the closed positions, as rows of dtype ROW.
        """
        self._hedgers.desk.follow(closed)

    def _uninformed_orders(self, start_us: int, end_us: int) -> np.ndarray:
        if not self.hours.has(start_us):
            return NO_ORDERS
        if start_us % HOUR_US == 0:
            self._begin_hour(start_us)
        if not self._house_is_open:
            return NO_ORDERS
        lot_usd = self.price.hour_price_usd(start_us) * float(self._contract.lot)
        times = self.hours.stands_for_at(start_us)
        return self._uninformed.orders(start_us, end_us, self._usd_per_s, lot_usd, times)

    def _begin_hour(self, hour_us: int) -> None:
        """Decide the uninformed demand in the hour that begins now, in dollars per second.

        The demand is 0 if the house is closed to customers.
        """
        decided = given(self._decided)
        response = self._demand.response(decided.plan, decided.others)
        self.volume.begin_hour(response, self.hours.stands_for_at(hour_us))
        self._usd_per_s = 0.0
        if self._house_is_open:
            self._usd_per_s = self._demand.usd_per_s_in_hour(hour_us, response)

    def decide(self, now_us: int, elapsed_s: float, state: Holdings) -> None:
        """Decide quotes and hedges for the interval that begins at *now_us*.

        Args:
            now_us: the interval's start.
            elapsed_s: seconds since the last settlement.
            state: the positions in this market, and who may trade.
        """
        lot_cents = self.mark_ticks * self._contract.cents_of_one
        times = self.hours.stands_for_at(now_us)
        self._house_is_open = state.house_is_open
        self.maker.look(now_us, state)
        ordered_lots = self._hedgers.decide(now_us, self._contract.stands_for * lot_cents, state)
        self._traded.push(now_us, elapsed_s, ordered_lots * lot_cents / 100)
        plan = self.maker.plan(now_us, self.mark_ticks, lot_cents, state)
        # The last quote stays in force until the first new quote, perhaps for several intervals. In
        # this time firms may hit the last quote.
        can_be_hit = any(plan.shown_lots) or self._session.is_shown
        self._decided = Decisions(
            plan,
            self._terms(state.firms, times) if can_be_hit else nobody_takes(len(state.firms.lots)),
            self._gateways.at(self.price.hour_volatility_ratio(now_us)),
            self._others.quotes(now_us, self.mark_ticks, lot_cents, times),
            self.hours.pass_at_once and not self._trades(now_us),
        )

    def close(self, now_us: int, hedgers: np.ndarray, lead_lots: np.ndarray) -> None:
        """Remove the quotes and orders from the house, and place orders that close firms' hedges.

        The house has already closed all positions.

        Args:
            now_us: the time of the removal.
            hedgers: the codes of the firms.
            lead_lots: the lots of each of these firms on the lead venue.
        """
        self._session.clear()
        for hedger, lots in zip(hedgers.tolist(), lead_lots.tolist(), strict=True):
            self._hedgers.desk.decide(now_us, hedger, lots)

    def shown_book(self, now_us: int) -> ShownBook | None:
        """Return the quotes that are shown now, with sizes divided by the hour's weight.

        The result is None if the house is closed to customers.
        """
        if not self._house_is_open:
            return None
        decided, times = given(self._decided), self.hours.stands_for_at(now_us)
        plan, others = decided.plan, decided.others
        levels = len(plan.offset_ticks)
        half_lot_cents = self.mark_ticks * self._contract.cents_of_one / 2
        return ShownBook(
            self._market.name,
            others_half_spread_bps=self._away_bps(others.away_ticks),
            captive_half_spread_bps=self._away_bps(plan.offset_ticks[0]),
            captive_reach_bps=self._away_bps(plan.offset_ticks[-1]),
            captive_levels=levels,
            others_usd=dollars(round(2 * others.shown_lots * half_lot_cents / times)),
            captive_usd=dollars(round(levels * sum(plan.shown_lots) * half_lot_cents / times)),
        )

    def _away_bps(self, ticks: int) -> Decimal:
        return rounded(10_000 * ticks / self.mark_ticks, 2)

    def prices_of_day(self, end_us: int) -> np.ndarray:
        """Return the lead prices of the day that ends at *end_us*, in ticks.

        If the scenario lets several idle hours pass in one step, each idle hour has one price, and
        no price contains the impact of orders.
        """
        if self.hours.pass_at_once:
            return self._traded.prices_of_hours(end_us, self._trades)
        return self.ticks_of_day(end_us).prices

    def _trades(self, time_us: int) -> bool:
        """Tell whether the hour at *time_us* is played, and the house is now open."""
        return self._house_is_open and self.hours.has(time_us)

    def ticks_of_day(self, end_us: int) -> Ticks:
        """Draw again the ticks of the day that ends at *end_us*, with the impact of orders."""
        return self._traded.ticks_of_day(end_us)

    def volume_usd_per_s(self, time_us: int) -> float:
        """Return a day's recorded volume or stated demand, in dollars per second.

        The result is the sum over all similar markets.
        """
        return self._contract.stands_for * self._demand.usd_per_s(time_us)

    def close_day_of_demand(self) -> tuple[int, ...]:
        """Return today's demand for each played hour in whole dollars, and begin a new day.

        The result is empty if `demand.closure` is `stated`.
        """
        return self._demand.close_day()

    def recorded_usd(self, time_us: int) -> float | None:
        """Return the recorded volume of the day at *time_us* in all similar markets, in dollars.

        The result is None without a record.
        """
        of_one_usd = self._demand.recorded_usd(time_us)
        return None if of_one_usd is None else self._contract.stands_for * of_one_usd

    def close_limits(self) -> np.ndarray:
        """Return three volumes since the last call, in cents. See `des.quoting.limits`.

        The first is the volume that firms took. The second is the volume that the limit on an
        order's size prevented. The third is the volume that the limit on leverage prevented.
        """
        return self._session.close_count() * self._contract.cents_per_lot_tick

    def _terms(self, firms: FirmsInMarket, times: int) -> Terms:
        if not self._firms.active:
            return nobody_takes(len(firms.lots))
        hurdle_times = competing(int(firms.trades.sum()), self._firms.hurdle_exponent)
        # A simulated order represents one real order in each similar market, for each hour that the
        # played hour represents. So the limit on an order's size is multiplied by the number of
        # these real orders.
        return terms(
            self._takers,
            self.mark_ticks,
            self._contract.cents_per_lot_tick,
            firms,
            hurdle_times,
            times * self._contract.stands_for,
        )

    def _impact(self, scenario: Scenario) -> Impact:
        daily_usd = self._market.lead_volume_usd_per_day or 0.0
        return Impact(scenario.lead.impact_kappa, scenario.lead.impact_tau_s, daily_usd)


def marks_of(listings: Sequence[Listing]) -> np.ndarray:
    """Return the lead prices at which positions are settled, in ticks, by market."""
    return np.array([listing.mark_ticks for listing in listings], dtype=np.int64)
