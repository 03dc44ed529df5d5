"""How much the captive maker shows for a month: measured on a pilot, played beforehand.

The pilot is a path of the month's law with draws of its own; see `sizing` for the rule.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import numpy as np

from des.clock import HOUR_US, midnight_us
from des.market.captive_volume import CaptiveVolume
from des.market.gateways import Gateways
from des.market.holdings import FirmsInMarket
from des.price.lead_price import LeadPrice
from des.quoting.plan import QuotingPolicy
from des.quoting.race import NO_ORDERS, Codes
from des.quoting.session import Decisions, Session
from des.quoting.sizing import SAMPLE_US, monthly_size_cents
from des.quoting.takers import Takers, gateway_keys, terms
from des.scenario import Firm, Market, Scenario
from des.traded_hours import TradedHours
from ledger.money import Contract, to_cents
from ledger.times import day_of

INDEPENDENT_H = 0.01  # a half-life so short that no hour remembers the one before
ANY_MARGIN_CENTS = np.iinfo(np.int64).max


class MonthlySize:
    """Sizes quotes so that the firms are expected to take what the record leaves to them."""

    def __init__(
        self,
        scenario: Scenario,
        market: Market,
        contract: Contract,
        firms: Sequence[Firm],
        policy: QuotingPolicy,
        volume: CaptiveVolume,
    ) -> None:
        """Begin with nothing measured.

        Args:
            scenario, market, contract: what is listed, and in which world.
            firms: who watches the quotes.
            policy: how they are placed around the lead price.
            volume: what comes to them on record.
        """
        self._run, self._market, self._policy, self._volume = scenario.run, market, policy, volume
        self._tick_cents, self._tick_usd = contract.cents_per_lot_tick, float(contract.tick_usd)
        self._hours = TradedHours.of(scenario.run)
        self._gateways = Gateways.of(scenario.house)
        self._takers = Takers.of(firms)
        self._name = f"{market.name} as sized"
        self._keys = gateway_keys(scenario.run.seed, self._name, firms)

    def cents(self, start_us: int, firms: FirmsInMarket) -> int:
        """Return the cents to show per level from *start_us* to the end of its month."""
        if self._market.quoter.displayed_usd is not None:
            return to_cents(self._market.quoter.displayed_usd)
        end_us = min(_next_month_us(start_us), midnight_us(self._run.end))
        pilot = self._pilot(start_us, end_us)

        def play(begin_us: int, until_us: int, shown_lots: int) -> np.ndarray:
            return self._play(pilot, firms, shown_lots, begin_us, until_us)

        wanted_cents = to_cents(self._volume.informed_usd(start_us, end_us))
        hours_us = list(filter(self._hours.has, range(start_us, end_us, HOUR_US)))
        sampled_cents = wanted_cents * SAMPLE_US // (self._hours.stands_for * HOUR_US)
        size = monthly_size_cents(play, self._tick_cents, hours_us, sampled_cents)
        # Where quotes are so wide that nobody ever hits one, one order of the largest firm.
        return int(self._takers.order_cents.max(initial=0)) if size is None else size

    def _pilot(self, start_us: int, end_us: int) -> LeadPrice:
        # Hours that do not resemble each other say more about the month's law than as many that do.
        law = self._market.price.model_copy(update={"volatility_half_life_h": INDEPENDENT_H})
        tick_usd = Decimal(self._market.tick_usd)
        return LeadPrice(self._run.seed, self._name, law, tick_usd, start_us, end_us)

    def _play(
        self, pilot: LeadPrice, firms: FirmsInMarket, shown_lots: int, begin_us: int, until_us: int
    ) -> np.ndarray:
        """Return the fills of a span against quotes of so many lots a level."""
        mark = round(pilot.hour_price_usd(begin_us) / self._tick_usd)
        lot_cents = mark * self._tick_cents
        # Whoever trades at all takes what there is; how much it holds then is not known yet.
        margin = np.where(firms.margin_cents > 0, ANY_MARGIN_CENTS, 0)
        flat = np.zeros(len(margin), dtype=np.int64)
        decided = Decisions(
            self._policy.plan(mark, lot_cents, 0, shown_lots * lot_cents),
            terms(self._takers, mark, self._tick_cents, firms.fee_e6, flat, margin),
            self._gateways.at(pilot.hour_volatility_ratio(begin_us)),
        )
        # Who fills what is not asked, so that one code does for all.
        codes = Codes(np.zeros(len(margin) + 1, dtype=np.int64), np.zeros(2, dtype=np.int64))
        session = Session(pilot, self._policy, self._takers, self._keys, codes)
        return session.play(begin_us, until_us, 0.0, decided, NO_ORDERS)


def _next_month_us(time_us: int) -> int:
    """Return the first microsecond of the month after that of *time_us*."""
    return midnight_us((day_of(time_us).replace(day=1) + timedelta(days=31)).replace(day=1))
