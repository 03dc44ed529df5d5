"""The captive maker's right to borrow from the house without collateral."""

from des.treasury.house_money import HouseMoney
from des.venue.venue import Venue
from ledger import movements
from ledger.journal import Journal


class CreditLine:
    """Draws in round tranches, so that the books show decisions rather than noise."""

    def __init__(
        self,
        house: Venue,
        names: tuple[str, str],
        borrower: int,
        limit_cents: int,
        tranche_cents: int,
        journal: Journal,
        house_money: HouseMoney | None = None,
    ) -> None:
        """Begin undrawn.

        Args:
            house: where the account is that is credited.
            names: the borrower's and the house's.
            borrower: its code.
            limit_cents, tranche_cents: in all, and at a time.
            journal: takes down draws and repayments.
            house_money: what the line ends with, whatever its limit; None: with nobody's.
        """
        self._house, self._names, self._borrower = house, names, borrower
        self._limit_cents, self._tranche_cents = limit_cents, tranche_cents
        self._journal, self._house_money = journal, house_money
        self.drawn_cents = 0

    @property
    def unused_cents(self) -> int:
        """What may still be drawn."""
        unused = self._limit_cents - self.drawn_cents
        return min(unused, self._house_money.own_cents()) if self._house_money else unused

    def draw(self, time_us: int, needed_cents: int, links: tuple[str, ...] = ()) -> None:
        """Credit the maker's account with *needed_cents*, rounded up to tranches, if they last."""
        tranches = -(-needed_cents // self._tranche_cents)
        cents = min(tranches * self._tranche_cents, self.unused_cents)
        if cents > 0:
            self._book(cents)
            self._journal.record(movements.draw(time_us, *self._names, cents, links))

    def repay(self, time_us: int, spare_cents: int) -> None:
        """Give back whole tranches out of what the account can spare, or all that is drawn."""
        cents = min(spare_cents // self._tranche_cents * self._tranche_cents, self.drawn_cents)
        if cents > 0:
            self._book(-cents)
            self._journal.record(movements.repay(time_us, *self._names, cents))

    def _book(self, cents: int) -> None:
        self.drawn_cents += cents
        self._house.claims[self._borrower] += cents
