"""The house's agent: the captive maker, whose bank accounts receive and pay customers' dollars.

When a retail customer deposits or withdraws dollars, a random draw selects the agent's or the
house's account. The agent also pays a withdrawal if the house cannot pay it. In total, the agent
never pays customers more than it has received from them. Coins never pass through the agent.
Customers' dollars are mixed with the maker's other cash.
"""

from des.chance import decision_key, mix
from des.custody.custody import HALTED, Custody
from des.scenario import Retail
from ledger import agency
from ledger.parties import Parties
from ledger.times import day_of

ALL = 2**64  # the number of possible values of a random draw

Meta = tuple[tuple[str, str], ...]


def agent_of(retail: Retail, seed: int, parties: Parties, custody: Custody) -> "Agent | None":
    """Return the house's agent, or None if the scenario has no agent."""
    return Agent(retail, seed, parties, custody) if parties.agent else None


class Agent:
    """Receives some of retail customers' dollar deposits, and pays some of their withdrawals."""

    def __init__(self, retail: Retail, seed: int, parties: Parties, custody: Custody) -> None:
        """Initialise with no deposits received.

        Args:
            retail: states, by date, the share of dollar payments that goes through the agent.
            seed: the run's seed.
            parties: all parties that keep books, by role.
            custody: moves the cash.
        """
        self._retail, self._custody = retail, custody
        self._key = {what: decision_key(seed, "agent", what) for what in ("in", "out")}
        self._names = (parties.house, parties.maker)
        self._customer_name = parties.retail
        self._customer = parties.names.index(parties.retail)
        self._agent = parties.names.index(parties.maker)

    def takes(self, time_us: int) -> bool:
        """Draw at random whether a deposit is in dollars and goes to the agent."""
        return self._is_drawn("in", time_us, self._retail.dollar_share)

    def take_in(self, time_us: int, cents: int, meta: Meta) -> int:
        """Receive *cents*, or the customer's whole cash if that is less. Return the amount.

        After a halt the agent receives nothing, and the amount is 0.
        """
        cents = min(cents, int(self._custody.cash[self._customer]))
        if cents <= 0 or self._is_halted():
            return 0
        entry = agency.take_in(time_us, self._customer_name, self._names, cents, meta)
        self._custody.move_at_agent(self._customer, cents, entry)
        return cents

    def pays(self, asked_us: int, customer: int, cents: int) -> bool:
        """Tell whether the agent pays a withdrawal.

        The agent pays if a random draw selects its account, or if the house cannot pay *cents*. But
        it pays only retail customers, and only before a halt. It does not pay if *cents* is more
        than its cash, or more than the customers' deposits that it still holds.

        Args:
            asked_us: the time of the request.
            customer: the customer who asks.
            cents: the amount.
        """
        able = min(self._custody.with_agent_cents, int(self._custody.cash[self._agent]))
        if customer != self._customer or not 0 < cents <= able or self._is_halted():
            return False
        house, _ = self._names
        is_drawn = self._is_drawn("out", asked_us, 1.0)
        return is_drawn or self._custody.till(house) < cents

    def pay_out(self, time_us: int, cents: int, why: str, meta: Meta) -> None:
        """Pay a withdrawal from the agent's account."""
        entry = agency.pay_out(time_us, self._customer_name, self._names, cents, why, meta)
        self._custody.move_at_agent(self._customer, -cents, entry)

    def _is_drawn(self, what: str, time_us: int, of: float) -> bool:
        """Return True at random. The probability is the agent's share multiplied by *of*."""
        share = self._retail.agent_share_on(day_of(time_us)) * of
        return int(mix(self._key[what], time_us)) < round(share * ALL)

    def _is_halted(self) -> bool:
        house, _ = self._names
        return self._custody.status[house] == HALTED
