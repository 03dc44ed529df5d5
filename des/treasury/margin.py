"""Margin: hedgers cover debits on the house, and keep margin on the lead venue.

All payments are real transfers of cash. After each settlement a hedger covers its debit on the
house, if it has one. If a hedger's margin on the lead venue is below the minimum, the hedger raises
the margin to the target. Firms and outside providers use their own cash first, and then their money
on the other venue. The captive maker uses its funding waterfall (`Purse`). For a debit on the
house, the maker uses its money on the lead venue last. A debit that remains is a gap loss, and the
venue bears it. Once a day, if a hedger has far more margin than the target, it moves the excess
from the lead venue to the house.
"""

from collections.abc import Sequence

import numpy as np

from des.compile_cache import njit
from des.custody.custody import Custody
from des.scenario import Firm, Scenario
from des.treasury.purse import Purse
from des.venue.venue import Venue
from ledger import movements
from ledger.journal import Journal
from ledger.money import to_cents
from ledger.parties import Parties
from ledger.times import day_of, settlement_link

EXCESS = 2  # margin above this multiple of the target is reduced to the target


def first_floors(scenario: Scenario, parties: Parties, firms: Sequence[Firm]) -> dict[int, int]:
    """Return the initial floor of each hedger's target margin on the lead venue, in cents by code.

    The target margin on the lead venue is never below its floor.
    """
    floors = {parties.maker: scenario.maker.lead_deposit_usd}
    floors |= {firm.name: firm.on_lead_usd for firm in firms}
    floors |= {each.name: each.on_lead_usd for each in scenario.outside_providers}
    return {parties.names.index(name): to_cents(usd) for name, usd in floors.items()}


