"""Valuations of all shares of the house, which the books note for reports.

    2021-07-01 custom "appraisal" "2021-06" "by growth" 4.00 USD 112.00 USD 152.00 USD 460.00 USD

The first value is the month just closed, or the name of a funding round. Then come the method, the
figure that the method multiplies, and the value at the low, middle and high multiple.
"""

from typing import NamedTuple

from ledger.money import dollars
from ledger.notes import Appraised

# The first method multiplies the growth of yearly fees. The second method does the same with the
# fees that last year would have brought without the maker's quotes. The third method multiplies a
# year's earnings.
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
        """Return this valuation as a note, named by a month or a round."""
        way, *figures = self
        return Appraised(what, way, *map(dollars, figures))
