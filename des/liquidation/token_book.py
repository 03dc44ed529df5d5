"""The book of a thin token: its capacity in an interval, and the cost of a sale.

Each basis point from the price shows the same number of dollars. A sale goes through some basis
points, and the book fills up again. So an interval has room for depth x basis points x refills. On
average a sale pays half of the way to the last price that it meets.
"""

from dataclasses import dataclass

from des.liquidation.token_collateral import E6
from des.scenario import TokenBook
from ledger.money import to_cents

BPS = 10_000


@dataclass(frozen=True, slots=True)
class BookDepth:
    """A linear book, in whole cents."""

    cents_per_bp: int
    through_e6: int  # millionths of a basis point that a sale goes through
    refill_s: int

    @classmethod
    def of(cls, book: TokenBook) -> "BookDepth":
        """Read a scenario."""
        return cls(to_cents(book.usd_per_bp), round(book.through_bps * E6), book.refill_s)

    def room_cents(self, elapsed_s: int) -> int:
        """Return the largest amount that the book takes in an interval, valued at the mark."""
        return self.cents_per_bp * self.through_e6 * elapsed_s // (E6 * self.refill_s)

    def brings_cents(self, value_cents: int, elapsed_s: int) -> int:
        """Return the proceeds of tokens with this value, sold over an interval."""
        if not value_cents:
            return 0
        half_way = 2 * BPS * self.cents_per_bp * elapsed_s
        return value_cents + -value_cents * value_cents * self.refill_s // half_way
