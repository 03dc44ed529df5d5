"""The world, wired in one place: who exists, what they have, and in which order things happen.

Time runs from settlement to settlement. Between two, every input to a decision except prices is
constant: markets trade on what was decided, customers come and go in continuous time. At a
settlement, stamped with the last microsecond of its interval, gains are paid, margin is restored,
and everything is decided anew.
"""

from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import simpy

from des.bookkeeping import contracts_of, open_journal, parties_of
from des.clock import DAY_US, HOUR_US, SECOND_US, midnight_us
from des.custody.confidence import Confidence
from des.custody.custody import HALTED, OPEN, Custody
from des.custody.flow import customers
from des.custody.other_makers import OtherMakers
from des.custody.till import Till
from des.firms.capital import CapitalDesk, Returns
from des.firms.lead_desk import LeadDesk, lead_desk, shown_cents
from des.firms.population import trading_firms
from des.inputs import note_inputs
from des.liquidation.margin_customers import MarginCustomers
from des.market.hedging import HedgeDesk, lead_delays_us
from des.market.holdings import DeskOrder, FirmsInMarket, Holdings
from des.market.house_volume import HouseVolume
from des.market.listing import Listing, Traders
from des.opening import opening
from des.quoting.quote_by_quote import QuoteByQuote
from des.quoting.race import NO_ORDERS
from des.quoting.session import Session
from des.scenario import Market, Scenario
from des.traded_hours import TradedHours
from des.treasury.appraiser import appraiser
from des.treasury.directional import DirectionalBook, directional_book
from des.treasury.group_treasury import treasury
from des.treasury.margin import MarginDesk, first_floors
from des.treasury.review import MonthlyReview
from des.venue.fees import FeeSchedule
from des.venue.venue import FUNDING_UNIT, Venue
from ledger.accounts import owed
from ledger.money import Contract, amount, to_cents
from ledger.parties import OUTSIDE, books_of
from ledger.text import quoted
from ledger.times import day_of
from ledger.transaction import LedgerError


