"""The demand of noise traders, and the quotes of the other makers."""

from typing import Annotated, Literal

from pydantic import Field

from des.scenario.quantities import Bps, Latency, Part, PositiveUsd

Elasticity = Annotated[float, Field(ge=0, le=10)]
RESPONSE_MAX = 100.0  # a larger factor is not plausible
CalmVolatility = Annotated[float, Field(gt=0, le=100)]


class Others(Part):
    """The quotes of all other makers in one market together.

    The other makers see the lead price `latency_s` late. They show one price on each side of the
    lead price that they see, and fill any quantity at this price. Let v be the volatility of an
    hour. If v is above `calm_volatility`, then in the next hour the half-spread is multiplied by
    (v / calm_volatility) ** spread_elasticity, and the displayed size is divided by
    (v / calm_volatility) ** depth_elasticity. As a simplification, firms never hit stale quotes of
    the other makers.
    """

    half_spread_bps: Bps
    # The displayed size on each side. None: the market's depth minus the captive maker's share.
    displayed_usd: PositiveUsd | None = None
    latency_s: Latency  # delay of data and gateway together
    calm_volatility: CalmVolatility  # annualised, with jumps
    spread_elasticity: Elasticity = 1.0
    depth_elasticity: Elasticity = 1.0

    def stress(self, volatility: float) -> float:
        """Return an hour's volatility as a multiple of the calm volatility, at least 1."""
        return max(volatility / self.calm_volatility, 1.0)

    def half_spread_times(self, volatility: float) -> float:
        """Return the factor on the other makers' half-spread after an hour of this volatility."""
        return self.stress(volatility) ** self.spread_elasticity

    def depth_times(self, volatility: float) -> float:
        """Return the factor on the other makers' size after an hour of this volatility."""
        return self.stress(volatility) ** -self.depth_elasticity


class Demand(Part):
    """The volume that noise traders want to trade, and the rule by which it is determined.

    With `stated`, `markets.demand` gives the volume that noise traders would trade in each month if
    only the other makers quoted. Noise traders trade more if the book is tighter and deeper
    (see `response`). So volume is an outcome that can be compared with the record.

    With `recorded`, noise traders' volume is the recorded volume of each day minus hits and forced
    orders, hour by hour. If hits and forced orders alone exceed a day's recorded volume, the model
    contradicts the record. Only noise traders' demand uses the record of a day, from the day's
    first hour on. No decision uses the record of a later day.

    Volume, depth and spread rise and fall together: Chordia, Roll & Subrahmanyam (2001), Journal of
    Finance 56(2), 501-530. That the elasticities are constant is an assumption, and so is their
    size.
    """

    closure: Literal["recorded", "stated"]
    spread_elasticity: Elasticity = 0.0
    depth_elasticity: Elasticity = 0.0

    def response(self, half_spread: float, depth: float) -> float:
        """Return the factor by which the captive maker's quotes raise customers' volume.

        Args:
            half_spread: the best half-spread divided by the other makers' half-spread, above 0.
            depth: the displayed size of all makers divided by the size of the other makers alone.

        Formula: depth ** depth_elasticity / half_spread ** spread_elasticity, at most RESPONSE_MAX.
        """
        times = half_spread**-self.spread_elasticity * depth**self.depth_elasticity
        return min(times, RESPONSE_MAX)
