"""Customers who trade for their own reasons, and the other makers to whom they may go."""

from typing import Annotated, Literal

from pydantic import Field

from des.scenario.quantities import Bps, Latency, Part, PositiveUsd

Elasticity = Annotated[float, Field(ge=0, le=10)]
RESPONSE_MAX = 100.0  # beyond it no elasticity is constant
CalmVolatility = Annotated[float, Field(gt=0, le=100)]


class Others(Part):
    """What the other makers of one market quote, all of them together.

    They show one price on each side of the lead price that they see, and fill at it whatever comes.
    In an hour after one of volatility v above `calm_volatility` their half-spread is
    (v / calm) ** spread_elasticity times as wide, and what they show is divided by
    (v / calm) ** depth_elasticity. Left out: nobody hits their quotes when they are stale.
    """

    half_spread_bps: Bps
    displayed_usd: PositiveUsd | None = None  # on each side; None: the rest of `markets.depth`
    latency_s: Latency  # data and gateway together
    calm_volatility: CalmVolatility  # annualised, jumps included
    spread_elasticity: Elasticity = 1.0
    depth_elasticity: Elasticity = 1.0

    def stress(self, volatility: float) -> float:
        """Return by how much an hour's volatility exceeds calm, at least 1."""
        return max(volatility / self.calm_volatility, 1.0)

    def half_spread_times(self, volatility: float) -> float:
        """Return how many times as wide their quotes are after an hour of that volatility."""
        return self.stress(volatility) ** self.spread_elasticity

    def depth_times(self, volatility: float) -> float:
        """Return how many times as much they show after an hour of that volatility."""
        return self.stress(volatility) ** -self.depth_elasticity


class Demand(Part):
    """Where the volume of customers who trade for their own reasons comes from.

    `stated`: `markets.demand` says what they would trade by month if the other makers were alone.
    They trade more in a tighter and a deeper book: see `response`. Volume is then an outcome, and
    the record judges it.

    `recorded`: they trade what hits and forced orders leave of the recorded volume of each day,
    hour by hour. A day on which these alone exceed the record is a contradiction. The record of a
    day is known from its first hour on, to customers alone: nobody looks at that of a day to come.

    That volume, depth and spread move together is Chordia, Roll & Subrahmanyam (2001), Journal of
    Finance 56(2), 501-530; that the elasticities are constant is an assumption, and so are they.
    """

    closure: Literal["recorded", "stated"]
    spread_elasticity: Elasticity = 0.0
    depth_elasticity: Elasticity = 0.0

    def response(self, half_spread: float, depth: float) -> float:
        """Return how many times as much customers trade as with the other makers alone.

        Args:
            half_spread: the best one, over the other makers'; above 0.
            depth: what all makers show, over what the others show.

        Formula: depth ** depth_elasticity / half_spread ** spread_elasticity, at most RESPONSE_MAX.
        """
        times = half_spread**-self.spread_elasticity * depth**self.depth_elasticity
        return min(times, RESPONSE_MAX)
