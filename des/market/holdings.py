"""The state after a settlement, for decisions about one market."""

from dataclasses import dataclass
from typing import NamedTuple

from des.quoting.firms_in_market import FirmsInMarket


class DeskOrder(NamedTuple):
    """A desk's position on the lead venue in excess of its target."""

    holder: int
    lots: int  # above zero: too many lots; below zero: too few
    most_lots: int  # the largest size of one order


@dataclass(frozen=True, slots=True)
class Holdings:
    """Positions in one market, and the holders' permissions to trade."""

    maker_lots: int
    maker_lead_lots: int
    may_quote: bool
    firms: FirmsInMarket
    house_is_open: bool = True  # whether the house accepts customers' orders
    backstop_lots: tuple[int, ...] = ()  # the lots of each backstop, on both venues together
    directional: DeskOrder | None = None
    # Share of the month's size that is displayed; changes on the first of a month.
    maker_shows: float = 1.0
