"""Custody moves the cash of all parties. No party's cash falls below zero."""

from collections.abc import Mapping

import numpy as np

from des.custody.coin_swaps import CoinSwaps
from des.custody.coin_vault import CoinVault, Lots, Meta
from des.given import given
from des.venue.venue import Venue
from ledger import movements
from ledger.journal import Journal
from ledger.parties import Parties
from ledger.transaction import LedgerError, Movement

OPEN, QUEUED, HALTED = "open", "queued", "halted"  # the states of a venue's withdrawals


class Custody:
    """Holds the cash of all parties, and moves it by deposits, withdrawals and payments."""

    def __init__(
        self, parties: Parties, venues: dict[str, Venue], cash_cents: np.ndarray, journal: Journal
    ) -> None:
        self.cash = cash_cents
        self.status = dict.fromkeys(venues, OPEN)
        self._parties, self._venues, self._journal = parties, venues, journal
        self._customers = np.array(
            [parties.names.index(name) for name in parties.house_customers if name != parties.maker]
        )
        self.coins: CoinVault | None = None  # the coins that the house owes to customers in kind
        self.swaps: CoinSwaps | None = None  # sells coins for dollars, and buys them back
        # Customers' cents that the house's agent has received, minus its payments to customers.
        self.with_agent_cents = 0

    def keep_coins(
        self, coins: CoinVault, tranche_cents: int, daily_cents: int | None = None
    ) -> None:
        """Add customers' coins to custody. The house sells them in tranches of *tranche_cents*.

        Dealers buy coins for at most *daily_cents* in a day, or slightly more if a sale is rounded
        up to whole lots. If *daily_cents* is None, only the dealers' cash is a limit.
        """
        self.coins = coins
        self.swaps = CoinSwaps(
            coins, self._parties, self.cash, tranche_cents, self._journal, daily_cents
        )

    @property
    def coins_sell_slowly(self) -> bool:
        """Tell whether dealers buy only a limited amount of customers' coins in a day."""
        return self.swaps is not None and self.swaps.daily_cents is not None

    def till(self, venue: str) -> int:
        """Return the cents that a venue can pay out: all its cash, or nothing after a halt.

        For the house, the result includes the cents for which it can sell customers' coins.
        """
        if self.status[venue] == HALTED:
            return 0
        is_house = venue == self._parties.house
        in_coins = self.swaps.sellable_cents() if self.swaps and is_house else 0
        return int(self.cash[self._parties.names.index(venue)]) + in_coins

    def claim_cents(self, entity: int, venue: str) -> int:
        """Return a party's claim in dollars on a venue, in cents."""
        return int(self._venues[venue].claims[entity])

    def customers_cents(self) -> int:
        """Return the cents that the house owes to all customers outside its own group.

        The result includes the value of the coins that the house owes.
        """
        in_coins = self.coins.owed_cents if self.coins else 0
        return int(self._venues[self._parties.house].claims[self._customers].sum()) + in_coins

    def deposit(
        self,
        time_us: int,
        entity: int,
        venue: str,
        cents: int,
        why: str = "",
        links: tuple[str, ...] = (),
        meta: tuple[tuple[str, str], ...] = (),
    ) -> int:
        """Deposit *cents* at a venue, or all cash of *entity* if that is less. Return the amount.

        A venue that has halted accepts no deposits, since the money would be lost.
        """
        cents = min(cents, int(self.cash[entity]))
        if cents <= 0 or self.status[venue] == HALTED:
            return 0
        self._move(entity, venue, cents)
        name = self._parties.names[entity]
        self._journal.record(
            movements.deposit(time_us, name, venue, cents, self._parties, why, links, meta)
        )
        return cents

    def withdraw(
        self,
        time_us: int,
        entity: int,
        venue: str,
        cents: int,
        why: str = "",
        links: tuple[str, ...] = (),
        meta: tuple[tuple[str, str], ...] = (),
    ) -> int:
        """Pay *cents* to *entity*, but at most its claim and at most `till`. Return the amount."""
        cents = min(cents, self.claim_cents(entity, venue), self.till(venue))
        if cents <= 0:
            return 0
        self._have(time_us, self._parties.names.index(venue), cents)
        self._move(entity, venue, -cents)
        name = self._parties.names[entity]
        self._journal.record(
            movements.withdrawal(time_us, name, venue, cents, self._parties, why, links, meta)
        )
        return cents

    def can_pay(self, venue: str, cents: int, lots: Lots) -> bool:
        """Tell whether a venue can pay *cents* and deliver these lots of each coin."""
        if not (self.swaps and any(lots)):
            return self.till(venue) >= cents
        return self.status[venue] != HALTED and self.swaps.can_pay(lots, cents)

    def has_coins(self, lots: Lots) -> bool:
        """Tell whether the house holds at least these lots of each coin."""
        return not any(lots) or all(
            n <= there for n, there in zip(lots, given(self.coins).there, strict=True)
        )

    def hand_over(self, time_us: int, cents: int, lots: Lots, meta: Meta, first: Meta) -> None:
        """Deliver coins to customers, and leave at least *cents* for a payment in dollars.

        `can_pay` must be True for these coins and *cents*. If needed, coins are bought or sold
        first. Only the first entry of the delivery has the metadata *first*.
        """
        given(self.swaps).find(time_us, lots, cents)
        given(self.coins).withdraw(time_us, lots, meta, first)

    def move_at_agent(self, customer: int, cents: int, entry: Movement) -> None:
        """Move cash from a customer to the house's agent, or back if *cents* is negative.

        Add *cents* to the house's debt to the customer, and to the agent's debt to the house.
        """
        self.cash[customer] -= cents
        self.cash[self._parties.names.index(given(self._parties.agent))] += cents
        self._venues[self._parties.house].claims[customer] += cents
        self.with_agent_cents += cents
        self._journal.record(entry)

    def pay(self, payer: int, receiver: int, cents: int, entry: Movement) -> None:
        """Pay cash from one party to another, outside the venues.

        If the payer is the house and has too little cash, customers' coins are sold first.

        Raises:
            LedgerError: the payer has less cash than *cents*, even after a sale of coins.
        """
        self._have(entry.time_us, payer, cents)
        if cents > self.cash[payer]:
            name, has = self._parties.names[payer], int(self.cash[payer])
            raise LedgerError(f"{name} is to pay {cents} cents and has {has}: {entry.narration}")
        self.cash[payer] -= cents
        self.cash[receiver] += cents
        self._journal.record(entry)

    def book(self, change_cents: Mapping[int, int], entry: Movement) -> None:
        """Change the cash of several parties in one entry.

        If the changes do not sum to zero, a liquidity pool pays or receives the difference.

        Raises:
            LedgerError: a party's cash would fall below zero.
        """
        for party, cents in change_cents.items():
            self.cash[party] += cents
            if self.cash[party] < 0:
                raise LedgerError(
                    f"{self._parties.names[party]} lacks {-self.cash[party]} cents: "
                    f"{entry.narration}"
                )
        self._journal.record(entry)

    def _have(self, time_us: int, payer: int, cents: int) -> None:
        """Sell customers' coins if the house has too few dollars for a payment."""
        if self.swaps and self._parties.names[payer] == self._parties.house:
            self.swaps.sell(time_us, cents - int(self.cash[payer]))

    def _move(self, entity: int, venue: str, cents: int) -> None:
        self.cash[entity] -= cents
        self.cash[self._parties.names.index(venue)] += cents
        self._venues[venue].claims[entity] += cents
