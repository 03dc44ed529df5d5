"""Everybody who trades on the house venue without being a firm or the captive maker."""

from typing import Annotated

from pydantic import Field

from des.scenario.values import Entity, Part, PositiveUsd, Usd


class Retail(Part):
    """Customers who trade for their own reasons, under one control account."""

    name: Entity
    holders: Annotated[int, Field(ge=1, le=10_000_000)]
    opening_claim_usd: Usd
    opening_cash_usd: Usd
    deposits_per_day: Annotated[float, Field(ge=0, le=10_000)]
    deposit_usd_mean: PositiveUsd
    withdrawals_per_day: Annotated[float, Field(ge=0, le=10_000)]
    withdrawal_usd_mean: PositiveUsd


class OtherMakers(Part):
    """Makers and takers who trade the rest of the house's volume among themselves."""

    name: Entity
    opening_claim_usd: Usd
    fee_bps: Annotated[float, Field(ge=0, le=100)]  # of volume, both sides together
