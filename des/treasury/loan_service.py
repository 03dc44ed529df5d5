"""What the captive maker pays its lenders: what they recall, and interest.

Interest that cannot be paid in full is not paid at all. A recall is paid as far as money goes, and
the rest of it stays owed.
"""

from des.treasury.lenders import Lenders
from des.treasury.purse import Purse
from ledger import financing
from ledger.notes import UnpaidInterest, UnpaidRecall
from ledger.parties import Parties


class LoanService:
    """Pays lenders out of the maker's purse."""

    def __init__(self, parties: Parties, purse: Purse, lenders: Lenders) -> None:
        """Begin with nothing recalled."""
        self._names, self._purse, self._lenders = parties.lenders, purse, lenders
        self._unpaid_recalls: dict[int, int] = {}  # as noted last

    def repay_recalls(self, time_us: int) -> None:
        """Pay back what is recalled; note what is left of it, where that is another than before."""
        unpaid = {}
        for place, cents in self._lenders.recalled(time_us):
            self._purse.raise_cash(time_us, cents, self._links(place))
            paid = min(cents, self._purse.cash_cents)
            self._lenders.repay(time_us, place, paid)
            if paid < cents:
                unpaid[place] = cents - paid
                if unpaid[place] != self._unpaid_recalls.get(place):
                    self._lenders.note_unpaid(time_us, UnpaidRecall, place, unpaid[place])
        self._unpaid_recalls = unpaid

    def pay_interest(self, time_us: int) -> None:
        """Pay what has accrued since it was paid last."""
        for place, cents in self._lenders.interest_due():
            if self._purse.raise_all(time_us, cents, self._links(place)):
                self._lenders.pay_interest(time_us, place, cents)
            else:
                self._lenders.note_unpaid(time_us, UnpaidInterest, place, cents)

    def _links(self, place: int) -> tuple[str, ...]:
        return (financing.loan_link(self._names[place]),)
