"""Demand of noise traders, and the other makers who may fill it."""

from typing import Annotated, Literal

from pydantic import Field

from des.scenario.quantities import Bps, Latency, Part, PositiveUsd

Elasticity = Annotated[float, Field(ge=0, le=10)]
RESPONSE_MAX = 100.0  # beyond it no constant elasticity is plausible
CalmVolatility = Annotated[float, Field(gt=0, le=100)]


class Others(Part):
    """The quotes of the other makers in one market, all together.

    They show one price on each side of the lead price that they see, and fill any quantity at it.
    After an hour with volatility v above `calm_volatility` their half-spread is multiplied by (v /
    calm) ** spread_elasticity, and their displayed size is divided by (v / calm) **
    depth_elasticity. Simplification: firms never hit their stale quotes.
    """

    half_spread_bps: Bps
    displayed_usd: PositiveUsd | None = None  # on a side; None: the rest of `markets.depth`
    latency_s: Latency  # data and gateway together
    calm_volatility: CalmVolatility  # annualised, jumps included
    spread_elasticity: Elasticity = 1.0
    depth_elasticity: Elasticity = 1.0

    def stress(self, volatility: float) -> float:
        """Return an hour's volatility over the calm one, at least 1."""
        return max(volatility / self.calm_volatility, 1.0)

    def half_spread_times(self, volatility: float) -> float:
        """Return the factor on their half-spread after an hour of that volatility."""
        return self.stress(volatility) ** self.spread_elasticity

    def depth_times(self, volatility: float) -> float:
        """Return the factor on their displayed size after an hour of that volatility."""
        return self.stress(volatility) ** -self.depth_elasticity


class Demand(Part):
    """The source of the volume of customers who trade for their own reasons.

    `stated`: `markets.demand` gives their volume by month if the other makers were alone.
    They trade more in a tighter and a deeper book: see `response`. Volume is then an outcome, and
    the record judges it.

    `recorded`: their volume is the recorded volume of each day less hits and forced orders, hour by
    hour. A day on which these alone exceed the record is a contradiction. The record of a day is
    known from its first hour on, to customers alone; no decision uses the record of a later day.

    Volume, depth and spread move together: Chordia, Roll & Subrahmanyam (2001), Journal of Finance
    56(2), 501-530. Constant elasticities are an assumption, and so are their values.
    """

    closure: Literal["recorded", "stated"]
    spread_elasticity: Elasticity = 0.0
    depth_elasticity: Elasticity = 0.0

    def response(self, half_spread: float, depth: float) -> float:
        """Return customers' volume as a multiple of that with the other makers alone.

        Args:
            half_spread: the best half-spread over the other makers'; above 0.
            depth: the size that all makers show, over that of the others.

        Formula: depth ** depth_elasticity / half_spread ** spread_elasticity, at most RESPONSE_MAX.
        """
        times = half_spread**-self.spread_elasticity * depth**self.depth_elasticity
        return min(times, RESPONSE_MAX)
