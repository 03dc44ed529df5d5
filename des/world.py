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

from des.chance import stream
from des.clock import DAY_US, HOUR_US, SECOND_US, microseconds, midnight_us
from des.custody.confidence import Confidence
from des.custody.custody import HALTED, OPEN, Custody
from des.custody.firm_withdrawals import FirmWithdrawals
from des.custody.flow import CustomerFlow
from des.custody.retail import RetailCustody
from des.custody.till import Till
from des.firms.capital import CapitalDesk, Returns
from des.firms.lead_desk import LeadDesk
from des.firms.population import trading_firms
from des.liquidation.desk import LiquidationDesk
from des.liquidation.population import NOBODY, Population, population
from des.listing import Holdings, Listing
from des.quoting.market import Session
from des.quoting.quote_by_quote import QuoteByQuote
from des.quoting.race import NO_ORDERS
from des.scenario import Firm, Market, Provider, Scenario
from des.traded_hours import TradedHours
from des.treasury.credit_line import CreditLine
from des.treasury.directional import DirectionalBook
from des.treasury.group import GroupTreasury, spendings_of
from des.treasury.hedging import HedgeDesk
from des.treasury.house_money import HouseMoney
from des.treasury.lenders import Lenders
from des.treasury.margin import MarginDesk
from des.treasury.purse import Purse
from des.treasury.review import MonthlyReview
from des.treasury.tokens import chart_tokens
from des.venue.fees import FeeSchedule
from des.venue.venue import FUNDING_UNIT, Venue
from ledger import movements
from ledger.accounts import (
    ARBITRAGEURS,
    DIRECTIONAL,
    FREE,
    OUTSIDE,
    PLEDGED,
    Chart,
    Parties,
    books_of,
    owed,
    owed_in_kind,
    pool,
)
from ledger.fills import Names
from ledger.journal import Journal
from ledger.money import CollateralToken, Contract, amount, to_cents
from ledger.text import quoted
from ledger.times import day_of
from ledger.transaction import LedgerError


