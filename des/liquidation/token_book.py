"""The order book of a thin token: its capacity in an interval, and the cost of a sale.

Each basis point away from the price has the same size in dollars. A sale uses the size within some
basis points, and the book refills over time. So an interval has a capacity of depth x basis points
x refills. On average a sale has half of the price discount of its last lot.
"""

from dataclasses import dataclass

from des.liquidation.token_collateral import E6
from des.scenario import TokenBook
from ledger.money import to_cents

BPS = 10_000


@dataclass(frozen=True, slots=True)
class BookDepth:
    """An order book of linear depth, in whole cents."""

    cents_per_bp: int
    through_e6: int  # depth that a sale uses, in millionths of a basis point
    refill_s: int

    @classmethod
    def of(cls, book: TokenBook) -> "BookDepth":
        """Convert a scenario's book."""
        return cls(to_cents(book.usd_per_bp), round(book.through_bps * E6), book.refill_s)

    def room_cents(self, elapsed_s: int) -> int:
        """Return the largest sale that the book can fill in an interval, valued at the mark."""
        return self.cents_per_bp * self.through_e6 * elapsed_s // (E6 * self.refill_s)

    def brings_cents(self, value_cents: int, elapsed_s: int) -> int:
        """Return the proceeds of tokens with the value *value_cents*, sold over an interval."""
        if not value_cents:
            return 0
        half_way = 2 * BPS * self.cents_per_bp * elapsed_s
        return value_cents + -value_cents * value_cents * self.refill_s // half_way
