"""The order of events in a run: trading, settlements, and the decisions after each settlement.

A world has all parts of one run of one scenario, such as venues, markets and the treasury. `wiring`
creates these parts. Time moves from settlement to settlement. At a settlement, gains are paid and
margin is restored. Then all parts decide for the next interval. Quotes and orders in the interval
follow these decisions. Customers deposit and withdraw at any moment. A settlement has the time of
the last microsecond of its interval.
"""

from collections.abc import Callable, Generator
from pathlib import Path

import numpy as np
import simpy

from des.clock import DAY_US, HOUR_US, SECOND_US, midnight_us
from des.custody.custody import OPEN
from des.firms.capital import TRADING, WAITING
from des.firms.lead_desk import LeadDesk
from des.inputs import input_notes
from des.market.day_notes import note_books, note_hours, note_ranges
from des.market.maker_decision import noted
from des.opening import fund_maker
from des.scenario import Scenario
from des.treasury.directional import DirectionalBook
from des.venue.venue import hourly_funding_e9
from des.wiring import wire
from des.witness import agree_on_agent, agree_on_claims
from ledger.journal import Journal
from ledger.money import dollars
from ledger.notes import Belief, HitLimits
from ledger.times import day_of

HOUR_S = HOUR_US // SECOND_US


class World:
    """One run of one scenario."""

    def __init__(
        self,
        scenario: Scenario,
        folder: Path,
        every_quote: bool = False,
        books: type[Journal] = Journal,
        parallel: bool = False,
    ) -> None:
        """Create all parts of the world, with their opening balances.

        Args:
            scenario: states the parts of the world.
            folder: the existing folder for the books.
            every_quote: whether to simulate quote by quote. The books are the same either way.
            books: the class of the journal, which decides how much of the books is written.
            parallel: whether the maker's own simulations run in another process.
        """
        self._scenario = scenario
        self._cast = wire(scenario, folder, every_quote, books)
        self.env, self.journal = self._cast.env, self._cast.journal
        self.listings = self._cast.markets.listings
        self._predictions = self._cast.markets.predict_elsewhere() if parallel else None
        self._parties = self.journal.chart.parties
        self._hours = self.listings[0].hours  # the played hours are the same in all markets
        self._start_us = midnight_us(scenario.run.start)
        self._end_us = midnight_us(scenario.run.end)
        self._funding_e9 = hourly_funding_e9(scenario.house.funding_bps_per_day)
        self._next_s = 0  # length of the interval that begins after `_decide`, in seconds

    def run(self, on_day: Callable[[], None]) -> None:
        """Simulate the whole run, and call *on_day* after each day."""
        try:
            self._begin()
            self.env.process(self._settlements(on_day))
            self.env.run(until=self._end_us)
            self.journal.finish(self._end_us - 1)
        finally:
            self.journal.close()
            if self._predictions:
                self._predictions.close()

    def _begin(self) -> None:
        """Fund the maker, record the inputs, and make the first decisions."""
        cast, parties, now_us = self._cast, self._parties, self._start_us
        fund_maker(self._scenario, parties, now_us, cast.custody)
        if cast.on_margin:
            # The first positions are opened a microsecond after the opening balances.
            cast.on_margin.enter_first(now_us + 1)
        self.journal.event(now_us, f"{parties.house}:withdrawals", OPEN)
        self.journal.event(now_us, f"{parties.maker}:quoter", "on")
        for note in input_notes(self._scenario):
            self.journal.note(now_us, note)
        cast.capital.note(now_us)
        self._decide(now_us, 0.0)

    def _settlements(self, on_day: Callable[[], None]) -> Generator[simpy.Event, None, None]:
        """Repeat trading, settlement and decisions until the end of the run."""
        end_us = self._start_us
        while end_us < self._end_us:
            start_us, step_s = end_us, self._next_s
            end_us = start_us + step_s * SECOND_US
            yield self._cast.markets.trading(start_us, end_us)
            self._settle(end_us, step_s)
            if end_us % DAY_US == 0:
                self._close_day(end_us)
                on_day()
            else:
                self.journal.post()
            if end_us < self._end_us:
                self._decide(end_us, step_s)

    def _step_s(self, now_us: int) -> int:
        """Return the length of the next step in seconds: an interval of trading, or idle hours.

        Several idle hours can pass as one step in three cases: customers are calm, the house has
        halted, or the scenario has no `retail.flow`. In a bank run each idle hour is a step.
        """
        flow, hours = self._cast.flow, self._hours
        is_over = hours.pass_at_once and not self._cast.quoter.house_is_open
        if is_over and now_us % HOUR_US:
            # The house has halted, and `now_us` is not a full hour. The step ends at the next full
            # hour, so that all later steps begin on a full hour.
            return (HOUR_US - now_us % HOUR_US) // SECOND_US
        if hours.has(now_us):
            return HOUR_S if is_over else self._scenario.run.settle_s_at(now_us)
        is_quick = flow is None or is_over or flow.is_calm(now_us)
        return hours.idle_at(now_us, hours.idle_at_once if is_quick else 1) * HOUR_S

    def _settle(self, end_us: int, elapsed_s: int) -> None:
        cast, time_us, marks = self._cast, end_us - 1, self._cast.markets.marks()
        if cast.custody.coins:
            cast.custody.coins.mark(day_of(time_us), marks)
        for venue in (cast.house, cast.lead):
            venue.settle(marks, time_us)
        if end_us % HOUR_US == 0 and self._funding_e9:
            # Both venues have the same rate, because this model does not include arbitrage of
            # funding. The rate is for one hour. So after a step of n hours, funding is paid n
            # times.
            for venue in (cast.house, cast.lead) * max(elapsed_s // HOUR_S, 1):
                venue.fund(marks, self._funding_e9, time_us)
        is_open = cast.quoter.house_is_open
        if cast.on_margin and is_open:
            cast.on_margin.settle(end_us, elapsed_s, marks)
        cast.others.cover_loss(time_us)
        if cast.pledged and is_open:
            cast.pledged.settle(time_us, elapsed_s, marks)
        if end_us % DAY_US == 0 and cast.lead_desk:
            self._quote_on_lead(cast.lead_desk, end_us)
        cast.margin.after_settlement(time_us, marks)
        if cast.pledged and is_open:
            cast.pledged.lend(time_us, marks)
        if cast.directional and cast.directional.is_open:
            self._call_margin(cast.directional, time_us, marks)

    def _quote_on_lead(self, desk: LeadDesk, end_us: int) -> None:
        """Book the day's results of quotes on the lead venue."""
        cast = self._cast
        shown = np.append(cast.quoter.lead_quote_cents, cast.capital.lead_quote_cents())
        markets = list(zip(self._scenario.markets, self.listings, strict=True))
        cast.returns.quoted(desk.hedgers, desk.close_day(end_us, markets, shown))

    def _call_margin(self, book: DirectionalBook, time_us: int, marks: np.ndarray) -> None:
        """Close the maker's directional positions if its margin is too small after margin calls."""
        maker = self._parties.maker
        held = self._cast.lead.lots[:, book.holder].any()
        if held and self._cast.margin.is_called(self._parties.names.index(maker), marks):
            book.close_out()
            self.journal.event(time_us, f"{maker}:directional", "closed out")

    def _close_day(self, end_us: int) -> None:
        cast, time_us, marks = self._cast, end_us - 1, self._cast.markets.marks()
        cast.capital.daily(time_us, cast.returns.close_day(), marks)
        cast.margin.daily(time_us, marks)
        cast.others.charge(time_us)
        cast.others.take_gains(time_us, marks)
        cast.volume.close_day(time_us)
        note_hours(self.journal, time_us, self._hours)
        note_ranges(self.journal, time_us, zip(self._scenario.markets, self.listings, strict=True))
        if cast.group:
            cast.group.close_day(time_us, marks)
        if cast.custody.coins:
            cast.custody.coins.close_day(time_us)
        if day_of(end_us).day == 1:
            self._note_beliefs(time_us)
        if day_of(end_us).day == 1 or end_us == self._end_us:
            self._note_limits(time_us)
        if cast.on_margin:
            cast.on_margin.note_prices(time_us)
        self.journal.close_day(time_us)
        self._agree_with_books()
        cast.fees.close_day()

    def _note_beliefs(self, time_us: int) -> None:
        """Record the predictions of the maker's own simulation for the ending month."""
        for market, listing in zip(self._scenario.markets, self.listings, strict=True):
            promised, *_ = listing.maker.promised()
            if self._cast.quoter.is_on:
                self.journal.note(time_us, Belief(market.name, *map(dollars, promised)))

    def _note_decisions(self, now_us: int) -> None:
        """Record the maker's decisions for the coming month, if its quotes are on."""
        policy = self._scenario.maker.quoting.policy
        for market, listing in zip(self._scenario.markets, self.listings, strict=True):
            if self._cast.quoter.is_on:
                self.journal.note(now_us, noted(market.name, policy, listing.maker))

    def _note_limits(self, time_us: int) -> None:
        """Record the volume of firms' hits, and the volumes that two limits on orders prevented.

        The volumes are those since the last record. The numbers of firms that trade and of firms
        that wait are recorded too.
        """
        status = self._cast.capital.status
        trading, waiting = status.count(TRADING), status.count(WAITING)
        for market, listing in zip(self._scenario.markets, self.listings, strict=True):
            taken, by_order, by_leverage = map(dollars, listing.close_limits().tolist())
            note = HitLimits(market.name, taken, by_order, by_leverage, trading, waiting)
            self.journal.note(time_us, note)

    def _agree_with_books(self) -> None:
        """Compare the world's balances with the general ledger at the end of a day."""
        cast, parties = self._cast, self._parties
        agree_on_claims(self.journal, {parties.house: cast.house, parties.lead: cast.lead})
        agree_on_agent(self.journal, cast.custody.with_agent_cents)
        if cast.custody.coins:
            cast.custody.coins.agree_with_books()
        if cast.group:
            cast.group.agree_with_books()
        if cast.on_margin:
            cast.on_margin.agree_with_books()
        if cast.pledged:
            cast.pledged.agree_with_books()

    def _decide(self, now_us: int, elapsed_s: float) -> None:
        """Let all parts of the world decide for the interval that begins at *now_us*."""
        cast, quoter = self._cast, self._cast.quoter
        is_first = now_us == self._start_us
        is_new_day = not is_first and now_us % DAY_US == 0
        is_new_month = is_new_day and day_of(now_us).day == 1
        self._next_s = self._step_s(now_us)
        if is_new_month:
            quoter.begin_month(now_us)
        flow = cast.flow if now_us % HOUR_US == 0 else None
        if flow:
            flow.look_at_queue(now_us)
        if not quoter.house_is_open:
            cast.markets.at_halt.close(now_us)
        quoter.look(now_us)
        if flow:
            hours = max(self._next_s // HOUR_S, 1)
            flow.decide(now_us, cast.volume.usd_per_day(), hours)
        if cast.on_margin and is_new_day and quoter.house_is_open:
            cast.on_margin.turn_over(now_us)
        marks = cast.markets.marks()
        for market, listing in enumerate(self.listings):
            state = cast.positions.of(market, marks, now_us, self._next_s, quoter)
            listing.decide(now_us, elapsed_s, state)
        if is_first or is_new_month:
            self._note_decisions(now_us)
        if now_us % HOUR_US == 0:
            note_books(self.journal, now_us, self.listings)
