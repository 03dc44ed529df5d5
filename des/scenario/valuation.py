"""The value of the house's shares, by growth of its fees or by its earnings."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.quantities import ContradictionError, Part

Multiple = Annotated[float, Field(ge=0, le=10_000)]
Range = Annotated[tuple[Multiple, ...], Field(min_length=2, max_length=2)]  # low and high multiple


class Valuation(Part):
    """Two ways to value the house: as a growing venue, and as a trading firm.

    By growth, the value is growth_multiple * max(F1 - F0, 0), where F1 is the house's fees of the
    last twelve months, and F0 is its fees of the twelve months before these. Fees are volume times
    the venue's rates, so the value by growth is a multiple of volume growth. Fees before the run's
    start count as zero. So the value is right for a venue that opens on the first day, and too high
    for an older venue.

    Without the captive maker's liquidity, the value is growth_multiple * max(F - F0, 0). F is the
    fees that the house would have earned in the last twelve months without the maker's quotes:
    customers' fee rate times the uninformed volume with the other makers alone (`Demand.response`).
    F contains no fees of firms, since firms would have found no quotes to hit. F also contains no
    fees of forced orders. F0 stays the same, since the question is the cost of stopping the quotes.

    As a trading firm, the value is earnings_multiple * max(E, 0). E is the fees of the last twelve
    months minus operating costs, plus the result of the captive maker's quotes.

    The price of a listed venue is 28 to 113 times the growth of a year's revenue: 28 for Robinhood
    at its listing in July 2021, 113 for Coinbase at its listing in April 2021. The multiple 113
    compares calendar years. If the last twelve months are compared, Coinbase's multiple is 39. The
    price of a listed trading firm is 2.6 to 12.4 times a year's earnings (Flow Traders, 2020 and
    2021). To count only growth is our simplification.
    """

    growth_multiple: Multiple
    growth_multiple_range: Range
    earnings_multiple: Multiple
    earnings_multiple_range: Range

    @property
    def growth_multiples(self) -> tuple[float, float, float]:
        """Return the low, the middle and the high multiple of growth."""
        low, high = self.growth_multiple_range
        return low, self.growth_multiple, high

    @property
    def earnings_multiples(self) -> tuple[float, float, float]:
        """Return the low, the middle and the high multiple of earnings."""
        low, high = self.earnings_multiple_range
        return low, self.earnings_multiple, high

    @model_validator(mode="after")
    def _ranges(self) -> Self:
        for key in ("growth_multiple", "earnings_multiple"):
            multiple, (low, high) = getattr(self, key), getattr(self, f"{key}_range")
            if not low <= multiple <= high:
                raise ContradictionError(
                    (f"{key}_range",),
                    f"is [{low:g}, {high:g}]; give [low, high] around {key}, {multiple:g}",
                )
        return self
