"""Valuations of all shares of the house. The books record each valuation as a note for reports.

    2021-07-01 custom "appraisal" "2021-06" "by growth" 4.00 USD 112.00 USD 152.00 USD 460.00 USD

The first value after "appraisal" is the month that has just ended, or the name of a funding round.
The next values are the method and the figure that the method multiplies. The last three are the
values of all shares at the low, the middle and the high multiple.
"""

from typing import NamedTuple

from ledger.money import dollars
from ledger.notes import Appraised

# BY_GROWTH multiplies the growth of the house's fees from one year to the next. WITHOUT_MAKER does
# the same, but its fees of the later year are those that the house would have earned without the
# maker's quotes. AS_TRADING_FIRM multiplies the earnings of one year: fees less operating costs,
# plus the result of the maker's quotes.
BY_GROWTH = "by growth"
WITHOUT_MAKER = "by growth without the maker's quotes"
AS_TRADING_FIRM = "as a trading firm"


class Appraisal(NamedTuple):
    """One valuation of all shares of the house, in cents."""

    way: str
    basis_cents: int
    low_cents: int
    middle_cents: int
    high_cents: int

    def noted(self, what: str) -> Appraised:
        """Return this valuation as a note. *what* is a month, or the name of a funding round."""
        way, *figures = self
        return Appraised(what, way, *map(dollars, figures))
