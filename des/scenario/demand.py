"""The demand of noise traders, and the quotes of the other makers."""

from typing import Annotated, Literal

from pydantic import Field

from des.scenario.quantities import Bps, Latency, Part, PositiveUsd

Elasticity = Annotated[float, Field(ge=0, le=10)]
RESPONSE_MAX = 100.0  # a larger factor is not plausible
CalmVolatility = Annotated[float, Field(gt=0, le=100)]


class Others(Part):
    """The quotes of all other makers in one market together.

    The other makers see the lead price `latency_s` seconds late. They show one bid and one ask, at
    the same distance from the lead price that they see. At these two prices they fill any quantity.
    Let r be an hour's volatility divided by `calm_volatility`. If r is above 1, then in the next
    hour the half-spread is multiplied by r ** spread_elasticity, and the displayed size is divided
    by r ** depth_elasticity. As a simplification, firms never hit stale quotes of the other makers.
    """

    half_spread_bps: Bps
    # Displayed on each side in a calm hour. None: the market's depth less the captive maker's part.
    displayed_usd: PositiveUsd | None = None
    latency_s: Latency  # delay of data and gateway together
    calm_volatility: CalmVolatility  # the highest volatility of a calm hour, annualised, with jumps
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

    If `closure` is `stated`, `markets.demand` gives a volume for each month. Noise traders would
    trade this volume if the captive maker did not quote. They trade more if the spread is smaller
    or the book is deeper (see `response`). So volume is an outcome that can be compared with the
    record.

    If `closure` is `recorded`, noise traders want to trade the recorded volume of a day, minus hits
    and forced orders. This demand is computed hour by hour. If hits and forced orders alone exceed
    a day's recorded volume, the model contradicts the record. The captive maker's decisions use
    the volume traded so far, and never the recorded volume.

    Source for the link between volume, depth and spread: Chordia, Roll & Subrahmanyam (2001),
    Journal of Finance 56(2), 501-530. We assume that the elasticities are constant, and we assume
    their values.
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
