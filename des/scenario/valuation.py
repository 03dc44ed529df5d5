"""How the house's shares are valued: by the growth of the house's fees, or by its earnings."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.quantities import ContradictionError, Part

Multiple = Annotated[float, Field(ge=0, le=10_000)]
Range = Annotated[tuple[Multiple, ...], Field(min_length=2, max_length=2)]  # low and high multiple


class Valuation(Part):
    """Two ways to value the house: as a growing venue, and as a trading firm.

    The value by growth is growth_multiple * max(F1 - F0, 0). F1 is the house's fees of the last
    twelve months. F0 is its fees of the twelve months before these. Fees before the run's start
    count as zero. So the value by growth is meant for a venue that opens on the run's first day.

    The value by growth without the captive maker's quotes is growth_multiple * max(F - F0, 0). F is
    the fees that the house would have earned in the last twelve months without these quotes:
    customers' fee rate times the uninformed volume with the other makers alone (`Demand.response`).
    F contains no fees of firms, since firms would have found no quotes to hit. F also contains no
    fees of forced orders. F0 still contains the fees that these quotes brought, because we compare
    with a world in which the maker's quotes stopped twelve months ago.

    The value of a trading firm is earnings_multiple * max(E, 0). E is the earnings of the last
    twelve months: the house's fees minus its operating costs, plus the result of the captive
    maker's quotes.

    The multiples in `runs/ftx.toml` are from prices of listed companies. At its listing in July
    2021 Robinhood's price was 28 times the growth of its yearly revenue. At its listing in April
    2021 Coinbase's price was 113 times the growth of its revenue from 2019 to 2020, and 39 times
    the growth over the last twelve months. The price of Flow Traders, a trading firm, was 2.6 times
    its earnings of 2020, and 12.4 times its expected earnings of 2021.

    We simplify: the value by growth does not depend on the level of the fees.
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
                    f"is [{low:g}, {high:g}]; give a range [low, high] that contains "
                    f"{multiple:g}, the value of {key}",
                )
        return self
