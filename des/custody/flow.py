"""Customers' deposits and withdrawals: rates are set at full hours, arrivals are random.

Three events raise customers' fear immediately: a request for withdrawal, the start of a queue of
withdrawals, and news. News always comes at a full hour. At a full hour the rates are set: the
expected deposits and the expected withdrawals. The deposits depend on the fear and on the house's
volume. The withdrawals depend on the fear and on customers' claims. These rates are valid until
they are set again, usually one hour later. In a sampled run this can take longer: several idle
hours, in which no trading is played, may pass in one step. In the meantime customers arrive one by
one, as a Poisson process in continuous time.
"""

from collections import deque
from collections.abc import Callable, Generator
from itertools import accumulate

import numpy as np
import simpy

from des.chance import stream, waiting_us
from des.clock import DAY_US, HOUR_US, midnight_us
from des.custody.agent import Agent
from des.custody.cohorts import Cohorts, chosen
from des.custody.confidence import Confidence, trust
from des.custody.custody import Custody
from des.custody.firm_withdrawals import FirmWithdrawals
from des.custody.retail import RetailCustody, whole_dollars
from des.custody.till import Till
from des.given import given
from des.scenario import Scenario
from ledger.parties import Parties
from ledger.times import HOURS_PER_DAY

# Before a halt, several idle hours may pass in one step only if fear is below this number. In
# `runs/ftx.toml` the fear that ordinary withdrawals cause is on average less than half of this
# number.
CALM = 0.02


