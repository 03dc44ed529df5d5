"""The till of the house pays a withdrawal at once, or lets it wait in a line.

If there is a single waiting line, a withdrawal is paid in full or not at all. If one withdrawal has
to wait, all later withdrawals wait behind it, even small withdrawals. If there is one line for
dollars and one for each coin, a withdrawal is split into parts, at most one for each line. Each
part is paid in full or not at all, and waits only behind earlier parts in its own line. While a
part waits for dollars, no dollars are spent to buy coins back. The books note each request, or
part of a request, that has to wait. After a halt the house pays nothing, but the books still note
each request.

The till does not pay the margin and the capital that hedgers move between the venues. Other code
pays these amounts, as far as the house has cash.
"""

from collections import Counter
from collections.abc import Callable

from des.clock import SECOND_US
from des.custody.agent import Agent
from des.custody.confidence import Confidence
from des.custody.custody import HALTED, OPEN, QUEUED, Custody
from des.custody.waiting_lines import DOLLARS, Request, WaitingLines
from ledger.accounts import owed
from ledger.journal import Journal
from ledger.money import dollars
from ledger.notes import UnpaidRequest
from ledger.text import quoted
from ledger.transaction import MONEY


class Till:
    """Pays the withdrawals of each line in the order of the requests, as long as it can."""

    def __init__(
        self,
        custody: Custody,
        house: str,
        names: tuple[str, ...],
        held_cents: Callable[[int], int],
        journal: Journal,
        confidence: Confidence | None = None,
        agent: Agent | None = None,
    ) -> None:
        """Initialise with an empty queue.

        Args:
            custody, journal: the world's custody and journal.
            house: the name of the house.
            names: the names of all parties, by code.
            held_cents: returns the cents of a party's claim that cannot be withdrawn: margin and
                collateral.
            confidence: is told of each request and each new queue. None: these cause no fear, and
                the house never halts.
            agent: pays some withdrawals for the house. None: the house pays all withdrawals.
        """
        self._custody, self._house, self._names = custody, house, names
        self._held_cents, self._journal, self._confidence = held_cents, journal, confidence
        self._agent = agent
        self._lines = WaitingLines(by_coin=custody.coins_sell_slowly)
        self._queued_cents: Counter[int] = Counter()  # the dollars in each party's waiting requests
        self._since_us = 0  # the time at which the current queue began

    @property
    def queue(self) -> list[Request]:
        """Return the waiting requests in the order of their times."""
        return self._lines.in_order()

    def waiting_cents(self) -> int:
        """Return the value in cents of all waiting requests, for dollars and for coins."""
        return sum(self._worth_cents(request) for request in self.queue)

    @property
    def is_waited_at(self) -> bool:
        """Tell whether any request waits."""
        return bool(self._lines)

    def owed_cents(self, entity: int) -> int:
        """Return the cents that a party can still request, in dollars and in coins.

        In dollars, the amount is the free claim minus the dollars in waiting requests. In coins, it
        is the value of the coins not yet requested.
        """
        coins = self._custody.coins
        in_coins = coins.unasked_cents(entity) if coins else 0
        return self.free_cents(entity) - self._queued_cents[entity] + in_coins

    def free_cents(self, entity: int) -> int:
        """Return the part of a party's claim in dollars that is neither margin nor collateral."""
        return self._custody.claim_cents(entity, self._house) - self._held_cents(entity)

    def ask(self, time_us: int, entity: int, cents: int, holder: str = "", why: str = "") -> int:
        """Pay a withdrawal at once, or queue it if money is missing or an earlier request waits.

        Returns:
            The amount requested in cents, at most the result of `owed_cents`.
        """
        cents = min(cents, self.owed_cents(entity))
        if cents <= 0:
            return 0
        if self._confidence:
            self._confidence.ask(time_us, cents)
        cents, lots = self._in_coins(time_us, entity, cents)
        whole = Request(time_us, entity, holder or self._names[entity], cents, why, lots)
        cents = self._worth_cents(whole)
        for request in self._lines.parts(whole):
            line = self._lines.line_of(request)
            if self._lines.waits_in(line) or not self._pay(time_us, request):
                self._line_up(request)
        return cents

    def serve(self, time_us: int) -> None:
        """Pay waiting requests in order, as long as there are enough dollars and coins.

        After a halt nothing is paid.
        """
        if not self._lines or self._halted():
            return
        for paid in self._lines.serve(lambda request: self._pay(time_us, request)):
            self._count(paid, -1)
        if not self._lines:
            self._become(time_us, OPEN)

    def halt_after(self, time_us: int, wait_us: int) -> None:
        """Halt withdrawals if the current queue has lasted for *wait_us* or longer."""
        if self._lines and time_us - self._since_us >= wait_us and not self._halted():
            self._become(time_us, HALTED)

    def _halted(self) -> bool:
        return self._custody.status[self._house] == HALTED

    def _line_up(self, request: Request) -> None:
        if not self._lines:
            self._since_us = request.asked_us
            self._become(request.asked_us, QUEUED)
        self._lines.add(request)
        self._count(request, 1)
        account = owed(self._house, self._names[request.entity])
        usd = dollars(self._worth_cents(request))
        note = UnpaidRequest(account, usd, request.holder, self._named(request))
        self._journal.note(request.asked_us, note)

    def _named(self, request: Request) -> str | None:
        """Return the name of a request's commodity, or None if all commodities share one line."""
        coins, line = self._custody.coins, self._lines.line_of(request)
        if not self._lines.by_coin or coins is None:
            return None
        return MONEY if line == DOLLARS else coins.coins[line - 1].name

    def _in_coins(self, time_us: int, entity: int, cents: int) -> tuple[int, tuple[int, ...]]:
        """Split a request. Return its dollars in cents, and its lots of each coin."""
        coins = self._custody.coins
        if coins is None or entity != coins.customer:
            return cents, ()
        dollars_cents = max(self.free_cents(entity) - self._queued_cents[entity], 0)
        lots = coins.chosen(time_us, cents, dollars_cents)
        return min(cents - coins.worth_cents(lots), dollars_cents), lots

    def _worth_cents(self, request: Request) -> int:
        coins = self._custody.coins
        return request.cents + (coins.worth_cents(request.lots) if coins and request.lots else 0)

    def _count(self, request: Request, sign: int) -> None:
        """Add a request to the waiting amounts if *sign* is 1, or subtract it if *sign* is -1."""
        self._queued_cents[request.entity] += sign * request.cents
        if self._custody.coins and request.lots:
            self._custody.coins.line_up(request.lots, sign)

    def _pay(self, time_us: int, request: Request) -> bool:
        """Pay a request in full and return True, or pay nothing and return False.

        Dollars of a request that exceed the free claim are dropped.
        """
        cents = min(request.cents, self.free_cents(request.entity))
        agent = self._agent
        by_agent = agent is not None and agent.pays(request.asked_us, request.entity, cents)
        in_dollars = 0 if by_agent else cents
        # Dollars that other requests wait for are not spent on coins.
        buys_none = self._lines.by_coin and self._lines.waits_in(DOLLARS)
        if buys_none and not self._custody.has_coins(request.lots):
            return False
        if not self._custody.can_pay(self._house, in_dollars, request.lots):
            return False
        meta: tuple[tuple[str, str], ...] = ()
        if request.holder != self._names[request.entity]:
            meta = (("holder", quoted(request.holder)),)
        waited: tuple[tuple[str, str], ...] = ()
        if time_us > request.asked_us:
            waited = (("waited-s", f"{(time_us - request.asked_us) / SECOND_US:.6f}"),)
        if any(request.lots):
            self._custody.hand_over(time_us, in_dollars, request.lots, meta, waited)
            waited = ()  # the waiting time is booked only once
        meta += waited
        if agent and by_agent:
            agent.pay_out(time_us, cents, request.why, meta)
            return True
        self._custody.withdraw(time_us, request.entity, self._house, cents, request.why, meta=meta)
        return True

    def _become(self, time_us: int, status: str) -> None:
        """Change the status of withdrawals. Without `confidence` this status is always open."""
        if self._confidence is None:
            return
        self._custody.status[self._house] = status
        self._journal.event(time_us, f"{self._house}:withdrawals", status)
        if status == QUEUED:
            self._confidence.queue(time_us)
