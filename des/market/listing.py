"""A contract listed on both venues: its price, the maker's quotes, the takers, the hedges."""

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import simpy

from des.chance import lognormal_quantiles_us
from des.clock import DAY_US, HOUR_US, SECOND_US, YEAR_S, microseconds, midnight_us
from des.market.hedging import HedgeDesk
from des.market.recorded_volume import RecordedVolume
from des.price.impact import Impact
from des.price.lead_price import LeadPrice, Ticks
from des.quoting.belief import Belief
from des.quoting.plan import QuotingPolicy
from des.quoting.race import NO_ORDERS, ORDER
from des.quoting.session import Decisions, Session
from des.quoting.sizing import SAMPLE_US, monthly_size_cents
from des.quoting.takers import Takers, Terms, gateway_keys, nobody_takes, terms
from des.quoting.uninformed import UninformedFlow
from des.scenario import Firm, House, Market, Price, Provider, Scenario
from des.traded_hours import TradedHours
from ledger.fills import join_rows
from ledger.money import Contract, to_cents
from ledger.times import day_of

INDEPENDENT_H = 0.01  # a half-life so short that no hour remembers the one before


@dataclass(frozen=True, slots=True)
class Gateways:
    """Delays to the house venue at equally likely quantiles, in quiet and in busy hours."""

    quiet_us: np.ndarray
    busy_us: np.ndarray
    busy_above: float

    @classmethod
    def of(cls, house: House) -> "Gateways":
        """Tabulate the delays of a scenario."""
        quiet, busy = (
            lognormal_quantiles_us(microseconds(median_ms / 1_000), house.gateway_log_sd)
            for median_ms in (house.gateway_ms_median, house.gateway_ms_median_busy)
        )
        return cls(quiet, busy, house.busy_above)

    def at(self, volatility_ratio: float) -> np.ndarray:
        """Return the table in force at a volatility, given over its level."""
        return self.busy_us if volatility_ratio >= self.busy_above else self.quiet_us


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a settlement leaves that decisions about one market look at."""

    maker_lots: int
    maker_lead_lots: int
    may_quote: bool
    firm_lots: np.ndarray
    firm_margin_cents: np.ndarray  # that a firm may use in this market
    firm_fee_e6: np.ndarray
    backstop_lots: tuple[int, ...] = ()  # of each backstop, on both venues together
    directional: tuple[int, int, int] | None = None  # who holds how many too many; most to order
    maker_shows: float = 1.0  # of the month's size; it changes on the first of a month only


class Listing:
    """One market between settlements, and the decisions about it at each."""

    def __init__(
        self,
        scenario: Scenario,
        market: Market,
        contract: Contract,
        firms: Sequence[Firm],
        hedge_desk: HedgeDesk,
        makers: tuple[int, int],
        taker_codes: np.ndarray,
        session: type[Session],
        backstops: Sequence[tuple[Provider, int]] = (),
    ) -> None:
        """Begin at the run's start.

        Args:
            scenario, market, contract: what is listed, and in which world.
            firms: who watches the quotes.
            hedge_desk: lays off inventory in this market.
            makers: the captive maker's code in the books, and the other makers'.
            taker_codes: the firms' in the books, then retail's.
            session: how time passes between settlements.
            backstops: who takes over positions, and which holder has them.
        """
        self._scenario, self._market, self._firms = scenario, market, firms
        self._hours = TradedHours.of(scenario.run)
        self._tick_cents, self._tick_usd = contract.cents_per_lot_tick, float(contract.tick_usd)
        self._lot = float(contract.lot)
        self._gateways, self._hedge_desk = Gateways.of(scenario.house), hedge_desk
        self._maker, self._backstops = makers[0], backstops
        self._maker_codes, self._taker_codes = np.array(makers), taker_codes
        times = self._hours.stands_for
        policy = QuotingPolicy.of(market.quoter, scenario.maker.spread_times)
        self._policy = replace(policy, limit_cents=times * policy.limit_cents)
        self._takers = Takers.of(firms)
        self._sampled_takers = replace(self._takers, order_cents=times * self._takers.order_cents)
        self._volume = RecordedVolume(market)
        self._start_us = midnight_us(scenario.run.start)
        self._hedge_us = (scenario.run.hedge_s or 1) * SECOND_US  # else at every settlement
        end_us = midnight_us(scenario.run.end)
        self.price = self._lead_price(market.name, market.price, self._start_us, end_us)
        keys = gateway_keys(scenario.run.seed, market.name, firms)
        self._session = self._open_session(session, keys, self.price)
        self._uninformed = self._random_flow(market.name, times * market.order_usd_mean)
        imagined = self._random_flow(f"{market.name} as believed", market.order_usd_mean)
        self._belief = Belief(self.price, self._policy, contract, imagined, self._gateways.quiet_us)
        self.mark_ticks = int(self.price.ticks(self._start_us, self._start_us + 1).prices[0])
        self._impact = self._impact_at(self.mark_ticks * self._tick_usd * self._lot)
        self._shown_cents = 0
        self._decided: Decisions | None = None
        self._offsets: list[tuple[int, float]] = []  # today's impact in logs, and since when

    def trading(
        self, env: simpy.Environment, start_us: int, end_us: int, forced: np.ndarray = NO_ORDERS
    ) -> Generator[simpy.Event, None, tuple[np.ndarray, np.ndarray]]:
        """Quote and be hit in [start, end), a span inside one hour: a process.

        Args:
            env: the clock.
            start_us, end_us: the span.
            forced: orders (dtype ORDER) of customers who are liquidated in it.

        Returns:
            The fills on house and lead venue, rows of dtype ROW in the order of time.
        """
        self._note_impact(start_us)
        uninformed = self._uninformed_orders(start_us, end_us)
        unforeseen = join_rows((uninformed, forced), ORDER) if len(forced) else uninformed
        house = yield from self._session.trading(
            env, start_us, end_us, self._impact.log_offset, self._decided, unforeseen
        )
        ticks = self._session.ticks
        if len(ticks.prices):
            self.mark_ticks = int(ticks.prices[-1])
        self._hedge_desk.follow(house)
        per_root_lot = self._impact.per_root_lot(self._daily_volatility(start_us))
        return house, self._hedge_desk.fills(end_us, ticks, per_root_lot)

    def ticks_of_day(self, end_us: int) -> Ticks:
        """Draw once more the lead price of the day that ends at *end_us*, as it was traded at."""
        times_us, offsets = zip(*self._offsets, strict=True)
        spans = zip(times_us, (*times_us[1:], end_us), offsets, strict=True)
        times, prices = zip(*(self.price.ticks(*span) for span in spans), strict=True)
        return Ticks(np.concatenate(times), np.concatenate(prices))

    def _note_impact(self, start_us: int) -> None:
        """Write down the impact of an interval that begins, where it is another than before."""
        if start_us % DAY_US == 0:
            self._offsets.clear()
        offset = self._impact.log_offset
        if not self._offsets or self._offsets[-1][1] != offset:
            self._offsets.append((start_us, offset))

    def _uninformed_orders(self, start_us: int, end_us: int) -> np.ndarray:
        if not self._hours.has(start_us):
            return NO_ORDERS
        maker = self._scenario.maker
        share = maker.volume_share_on(day_of(start_us)) * maker.uninformed_fraction
        usd_per_s = self.volume_usd_per_s(start_us) * share
        return self._uninformed.orders(
            start_us,
            end_us,
            self._hours.stands_for * usd_per_s,
            self.price.hour_price_usd(start_us) * self._lot,
        )

    def decide(self, now_us: int, elapsed_s: float, state: Holdings) -> None:
        """Read the world as a settlement leaves it, for the interval that begins at *now_us*.

        Args:
            now_us: the interval's start.
            elapsed_s: since the settlement before.
            state: of the venues.
        """
        if now_us == self._start_us or (now_us % DAY_US == 0 and day_of(now_us).day == 1):
            self._shown_cents = int(self._size(now_us, state) * state.maker_shows)
        trades = self._hours.has(now_us)
        if now_us % HOUR_US == 0 and trades:
            share = self._scenario.maker.volume_share_on(day_of(now_us))
            usd_per_s = self.volume_usd_per_s(now_us) * share
            self._belief.imagine(now_us, usd_per_s, self._shown_cents)
        if now_us % self._hedge_us == 0:
            lots = state.maker_lots + state.maker_lead_lots
            self._hedge_desk.decide(now_us, self._maker, lots)
        lot_cents = self.mark_ticks * self._tick_cents
        self._unwind(now_us, lot_cents, state)
        if state.directional:
            self._hedge_desk.decide(now_us, *state.directional)
        ordered_lots = self._hedge_desk.ordered_lots()
        self._impact.update(elapsed_s, ordered_lots, self._daily_volatility(now_us))
        quotes = state.may_quote and trades
        shown = self._hours.stands_for * self._shown_cents if quotes else 0
        self._decided = Decisions(
            self._policy.plan(self.mark_ticks, lot_cents, state.maker_lots, shown),
            self._terms(state),
            self._gateways.at(self.price.hour_volatility_ratio(now_us)),
            math.ceil(self.mark_ticks * (self._market.others_half_spread_bps or 0.0) / 10_000),
        )

    def _unwind(self, now_us: int, lot_cents: int, state: Holdings) -> None:
        """Let each backstop order away what it holds, at its speed."""
        for (provider, holder), lots in zip(self._backstops, state.backstop_lots, strict=True):
            per_minute_usd = provider.unwind_usd_per_minute
            most = None
            if per_minute_usd is not None:
                cents = to_cents(per_minute_usd) * self._scenario.run.settle_s_at(now_us) // 60
                most = max(cents // lot_cents, 1)
            self._hedge_desk.decide(now_us, holder, lots, most)

    def volume_usd_per_s(self, time_us: int) -> float:
        """Return the house's recorded volume per second on a day, or in its month."""
        return self._volume.usd_per_s(time_us)

    def _terms(self, state: Holdings) -> Terms:
        if not self._scenario.firms.active:
            return nobody_takes(len(self._firms))
        return terms(
            self._sampled_takers,
            self.mark_ticks,
            self._tick_cents,
            state.firm_fee_e6,
            state.firm_lots,
            state.firm_margin_cents,
        )

    def _size(self, start_us: int, state: Holdings) -> int:
        """Return the cents to show per level from *start_us* to the end of its month."""
        if self._market.quoter.displayed_usd is not None:
            return to_cents(self._market.quoter.displayed_usd)
        end_us = min(_next_month_us(start_us), midnight_us(self._scenario.run.end))
        name = f"{self._market.name} as sized"
        # Hours that do not resemble each other say more about the month's law than as many that do.
        law = self._market.price.model_copy(update={"volatility_half_life_h": INDEPENDENT_H})
        pilot = self._lead_price(name, law, start_us, end_us)
        keys = gateway_keys(self._scenario.run.seed, name, self._firms)
        # Whoever trades at all takes what there is; how much it holds then is not known yet.
        margin = np.where(state.firm_margin_cents > 0, np.iinfo(np.int64).max, 0)
        flat = np.zeros(len(self._firms), dtype=np.int64)

        def play(begin_us: int, until_us: int, shown_lots: int) -> np.ndarray:
            session = self._open_session(Session, keys, pilot)
            mark = round(pilot.hour_price_usd(begin_us) / self._tick_usd)
            lot_cents = mark * self._tick_cents
            decided = Decisions(
                self._policy.plan(mark, lot_cents, 0, shown_lots * lot_cents),
                terms(self._takers, mark, self._tick_cents, state.firm_fee_e6, flat, margin),
                self._gateways.at(pilot.hour_volatility_ratio(begin_us)),
            )
            return session.play(begin_us, until_us, 0.0, decided, NO_ORDERS)

        maker = self._scenario.maker
        informed = maker.volume_share_on(day_of(start_us)) * (1 - maker.uninformed_fraction)
        wanted_cents = to_cents(self._volume.usd(start_us, end_us) * informed)
        hours_us = list(filter(self._hours.has, range(start_us, end_us, HOUR_US)))
        sampled_cents = wanted_cents * SAMPLE_US // (self._hours.stands_for * HOUR_US)
        size = monthly_size_cents(play, self._tick_cents, hours_us, sampled_cents)
        # Where quotes are so wide that nobody ever hits one, one order of the largest firm.
        return int(self._takers.order_cents.max(initial=0)) if size is None else size

    def belief(self) -> tuple[int, int]:
        """Return what the maker's own simulation promised for the month that ends, in cents.

        Returns:
            The result at fills, and the volume.
        """
        return self._belief.close_month(self._hours.stands_for)

    def _lead_price(self, name: str, law: Price, start_us: int, end_us: int) -> LeadPrice:
        tick_usd = Decimal(self._market.tick_usd)
        return LeadPrice(self._scenario.run.seed, name, law, tick_usd, start_us, end_us)

    def _open_session(self, kind: type[Session], keys: np.ndarray, price: LeadPrice) -> Session:
        return kind(price, self._policy, self._takers, keys, self._taker_codes, self._maker_codes)

    def _random_flow(self, name: str, order_usd_mean: float) -> UninformedFlow:
        seed, holders = self._scenario.run.seed, self._scenario.retail.holders
        return UninformedFlow(seed, name, holders, order_usd_mean, self._hours)

    def _impact_at(self, lot_usd: float) -> Impact:
        lead, lots = self._scenario.lead, (self._market.lead_volume_usd_per_day or 0.0) / lot_usd
        return Impact(lead.impact_kappa, lead.impact_tau_s, lots)

    def _daily_volatility(self, time_us: int) -> float:
        return self.price.hour_volatility(time_us) * (86_400 / YEAR_S) ** 0.5


def _next_month_us(time_us: int) -> int:
    """Return the first microsecond of the month after that of *time_us*."""
    return midnight_us((day_of(time_us).replace(day=1) + timedelta(days=31)).replace(day=1))
