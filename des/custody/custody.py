"""Custody: the only place where cash moves. No balance falls below zero."""

from collections.abc import Mapping

import numpy as np

from des.given import given
from des.venue.venue import Venue
from ledger import movements
from ledger.journal import Journal
from ledger.parties import Parties
from ledger.transaction import LedgerError, Movement

OPEN, QUEUED, HALTED = "open", "queued", "halted"  # how a venue deals with withdrawals


class Custody:
    """Cash of all parties, and the deposits and withdrawals that move it."""

    def __init__(
        self, parties: Parties, venues: dict[str, Venue], cash_cents: np.ndarray, journal: Journal
    ) -> None:
        self.cash = cash_cents
        self.status = dict.fromkeys(venues, OPEN)
        self._parties, self._venues, self._journal = parties, venues, journal
        self._customers = np.array(
            [parties.names.index(name) for name in parties.house_customers if name != parties.maker]
        )
        self.with_agent_cents = 0  # what the house's agent took in less what it paid out

    def till(self, venue: str) -> int:
        """Return what a venue can pay out: all its cash, or nothing once it has halted."""
        if self.status[venue] == HALTED:
            return 0
        return int(self.cash[self._parties.names.index(venue)])

    def claim_cents(self, entity: int, venue: str) -> int:
        """Return what a venue owes to one party."""
        return int(self._venues[venue].claims[entity])

    def customers_cents(self) -> int:
        """Return what the house owes to all customers outside its own group."""
        return int(self._venues[self._parties.house].claims[self._customers].sum())

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
        """Deposit *cents* at a venue, or as much of it as *entity* has, and return the amount.

        A venue that has halted takes no deposits, since they would be lost.
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
        """Pay *entity* at most *cents*, its claim and the venue's cash; return the amount."""
        cents = min(cents, self.claim_cents(entity, venue), self.till(venue))
        if cents <= 0:
            return 0
        self._move(entity, venue, -cents)
        name = self._parties.names[entity]
        self._journal.record(
            movements.withdrawal(time_us, name, venue, cents, self._parties, why, links, meta)
        )
        return cents

    def move_at_agent(self, customer: int, cents: int, entry: Movement) -> None:
        """Move cash from a customer of the house to the house's agent; below zero, back.

        The house owes the customer for it, and the agent owes it to the house.
        """
        self.cash[customer] -= cents
        self.cash[self._parties.names.index(given(self._parties.agent))] += cents
        self._venues[self._parties.house].claims[customer] += cents
        self.with_agent_cents += cents
        self._journal.record(entry)

    def pay(self, payer: int, receiver: int, cents: int, entry: Movement) -> None:
        """Pay cash from one party to another. Neither is a venue of the other.

        Raises:
            LedgerError: the payer has less.
        """
        if cents > self.cash[payer]:
            name, has = self._parties.names[payer], int(self.cash[payer])
            raise LedgerError(f"{name} is to pay {cents} cents and has {has}: {entry.narration}")
        self.cash[payer] -= cents
        self.cash[receiver] += cents
        self._journal.record(entry)

    def book(self, change_cents: Mapping[int, int], entry: Movement) -> None:
        """Change the cash of several parties by one entry.

        If the changes do not sum to zero, the difference goes into a pool or comes from it.

        Raises:
            LedgerError: a party has less than is taken from it.
        """
        for party, cents in change_cents.items():
            self.cash[party] += cents
            if self.cash[party] < 0:
                raise LedgerError(
                    f"{self._parties.names[party]} lacks {-self.cash[party]} cents: "
                    f"{entry.narration}"
                )
        self._journal.record(entry)

    def _move(self, entity: int, venue: str, cents: int) -> None:
        self.cash[entity] -= cents
        self.cash[self._parties.names.index(venue)] += cents
        self._venues[venue].claims[entity] += cents