class CustomerFlow:
    """Sets the expected deposits and withdrawals of each hour, and simulates the arrivals."""

    def __init__(
        self,
        env: simpy.Environment,
        scenario: Scenario,
        confidence: Confidence,
        till: Till,
        desk: RetailCustody,
        firms: FirmWithdrawals,
    ) -> None:
        """Initialise without arrivals.

        Args:
            env: the world's clock.
            scenario: its `retail.flow` sets the rates. News from before the run adds the part of
                its shock that has not decayed.
            confidence: the customers' confidence in the house.
            till: pays withdrawals, or queues them.
            desk: receives the deposits and requests of retail customers.
            firms: the trading firms' withdrawals.
        """
        self._env, self._seed = env, scenario.run.seed
        self._retail, self._rules = scenario.retail, given(scenario.retail.flow)
        self._confidence, self._till, self._desk, self._firms = confidence, till, desk, firms
        self._news = deque(scenario.news or ())
        self._cohorts = Cohorts(self._rules.cohorts)
        # Running sums of the dollars that the cohorts are expected to request in an hour.
        self._reach_usd = [0.0]

    def look_at_queue(self, now_us: int) -> None:
        """Pay waiting withdrawals as far as possible. Halt if the queue has lasted too long."""
        self._till.serve(now_us)
        self._till.halt_after(now_us, round(self._rules.halt_after_h * HOUR_US))

    def is_calm(self, now_us: int) -> bool:
        """Tell whether fear is below CALM, no request waits, and the next 24 hours have no news."""
        hears = bool(self._news) and self._news[0].time_us < now_us + DAY_US
        return self._confidence.fear(now_us) < CALM and not hears and not self._till.is_waited_at

    def decide(self, now_us: int, volume_usd_per_day: float, hours: int = 1) -> None:
        """Set the rates at a full hour. Customers arrive at these rates until the next decision.

        Args:
            now_us: the full hour.
            volume_usd_per_day: the volume of the house, in dollars per day.
            hours: the number of hours until the next decision.
        """
        self._hear(now_us)
        fear = self._confidence.fear(now_us)
        self._firms.decide(now_us, fear, hours)
        retail, rules = self._retail, self._rules
        self._cohorts.agree(self._desk.unasked_cents())
        asked_usd = [
            cents / 100 * rules.asked_per_day(fear, cohort.sensitivity) / HOURS_PER_DAY
            for cents, cohort in zip(self._cohorts.cents, rules.cohorts, strict=True)
        ]
        self._reach_usd = list(accumulate(asked_usd))
        brought_usd = rules.deposits_usd_per_day(volume_usd_per_day, trust(fear)) / HOURS_PER_DAY
        for quantity, usd, usd_mean, act in (
            ("deposits", brought_usd, retail.deposit_usd_mean, self._deposit),
            ("withdrawals", self._reach_usd[-1], retail.withdrawal_usd_mean, self._request),
        ):
            if usd > 0:
                self._env.process(self._arrivals(quantity, hours, usd / usd_mean, act))

    def _hear(self, now_us: int) -> None:
        while self._news and self._news[0].time_us <= now_us:
            news = self._news.popleft()
            self._confidence.shock(news.time_us, news.shock)

    def _arrivals(
        self,
        quantity: str,
        hours: int,
        expected: float,
        act: Callable[[np.random.Generator], None],
    ) -> Generator[simpy.Event, None, None]:
        """Simulate customers' arrivals in the next *hours*, on average *expected* in each hour.

        The hour of the call selects the random stream. So the random numbers for the n-th arrival
        after the call do not depend on the number of arrivals before the call.
        """
        start_us = int(self._env.now)
        draws = stream(self._seed, "retail", quantity, start_us // HOUR_US)
        after_us = waiting_us(draws, expected, HOUR_US)
        # At the full hour the books close and decisions are made, so no customer arrives then.
        while after_us < hours * HOUR_US - 1:
            yield self._env.timeout(start_us + 1 + int(after_us) - self._env.now)
            act(draws)
            after_us += waiting_us(draws, expected, HOUR_US)

    def _deposit(self, draws: np.random.Generator) -> None:
        """Let a random holder make a deposit."""
        place = draws.random()
        cents = whole_dollars(draws.exponential(self._retail.deposit_usd_mean))
        self._cohorts.bring(place, self._desk.deposit(self._holder(place), cents))

    def _request(self, draws: np.random.Generator) -> None:
        """Let a random holder request a random amount.

        The probability of each cohort is proportional to the cohort's expected requests.
        """
        cohort = chosen(self._reach_usd, draws.random())
        holder = self._holder(self._cohorts.place(cohort, draws.random()))
        cents = whole_dollars(draws.exponential(self._retail.withdrawal_usd_mean))
        cents = min(cents, int(self._cohorts.cents[cohort]))
        self._cohorts.take(cohort, self._desk.request(holder, cents))

    def _holder(self, place: float) -> int:
        # The product may round up to the number of holders, but the last index is one less.
        return min(int(place * self._retail.holders), self._retail.holders - 1)


def customers(
    env: simpy.Environment,
    scenario: Scenario,
    parties: Parties,
    custody: Custody,
    till: Till,
    confidence: Confidence | None,
    agent: Agent | None,
) -> CustomerFlow | None:
    """Return the flow that sets the rates of retail customers' arrivals.

    Without *confidence*, start arrivals at constant rates instead, and return None.

    Args:
        env, scenario, parties, custody: the world's clock, scenario, parties and custody.
        till: pays withdrawals, or queues them.
        confidence: the customers' confidence. None: arrivals have constant rates.
        agent: receives some of the dollar deposits. None: the house receives all deposits.
    """
    retail, seed, code = scenario.retail, scenario.run.seed, parties.names.index
    desk = RetailCustody(env, custody, till, parties.house, code(parties.retail), agent)
    if confidence:
        firms = [(name, code(name)) for name in parties.firms]
        runners = FirmWithdrawals(seed, firms, given(retail.flow).firms_sensitivity, till)
        return CustomerFlow(env, scenario, confidence, till, desk, runners)
    end_us = midnight_us(scenario.run.end)
    for quantity, per_day, usd_mean, act in (
        ("deposits", retail.deposits_per_day, retail.deposit_usd_mean, desk.deposit),
        ("withdrawals", retail.withdrawals_per_day, retail.withdrawal_usd_mean, desk.request),
    ):
        draws = stream(seed, "retail", quantity)
        env.process(desk.arrivals(draws, given(per_day), usd_mean, retail.holders, act, end_us))
    return None
