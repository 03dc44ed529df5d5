"""What a settlement leaves that decisions about one market look at."""

from dataclasses import dataclass
from typing import NamedTuple

from des.quoting.firms_in_market import FirmsInMarket


class DeskOrder(NamedTuple):
    """What a desk with a position on the lead venue wants to be rid of."""

    holder: int
    lots: int  # it holds too many; below zero: too few
    most_lots: int  # of one order


@dataclass(frozen=True, slots=True)
class Holdings:
    """Positions in one market, and who may trade on them."""

    maker_lots: int
    maker_lead_lots: int
    may_quote: bool
    firms: FirmsInMarket
    house_is_open: bool = True  # to customers' orders
    backstop_lots: tuple[int, ...] = ()  # of each backstop, on both venues together
    directional: DeskOrder | None = None
    maker_shows: float = 1.0  # of the month's size; it changes on the first of a month only
