"""How the books name customers on margin: by numbers under retail's control account."""

from dataclasses import dataclass

import numpy as np

from ledger.fills import new_rows
from ledger.motives import Motive
from ledger.parties import Parties


@dataclass(frozen=True, slots=True)
class Holders:
    """Sets the parties and the customers' numbers in rows about customers on margin.

    The account with the index i is the holder with the number `first` + i in the books.
    """

    retail: int  # the code of the retail customers' control account
    others: int  # the code of the other makers, the counterparty of customers on margin
    first: int  # the number that the first customer on margin has in the books

    @classmethod
    def of(cls, parties: Parties, first: int) -> "Holders":
        """Return the codes of the parties. *first* is the first customer's number in the books."""
        retail, others = map(parties.holders.index, (parties.retail, parties.other_makers))
        return cls(retail, others, first)

    def rows(
        self, time_us: int, motive: Motive, market: int | np.ndarray, accounts: np.ndarray
    ) -> np.ndarray:
        """Return one row for each of *accounts*. The caller adds amounts and counterparties."""
        rows = new_rows(len(accounts))
        rows["time_us"], rows["motive"], rows["market"] = time_us, motive, market
        rows["taker"], rows["holder"] = self.retail, self.first + accounts
        return rows
