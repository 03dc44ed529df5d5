"""The captive maker's funding waterfall.

The maker's own money comes first: its cash, then its account on the house. Outside lenders come
next, until their limits are reached. The credit line comes last. The credit line lends the house's
own money and, if the scenario allows it, customers' money.
"""

from des.custody.custody import Custody
from des.treasury.credit_line import CreditLine
from des.treasury.lenders import Lenders
from des.venue.venue import Venue
from ledger.parties import Parties


class Purse:
    """Raises cash for the captive maker."""

    def __init__(
        self,
        parties: Parties,
        house: Venue,
        custody: Custody,
        credit: CreditLine,
        lenders: Lenders | None = None,
    ) -> None:
        """Store the sources of money. If *lenders* is None, there are no loans from lenders."""
        self._house_name, self._house, self._custody = parties.house, house, custody
        self._maker = parties.names.index(parties.maker)
        self.credit, self._lenders = credit, lenders

    @property
    def cash_cents(self) -> int:
        """Return the maker's cash in cents."""
        return int(self._custody.cash[self._maker])

    def payable_cents(self, time_us: int) -> int:
        """Return the most cash, in cents, that the maker can have now without selling its coins."""
        account = max(self._account_cents + self.credit.unused_cents(time_us), 0)
        paid_out = min(account, self._custody.till(self._house_name))
        return self.cash_cents + paid_out + self._lendable_cents(time_us)

    def may_quote(self, time_us: int) -> bool:
        """Tell whether the maker has money or credit for a loss on the house."""
        if self._account_cents + self.credit.unused_cents(time_us) > 0:
            return True
        # If the scenario has a group, the maker can pay its cash and new loans into the account.
        return self._lenders is not None and self.cash_cents + self._lendable_cents(time_us) > 0

    def raise_cash(
        self, time_us: int, cents: int, links: tuple[str, ...] = (), why: str = ""
    ) -> None:
        """Raise the maker's cash to *cents*, or as far as possible."""
        lacking = cents - self.cash_cents
        if lacking <= 0:
            return
        till = self._custody.till(self._house_name)
        own = min(max(self._account_cents, 0), till)
        self._borrow(time_us, lacking - own, links)
        lacking = cents - self.cash_cents
        self.credit.draw(time_us, min(lacking, till) - self._account_cents, links)
        self._custody.withdraw(time_us, self._maker, self._house_name, lacking, why, links)

    def raise_all(self, time_us: int, cents: int, links: tuple[str, ...]) -> bool:
        """Raise the maker's cash to *cents* and return True, or raise nothing and return False."""
        if cents > self.payable_cents(time_us):
            return False
        self.raise_cash(time_us, cents, links)
        return True

    def cover_debit(self, time_us: int, links: tuple[str, ...] = ()) -> None:
        """Cover a debit of the maker's account on the house, as far as there is money.

        The maker uses its own cash first, then lenders, then the credit line.
        """
        self._borrow(time_us, -self._account_cents - self.cash_cents, links)
        lacking = -self._account_cents
        self._custody.deposit(time_us, self._maker, self._house_name, lacking, links=links)
        self.credit.draw(time_us, -self._account_cents, links)

    @property
    def _account_cents(self) -> int:
        return int(self._house.claims[self._maker])

    def _lendable_cents(self, time_us: int) -> int:
        return self._lenders.unused_cents(time_us) if self._lenders else 0

    def _borrow(self, time_us: int, cents: int, links: tuple[str, ...]) -> None:
        if self._lenders:
            self._lenders.borrow(time_us, cents, links)
