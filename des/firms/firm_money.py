"""A firm's money on both venues: how much of it is not needed as margin, and how it moves."""

import numpy as np

from des.custody.custody import HALTED, OPEN, Custody
from des.custody.till import Till
from des.treasury.margin import MarginDesk
from des.venue.venue import Venue
from ledger.parties import Parties
from ledger.times import day_of

HOUSE, LEAD = 0, 1  # the index of each venue


class FirmMoney:
    """Moves money of firms between their own cash and the two venues."""

    def __init__(
        self,
        parties: Parties,
        house: Venue,
        lead: Venue,
        custody: Custody,
        margin: MarginDesk,
        till: Till | None = None,
    ) -> None:
        """Initialise with the venues and the desks that move cash.

        If there is a *till*, a firm that takes money home from the house requests it at the till,
        and waits in line like all customers. Without a till, the house pays at once, as far as it
        has cash. Moves of capital between the venues do not use the till.
        """
        self._names, self._venues = (parties.house, parties.lead), (house, lead)
        self._parties, self._custody, self._margin, self._till = parties, custody, margin, till

    @property
    def is_stuck(self) -> bool:
        """Tell whether the house has halted, so that no money can leave it."""
        return self._custody.status[self._parties.house] == HALTED

    def capital_cents(self, code: int) -> int:
        """Return the cents that the two venues together owe to a firm."""
        return int(self._venues[HOUSE].claims[code] + self._venues[LEAD].claims[code])

    def cash_cents(self, code: int) -> int:
        """Return a firm's cash outside the venues, in cents."""
        return int(self._custody.cash[code])

    def on_lead_cents(self, codes: list[int]) -> np.ndarray:
        """Return the claim of each given firm on the lead venue, in cents."""
        return self._venues[LEAD].claims[codes]

    def needed_cents(self, marks: np.ndarray) -> np.ndarray:
        """Return each account's target margin at *marks* in cents, shape (2, accounts)."""
        return self._margin.needed_cents(marks)

    def spare_cents(self, venue: int, code: int, needed: np.ndarray) -> int:
        """Return a firm's claim on a venue in cents, minus the margin that the firm needs there."""
        return int(self._venues[venue].claims[code] - needed[venue, code])

    def keep_on_lead(self, code: int, cents: int) -> None:
        """Add the result of a firm's quotes and hits to its margin floor on the lead venue.

        Otherwise the margin desk could move profits to the house as surplus margin, and could
        replace losses with money from the house.
        """
        self._margin.move_floor(code, cents)

    def shift(self, time_us: int, code: int, cents: int, to: int) -> None:
        """Move at most *cents* of a firm's capital from the other venue to the venue *to*."""
        begin, end = self._names[1 - to], self._names[to]
        link = (f"capital-{day_of(time_us)}-{self._parties.names[code]}",)
        why = f", where it recently earned less than on {end}"
        moved = self._withdraw(time_us, code, begin, cents, why, link)
        self._custody.deposit(time_us, code, end, moved, links=link)
        self._margin.move_floor(code, moved if to == LEAD else -moved)

    def take_home(self, time_us: int, code: int, cents: int, why: str) -> None:
        """Withdraw a firm's money from the house, through the till if there is one."""
        if self._till:
            self._till.ask(time_us, code, cents, why=why)
        else:
            self._withdraw(time_us, code, self._parties.house, cents, why)

    def leave_lead(self, time_us: int, code: int, needed: np.ndarray, why: str) -> None:
        """Withdraw a firm's money from the lead venue, except the margin for its positions."""
        self._margin.move_floor(code, -self._margin.floor_cents(code))
        spare = self.spare_cents(LEAD, code, needed)
        self._withdraw(time_us, code, self._parties.lead, spare, why)

    def enter(self, time_us: int, code: int, house_cents: int, lead_cents: int) -> None:
        """Deposit a firm's opening capital on both venues."""
        why = ", because other firms seem to profit"
        self._custody.deposit(time_us, code, self._parties.house, house_cents, why)
        self._custody.deposit(
            time_us, code, self._parties.lead, lead_cents, ", as margin for its hedges"
        )

    def _withdraw(
        self, time_us: int, code: int, venue: str, cents: int, why: str, links: tuple[str, ...] = ()
    ) -> int:
        """Withdraw *cents*, or nothing if withdrawals are queued or halted. Return the amount.

        The amount is at most the firm's claim, and at most what the venue can pay.
        """
        if cents <= 0 or self._custody.status[venue] != OPEN:
            return 0
        return self._custody.withdraw(time_us, code, venue, cents, why, links)
