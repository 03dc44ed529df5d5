"""How the books name customers on margin: by numbers under retail's control account."""

from dataclasses import dataclass

import numpy as np

from ledger.fills import new_rows
from ledger.motives import Motive
from ledger.parties import Parties


@dataclass(frozen=True, slots=True)
class Holders:
    """The codes that are the same in all rows about customers on margin."""

    retail: int  # the control account of retail customers
    others: int  # the other makers, which are the counterparty of customers
    first: int  # the holder's number of the first account on margin

    @classmethod
    def of(cls, parties: Parties, first: int) -> "Holders":
        """Return the codes of the parties. *first* is the holder's number of the first account."""
        retail, others = map(parties.holders.index, (parties.retail, parties.other_makers))
        return cls(retail, others, first)

    def rows(
        self, time_us: int, motive: Motive, market: int | np.ndarray, accounts: np.ndarray
    ) -> np.ndarray:
        """Return rows for events of some accounts. The caller adds amounts and counterparties."""
        rows = new_rows(len(accounts))
        rows["time_us"], rows["motive"], rows["market"] = time_us, motive, market
        rows["taker"], rows["holder"] = self.retail, self.first + accounts
        return rows
