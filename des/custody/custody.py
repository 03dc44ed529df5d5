"""Custody: the only place where cash moves, and never below zero."""

import numpy as np

from des.venue.venue import Venue
from ledger import movements
from ledger.accounts import Parties
from ledger.journal import Journal


class Custody:
    """Cash of all parties, and the deposits and withdrawals that move it."""

    def __init__(
        self, parties: Parties, venues: dict[str, Venue], cash_cents: np.ndarray, journal: Journal
    ) -> None:
        self.cash = cash_cents
        self._parties, self._venues, self._journal = parties, venues, journal

    def till(self, venue: str) -> int:
        """Return the cash that a venue really has."""
        return int(self.cash[self._parties.names.index(venue)])

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
        """Hand a venue as much of *cents* as *entity* has, and return how much that was."""
        return self._move(movements.deposit, 1, time_us, entity, venue, cents, why, links, meta)

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
        """Pay *entity* as much of *cents* as it is owed and the venue has; return how much."""
        return self._move(movements.withdrawal, -1, time_us, entity, venue, cents, why, links, meta)

    def _move(self, movement, sign, time_us, entity, venue, cents, why, links, meta) -> int:
        place = self._venues[venue]
        names = self._parties.names
        till = names.index(venue)
        if sign > 0:
            cents = min(cents, int(self.cash[entity]))
        else:
            cents = min(cents, int(place.claims[entity]), int(self.cash[till]))
        if cents <= 0:
            return 0
        self.cash[entity] -= sign * cents
        self.cash[till] += sign * cents
        place.claims[entity] += sign * cents
        self._journal.record(
            movement(time_us, names[entity], venue, cents, self._parties, why, links, meta)
        )
        return cents
