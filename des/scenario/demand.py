"""Demand of noise traders, and the quotes of the other makers."""

from typing import Annotated, Literal

from pydantic import Field

from des.scenario.quantities import Bps, Latency, Part, PositiveUsd

Elasticity = Annotated[float, Field(ge=0, le=10)]
RESPONSE_MAX = 100.0  # no constant elasticity is plausible above this factor
CalmVolatility = Annotated[float, Field(gt=0, le=100)]


class Others(Part):
    """The quotes of the other makers in one market, all together.

    These makers show one price on each side of the lead price as they see it, and fill any
    quantity at this price. If an hour's volatility v is above `calm_volatility`, then for the next
    hour their half-spread is multiplied by (v / calm) ** spread_elasticity, and their displayed
    size is divided by (v / calm) ** depth_elasticity. Simplification: firms never hit stale quotes
    of these makers.
    """

    half_spread_bps: Bps
    displayed_usd: PositiveUsd | None = None  # per side; None: the rest of `markets.depth`
    latency_s: Latency  # delay of data and gateway together
    calm_volatility: CalmVolatility  # annualised, jumps included
    spread_elasticity: Elasticity = 1.0
    depth_elasticity: Elasticity = 1.0

    def stress(self, volatility: float) -> float:
        """Return the ratio of an hour's volatility to the calm volatility, at least 1."""
        return max(volatility / self.calm_volatility, 1.0)

    def half_spread_times(self, volatility: float) -> float:
        """Return the factor on the other makers' half-spread, given the last hour's volatility."""
        return self.stress(volatility) ** self.spread_elasticity

    def depth_times(self, volatility: float) -> float:
        """Return the factor on other makers' displayed size, given the last hour's volatility."""
        return self.stress(volatility) ** -self.depth_elasticity


class Demand(Part):
    """The source of the volume of noise traders, who trade for their own reasons.

    `stated`: `markets.demand` gives the volume by month that noise traders would have with the
    other makers alone. Noise traders trade more if the book is tighter and deeper: see `response`.
    So volume is an outcome that can be compared with the record.

    `recorded`: noise traders' volume is the recorded volume of each day less hits and forced
    orders, hour by hour. If hits and forced orders alone exceed the recorded volume of a day, that
    is a contradiction. Only customers know the record of a day, from its first hour on. No decision
    uses the record of a later day.

    Volume, depth and spread rise and fall together: Chordia, Roll & Subrahmanyam (2001), Journal of
    Finance 56(2), 501-530. Constant elasticities and their values are assumptions.
    """

    closure: Literal["recorded", "stated"]
    spread_elasticity: Elasticity = 0.0
    depth_elasticity: Elasticity = 0.0

    def response(self, half_spread: float, depth: float) -> float:
        """Return the ratio of customers' volume to the volume with the other makers alone.

        Args:
            half_spread: the best half-spread over the other makers' half-spread; above 0.
            depth: the displayed size of all makers over the displayed size of the other makers.

        Formula: depth ** depth_elasticity / half_spread ** spread_elasticity, at most RESPONSE_MAX.
        """
        times = half_spread**-self.spread_elasticity * depth**self.depth_elasticity
        return min(times, RESPONSE_MAX)
