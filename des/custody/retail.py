"""Retail customers deposit and withdraw money at random times."""

from collections.abc import Callable, Generator

import numpy as np
import simpy

from des.chance import waiting_us
from des.clock import DAY_US
from des.custody.agent import Agent
from des.custody.custody import HALTED, Custody
from des.custody.till import Till


class RetailCustody:
    """Deposits and withdrawals of the retail control account."""

    def __init__(
        self,
        env: simpy.Environment,
        custody: Custody,
        till: Till,
        house_name: str,
        entity: int,
        agent: Agent | None = None,
    ) -> None:
        """Initialise for the customers whose control account is *entity*.

        *agent* receives some of the dollar deposits. If *agent* is None, the house receives all
        deposits.
        """
        self._env, self._custody, self._till = env, custody, till
        self._house_name, self._entity, self._agent = house_name, entity, agent

    def arrivals(
        self,
        draws: np.random.Generator,
        per_day: float,
        usd_mean: float,
        holders: int,
        act: Callable[[int, int], object],
        end_us: int,
    ) -> Generator[simpy.Event, None, None]:
        """Simulate Poisson arrivals, with exponentially distributed amounts in whole dollars.

        Args:
            draws: the random stream of this process.
            per_day: the mean number of arrivals in a day.
            usd_mean: the mean amount in dollars.
            holders: the number of customers. Each arrival is equally likely to be any of them.
            act: the function called at each arrival, with the holder's number and the cents.
            end_us: the end of the run. No customer arrives later.
        """
        while True:
            after_us = waiting_us(draws, per_day, DAY_US)
            if after_us >= end_us - self._env.now:
                return
            yield self._env.timeout(max(1, round(after_us)))
            act(int(draws.integers(holders)), whole_dollars(draws.exponential(usd_mean)))

    def deposit(self, holder: int, cents: int) -> int:
        """Receive a deposit, pay withdrawals that wait, and return the cents deposited."""
        now_us = int(self._env.now)
        meta = (("holder", f'"{_name(holder)}"'),)
        if self._agent and self._agent.takes(now_us):
            brought = self._agent.take_in(now_us, cents, meta)
        else:
            coins, halted = self._custody.coins, self._custody.status[self._house_name] == HALTED
            brought = coins.deposit(now_us, cents, meta) if coins and not halted else 0
            brought += self._custody.deposit(
                now_us, self._entity, self._house_name, cents - brought, meta=meta
            )
        self._till.serve(now_us)
        return brought

    def request(self, holder: int, cents: int) -> int:
        """Request *cents*, but at most `unasked_cents`. Return the requested amount in cents."""
        return self._till.ask(int(self._env.now), self._entity, cents, _name(holder))

    def unasked_cents(self) -> int:
        """Return the cents that customers can still request."""
        return self._till.owed_cents(self._entity)


def whole_dollars(usd: float) -> int:
    """Return an amount in cents, rounded to whole dollars, but at least one dollar."""
    return 100 * max(1, round(usd))


def _name(holder: int) -> str:
    return f"r-{holder:04}"
