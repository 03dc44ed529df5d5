"""What of the house's cash is its own: what is left once all customers are paid."""

from collections.abc import Callable

from des.custody.custody import Custody
from des.venue.venue import Venue
from ledger.parties import Parties


class HouseMoney:
    """The house's cash less what it owes, to customers outside the group first."""

    def __init__(
        self, parties: Parties, house: Venue, custody: Custody, reserved: Callable[[], int]
    ) -> None:
        """Begin; *reserved* tells how many cents are set aside for customers' debts."""
        self._name, self._house, self._custody = parties.house, house, custody
        self._reserved = reserved
        self._maker = parties.names.index(parties.maker)

    def own_cents(self) -> int:
        """Return what may be lent or spent so that each customer could still be paid in full."""
        makers = int(self._house.claims[self._maker])
        outsiders = int(self._house.claims.sum()) - makers + self._reserved()
        left = self._custody.till(self._name) - outsiders
        # Where customers' money is gone already, even the maker's debt is not made good with it.
        return max(left - makers, 0) if left >= 0 else 0