class World:
    """One run of one scenario."""

    def __init__(self, scenario: Scenario, folder: Path, every_quote: bool = False) -> None:
        """Set everything up on the first morning.

        Args:
            scenario: what the world is made of.
            folder: where the books go; it must exist.
            every_quote: simulate quote by quote instead of looking ahead; the books are the same.
        """
        self._scenario = scenario
        self._members = trading_firms(scenario)
        self._parties = parties = parties_of(scenario)
        self._code = {name: code for code, name in enumerate(parties.names)}
        self._maker = self._code[parties.maker]
        self._firms = np.array([self._code[firm] for firm in parties.firms], dtype=np.int64)
        self._backstops = [parties.holders.index(name) for name in parties.backstops]
        self._start_us = midnight_us(scenario.run.start)
        self._end_us = midnight_us(scenario.run.end)
        self._funding_e9 = round(scenario.house.funding_bps_per_day / 24 * FUNDING_UNIT / 10_000)
        self._hours = TradedHours.of(scenario.run)
        self.env = simpy.Environment(initial_time=self._start_us)
        self.journal = open_journal(scenario, parties, folder)
        self._house, self._lead = self._open_venues()
        self._custody = Custody(
            parties,
            {parties.house: self._house, parties.lead: self._lead},
            np.zeros(len(parties.holders), dtype=np.int64),
            self.journal,
        )
        self._wire_markets(QuoteByQuote if every_quote else Session)
        self._wire_money()
        self._wire_customers()
        self._open_books()
        self._review = MonthlyReview(scenario, parties, self._appraiser, self.journal)
        self._quoting = True
        self._most_shown = 0.0  # of its quotes by the maker, on the house, this month
        n = len(parties.holders)
        self._volume_cents = np.zeros(n, dtype=np.int64)  # taken today
        self._won_cents = np.zeros(n, dtype=np.int64)  # today at fills, after fees and hedges
        self._lead_won_cents = np.zeros(n, dtype=np.int64)  # today by quotes on the lead venue

    def _open_venues(self) -> tuple[Venue, Venue]:
        parties = self._parties
        desks = {
            place: self._code[books_of(name)]
            for place, name in enumerate(parties.holders)
            if name in parties.desks
        }
        house, lead = (
            Venue(
                place,
                contracts_of(self._scenario, venue),
                len(parties.holders),
                self._code[pays],
                self.journal,
                desks,
            )
            for place, (venue, pays) in enumerate(
                ((parties.house, parties.house), (parties.lead, OUTSIDE))
            )
        )
        return house, lead

    def _wire_markets(self, session: type[Session]) -> None:
        """List the contracts, and have everybody there who trades them."""
        scenario, parties = self._scenario, self._parties
        delay_us = lead_delays_us(scenario, parties, self._members)
        self.listings = [
            self._list(market, contract, delay_us, session)
            for market, contract in zip(
                scenario.markets, contracts_of(scenario, parties.house), strict=True
            )
        ]
        self._volume = HouseVolume(scenario, self.listings)
        self._others = OtherMakers(
            scenario, parties, self._house, self._custody, self._volume, self.journal
        )
        self._fees = self._fee_schedule()
        self._directional = directional_book(scenario, parties)
        self._lead_desk = lead_desk(
            scenario, parties, self._members, delay_us, self._lead, self.journal
        )

    def _wire_money(self) -> None:
        """Have whoever trades bring margin where it belongs, and the group pay and borrow."""
        scenario, parties = self._scenario, self._parties
        self._appraiser = appraiser(scenario, parties, self._others, self.journal)
        self._purse, self._group = treasury(
            scenario,
            parties,
            self._house,
            self._custody,
            self._insurance_cents,
            self.listings,
            self._appraiser,
            self.journal,
        )
        self._margin = MarginDesk(
            parties,
            self._house,
            self._lead,
            self._custody,
            self._purse,
            first_floors(scenario, parties, self._members),
            (scenario.lead.margin_ratio_min, scenario.lead.margin_ratio_target),
            self.journal,
        )

    def _wire_customers(self) -> None:
        """Let customers come and go, firms among them, and some of them trade on margin."""
        scenario, parties = self._scenario, self._parties
        flow = scenario.retail.flow
        confidence = Confidence(flow, self._claims_cents) if flow else None
        till = Till(
            self._custody,
            parties.house,
            parties.names,
            self._free_cents,
            self.journal,
            confidence,
        )
        self._capital = CapitalDesk(
            scenario.firms.capital,
            scenario.run.seed,
            self._members,
            parties,
            self._house,
            self._lead,
            self._custody,
            self._margin,
            self.journal,
            till if flow else None,
        )
        self._flow = customers(
            self.env, scenario, parties, self._custody, till, confidence, self.journal
        )
        self._on_margin = (
            MarginCustomers(
                scenario, parties, self._house, self.listings, self._funding_e9, self.journal
            )
            if scenario.leverage
            else None
        )

    def _open_books(self) -> None:
        """Give everybody what they have on the first day."""
        first = opening(self._scenario, self._parties, self._members, self._on_margin, self._group)
        venues = {self._parties.house: self._house, self._parties.lead: self._lead}
        for (entity, venue), cents in first.claims.items():
            venues[venue].claims[self._code[entity]] = cents
        for entity, cents in first.cash.items():
            self._custody.cash[self._code[entity]] = cents
        self.journal.record(first.entry(self._start_us))

    def run(self, on_day: Callable[[], None]) -> None:
        """Simulate to the end; *on_day* is called after each day."""
        try:
            self._begin()
            self.env.process(self._settlements(on_day))
            self.env.run(until=self._end_us)
            self.journal.finish(self._end_us - 1)
        finally:
            self.journal.close()

    def _begin(self) -> None:
        """Note how everything is on the first morning, and let everybody decide."""
        self._fund_maker()
        if self._on_margin:
            # A microsecond after the opening balances, which it is a part of.
            self._on_margin.enter_first(self._start_us + 1)
        self.journal.event(self._start_us, f"{self._parties.house}:withdrawals", OPEN)
        self.journal.event(self._start_us, f"{self._parties.maker}:quoter", "on")
        note_inputs(self.journal, self._start_us, self._scenario, self._members, self._funding_e9)
        self._capital.note(self._start_us)
        self._decide(self._start_us, 0.0)

    def _settlements(self, on_day: Callable[[], None]) -> Generator[simpy.Event, None, None]:
        """Let the markets trade, then settle, again and again."""
        end_us = self._start_us
        while end_us < self._end_us:
            start_us, step_s = end_us, self._step_s(end_us)
            end_us = start_us + step_s * SECOND_US
            trading = [
                self.env.process(self._trading(market, listing, start_us, end_us))
                for market, listing in enumerate(self.listings)
            ]
            yield self.env.all_of(trading)
            self._settle(end_us, step_s)
            if end_us % DAY_US == 0:
                self._close_day(end_us)
                on_day()
            else:
                self.journal.post()
            if end_us < self._end_us:
                self._decide(end_us, step_s)

    def _step_s(self, now_us: int) -> int:
        """Return how long to let the markets trade; where they don't, until the next hour."""
        if self._hours.has(now_us):
            return self._scenario.run.settle_s_at(now_us)
        return HOUR_US // SECOND_US

    def _trading(
        self, market: int, listing: Listing, start_us: int, end_us: int
    ) -> Generator[simpy.Event, None, None]:
        """Quote one market, and be hit, until the settlement."""
        desk = self._on_margin.desk if self._on_margin else None
        forced = desk.orders(market, listing.mark_ticks, start_us, end_us) if desk else NO_ORDERS
        house, lead = yield from listing.trading(self.env, start_us, end_us, forced)
        house["fee_e6"] = self._rate_e6[house["taker"]]
        self._house.fill(market, house)
        self._lead.fill(market, lead)
        if desk:
            desk.follow(market, house)
        notional = np.abs(house["lots"]) * house["price"] * self._house.tick_cents[market]
        np.add.at(self._volume_cents, house["taker"], notional)
        for rows in (house, lead):
            np.add.at(self._won_cents, rows["taker"], rows["edge_cents"] - rows["fee_cents"])

    def _settle(self, end_us: int, elapsed_s: int) -> None:
        time_us, marks = end_us - 1, self._marks()
        for venue in (self._house, self._lead):
            venue.settle(marks, time_us)
        if end_us % HOUR_US == 0 and self._funding_e9:
            # The same rate on both venues: arbitrage between them is not what is studied here.
            for venue in (self._house, self._lead):
                venue.fund(marks, self._funding_e9, time_us)
        if self._on_margin:
            self._on_margin.settle(end_us, elapsed_s, marks)
        if end_us % DAY_US == 0 and self._lead_desk:
            self._quote_on_lead(self._lead_desk, end_us)
        self._margin.after_settlement(time_us, marks)
        if self._directional and self._directional.is_open:
            self._call_margin(self._directional, time_us, marks)

    def _call_margin(self, book: DirectionalBook, time_us: int, marks: np.ndarray) -> None:
        """Have the directional book sold once margin falls short and no money is left for it."""
        held = self._lead.lots[:, book.holder].any()
        if held and self._margin.is_called(self._maker, marks):
            book.close_out()
            self.journal.event(time_us, f"{self._parties.maker}:directional", "closed out")

    def _close_day(self, end_us: int) -> None:
        time_us = end_us - 1
        won = Returns(self._won_cents[self._firms], self._lead_won_cents[self._firms])
        self._capital.daily(time_us, won, self._marks())
        self._won_cents[:] = 0
        self._margin.daily(time_us, self._marks())
        self._others.charge(time_us, self._maker_shows)
        if self._group:
            self._group.close_day(time_us, self._marks())
        if day_of(end_us).day == 1:
            self._note_beliefs(time_us)
        if self._on_margin:
            self._on_margin.note_prices(time_us)
        self.journal.close_day(time_us)
        self._agree_with_books()
        self._fees.close_day(self._volume_cents[self._firms])
        self._volume_cents[:] = 0

    def _quote_on_lead(self, desk: LeadDesk, end_us: int) -> None:
        """Settle what the day's quotes on the lead venue brought and cost."""
        firms = shown_cents(self._members, self._lead.claims[self._firms])
        shown = np.append(self._review.lead_quote_cents, np.where(self._capital.quotes, firms, 0))
        markets = list(zip(self._scenario.markets, self.listings, strict=True))
        gained = desk.close_day(end_us, markets, shown)
        self._lead_won_cents[np.append(self._maker, self._firms)] = gained

    def _note_beliefs(self, time_us: int) -> None:
        """Write down what the maker's own simulation promised for the month that ends."""
        for market, listing in zip(self._scenario.markets, self.listings, strict=True):
            figures = (f"{amount(cents)} USD" for cents in listing.belief())
            if self._quoting:
                self.journal.custom(time_us, "belief", quoted(market.name), *figures)

    def _decide(self, now_us: int, elapsed_s: float) -> None:
        """Let everybody read the world as the settlement leaves it."""
        if now_us > self._start_us and now_us % DAY_US == 0 and day_of(now_us).day == 1:
            self._review.begin_month(now_us, self._most_shown)
            self._most_shown = 0.0
        flow = self._flow if now_us % HOUR_US == 0 else None
        if flow:
            flow.look_at_queue(now_us)
        self._switch_quoter(now_us)
        if flow:
            flow.decide(now_us, self._volume.all_usd_per_day(now_us, self._maker_shows))
        if self._on_margin and now_us > self._start_us and now_us % DAY_US == 0:
            self._on_margin.turn_over(now_us)
        rate_e6 = self._taker_rates_e6()
        takes, claims = self._capital.takes, self._house.claims[self._firms]
        for market, listing in enumerate(self.listings):
            state = Holdings(
                maker_lots=int(self._house.lots[market, self._maker]),
                maker_lead_lots=int(self._lead.lots[market, self._maker]),
                may_quote=self._quoting,
                firms=FirmsInMarket(
                    self._house.lots[market, self._firms],
                    np.where(takes, claims // len(self.listings), 0),
                    rate_e6[self._firms],
                ),
                backstop_lots=tuple(
                    int(self._house.lots[market, backstop] + self._lead.lots[market, backstop])
                    for backstop in self._backstops
                ),
                directional=self._directional_order(market, now_us),
                maker_shows=self._review.house_share,
            )
            listing.decide(now_us, elapsed_s, state)
        self._rate_e6 = rate_e6

    def _directional_order(self, market: int, now_us: int) -> DeskOrder | None:
        """Return what the directional desk orders in a market, if there is such a desk."""
        if self._directional is None:
            return None
        return self._directional.order(
            self._scenario.markets[market].name,
            now_us,
            int(self._house.tick_cents[market]) * self.listings[market].mark_ticks,
            int(self._lead.lots[market, self._directional.holder]),
            self._scenario.run.settle_s_at(now_us),
        )

    def _switch_quoter(self, now_us: int) -> None:
        """Quote until the day it is switched off, where the review wants it, while money lasts.

        And as long as the house has not halted: there is nobody left to quote to.
        """
        off = self._scenario.maker.quoter_off
        able = self._purse.may_quote(now_us)
        able = able and self._review.house_share > 0 and not (off and now_us >= midnight_us(off))
        able = able and self._custody.status[self._parties.house] != HALTED
        if able != self._quoting:
            self._quoting = able
            name = f"{self._parties.maker}:quoter"
            self.journal.event(now_us, name, "on" if able else "off")
        self._most_shown = max(self._most_shown, self._maker_shows)

    @property
    def _maker_shows(self) -> float:
        """Return the share of its quotes that the maker shows on the house."""
        return self._review.house_share if self._quoting else 0.0

    def _marks(self) -> np.ndarray:
        return np.array([listing.mark_ticks for listing in self.listings], dtype=np.int64)

    def _taker_rates_e6(self) -> np.ndarray:
        """Return what each party pays as a taker; a retail customer trades too little for tiers."""
        rates = np.full(len(self._code), self._fees.first_rate_e6, dtype=np.int64)
        rates[self._firms] = self._fees.rates_e6
        return rates

    def _agree_with_books(self) -> None:
        """Hold the world's own balances against the general ledger's: two witnesses, daily."""
        for venue, name in ((self._house, self._parties.house), (self._lead, self._parties.lead)):
            for entity, code in self._code.items():
                booked = -self.journal.balance(owed(name, entity))
                if booked != venue.claims[code]:
                    raise LedgerError(
                        f"{name} owes {entity} {venue.claims[code]} cents in the world and "
                        f"{booked} in the books"
                    )
        if self._group:
            self._group.agree_with_books()
        if self._on_margin:
            self._on_margin.agree_with_books()

    def _claims_cents(self) -> int:
        """Return what the house owes everybody outside its own group."""
        customers = [
            self._code[name]
            for name in self._parties.house_customers
            if name != self._parties.maker
        ]
        return int(self._house.claims[customers].sum())

    def _free_cents(self, customer: int) -> int:
        """Return what a customer may withdraw: what is no margin, nor others' collateral."""
        claim = int(self._house.claims[customer])
        if customer == self._code[self._parties.retail]:
            return claim - (self._on_margin.desk.reserved_cents if self._on_margin else 0)
        return claim - int(self._margin.needed_cents(self._marks())[0, customer])

    def _insurance_cents(self) -> int:
        """Return what is set aside for customers' debts."""
        return self._on_margin.desk.fund_cents if self._on_margin else 0

    def _fund_maker(self) -> None:
        """Let the captive maker deposit what it quotes with, and margin for its hedges."""
        maker, names = self._scenario.maker, self._parties
        for venue, usd, why in (
            (names.house, maker.house_deposit_usd, ", to quote with"),
            (names.lead, maker.lead_deposit_usd, ", as margin for its hedges"),
        ):
            self._custody.deposit(self._start_us, self._maker, venue, to_cents(usd), why)

    def _fee_schedule(self) -> FeeSchedule:
        before = [to_cents(firm.volume_30d_usd) for firm in self._members]
        return FeeSchedule(self._scenario.house.fee_tiers, np.array(before, dtype=np.int64))

    def _list(
        self, market: Market, contract: Contract, delay_us: np.ndarray, session: type[Session]
    ) -> Listing:
        lead, leverage = self._scenario.lead, self._scenario.leverage
        hedge_desk = HedgeDesk(
            delay_us,
            lead.half_spread_bps,
            round(lead.taker_fee_bps * 100),
            self._code[OUTSIDE],
        )
        providers = leverage.providers if leverage else ()
        return Listing(
            self._scenario,
            market,
            contract,
            self._members,
            Traders(
                self._maker,
                self._code[self._parties.other_makers],
                np.append(self._firms, self._code[self._parties.retail]),
                list(zip(providers, self._backstops, strict=True)),
            ),
            hedge_desk,
            session,
        )
