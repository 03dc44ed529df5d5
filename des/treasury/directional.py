"""The directional book: long positions on the lead venue, held to gain from a rise of the price.

Each position is bought for a stated sum on its first day and sold on its last day. To limit the
impact on the price, an order has a maximum size. Suppose that the interval between two settlements
is an n-th of a day. Then an order is at most an n-th of the lots of the book's positions in the
market, rounded up. A position counts from its first day on, even after its last day. The book and
the maker's hedges share the maker's margin on the lead venue. If the maker cannot meet a margin
call, all positions are sold, and the book stays closed until the end of the run.
"""

from collections.abc import Sequence

from des.clock import DAY_US, SECOND_US, midnight_us
from des.given import given
from des.market.holdings import DeskOrder
from des.scenario import Long, Scenario
from ledger.kinds import Kind
from ledger.money import to_cents
from ledger.parties import Parties

DAY_S = DAY_US // SECOND_US


def directional_book(scenario: Scenario, parties: Parties) -> "DirectionalBook | None":
    """Create the directional book, or return None if the scenario has no long positions."""
    if parties.directional is None:
        return None
    desk = f"{parties.directional}:{Kind.DIRECTIONAL}"
    return DirectionalBook(given(scenario.group).longs, parties.holders.index(desk))


class DirectionalBook:
    """The desk's target positions, and its orders."""

    def __init__(self, longs: Sequence[Long], holder: int) -> None:
        """Start without targets. *holder* is the desk's index among the holders of positions."""
        self.holder = holder
        self._longs = [
            (each, midnight_us(each.since), midnight_us(each.until) if each.until else None)
            for each in longs
        ]
        self._lots: dict[int, int] = {}  # lots of each long position, by its index
        self._closed = False

    @property
    def is_open(self) -> bool:
        """Tell whether the book is still open. A failed margin call closes the book."""
        return not self._closed

    def close_out(self) -> None:
        """Set all targets to zero for the rest of the run."""
        self._closed = True

    def order(
        self, market: str, now_us: int, lot_cents: int, held_lots: int, elapsed_s: int
    ) -> DeskOrder:
        """Return the desk's order at a settlement.

        Args:
            market: the market of the order.
            now_us: the time of the settlement.
            lot_cents: the value of a lot.
            held_lots: the desk's present position in lots.
            elapsed_s: seconds until the next settlement.
        """
        wanted = traded = 0
        for i, (long, since_us, until_us) in enumerate(self._longs):
            if long.market != market or now_us < since_us:
                continue
            over = until_us is not None and now_us >= until_us
            if i not in self._lots:
                # Nothing is bought if the position ended before the run, or if the book is closed.
                idle = over or self._closed
                self._lots[i] = 0 if idle else to_cents(long.usd) // lot_cents
            traded += self._lots[i]
            wanted += 0 if over or self._closed else self._lots[i]
        return DeskOrder(self.holder, held_lots - wanted, max(-(-traded * elapsed_s // DAY_S), 1))
