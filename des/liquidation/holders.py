"""Customers on margin in the books: under retail's control account, by number."""

from dataclasses import dataclass

import numpy as np

from ledger.fills import new_rows
from ledger.motives import Motive
from ledger.parties import Parties


@dataclass(frozen=True, slots=True)
class Holders:
    """The codes that every row about them has in common."""

    retail: int  # the control account
    others: int  # the other makers, with whom customers trade
    first: int  # the number of the first account's holder; accounts count on from there

    @classmethod
    def of(cls, parties: Parties, first: int) -> "Holders":
        """Read the codes from the parties."""
        retail, others = map(parties.holders.index, (parties.retail, parties.other_makers))
        return cls(retail, others, first)

    def rows(
        self, time_us: int, motive: Motive, market: int | np.ndarray, accounts: np.ndarray
    ) -> np.ndarray:
        """Return rows for events of accounts; the caller adds amount and counterparty."""
        rows = new_rows(len(accounts))
        rows["time_us"], rows["motive"], rows["market"] = time_us, motive, market
        rows["taker"], rows["holder"] = self.retail, self.first + accounts
        return rows
