"""The state after a settlement, as decisions about one market see it."""

from dataclasses import dataclass
from typing import NamedTuple

from des.quoting.firms_in_market import FirmsInMarket


class DeskOrder(NamedTuple):
    """A desk's surplus position on the lead venue."""

    holder: int
    lots: int  # above zero: it holds too many; below zero: too few
    most_lots: int  # the largest size of one order


@dataclass(frozen=True, slots=True)
class Holdings:
    """Positions in one market, and whether their holders may trade."""

    maker_lots: int
    maker_lead_lots: int
    may_quote: bool
    firms: FirmsInMarket
    house_is_open: bool = True  # whether the house takes customers' orders
    backstop_lots: tuple[int, ...] = ()  # the lots of each backstop, on both venues together
    directional: DeskOrder | None = None
    maker_shows: float = 1.0  # share of the month's size; it changes on the first of a month
