"""The contracts that the house lists, and the volume that is traded in each contract."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.dated import Dated, check_days, check_months, in_force
from des.scenario.demand import Others
from des.scenario.maker import Quoter
from des.scenario.price import Price
from des.scenario.quantities import (
    ContradictionError,
    MarketName,
    Month,
    Part,
    PositiveUsd,
    Step,
    Usd,
    check_commodity,
)

# The highest stated price, in ticks. It is far below 2^31, so that the price can rise much higher.
PRICE_TICKS_MAX = 10**8


class MonthVolume(Part):
    """The volume or the demand in one market of the house in a month. Each trade counts once."""

    month: Month
    usd: Annotated[float, Field(ge=0, le=1e14)]


class DayVolume(Part):
    """The recorded volume of one market on one day. It replaces the month's daily mean."""

    day: date
    usd: Annotated[float, Field(ge=0, le=1e13)]


class WantedVolume(Part):
    """The demand of uninformed customers in each played hour of a day, as computed in a base run.

    A counterfactual repeats this demand. So the counterfactual's own hits and forced orders do not
    change the demand.
    """

    day: date
    usd_of_hours: Annotated[tuple[Usd, ...], Field(max_length=24)]  # one for each played hour


class Depth(Dated):
    """The depth of all makers together, from the first of a month on."""

    usd_per_bp: Usd  # dollars on each side at each basis point from the mid


class Market(Part):
    """One perpetual contract that is settled in dollars and listed on both venues.

    The contract may represent n similar markets. The scenario states the figures of one market,
    and the run plays one market. Each event happens in each of the n markets, so volume, results
    and payments count n times.
    """

    name: MarketName
    stands_for: Annotated[int, Field(ge=1, le=1_000)] = (
        1  # the number of similar markets that this one represents
    )
    lot: Step
    tick_usd: Step
    volume: Annotated[tuple[MonthVolume, ...], Field(max_length=1_000)] = ()  # recorded volume
    volume_of_days: Annotated[tuple[DayVolume, ...], Field(max_length=2_000)] = ()
    price: Price
    quoter: Quoter
    depth: Annotated[tuple[Depth, ...], Field(max_length=1_000)] = ()
    others: Others
    order_usd_mean: PositiveUsd  # the mean dollars of an uninformed customer's order
    demand: Annotated[tuple[MonthVolume, ...], Field(max_length=1_000)] = ()  # demand by month
    wanted_of_days: Annotated[tuple[WantedVolume, ...], Field(max_length=20_000)] = ()
    # Needed if `lead.impact_kappa` is above 0, or if `lead.quoting` is given.
    lead_volume_usd_per_day: PositiveUsd | None = None

    def depth_in_reach_usd(self, day: date) -> float:
        """Return the dollars that all makers show on one side up to the captive maker's last level.

        `maker.spread_times` has no effect on the result. Without a stated depth the result is 0.
        """
        depth = in_force(self.depth, day)
        return depth.usd_per_bp * self.quoter.reach_bps if depth else 0.0

    def others_shown_usd(self, day: date, captive_share: float) -> float:
        """Return the dollars that the other makers show per side in a calm hour.

        Args:
            day: the day of the depth.
            captive_share: the captive maker's share of the depth.
        """
        if self.others.displayed_usd is not None:
            return self.others.displayed_usd
        return self.depth_in_reach_usd(day) * (1 - captive_share)

    @model_validator(mode="after")
    def _is_shown(self) -> Self:
        if self.others.displayed_usd is None and not self.depth:
            raise ContradictionError(
                ("others", "displayed_usd"), "is missing; give it, or the depth of all makers"
            )
        return self

    @model_validator(mode="after")
    def _named(self) -> Self:
        check_commodity(self.name, "market")
        return self

    @model_validator(mode="after")
    def _traded(self) -> Self:
        """Refuse a month with a volume or demand above zero but less than one order."""
        for key in ("volume", "demand"):
            for i, month in enumerate(getattr(self, key)):
                if 0 < month.usd < self.order_usd_mean:
                    raise ContradictionError(
                        (key, i, "usd"),
                        f"is {month.usd:_} in a month, less than one order (order_usd_mean "
                        f"{self.order_usd_mean:_}); give 0, or at least one order",
                    )
        return self

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
        for key in ("volume", "demand"):
            for i, (before, volume) in enumerate(pairwise(getattr(self, key)), start=1):
                if not before.month < volume.month:
                    raise ContradictionError(
                        (key, i, "month"),
                        f"is '{volume.month}'; give a month after '{before.month}', the previous "
                        "entry",
                    )
        return self

    @model_validator(mode="after")
    def _days(self) -> Self:
        check_days("volume_of_days", "day", [volume.day for volume in self.volume_of_days])
        return self

    @model_validator(mode="after")
    def _shown(self) -> Self:
        """Refuse a depth that changes within a month, and a size stated twice or not at all."""
        check_months("depth", self.depth)
        if self.quoter.displayed_usd is None and not self.depth:
            raise ContradictionError(
                ("quoter", "displayed_usd"), "is missing; give it, or the market's depth"
            )
        if self.quoter.displayed_usd is not None and self.depth:
            raise ContradictionError(
                ("quoter", "displayed_usd"),
                f"is {self.quoter.displayed_usd:_}, and the market's depth is given too; give "
                "displayed_usd or depth, since with depth the captive maker shows a share of it",
            )
        return self

    @model_validator(mode="after")
    def _sizes(self) -> Self:
        """Refuse a tick too large or too small for the anchors, and a size below one lot."""
        tick_usd, lot = float(self.tick_usd), float(self.lot)
        for anchor in self.price.anchors:
            if not tick_usd <= anchor.price_usd <= PRICE_TICKS_MAX * tick_usd:
                larger = anchor.price_usd < tick_usd
                raise ContradictionError(
                    ("tick_usd",),
                    f"is {self.tick_usd}, {'larger than' if larger else 'too small for'} the price "
                    f"of {anchor.price_usd:_} on {anchor.at}; give a tick so that the price has 1 "
                    f"to {PRICE_TICKS_MAX:_} ticks",
                )
        lot_usd = lot * max((anchor.price_usd for anchor in self.price.anchors), default=0.0)
        quoter, steps = self.quoter, enumerate(self.quoter.displayed_usd_steps)
        sizes: list[tuple[tuple[str | int, ...], float | None]] = [
            (("position_limit_usd",), quoter.position_limit_usd),
            (("displayed_usd",), quoter.displayed_usd),
            (("most_displayed_usd",), quoter.most_displayed_usd),
            *((("displayed_usd_steps", i, "usd"), step.usd) for i, step in steps),
        ]
        for place, usd in sizes:
            if usd is not None and usd < lot_usd:
                raise ContradictionError(
                    ("quoter", *place),
                    f"is {usd:_}; give at least the price of one lot, {lot_usd:_}",
                )
        return self
