"""The captive maker's right to borrow from the house without collateral."""

from collections.abc import Callable

from des.custody.coin_vault import CoinVault
from des.treasury.house_money import HouseMoney
from des.venue.venue import Venue
from ledger import movements
from ledger.journal import Journal


class CreditLine:
    """The credit line, drawn in whole tranches, so that the books have few small entries."""

    def __init__(
        self,
        house: Venue,
        names: tuple[str, str],
        borrower: int,
        limit_cents: Callable[[int], int],
        tranche_cents: int,
        journal: Journal,
        house_money: HouseMoney | None = None,
        coins: CoinVault | None = None,
    ) -> None:
        """Start with an undrawn line.

        Args:
            house: the house venue, which has an account for the borrower.
            names: the names of the borrower and of the house.
            borrower: the borrower's code.
            limit_cents: returns the limit of the line at a given time.
            tranche_cents: a draw is a multiple of this amount, or the whole unused line. A
                repayment is a multiple of this amount, or the whole debt.
            journal: records draws and repayments.
            house_money: states the house's own cash, which limits the credit line. None: the house
                can lend customers' money too.
            coins: customers' coins, of which the house may lend a part. None: no customer has
                claims in coins.
        """
        self._house, self._names, self._borrower = house, names, borrower
        self._limit_cents, self._tranche_cents = limit_cents, tranche_cents
        self._journal, self._house_money, self._coins = journal, house_money, coins
        self.drawn_cents = 0

    @property
    def owed_cents(self) -> int:
        """Return the maker's debt in cents: the drawn dollars and the lent coins.

        Lent coins count at their value minus the proceeds of their sale.
        """
        return self.drawn_cents + (self._coins.line_cents if self._coins else 0)

    def unused_cents(self, time_us: int) -> int:
        """Return the cents that the maker can still draw."""
        unused = max(self._limit_cents(time_us) - self.owed_cents, 0)
        return min(unused, self._house_money.own_cents()) if self._house_money else unused

    def draw(self, time_us: int, needed_cents: int, links: tuple[str, ...] = ()) -> None:
        """Lend *needed_cents*, rounded up to whole tranches, but at most the unused line."""
        tranches = -(-needed_cents // self._tranche_cents)
        cents = min(tranches * self._tranche_cents, self.unused_cents(time_us))
        if cents > 0:
            self._book(cents)
            self._journal.record(movements.draw(time_us, *self._names, cents, links))

    def repay(self, time_us: int, spare_cents: int) -> None:
        """Repay whole tranches from the account, at most *spare_cents* and at most the debt."""
        cents = min(spare_cents // self._tranche_cents * self._tranche_cents, self.owed_cents)
        if cents > 0:
            self._book(-cents)
            self._journal.record(movements.repay(time_us, *self._names, cents))

    def _book(self, cents: int) -> None:
        self.drawn_cents += cents
        self._house.claims[self._borrower] += cents
