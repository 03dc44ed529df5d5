"""The house's own cash: the amount that would remain if all customers were paid."""

from collections.abc import Callable

from des.custody.custody import Custody
from des.venue.venue import Venue
from ledger.parties import Parties


class HouseMoney:
    """The house's cash minus its debts. Customers outside the group are paid before the maker."""

    def __init__(
        self, parties: Parties, house: Venue, custody: Custody, reserved: Callable[[], int]
    ) -> None:
        """Store the parts that determine the house's own cash.

        *reserved* returns the balance of the insurance fund in cents.
        """
        self._name, self._house, self._custody = parties.house, house, custody
        self._reserved = reserved
        self._maker = parties.names.index(parties.maker)

    def own_cents(self) -> int:
        """Return the cash that would remain if the house paid every customer in full."""
        in_coins = self._custody.coins.owed_cents if self._custody.coins else 0
        makers = int(self._house.claims[self._maker])
        outsiders = int(self._house.claims.sum()) - makers + in_coins + self._reserved()
        left = self._custody.till(self._name) - outsiders
        # A debit of the maker (a negative claim) raises the result, unless customers' money is
        # already missing.
        return max(left - makers, 0) if left >= 0 else 0
