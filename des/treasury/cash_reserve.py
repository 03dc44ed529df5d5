"""The group's cash reserve, which the maker fills by selling coins.

The group's cash is the maker's cash, plus the house's cash, plus the dollars for which the house
can sell customers' coins. The reserve is all withdrawals that wait, plus a share of customers'
other claims. On the first day of each month the maker buys coins with the group's cash above the
reserve. So customers' money that is neither reserved nor spent is invested in coins.
"""

from collections.abc import Callable, Sequence

import numpy as np

from des.custody.custody import Custody
from des.scenario import Scenario
from des.scenario.dated import in_force
from des.scenario.portfolio import CashShare
from des.treasury.coin_book import UNIT, CoinBook
from des.treasury.purse import Purse
from ledger.parties import Parties
from ledger.times import day_of

LINKS = ("cash-reserve",)


def cash_reserve(
    scenario: Scenario,
    parties: Parties,
    custody: Custody,
    purse: Purse,
    book: CoinBook | None,
    waiting_cents: Callable[[], int],
) -> "CashReserve | None":
    """Create the reserve, or return None if the scenario states no `cash_shares`."""
    portfolio = scenario.group.portfolio if scenario.group else None
    if portfolio is None or not portfolio.cash_shares or book is None:
        return None
    return CashReserve(portfolio.cash_shares, parties, custody, purse, book, waiting_cents)


class CashReserve:
    """Keeps cash for all withdrawals that wait, and for a share of customers' other claims.

    Before the date of the first share the reserve has no effect.
    """

    def __init__(
        self,
        shares: Sequence[CashShare],
        parties: Parties,
        custody: Custody,
        purse: Purse,
        book: CoinBook,
        waiting_cents: Callable[[], int],
    ) -> None:
        """Initialise the reserve.

        Args:
            shares: the shares of claims that are kept in cash, each with its first day.
            parties: all parties that keep books, by role.
            custody: states customers' claims, and moves cash.
            purse: raises the maker's money.
            book: buys and sells coins.
            waiting_cents: returns the sum of all withdrawals that wait.
        """
        self._shares, self._house, self._custody = shares, parties.house, custody
        self._purse, self._book, self._waiting_cents = purse, book, waiting_cents
        self._maker = parties.names.index(parties.maker)

    def sell_coins(self, time_us: int, due_cents: int, marks: np.ndarray) -> None:
        """Sell coins if the group's cash is less than the reserve plus *due_cents*.

        The maker pays the proceeds into its account on the house. From this account it repays its
        debt on the credit line.

        Args:
            time_us: the time of the sale.
            due_cents: the maker's payments of the day.
            marks: lead prices by market, in ticks.
        """
        share = in_force(self._shares, day_of(time_us))
        lacking = due_cents - self._spare_cents(share) if share else 0
        if lacking <= 0:
            return
        before = self._purse.cash_cents
        self._book.sell(time_us, lacking, marks, LINKS)
        received = self._purse.cash_cents - before
        self._custody.deposit(time_us, self._maker, self._house, received, links=LINKS)
        self._purse.credit.repay(time_us, self._custody.claim_cents(self._maker, self._house))

    def buy_coins(self, time_us: int, marks: np.ndarray) -> None:
        """On the first day of each month, buy coins with the group's cash above the reserve."""
        share = in_force(self._shares, day_of(time_us))
        cents = self._spare_cents(share) if share and day_of(time_us).day == 1 else 0
        if cents > 0:
            self._purse.raise_cash(time_us, cents, LINKS)
            self._book.spend(time_us, min(cents, self._purse.cash_cents), marks, LINKS)

    def _spare_cents(self, kept: CashShare) -> int:
        """Return the group's cash minus the reserve. The result can be negative."""
        cash, waiting = self._purse.cash_cents, self._waiting_cents()
        cash += self._custody.till(self._house)
        calm = self._custody.customers_cents() - waiting
        return cash - waiting - calm * round(kept.share * UNIT) // UNIT