class MarginDesk:
    """Moves margin for all hedgers: the captive maker, the firms and the outside providers."""

    def __init__(
        self,
        parties: Parties,
        house: Venue,
        lead: Venue,
        custody: Custody,
        purse: Purse,
        lead_floor_cents: dict[int, int],
        ratios: tuple[float, float],
        journal: Journal,
    ) -> None:
        """Initialise the desk.

        Args:
            parties: all parties that keep books, by role.
            house, lead: the two venues.
            custody: moves the cash.
            purse: the captive maker's purse.
            lead_floor_cents: the floor of each hedger's target margin on the lead venue, by code.
            ratios: minimum and target of the margin on the lead venue, as shares of notional value.
            journal: records gap losses.
        """
        self._parties, self._house, self._lead = parties, house, lead
        self._custody, self._purse, self._journal = custody, purse, journal
        self._floor, self._ratios = lead_floor_cents, ratios
        self._maker = parties.names.index(parties.maker)

    def after_settlement(self, time_us: int, marks: np.ndarray) -> None:
        """Cover debits and missing margin after a settlement."""
        notional = self._lead.notional(marks)
        short = _short(self._house.claims, self._lead.claims, self._ratios[0], notional)
        if not len(short):
            return  # no account lacks money
        links = (settlement_link(time_us),)
        # Only hedgers move margin. All other accounts are left out.
        for member in short.tolist():
            if member not in self._floor:
                continue
            if self._house.claims[member] < 0:
                self._restore_house(time_us, member, links)
            if self._lead.claims[member] < self._ratios[0] * notional[member]:
                target = self._target(member, notional)
                self._top_up_lead(time_us, member, target - self._lead.claims[member], links)
        self._bear_gaps(time_us, self._house, self._parties.house_customers, links)
        self._bear_gaps(time_us, self._lead, self._parties.lead_customers, links)

    def daily(self, time_us: int, marks: np.ndarray) -> None:
        """Move excess margin from the lead venue to the house, and repay the credit line."""
        notional = self._lead.notional(marks)
        for member in self._floor:
            target = self._target(member, notional)
            if self._lead.claims[member] > EXCESS * target:
                excess = int(self._lead.claims[member]) - target
                links = (f"margin-{day_of(time_us)}-{self._parties.names[member]}",)
                why = ", margin that its hedges no longer need"
                brought = self._custody.withdraw(
                    time_us, member, self._parties.lead, excess, why, links
                )
                self._custody.deposit(time_us, member, self._parties.house, brought, links=links)
        self._purse.credit.repay(time_us, int(self._house.claims[self._maker]))

    def is_called(self, member: int, marks: np.ndarray) -> bool:
        """Tell whether a hedger's margin on the lead venue is below the minimum."""
        needed = self._ratios[0] * self._lead.notional(marks)[member]
        return bool(self._lead.claims[member] < needed)

    def needed_cents(self, marks: np.ndarray) -> np.ndarray:
        """Return the target margin of positions at *marks*, in cents, shape (2, accounts).

        The first row is for the house, and the second row is for the lead venue.
        """
        notional = np.stack((self._house.notional(marks), self._lead.notional(marks)))
        return np.ceil(self._ratios[1] * notional).astype(np.int64)

    def held_cents(self, member: int, marks: np.ndarray) -> int:
        """Return a hedger's target margin on the house in cents, or 0 if *member* is no hedger."""
        return int(self.needed_cents(marks)[0, member]) if member in self._floor else 0

    def floor_cents(self, member: int) -> int:
        """Return the floor of a hedger's target margin on the lead venue, in cents."""
        return self._floor[member]

    def move_floor(self, member: int, cents: int) -> None:
        """Add *cents* to the floor of a hedger's target margin on the lead venue.

        The floor stays at least 0.
        """
        self._floor[member] = max(self._floor[member] + cents, 0)

    def _target(self, member: int, notional: np.ndarray) -> int:
        return max(self._floor[member], int(self._ratios[1] * notional[member]))

    def _restore_house(self, time_us: int, member: int, links: tuple[str, ...]) -> None:
        """Cover a hedger's debit on the house, as far as the hedger has money."""
        house, lead = self._parties.house, self._parties.lead
        lacking = -int(self._house.claims[member])
        if member == self._maker:
            self._purse.cover_debit(time_us, links)
        else:
            self._custody.deposit(time_us, member, house, lacking, links=links)
        lacking = -int(self._house.claims[member])
        brought = self._custody.withdraw(time_us, member, lead, lacking, links=links)
        self._custody.deposit(time_us, member, house, brought, links=links)

    def _top_up_lead(self, time_us: int, member: int, cents: int, links: tuple[str, ...]) -> None:
        """Add *cents* to a hedger's margin on the lead venue, as far as the hedger has money.

        A hedger uses its own cash first. If more is needed, the maker uses its funding waterfall,
        and any other hedger withdraws money from the house.
        """
        house, lead = self._parties.house, self._parties.lead
        why = f", as margin for {lead}"
        lacking = int(cents) - int(self._custody.cash[member])
        if member == self._maker:
            self._purse.raise_cash(time_us, int(cents), links, why)
        else:
            self._custody.withdraw(time_us, member, house, lacking, why, links)
        self._custody.deposit(
            time_us, member, lead, int(cents), ", as margin for its hedges", links
        )

    def _bear_gaps(
        self, time_us: int, venue: Venue, customers: Sequence[str], links: tuple[str, ...]
    ) -> None:
        if venue.claims.min() >= 0:
            return
        name = self._parties.house if venue is self._house else self._parties.lead
        for customer in customers:
            member = self._parties.names.index(customer)
            debt = -int(venue.claims[member])
            if debt > 0:
                venue.claims[member] = 0
                self._journal.record(
                    movements.gap_loss(time_us, customer, name, debt, self._parties, links)
                )


@njit(cache=True)
def _short(
    house_cents: np.ndarray, lead_cents: np.ndarray, ratio: float, notional_cents: np.ndarray
) -> np.ndarray:
    """Return the accounts that owe the house money, or have too little margin on the lead venue.

    Margin is too little if it is below *ratio* times the notional value. Each argument that is an
    array has one value for each account, shape (n,). The result is account numbers in rising order.
    """
    short, n = np.empty(len(house_cents), np.int64), 0
    for account in range(len(house_cents)):
        if house_cents[account] < 0 or lead_cents[account] < ratio * notional_cents[account]:
            short[n] = account
            n += 1
    return short[:n]
