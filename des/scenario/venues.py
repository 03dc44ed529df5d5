"""The two venues: the house and the lead venue.

We keep the books of the house. The price is discovered on the lead venue.
"""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.quantities import (
    Bps,
    ContradictionError,
    Entity,
    Fraction,
    LogSd,
    Milliseconds,
    Part,
    PositiveUsd,
    Usd,
)


class FeeTier(Part):
    """The taker fee for a trader with a volume of at least *volume_usd* in the last thirty days."""

    volume_usd: Usd
    taker_bps: Annotated[float, Field(ge=0, le=100)]


class Gateway(Part):
    """The delay of an order from its sender to the venue's matching engine."""

    gateway_ms_median: Milliseconds
    gateway_log_sd: LogSd = 0.0


class House(Gateway):
    """The exchange whose books the simulation keeps."""

    name: Entity
    opening_cash_usd: Usd
    gateway_ms_median_busy: Milliseconds
    # An hour is busy if its volatility is at least this number times the stated volatility.
    busy_above: Annotated[float, Field(gt=0, le=100)] = 2.0
    funding_bps_per_day: Annotated[float, Field(ge=-100, le=100)] = 0.0  # above 0: longs pay shorts
    fee_tiers: Annotated[tuple[FeeTier, ...], Field(min_length=1, max_length=20)]
    # The lowest taker fee after a discount. A tier with a lower fee keeps its fee.
    taker_floor_bps: Annotated[float, Field(ge=0, le=100)] = 0.0
    volume_share_pct_recorded: tuple[Annotated[float, Field(ge=0, le=100)], ...] = ()

    @model_validator(mode="after")
    def _ladders(self) -> Self:
        if self.fee_tiers[0].volume_usd != 0:
            raise ContradictionError(
                ("fee_tiers", 0, "volume_usd"),
                f"is {self.fee_tiers[0].volume_usd:_}; give 0, the lowest volume",
            )
        for i, (below, tier) in enumerate(pairwise(self.fee_tiers), start=1):
            if not below.volume_usd < tier.volume_usd:
                raise ContradictionError(
                    ("fee_tiers", i, "volume_usd"),
                    f"is {tier.volume_usd:_}; give more than {below.volume_usd:_}, the volume of "
                    "the previous tier",
                )
        recorded = self.volume_share_pct_recorded
        if recorded and (len(recorded) != 2 or recorded[0] > recorded[1]):
            raise ContradictionError(
                ("volume_share_pct_recorded",),
                "is not a range; give [low, high], or leave the key out",
            )
        return self


class LeadQuoting(Part):
    """The maker's and the firms' quotes on the lead venue.

    A stale quote is hit by firms that are faster than the party that quotes.
    """

    refresh_s: Annotated[float, Field(ge=0.01, le=3_600)]
    half_spread_bps: Bps
    uninformed_fraction: Fraction  # the noise traders' share of the lead venue's volume
    # The displayed size of all other makers on the lead venue together (without the captive maker
    # and the firms), in dollars per market and side.
    outside_quotes_usd: PositiveUsd


class Lead(Part):
    """The venue where the price is discovered, and where the maker and the firms hedge."""

    name: Entity
    gateway_ms: Milliseconds  # from the sender of an order to the matching engine
    half_spread_bps: Bps
    taker_fee_bps: Annotated[float, Field(ge=0, le=100)]
    impact_kappa: Annotated[float, Field(ge=0, le=10)] = 0.0
    impact_tau_s: Annotated[float, Field(gt=0, le=86_400)] = 600.0
    # Margin as a share of a hedge's value. A hedger with less margin than the minimum adds money
    # until its margin reaches the target.
    margin_ratio_min: Annotated[float, Field(gt=0, le=1)]
    margin_ratio_target: Annotated[float, Field(gt=0, le=1)]
    # The opening balance of all other traders on this venue together. Other traders are those that
    # are not hedgers. They hold the other side of hedges.
    outside_claim_usd: PositiveUsd
    quoting: LeadQuoting | None = None  # None: the maker and the firms only hedge on this venue

    @model_validator(mode="after")
    def _margin(self) -> Self:
        if self.margin_ratio_target < self.margin_ratio_min:
            raise ContradictionError(
                ("margin_ratio_target",),
                f"is {self.margin_ratio_target:_}; give at least margin_ratio_min, "
                f"{self.margin_ratio_min:_}",
            )
        return self
