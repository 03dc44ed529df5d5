"""The house's own cash: the cash that would remain if the house paid all its debts."""

from collections.abc import Callable

from des.custody.custody import Custody
from des.venue.venue import Venue
from ledger.parties import Parties


class HouseMoney:
    """The house's cash minus its debts and its insurance fund.

    Customers outside the group are paid before the maker.
    """

    def __init__(
        self, parties: Parties, house: Venue, custody: Custody, reserved: Callable[[], int]
    ) -> None:
        """Initialise with the house's claims and cash.

        *reserved* returns the balance of the insurance fund in cents.
        """
        self._name, self._house, self._custody = parties.house, house, custody
        self._reserved = reserved
        self._maker = parties.names.index(parties.maker)

    def own_cents(self) -> int:
        """Return the house's cash minus its debts and its insurance fund, at least 0.

        If the maker owes money on its account, this debt counts like cash, but only if the cash is
        enough for all other customers and for the insurance fund.
        """
        in_coins = self._custody.coins.owed_cents if self._custody.coins else 0
        makers = int(self._house.claims[self._maker])
        outsiders = int(self._house.claims.sum()) - makers + in_coins + self._reserved()
        left = self._custody.till(self._name) - outsiders
        # The maker's debt is a negative claim, so subtracting this claim raises the result.
        return max(left - makers, 0) if left >= 0 else 0