def parties_of(scenario: Scenario) -> Parties:
    """Name everybody who keeps books."""
    group = scenario.group
    return Parties(
        house=scenario.house.name,
        maker=scenario.maker.name,
        lead=scenario.lead.name,
        retail=scenario.retail.name,
        other_makers=scenario.other_makers.name,
        firms=tuple(firm.name for firm in trading_firms(scenario)),
        providers=tuple(each.name for each in scenario.leverage.providers)
        if scenario.leverage
        else (),
        lenders=tuple(lender.name for lender in group.lenders) if group else (),
        investors=group.investors if group else None,
        counterparties=tuple(group.counterparties) if group else (),
        directional=scenario.maker.name if group and group.longs else None,
        arbitrageurs=ARBITRAGEURS if group and group.pools else None,
    )


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
        venues = (parties.house, parties.lead)
        contracts = {
            venue: tuple(_contract(market, venue) for market in scenario.markets)
            for venue in venues
        }
        self._start_us = midnight_us(scenario.run.start)
        self._end_us = midnight_us(scenario.run.end)
        self.journal = Journal(
            folder,
            scenario.question,
            Chart(
                parties,
                contracts[parties.house] + contracts[parties.lead],
                spendings_of(scenario, parties),
                chart_tokens(scenario),
                _collateral(scenario, contracts[parties.house]),
            ),
            Names(
                venues,
                tuple(market.name for market in scenario.markets),
                parties.holders,
                scenario.leverage is not None,
                bool(scenario.leverage and scenario.leverage.tokens),
            ),
            self._start_us,
        )
        n = len(parties.holders)
        places = {name: place for place, name in enumerate(parties.holders)}
        self._backstops = [places[name] for name in parties.backstops]
        desks = {places[name]: self._code[books_of(name)] for name in parties.desks}
        self._house, self._lead = (
            Venue(i, contracts[venue], n, self._code[pays], self.journal, desks)
            for i, (venue, pays) in enumerate(zip(venues, (parties.house, OUTSIDE), strict=True))
        )
        self._custody = Custody(
            parties,
            {parties.house: self._house, parties.lead: self._lead},
            np.zeros(n, dtype=np.int64),
            self.journal,
        )
        flow = scenario.retail.flow
        self._confidence = Confidence(flow, self._claims_cents) if flow else None
        self._till = Till(
            self._custody,
            parties.house,
            parties.names,
            self._free_cents,
            self.journal,
            self._confidence,
        )
        self._maker = self._code[parties.maker]
        self._retail = self._code[parties.retail]
        self._firms = np.array([self._code[firm] for firm in parties.firms], dtype=np.int64)
        self._fees = self._fee_schedule()
        self._directional = self._directional_book(places)
        self._hours = TradedHours.of(scenario.run)
        session = QuoteByQuote if every_quote else Session
        self.listings = [
            self._list(market, contract, session)
            for market, contract in zip(scenario.markets, contracts[parties.house], strict=True)
        ]
        self._purse, self._group = self._treasury()
        self._margin = self._margin_desk()
        self._capital = self._capital_desk()
        self._on_margin = self._first_on_margin()
        self._liquidation = self._liquidation_desk()
        self._open_books()
        self._lead_desk = self._desk_on_lead()
        self._review = MonthlyReview(
            scenario.maker.policy, to_cents(scenario.maker.lead_quotes_usd)
        )
        self.env = simpy.Environment(initial_time=self._start_us)
        self._flow = self._customers()
        self._volume_cents = np.zeros(n, dtype=np.int64)  # taken today
        self._won_cents = np.zeros(n, dtype=np.int64)  # today at fills, after fees and hedges
        self._lead_won_cents = np.zeros(n, dtype=np.int64)  # today by quotes on the lead venue
        self._lead_month_cents = 0  # the maker's, this month
        self._funding_e9 = round(scenario.house.funding_bps_per_day / 24 * FUNDING_UNIT / 10_000)
        self._quoting = True

    def run(self, on_day: Callable[[], None]) -> None:
        """Simulate to the end; *on_day* is called after each day."""
        self._fund_maker()
        if self._liquidation:
            # A microsecond after the opening balances, which it is a part of.
            self._liquidation.enter(self._start_us + 1, self._marks(), self._on_margin)
        self.journal.event(self._start_us, f"{self._parties.house}:withdrawals", OPEN)
        self.journal.event(self._start_us, f"{self._parties.maker}:quoter", "on")
        self._note_inputs()
        self._capital.note(self._start_us)
        self._decide(self._start_us, 0.0)
        self.env.process(self._settlements(on_day))
        self.env.run(until=self._end_us)
        self.journal.finish(self._end_us - 1)

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
        desk = self._liquidation
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
        if self._liquidation:
            self._liquidate(self._liquidation, end_us, elapsed_s, marks)
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

    def _liquidate(
        self, desk: LiquidationDesk, end_us: int, elapsed_s: int, marks: np.ndarray
    ) -> None:
        """Look after customers on margin, now that gains and losses are paid."""
        if end_us % HOUR_US == 0:
            desk.accounts.fund(marks, self._funding_e9)
            desk.accounts.sort()
        desk.settle(end_us - 1, marks, elapsed_s)

    def _turn_over(self, desk: LiquidationDesk, now_us: int) -> None:
        """Let some customers on margin leave, and others come, at midnight."""
        rules, seed, day = self._scenario.leverage, self._scenario.run.seed, day_of(now_us)
        draws = stream(seed, "leverage", "turnover", str(day))
        leaving = draws.random(len(desk.accounts.lots)) < rules.exits_per_day
        desk.leave(now_us, self._marks(), leaving)
        coming = self._holders(now_us, int(draws.poisson(rules.arrivals_per_day)))
        desk.enter(now_us, self._marks(), coming)

    def _holders(self, now_us: int, n: int) -> Population:
        """Draw customers who enter on margin, in markets by their volume."""
        rules, marks = self._scenario.leverage, self._marks()
        weights = [listing.volume_usd_per_s(now_us) for listing in self.listings]
        lot_cents = marks * self._house.tick_cents
        return population(
            self._scenario.run.seed,
            day_of(now_us),
            rules,
            n,
            weights,
            lot_cents,
            list(self._token_markets().values()),
        )

    def _close_day(self, end_us: int) -> None:
        time_us = end_us - 1
        won = Returns(self._won_cents[self._firms], self._lead_won_cents[self._firms])
        self._capital.daily(time_us, won, self._marks())
        self._won_cents[:] = 0
        self._margin.daily(time_us, self._marks())
        self._charge_other_makers(time_us)
        if self._group:
            self._group.close_day(time_us, self._marks())
        if day_of(end_us).day == 1:
            self._close_month(time_us)
        self._price_tokens(time_us)
        self.journal.close_day(time_us)
        self._agree_with_books()
        self._fees.close_day(self._volume_cents[self._firms])
        self._volume_cents[:] = 0

    def _quote_on_lead(self, desk: LeadDesk, end_us: int) -> None:
        """Settle what the day's quotes on the lead venue brought and cost."""
        # Quotes go with the capital that is there: what leaves takes its share of them along.
        on_lead = self._lead.claims[self._firms]
        firms = [
            to_cents(firm.lead_quotes_usd) * max(cents, 0) // to_cents(_on_lead_usd(firm))
            if to_cents(_on_lead_usd(firm))
            else 0
            for firm, cents in zip(self._members, on_lead.tolist(), strict=True)
        ]
        shown = np.append(self._review.lead_quote_cents, np.where(self._capital.quotes, firms, 0))
        markets = list(zip(self._scenario.markets, self.listings, strict=True))
        gained = desk.close_day(end_us, markets, shown)
        self._lead_won_cents[np.append(self._maker, self._firms)] = gained
        self._lead_month_cents += int(gained[0])

    def _close_month(self, time_us: int) -> None:
        """Let the maker look at its month, at what it promised itself and at what it should do."""
        decided = self._review.close_month(self._lead_month_cents)
        self._lead_month_cents = 0
        if decided:
            self.journal.event(time_us, f"{self._parties.maker}:review", decided)
        for market, listing in zip(self._scenario.markets, self.listings, strict=True):
            figures = (f"{amount(cents)} USD" for cents in listing.belief())
            if self._quoting:
                self.journal.custom(time_us, "belief", quoted(market.name), *figures)

    def _decide(self, now_us: int, elapsed_s: float) -> None:
        """Let everybody read the world as the settlement leaves it."""
        flow = self._flow if now_us % HOUR_US == 0 else None
        if flow:
            flow.look_at_queue(now_us)
        self._switch_quoter(now_us)
        if flow:
            volume_usd = sum(self._volume_usd_per_day(each, now_us) for each in self.listings)
            flow.decide(now_us, volume_usd)
        if self._liquidation and now_us > self._start_us and now_us % DAY_US == 0:
            self._turn_over(self._liquidation, now_us)
        rate_e6 = self._taker_rates_e6()
        takes, claims = self._capital.takes, self._house.claims[self._firms]
        for market, listing in enumerate(self.listings):
            state = Holdings(
                maker_lots=int(self._house.lots[market, self._maker]),
                maker_lead_lots=int(self._lead.lots[market, self._maker]),
                may_quote=self._quoting,
                firm_lots=self._house.lots[market, self._firms],
                firm_margin_cents=np.where(takes, claims // len(self.listings), 0),
                firm_fee_e6=rate_e6[self._firms],
                backstop_lots=tuple(
                    int(self._house.lots[market, backstop] + self._lead.lots[market, backstop])
                    for backstop in self._backstops
                ),
                directional=self._directional_order(market, now_us),
            )
            listing.decide(now_us, elapsed_s, state)
        self._rate_e6 = rate_e6

    def _directional_order(self, market: int, now_us: int) -> tuple[int, int, int] | None:
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
        able = able and self._review.on_house and not (off and now_us >= midnight_us(off))
        able = able and self._custody.status[self._parties.house] != HALTED
        if able != self._quoting:
            self._quoting = able
            name = f"{self._parties.maker}:quoter"
            self.journal.event(now_us, name, "on" if able else "off")

    def _marks(self) -> np.ndarray:
        return np.array([listing.mark_ticks for listing in self.listings], dtype=np.int64)

    def _taker_rates_e6(self) -> np.ndarray:
        """Return what each party pays as a taker; a retail customer trades too little for tiers."""
        rates = np.full(len(self._code), self._fees.first_rate_e6, dtype=np.int64)
        rates[self._firms] = self._fees.rates_e6
        return rates

    def _charge_other_makers(self, time_us: int) -> None:
        """Book the fees on the volume that the captive maker has no part in."""
        others, house = self._parties.other_makers, self._parties.house
        code, settings = self._code[others], self._scenario.other_makers
        for market, listing in zip(self._scenario.markets, self.listings, strict=True):
            usd = self._volume_usd_per_day(listing, time_us)
            volume = to_cents(usd * (1 - self._scenario.maker.volume_share))
            fee = min(
                to_cents(usd * (1 - self._scenario.maker.volume_share) * settings.fee_bps / 10_000),
                int(self._house.claims[code]),
            )
            if volume:
                self._house.claims[code] -= fee
                self.journal.record(
                    movements.fees_of_other_makers(time_us, others, house, volume, fee, market.name)
                )

    def _volume_usd_per_day(self, listing: Listing, time_us: int) -> float:
        """Return what is traded of a market: less than recorded where the maker does not quote."""
        usd = listing.volume_usd_per_s(time_us) * DAY_US / SECOND_US
        flow = self._scenario.retail.flow
        if flow is None or self._quoting:
            return usd
        return usd * flow.volume_response(depth=1 - self._scenario.maker.volume_share)

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
        if self._liquidation:
            house = self._parties.house
            booked = -self.journal.balance(pool(house, "Insurance"))
            if booked != self._liquidation.fund_cents:
                raise LedgerError(
                    f"the insurance fund of {house} has {self._liquidation.fund_cents} cents in "
                    f"the world and {booked} in the books"
                )
            self._agree_on_tokens(self._liquidation)

    def _agree_on_tokens(self, desk: LiquidationDesk) -> None:
        names, held = self._parties, desk.accounts.tokens
        for token, market in self._token_markets().items():
            pledged = int(held.lots[held.market == market].sum())
            for state, lots in ((FREE, desk.free_tokens[market]), (PLEDGED, pledged)):
                account = owed_in_kind(names.house, names.retail, state)
                if (booked := -self.journal.balance(account, token.commodity)) != lots:
                    raise LedgerError(
                        f"{account} has {lots} lots of {token.commodity} in the world and "
                        f"{booked} in the books"
                    )

    def _note_inputs(self) -> None:
        """Write down the inputs that reports and audits set beside the books."""
        house, lead = self._scenario.house, self._scenario.lead
        self.journal.custom(self._start_us, "funding-per-hour-e9", str(self._funding_e9))
        for tier in house.fee_tiers:
            self._note_fee(house.name, to_cents(tier.volume_usd), tier.taker_bps)
        self._note_fee(lead.name, 0, lead.taker_fee_bps)
        for firm in self._members:
            before = f"{amount(to_cents(firm.volume_30d_usd))} USD"
            self.journal.custom(self._start_us, "volume-of-30-days", quoted(firm.name), before)
            about = (quoted(firm.name), quoted(firm.category or ""), f"{firm.reaction_ms:.3f}")
            self.journal.custom(self._start_us, "firm", *about)
        rules = self._scenario.leverage
        if rules and rules.insurance_stated_usd is not None:
            stated = f"{amount(to_cents(rules.insurance_stated_usd))} USD"
            self.journal.custom(self._start_us, "insurance-fund-stated", quoted(house.name), stated)
        if house.volume_share_pct_recorded:
            low, high = (f"{pct:f}" for pct in house.volume_share_pct_recorded)
            self.journal.custom(self._start_us, "maker-share-recorded", low, high)

    def _price_tokens(self, time_us: int) -> None:
        for token, market in self._token_markets().items():
            price = token.contract.price.text(self.listings[market].mark_ticks)
            self.journal.price(time_us, token.commodity, price)

    def _note_fee(self, venue: str, volume_cents: int, bps: float) -> None:
        rate_e6 = str(round(bps * 100))
        volume = f"{amount(volume_cents)} USD"
        self.journal.custom(self._start_us, "taker-fee-e6", quoted(venue), volume, rate_e6)

    def _customers(self) -> CustomerFlow | None:
        """Set retail customers going at constant rates, or return what says how they flow."""
        retail, seed, till = self._scenario.retail, self._scenario.run.seed, self._till
        desk = RetailCustody(self.env, self._custody, till, self._parties.house, self._retail)
        if self._confidence:
            firms = [(name, self._code[name]) for name in self._parties.firms]
            runners = FirmWithdrawals(seed, firms, retail.flow.firms_sensitivity, till)
            return CustomerFlow(
                self.env, self._scenario, self._confidence, till, desk, runners, self.journal
            )
        for quantity, per_day, usd_mean, act in (
            ("deposits", retail.deposits_per_day, retail.deposit_usd_mean, desk.deposit),
            ("withdrawals", retail.withdrawals_per_day, retail.withdrawal_usd_mean, desk.request),
        ):
            draws = stream(seed, "retail", quantity)
            self.env.process(desk.arrivals(draws, per_day, usd_mean, retail.holders, act))
        return None

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
        if customer == self._retail:
            return claim - (self._liquidation.reserved_cents if self._liquidation else 0)
        return claim - int(self._margin.needed_cents(self._marks())[0, customer])

    def _open_books(self) -> None:
        """Give everybody what they have on the first day; a venue holds what it owes in cash."""
        scenario, names = self._scenario, self._parties
        claims = {
            (names.retail, names.house): to_cents(scenario.retail.opening_claim_usd)
            + int(self._on_margin.cash_cents.sum()),
            (names.other_makers, names.house): to_cents(scenario.other_makers.opening_claim_usd),
            (OUTSIDE, names.lead): to_cents(scenario.lead.outside_claim_usd),
        }
        for firm in self._members:
            on_lead = 0 if firm.waiting else to_cents(_on_lead_usd(firm))
            on_house = 0 if firm.waiting else to_cents(firm.capital_usd) - on_lead
            claims[firm.name, names.house], claims[firm.name, names.lead] = on_house, on_lead
        for provider in scenario.outside_providers:
            on_lead = to_cents(_on_lead_usd(provider))
            claims[provider.name, names.lead] = on_lead
            claims[provider.name, names.house] = to_cents(provider.capital_usd) - on_lead
        cash = {
            names.house: to_cents(scenario.house.opening_cash_usd),
            names.maker: to_cents(scenario.maker.opening_cash_usd),
            names.retail: to_cents(scenario.retail.opening_cash_usd),
            names.lead: 0,
        }
        cash |= {f.name: to_cents(f.capital_usd) for f in self._members if f.waiting}
        for (entity, venue), cents in claims.items():
            place = self._house if venue == names.house else self._lead
            place.claims[self._code[entity]] = cents
            cash[venue] += cents
        reserves = {}
        if self._liquidation and self._liquidation.fund_cents:
            reserves[names.house] = self._liquidation.fund_cents
            cash[names.house] += self._liquidation.fund_cents
        cash |= self._group.opening_cash() if self._group else {}
        for entity, cents in cash.items():
            self._custody.cash[self._code[entity]] = cents
        tokens = self._group.opening_tokens() if self._group else {}
        in_kind = {
            (names.retail, names.house, token.commodity): int(self._liquidation.free_tokens[market])
            for token, market in self._token_markets().items()
        }
        self.journal.record(
            movements.opening_balances(self._start_us, cash, claims, reserves, tokens, in_kind)
        )

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

    def _treasury(self) -> tuple[Purse, GroupTreasury | None]:
        """Wire what brings the captive maker money, and what the group does with it."""
        group, parties, custody = self._scenario.group, self._parties, self._custody
        terms = self._scenario.maker
        house_money = HouseMoney(parties, self._house, custody, self._insurance_cents)
        credit = CreditLine(
            self._house,
            (parties.maker, parties.house),
            self._maker,
            to_cents(terms.credit_line_usd),
            to_cents(terms.credit_tranche_usd),
            self.journal,
            house_money if group and group.never_lend_customer_money else None,
        )
        if group is None:
            return Purse(parties, self._house, custody, credit), None
        tranche_cents = to_cents(terms.credit_tranche_usd)
        lenders = Lenders(group.lenders, tranche_cents, parties, custody, self.journal)
        purse = Purse(parties, self._house, custody, credit, lenders)
        treasury = GroupTreasury(
            self._scenario,
            parties,
            custody,
            purse,
            lenders,
            house_money,
            self.listings,
            self.journal,
        )
        return purse, treasury

    def _directional_book(self, places: dict[str, int]) -> DirectionalBook | None:
        maker, group = self._parties.directional, self._scenario.group
        return DirectionalBook(group.longs, places[f"{maker}:{DIRECTIONAL}"]) if maker else None

    def _insurance_cents(self) -> int:
        """Return what is set aside for customers' debts."""
        return self._liquidation.fund_cents if self._liquidation else 0

    def _margin_desk(self) -> MarginDesk:
        scenario = self._scenario
        floor = {self._maker: to_cents(scenario.maker.lead_deposit_usd)}
        for firm in self._members:
            floor[self._code[firm.name]] = to_cents(_on_lead_usd(firm))
        for provider in scenario.outside_providers:
            floor[self._code[provider.name]] = to_cents(_on_lead_usd(provider))
        return MarginDesk(
            self._parties,
            self._house,
            self._lead,
            self._custody,
            self._purse,
            floor,
            (scenario.lead.margin_ratio_min, scenario.lead.margin_ratio_target),
            self.journal,
        )

    def _capital_desk(self) -> CapitalDesk:
        return CapitalDesk(
            self._scenario.firms.capital,
            self._scenario.run.seed,
            self._members,
            self._parties,
            self._house,
            self._lead,
            self._custody,
            self._margin,
            self.journal,
            self._till if self._confidence else None,
        )

    def _desk_on_lead(self) -> LeadDesk | None:
        scenario = self._scenario
        if scenario.lead.quoting is None:
            return None
        hurdles = [firm.hurdle_bps for firm in self._members]
        orders = [to_cents(firm.order_usd) for firm in self._members]
        return LeadDesk(
            scenario.lead.quoting,
            self._parties,
            self._lead_delay_us()[np.append(self._maker, self._firms)],
            np.array([0, *orders], dtype=np.int64),  # the maker is too slow to hit anybody
            (np.array([0.0, *hurdles]) + scenario.lead.taker_fee_bps) / 10_000,
            round(scenario.lead.taker_fee_bps * 100),
            self._lead,
            self.journal,
        )

    def _lead_delay_us(self) -> np.ndarray:
        """Return by party how long an order takes to the lead venue; 0 for who sends none."""
        delay_us = np.zeros(len(self._parties.holders), dtype=np.int64)
        delay_us[self._maker] = microseconds(self._scenario.maker.hedge_delay_ms / 1_000)
        for code, firm in zip(self._firms, self._members, strict=True):
            delay_ms = firm.reaction_ms + self._scenario.lead.gateway_ms
            delay_us[code] = microseconds(delay_ms / 1_000)
        if self._directional:
            delay_us[self._directional.holder] = delay_us[self._maker]
        for holder, provider in zip(self._backstops, self._providers(), strict=True):
            delay_us[holder] = microseconds(provider.unwind_delay_s)
        return delay_us

    def _providers(self) -> tuple[Provider, ...]:
        return self._scenario.leverage.providers if self._scenario.leverage else ()

    def _list(self, market: Market, contract: Contract, session: type[Session]) -> Listing:
        takers = np.append(self._firms, self._retail)
        lead = self._scenario.lead
        hedge_desk = HedgeDesk(
            self._lead_delay_us(),
            lead.half_spread_bps,
            round(lead.taker_fee_bps * 100),
            self._code[OUTSIDE],
        )
        return Listing(
            self._scenario,
            market,
            contract,
            self._members,
            hedge_desk,
            (self._maker, self._code[self._parties.other_makers]),
            takers,
            session,
            list(zip(self._providers(), self._backstops, strict=True)),
        )

    def _liquidation_desk(self) -> LiquidationDesk | None:
        rules, run = self._scenario.leverage, self._scenario.run
        if rules is None:
            return None
        marks = self._marks()
        lot_cents = marks * self._house.tick_cents
        daily_usd = [
            listing.volume_usd_per_s(self._start_us) * DAY_US / SECOND_US
            for listing in self.listings
        ]
        most_cents = np.array([to_cents(rules.forced_share_per_s * usd) for usd in daily_usd])
        return LiquidationDesk(
            rules,
            run.seed,
            tuple(market.name for market in self._scenario.markets),
            self._scenario.retail.holders,
            self._parties,
            self._house,
            np.maximum(most_cents // lot_cents, 1),
            self._token_weights_e6(),
            self._first_tokens(lot_cents),
        )

    def _token_markets(self) -> dict[CollateralToken, int]:
        """Return by token the market that prices it."""
        names = [market.name for market in self._scenario.markets]
        return {t: names.index(t.contract.market) for t in self.journal.chart.collateral}

    def _token_weights_e6(self) -> np.ndarray:
        weights = np.zeros(len(self.listings), dtype=np.int64)
        for token, market in self._token_markets().items():
            weights[market] = token.weight_e6
        return weights

    def _first_tokens(self, lot_cents: np.ndarray) -> np.ndarray:
        """Return what retail has of tokens, in lots, by the market that prices them.

        What its holders on margin bring, and for those yet to come as large a share of what the
        others have in dollars: no record says how much that was.
        """
        lots = np.zeros(len(self.listings), dtype=np.int64)
        others_cents = to_cents(self._scenario.retail.opening_claim_usd)
        given = self._scenario.leverage.tokens
        for token, market in zip(given, self._token_markets().values(), strict=True):
            lots[market] = int(token.share * others_cents) // int(lot_cents[market])
        np.add.at(lots, self._on_margin.token_market, self._on_margin.tokens)
        return lots

    def _first_on_margin(self) -> Population:
        rules = self._scenario.leverage
        return self._holders(self._start_us, rules.holders) if rules else NOBODY


def _on_lead_usd(who: Firm | Provider) -> float:
    """Return what a firm or a provider takes to the lead venue of its first capital."""
    return who.capital_usd * who.lead_share


def _collateral(scenario: Scenario, contracts: tuple[Contract, ...]) -> tuple[CollateralToken, ...]:
    by_market = {contract.market: contract for contract in contracts}
    given = scenario.leverage.tokens if scenario.leverage else ()
    return tuple(
        CollateralToken(each.name, by_market[each.market], each.weight_e6) for each in given
    )


def _contract(market: Market, venue: str) -> Contract:
    return Contract(market.name, venue, market.lot, market.tick_usd)
