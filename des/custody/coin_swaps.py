"""Customers' coins are sold if the house lacks dollars, and bought back if the house lacks coins.

The house lends coins to its maker on the credit line. The maker sells the lent coins to dealers at
the price of the last settlement, and pays the dollars to the house. When a customer requests a coin
that the house lacks, the maker buys the coin back with the house's dollars. The house can pay the
same withdrawals from coins as from dollars of the same value if three conditions hold: prices are
constant, dealers have enough cash, and no daily limit applies.
"""

from datetime import date

import numpy as np

from des.custody.coin_vault import CoinVault, Lots
from ledger import in_kind
from ledger.journal import Journal
from ledger.parties import Parties


class CoinSwaps:
    """Sells customers' coins for dollars, and buys the coins back."""

    def __init__(
        self,
        vault: CoinVault,
        parties: Parties,
        cash_cents: np.ndarray,
        tranche_cents: int,
        journal: Journal,
        daily_cents: int | None = None,
    ) -> None:
        """Initialise without sales.

        Args:
            vault: customers' coins.
            parties: all parties that keep books, by role.
            cash_cents: the cash of all parties.
            tranche_cents: sales are rounded up to a multiple of this amount, but to at most
                `sellable_cents`.
            journal: records sales and purchases.
            daily_cents: the most cents for which dealers buy coins in a day. A sale that is rounded
                up to whole lots may exceed this limit slightly. None: only the dealers' cash is a
                limit.
        """
        self._tranche_cents = tranche_cents
        self._vault, self._parties = vault, parties
        self._cash, self._journal = cash_cents, journal
        self.daily_cents = daily_cents
        # The last day with a sale, and the sales of that day in cents.
        self._sold: tuple[date | None, int] = (None, 0)
        self._house = parties.names.index(parties.house)
        self._dealers = parties.names.index(vault.coins[0].dealers)

    def sellable_cents(self, kept: Lots | None = None) -> int:
        """Return the cents that the house can get by selling coins, if it keeps the lots *kept*.

        Dealers pay at most their cash minus the value of one lot of each coin, since sales are
        rounded up to whole lots. If dealers have a daily limit, they pay at most the unused part of
        the limit.
        """
        vault = self._vault
        worth = vault.worth_cents(self._spare(kept))
        able = int(self._cash[self._dealers]) - sum(vault.lot_cents)
        if self.daily_cents is not None:
            able = min(able, self.daily_cents - self._sold_today_cents)
        return max(min(worth, able), 0)

    def can_pay(self, lots: Lots, cents: int) -> bool:
        """Tell whether the house can deliver these lots of each coin and pay *cents* in dollars."""
        return self._lacking_cents(lots, cents) <= self.sellable_cents(lots)

    def find(self, time_us: int, lots: Lots, cents: int) -> None:
        """Buy and sell coins until the house has these lots and *cents*. `can_pay` must be True."""
        self.sell(time_us, self._lacking_cents(lots, cents), lots)
        for place, n in enumerate(self._missing(lots)):
            if n:
                self._swap(time_us, place, -n)

    def sell(self, time_us: int, cents: int, kept: Lots | None = None) -> None:
        """Sell coins for *cents*, but do not sell the lots *kept*.

        The amount is rounded up to whole tranches, so that the books contain few small entries. But
        the amount is at most `sellable_cents`. It is divided among the coins in proportion to the
        value of the lots that may be sold. Each coin's part is rounded up to whole lots.
        """
        spare, prices = self._spare(kept), self._vault.lot_cents
        worth = [n * price for n, price in zip(spare, prices, strict=True)]
        if cents <= 0:
            return
        cents = -(-cents // self._tranche_cents) * self._tranche_cents
        total, cents = sum(worth), min(cents, self.sellable_cents(kept))
        for place, each in enumerate(worth):
            if cents > 0 and each > 0:
                wanted = -(-cents * each // total)
                self._swap(time_us, place, -(-wanted // prices[place]))

    def _lacking_cents(self, lots: Lots, cents: int) -> int:
        """Return the cents that the house lacks to buy back missing coins and to pay *cents*."""
        needed = self._vault.worth_cents(self._missing(lots)) + cents
        return max(needed - int(self._cash[self._house]), 0)

    @property
    def _sold_today_cents(self) -> int:
        day, cents = self._sold
        return cents if day == self._vault.day else 0

    def _missing(self, lots: Lots) -> list[int]:
        return [max(n - there, 0) for n, there in zip(lots, self._vault.there, strict=True)]

    def _spare(self, kept: Lots | None) -> list[int]:
        there = self._vault.there
        return [max(n - keep, 0) for n, keep in zip(there, kept or [0] * len(there), strict=True)]

    def _swap(self, time_us: int, place: int, lots: int) -> None:
        """Sell *lots* of one coin to dealers, or buy them back if *lots* is negative."""
        vault, coin = self._vault, self._vault.coins[place]
        cents = lots * vault.lot_cents[place]
        if lots > 0:
            self._sold = (vault.day, self._sold_today_cents + cents)
        vault.there[place] -= lots
        vault.lent[place] += lots
        vault.sold_cents += cents
        self._cash[self._house] += cents
        self._cash[self._dealers] -= cents
        write = in_kind.sell_lent if lots > 0 else in_kind.buy_back
        self._journal.record(write(time_us, self._parties, coin, abs(lots), abs(cents)))
