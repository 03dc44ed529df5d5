"""Retail customers bring money and take it away, each in their own time."""

from collections import deque
from collections.abc import Callable, Generator

import numpy as np
import simpy

from des.clock import DAY_US, SECOND_US
from des.custody.custody import Custody
from des.venue.venue import Venue
from ledger.accounts import owed
from ledger.journal import Journal
from ledger.money import amount

Requests = deque[tuple[int, int, int]]  # (asked at, holder, cents)


class RetailCustody:
    """Deposits and withdrawals of the retail control account, and the queue of the unpaid."""

    def __init__(
        self,
        env: simpy.Environment,
        custody: Custody,
        house: Venue,
        house_name: str,
        entity: int,
        reserved: Callable[[], int],
        journal: Journal,
    ) -> None:
        """Begin with nobody waiting.

        Args:
            env, custody, house, house_name, journal: of the world.
            entity: the control account's party.
            reserved: tells how many cents of its claim are collateral, which nobody withdraws.
        """
        self._env, self._custody, self._house, self._journal = env, custody, house, journal
        self._house_name, self._entity, self._reserved = house_name, entity, reserved
        self.queue: Requests = deque()

    def arrivals(
        self,
        draws: np.random.Generator,
        per_day: float,
        usd_mean: float,
        holders: int,
        act: Callable[[int, int], None],
    ) -> Generator[simpy.Event, None, None]:
        """Let customers act as a Poisson process, for exponential amounts of whole dollars."""
        if not per_day:
            return
        while True:
            yield self._env.timeout(max(1, round(draws.exponential(DAY_US / per_day))))
            act(int(draws.integers(holders)), 100 * max(1, round(draws.exponential(usd_mean))))

    def deposit(self, holder: int, cents: int) -> None:
        """Take in money, and pay who has been waiting for it."""
        now = int(self._env.now)
        self._custody.deposit(
            now, self._entity, self._house_name, cents, meta=(("holder", f'"r-{holder:04}"'),)
        )
        while self.queue and self._pay(*self.queue[0]):
            self.queue.popleft()

    def request(self, holder: int, cents: int) -> None:
        """Pay a withdrawal at once if the cash is there and nobody waits; else it waits."""
        now = int(self._env.now)
        cents = min(cents, self._owed())
        if cents <= 0:
            return
        if self.queue or not self._pay(now, holder, cents):
            self.queue.append((now, holder, cents))
            self._journal.custom(
                now,
                "unpaid-request",
                owed(self._house_name, self._journal.chart.parties.retail),
                f"{amount(cents)} USD",
                f'"r-{holder:04}"',
            )

    def _owed(self) -> int:
        """Return what customers may still ask for: their free claim less what is queued."""
        return self._free() - sum(cents for *_, cents in self.queue)

    def _free(self) -> int:
        return int(self._house.claims[self._entity]) - self._reserved()

    def _pay(self, asked_us: int, holder: int, cents: int) -> bool:
        """Pay in full or not at all."""
        till = self._custody.till(self._house_name)
        if till < cents or self._free() < cents:
            return False
        waited_s = (int(self._env.now) - asked_us) / SECOND_US
        meta = (("holder", f'"r-{holder:04}"'),)
        if waited_s:
            meta += (("waited-s", f"{waited_s:.6f}"),)
        self._custody.withdraw(int(self._env.now), self._entity, self._house_name, cents, meta=meta)
        return True
