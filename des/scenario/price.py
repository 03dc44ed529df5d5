"""How a scenario states the path of a market's lead price."""

from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.dated import Dated, check_order
from des.scenario.quantities import (
    ContradictionError,
    FilePath,
    Fraction,
    Part,
    Remark,
    Volatility,
    check_full_hour,
    moment_us,
)


class Anchor(Part):
    """A known lead price at a full hour."""

    at: date | datetime  # a date means the start of this day; a time without a zone is in UTC
    price_usd: Annotated[float, Field(gt=0, le=1e9)]

    @model_validator(mode="after")
    def _hour(self) -> Self:
        # The path between two anchors is drawn at once, so the time between them must be limited.
        check_full_hour("at", self.at)
        return self

    @property
    def time_us(self) -> int:
        """Return the time of the anchor, in microseconds since 1970."""
        return moment_us(self.at)


class VolatilityLevel(Dated):
    """The volatility from a day on, annualised with 365 days."""

    annual: Volatility


class Price(Part):
    """The lead price of one market: its known prices, its volatility, its jumps and its ticks."""

    anchors: tuple[Anchor, ...] = ()
    volatility: tuple[VolatilityLevel, ...] = ()
    candles: FilePath | None = None  # a user's file of candles, in place of anchors and volatility
    candles_read: Remark | None = None  # remarks that the program adds when it reads the file
    ticks_per_s: Annotated[float, Field(gt=0, le=1_000)] = 1.0
    volatility_log_sd: Annotated[float, Field(ge=0, le=2)] = 0.0
    volatility_half_life_h: Annotated[float, Field(gt=0, le=10_000)] = 24.0
    jumps_per_day: Annotated[float, Field(ge=0, le=1_000)] = 0.0
    jump_share: Fraction = 0.0  # the share of the variance that comes from jumps

    @model_validator(mode="after")
    def _path(self) -> Self:
        if self.candles is None and not (self.anchors and self.volatility):
            missing = "volatility" if self.anchors else "anchors"
            raise ContradictionError(
                (missing,), "is missing; give anchors and volatility, or candles"
            )
        if self.candles is not None and (self.anchors or self.volatility):
            raise ContradictionError(
                ("candles",),
                "is given with anchors or volatility; give candles alone, or leave candles out",
            )
        if (self.jump_share > 0) != (self.jumps_per_day > 0):
            zero = "jump_share" if self.jump_share == 0 else "jumps_per_day"
            raise ContradictionError((zero,), "is 0; give jump_share and jumps_per_day together")
        if self.jump_share == 1:
            raise ContradictionError(
                ("jump_share",),
                "is 1; give less, since jumps cannot be the only source of the variance",
            )
        return self

    @model_validator(mode="after")
    def _order(self) -> Self:
        for i, (before, anchor) in enumerate(pairwise(self.anchors), start=1):
            if not before.time_us < anchor.time_us:
                raise ContradictionError(
                    ("anchors", i, "at"),
                    f"is {anchor.at}; give a time after {before.at}, the previous entry",
                )
        check_order("volatility", self.volatility)
        return self
