"""The house's own cash: its cash minus its debts and its insurance fund."""

from collections.abc import Callable

from des.custody.custody import Custody
from des.venue.venue import Venue
from ledger.parties import Parties


class HouseMoney:
    """Computes the house's own cash."""

    def __init__(
        self, parties: Parties, house: Venue, custody: Custody, reserved: Callable[[], int]
    ) -> None:
        """Store the objects that state the house's cash, its debts and its insurance fund.

        *reserved* returns the balance of the insurance fund in cents.
        """
        self._name, self._house, self._custody = parties.house, house, custody
        self._reserved = reserved
        self._maker = parties.names.index(parties.maker)

    def own_cents(self) -> int:
        """Return the house's cash minus its debts and its insurance fund, at least 0.

        The debts include the value of the coins that the house owes to customers. The cash includes
        the dollars for which the house can sell customers' coins. If the maker owes money on its
        account, this debt is added to the cash. But the result is 0 if the cash alone is less than
        the debts to all other customers plus the insurance fund.
        """
        in_coins = self._custody.coins.owed_cents if self._custody.coins else 0
        makers = int(self._house.claims[self._maker])
        outsiders = int(self._house.claims.sum()) - makers + in_coins + self._reserved()
        left = self._custody.till(self._name) - outsiders
        # The maker's debt is a negative claim, so subtracting this claim raises the result.
        return max(left - makers, 0) if left >= 0 else 0
