"""Positions, and permissions to trade, in one market after a settlement."""

from dataclasses import dataclass
from typing import NamedTuple

from des.quoting.firms_in_market import FirmsInMarket


class DeskOrder(NamedTuple):
    """An order that moves the directional desk's position on the lead venue towards its target."""

    holder: int
    lots: int  # the position minus the target; negative if the desk must buy
    most_lots: int  # the largest number of lots in one order


@dataclass(frozen=True, slots=True)
class Holdings:
    """The positions in one market, and who may trade."""

    maker_lots: int
    maker_lead_lots: int
    may_quote: bool
    firms: FirmsInMarket
    house_is_open: bool = True  # whether the house accepts customers' orders
    backstop_lots: tuple[int, ...] = ()  # the lots of each backstop, summed over both venues
    directional: DeskOrder | None = None
    # The maker displays this share of the decided size. It can change on the first of a month.
    maker_shows: float = 1.0
