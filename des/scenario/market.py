"""The contracts that are traded, and how much of them."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.maker import Quoter
from des.scenario.price import Price
from des.scenario.quantities import (
    Bps,
    ContradictionError,
    MarketName,
    Month,
    Part,
    PositiveUsd,
    Step,
)

PRICE_TICKS_MAX = 10**8  # prices are stored in 32 bits, and must have room to rise


class MonthVolume(Part):
    """The house's recorded volume in one month, each trade counted once."""

    month: Month
    usd: Annotated[float, Field(ge=0, le=1e14)]


class DayVolume(Part):
    """The house's recorded volume on a day that was unlike the rest of its month."""

    day: date
    usd: Annotated[float, Field(ge=0, le=1e13)]


class Market(Part):
    """One perpetual contract, settled in dollars, listed on both venues."""

    name: MarketName
    lot: Step
    tick_usd: Step
    volume: Annotated[tuple[MonthVolume, ...], Field(min_length=1, max_length=1_000)]
    volume_of_days: Annotated[tuple[DayVolume, ...], Field(max_length=2_000)] = ()
    price: Price
    quoter: Quoter
    order_usd_mean: PositiveUsd  # of uninformed customers
    others_half_spread_bps: Bps | None = None  # of other makers; needed where orders are forced
    lead_volume_usd_per_day: PositiveUsd | None = None  # needed where hedges have impact

    @model_validator(mode="after")
    def _grain(self) -> Self:
        cents = Decimal(self.lot) * Decimal(self.tick_usd) * 100
        if cents < 1 or cents != int(cents):
            raise ContradictionError(
                ("lot",),
                f"is {self.lot}; lot x tick_usd ({self.tick_usd}) must be a whole number of "
                "cents, at least one",
            )
        return self

    @model_validator(mode="after")
    def _months(self) -> Self:
        for i, (before, volume) in enumerate(pairwise(self.volume), start=1):
            if not before.month < volume.month:
                raise ContradictionError(
                    ("volume", i, "month"),
                    f"is '{volume.month}'; give a month after the '{before.month}' before it",
                )
        return self

    @model_validator(mode="after")
    def _days(self) -> Self:
        for i, (before, volume) in enumerate(pairwise(self.volume_of_days), start=1):
            if not before.day < volume.day:
                raise ContradictionError(
                    ("volume_of_days", i, "day"),
                    f"is {volume.day}; give a day after the {before.day} before it",
                )
        return self

    @model_validator(mode="after")
    def _sizes(self) -> Self:
        """Refuse a price that ticks cannot express and a quote smaller than one lot."""
        tick_usd, lot = float(self.tick_usd), float(self.lot)
        for i, anchor in enumerate(self.price.anchors):
            if not tick_usd <= anchor.price_usd <= PRICE_TICKS_MAX * tick_usd:
                raise ContradictionError(
                    ("price", "anchors", i, "price_usd"),
                    f"is {anchor.price_usd:_}; give 1 to {PRICE_TICKS_MAX:_} ticks of "
                    f"{self.tick_usd}, or another tick_usd",
                )
        lot_usd = lot * max((anchor.price_usd for anchor in self.price.anchors), default=0.0)
        for key in ("position_limit_usd", "displayed_usd"):
            limit_usd = getattr(self.quoter, key)
            if limit_usd is not None and limit_usd < lot_usd:
                raise ContradictionError(
                    ("quoter", key),
                    f"is {limit_usd:_}; give at least the price of one lot, {lot_usd:_}",
                )
        return self
