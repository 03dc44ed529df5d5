"""The captive maker's loans: the maker buys coins with loans, pays interest and repays recalls.

Interest that cannot be paid in full is not paid at all. A recall is paid as far as there is money,
and the unpaid part remains due. If the maker has coins and too little cash for a recall, it first
sells coins for a stated share of the lacking cash. Then the purse raises cash. Then the maker sells
more coins if cash is still lacking. A part of the recall remains unpaid only if the purse is empty
and no more coins can be sold: the maker has none, the dealers lack cash, or the coins are worth
nothing after the haircut.
"""

import numpy as np

from des.treasury.coin_book import UNIT, CoinBook
from des.treasury.lenders import Lenders
from des.treasury.purse import Purse
from ledger import financing
from ledger.notes import UnpaidInterest, UnpaidRecall
from ledger.parties import Parties


class LoanService:
    """Buys coins with loans, and pays lenders from sales of coins and from the maker's purse."""

    def __init__(
        self, parties: Parties, purse: Purse, lenders: Lenders, book: CoinBook | None
    ) -> None:
        """Start without recalls. If *book* is None, the maker never holds coins."""
        self._names, self._purse, self.lenders = parties.lenders, purse, lenders
        self.book = book
        self._unpaid_recalls: dict[int, int] = {}  # unpaid cents of the last day, by lender

    def hold_coins(self, time_us: int, marks: np.ndarray) -> None:
        """Draw the loans of lenders that have `drawn_in_full`, and buy coins with the money.

        The scenario states the share of each loan that is spent on each coin.
        """
        if self.book:
            for place, cents in self.lenders.draw_in_full(time_us):
                self.book.buy(time_us, cents, marks, self._links(place))

    def repay_recalls(self, time_us: int, marks: np.ndarray) -> None:
        """Repay recalls, and note the unpaid part if it has changed."""
        unpaid = {}
        for place, cents in self.lenders.recalled(time_us):
            links = self._links(place)
            if self.book:
                lacking = cents - self._purse.cash_cents
                sold = lacking * self.book.recall_sold_e9 // UNIT
                self.book.sell(time_us, sold, marks, links)
            self._purse.raise_cash(time_us, cents, links)
            if self.book:
                self.book.sell(time_us, cents - self._purse.cash_cents, marks, links)
            paid = min(cents, self._purse.cash_cents)
            self.lenders.repay(time_us, place, paid)
            if paid < cents:
                unpaid[place] = cents - paid
                if unpaid[place] != self._unpaid_recalls.get(place):
                    self.lenders.note_unpaid(time_us, UnpaidRecall, place, unpaid[place])
        self._unpaid_recalls = unpaid

    def pay_interest(self, time_us: int) -> None:
        """Pay each lender its accrued interest in full, or note that the interest is unpaid."""
        for place, cents in self.lenders.interest_due():
            if self._purse.raise_all(time_us, cents, self._links(place)):
                self.lenders.pay_interest(time_us, place, cents)
            else:
                self.lenders.note_unpaid(time_us, UnpaidInterest, place, cents)

    def _links(self, place: int) -> tuple[str, ...]:
        return (financing.loan_link(self._names[place]),)
