"""What all shares of the house would fetch: how the books note it, for reports to read.

    2021-07-01 custom "appraisal" "2021-06" "by growth" 4.00 USD 112.00 USD 152.00 USD 460.00 USD

is of the month that has just been closed, or at a round: of its name. Then come the way of looking
at it, what is multiplied, and the value at the low, the middle and the high multiple.
"""

from typing import NamedTuple

from ledger.money import dollars
from ledger.notes import Appraised

# What is multiplied: a year's fees less those of the year before; what would be left of the year's
# without the maker's quotes, less those of the year before; a year's earnings.
BY_GROWTH = "by growth"
WITHOUT_MAKER = "by growth without the maker's quotes"
AS_TRADING_FIRM = "as a trading firm"


class Appraisal(NamedTuple):
    """One way of looking at the house, in cents."""

    way: str
    basis_cents: int
    low_cents: int
    middle_cents: int
    high_cents: int

    def noted(self, what: str) -> Appraised:
        """Return what the books note, of a month or of a round."""
        way, *figures = self
        return Appraised(what, way, *map(dollars, figures))
