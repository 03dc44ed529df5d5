"""The order book of a thinly traded token: the largest sale in an interval, and the discount.

The book has the same size in dollars at each basis point below the price. A sale uses the book only
within a stated distance from the price, and the book refills over time. So the largest sale in an
interval, in dollars at the mark, is usd_per_bp * through_bps * elapsed_s / refill_s. Here elapsed_s
is the length of the interval, and `TokenBook` defines the other names. The average discount of a
sale is half of the discount of its last lot.
"""

from dataclasses import dataclass

from des.liquidation.token_collateral import E6
from des.scenario import TokenBook
from ledger.money import to_cents

BPS = 10_000


@dataclass(frozen=True, slots=True)
class BookDepth:
    """An order book with the same size at each basis point of distance from the price."""

    cents_per_bp: int
    through_e6: int  # distance within which a sale uses the book, in millionths of a basis point
    refill_s: int

    @classmethod
    def of(cls, book: TokenBook) -> "BookDepth":
        """Convert the scenario's book to cents, millionths of a basis point, and seconds."""
        return cls(to_cents(book.usd_per_bp), round(book.through_bps * E6), book.refill_s)

    def room_cents(self, elapsed_s: int) -> int:
        """Return the largest sale that the book can fill in an interval, in cents at the mark."""
        return self.cents_per_bp * self.through_e6 * elapsed_s // (E6 * self.refill_s)

    def brings_cents(self, value_cents: int, elapsed_s: int) -> int:
        """Return the proceeds of a sale in an interval, in cents.

        *value_cents* is the value of the sold tokens at the mark.
        """
        if not value_cents:
            return 0
        half_way = 2 * BPS * self.cents_per_bp * elapsed_s
        return value_cents + -value_cents * value_cents * self.refill_s // half_way
