"""The captive maker, and its rules for quotes."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from des.given import given
from des.scenario.dated import Dated, check_months, check_order, in_force
from des.scenario.quantities import (
    Bps,
    ContradictionError,
    Entity,
    Fraction,
    Latency,
    Milliseconds,
    Part,
    PositiveUsd,
    Seconds,
    Usd,
)

TargetShare = Annotated[float, Field(gt=0, le=1)]
# Under the policy `believed` the half-spread is at most the stated half-spread times this factor,
# and at least the stated half-spread divided by this factor.
SPREAD_TIMES_MAX = 4.0
REFRESH_S_MIN = 0.01  # the shortest time between quotes, apart from 0 (a quote at every tick)


class ShareStep(Dated):
    """The captive maker's share of the house's depth from the first of a month on."""

    share: Fraction


class TargetStep(Dated):
    """The target share of the volume from the first of a month on, for the policy `growth`."""

    share: TargetShare


class SizeStep(Dated):
    """The size that the captive maker displays per level and side, from the first of a month on."""

    usd: PositiveUsd


class DecidedStep(Dated):
    """The captive maker's decision on its quotes from a day on, copied from the base run.

    Sizes are per level and side. Half-spreads do not include the factor `maker.spread_times`.
    """

    half_spread_bps: Bps
    displayed_usd: Usd


class CreditStep(Dated):
    """The limit of the maker's credit line from a day on. The maker keeps loans above the limit."""

    usd: Usd


class MakerQuoting(Part):
    """The captive maker's rule for its quotes. The maker applies it on the first of each month.

    With `stated` the maker shows the quotes that the scenario states. With `growth` the new size is
    the last size * target share / achieved share of the volume, within limits. With `believed` the
    maker simulates some quotes during each month with random orders, and then chooses the quotes
    with the best result. Both `growth` and `believed` begin with the stated quotes.
    """

    policy: Literal["stated", "growth", "believed"] = "stated"
    target_share: TargetShare | None = None  # share of the house's volume until the first step
    target_share_steps: Annotated[tuple[TargetStep, ...], Field(max_length=1_000)] = ()
    # False: the maker does not simulate its quotes, so there are no predictions.
    simulates: Literal[False] | None = None

    @property
    def spread_times_max(self) -> float:
        """Return the largest factor by which the policy may multiply the stated half-spread."""
        return SPREAD_TIMES_MAX if self.policy == "believed" else 1.0

    def target_share_on(self, day: date) -> float:
        """Return the target share on a day, for the policy `growth`."""
        step = in_force(self.target_share_steps, day)
        return step.share if step else given(self.target_share)

    @model_validator(mode="after")
    def _aimed(self) -> Self:
        check_months("target_share_steps", self.target_share_steps)
        if self.policy == "growth" and self.target_share is None:
            raise ContradictionError(
                ("target_share",), "is missing; give it, since the policy is 'growth'"
            )
        if self.policy != "growth" and self.target_share is not None:
            raise ContradictionError(
                ("target_share",),
                f"is {self.target_share:g}; leave it out, since the policy is '{self.policy}'",
            )
        if self.policy == "believed" and self.simulates is False:
            raise ContradictionError(
                ("simulates",),
                "is false; leave it out, since the policy is 'believed', which uses the simulation",
            )
        if self.target_share_steps and self.target_share is None:
            raise ContradictionError(
                ("target_share_steps",), "have no effect without target_share; leave them out"
            )
        return self


class Maker(Part):
    """The captive maker: its own money, its credit line, its share of the depth, its policies."""

    name: Entity
    opening_cash_usd: Usd
    house_deposit_usd: Usd
    lead_deposit_usd: Usd
    credit_line_usd: Usd  # the limit until the first step of credit_line_steps
    credit_line_steps: Annotated[tuple[CreditStep, ...], Field(max_length=1_000)] = ()
    credit_tranche_usd: PositiveUsd
    hedge_delay_ms: Milliseconds
    depth_share: Fraction | None = None  # share of `markets.depth` until the first step
    depth_share_steps: Annotated[tuple[ShareStep, ...], Field(max_length=1_000)] = ()
    quoting: MakerQuoting = MakerQuoting()
    # The distance of all levels from the mid is multiplied by this factor.
    spread_times: Annotated[float, Field(ge=0.1, le=10)] = 1.0
    quoter_off: date | None = None  # from this day on the maker does not quote on the house
    lead_quotes_usd: Usd = 0.0  # displayed size on the lead venue, per market and side
    policy: Literal["captive", "independent"] | None = None  # None: there is no monthly review

    def depth_share_on(self, day: date) -> float:
        """Return the maker's share of the depth on a day. The scenario must state `depth_share`."""
        step = in_force(self.depth_share_steps, day)
        return step.share if step else given(self.depth_share)

    def credit_line_usd_on(self, day: date) -> float:
        """Return the limit of the captive maker's credit line on a day."""
        step = in_force(self.credit_line_steps, day)
        return step.usd if step else self.credit_line_usd

    @model_validator(mode="after")
    def _steps(self) -> Self:
        check_order("credit_line_steps", self.credit_line_steps)
        check_months("depth_share_steps", self.depth_share_steps)
        if self.depth_share_steps and self.depth_share is None:
            raise ContradictionError(
                ("depth_share",), "is missing; give it, since there are depth_share_steps"
            )
        return self

    @model_validator(mode="after")
    def _deposits(self) -> Self:
        if self.house_deposit_usd + self.lead_deposit_usd > self.opening_cash_usd:
            raise ContradictionError(
                ("opening_cash_usd",),
                f"is {self.opening_cash_usd:_}; give at least house_deposit_usd + "
                f"lead_deposit_usd, {self.house_deposit_usd + self.lead_deposit_usd:_}",
            )
        return self


class Quoter(Part):
    """The captive maker's quotes in one market."""

    latency_s: Latency
    # Seconds from one quote to the next. 0: a quote at every tick. None: latency_s seconds.
    refresh_s: Seconds | None = None
    half_spread_bps: Bps
    levels: Annotated[int, Field(ge=1, le=10)] = 1
    level_step_bps: Bps = 0.0
    widens: bool = False  # true: quotes widen in volatile hours, like the other makers' quotes
    skew_bps_per_limit: Bps = 0.0  # shift of the mid when the position is at its limit
    position_limit_usd: PositiveUsd
    # Size per level and side until the first step. None: the size is a share of `markets.depth`.
    displayed_usd: PositiveUsd | None = None
    most_displayed_usd: PositiveUsd | None = None  # needed only if a policy decides the size
    displayed_usd_steps: Annotated[tuple[SizeStep, ...], Field(max_length=1_000)] = ()
    # The base run's decisions, which a counterfactual repeats.
    decided: Annotated[tuple[DecidedStep, ...], Field(max_length=1_000)] = ()

    @property
    def refreshes_every_s(self) -> float:
        """Return the seconds between two quotes, or 0 for a quote at every tick."""
        return self.latency_s if self.refresh_s is None else self.refresh_s

    @property
    def reach_bps(self) -> float:
        """Return the last level's distance from the mid in bps, without `maker.spread_times`."""
        return self.half_spread_bps + (self.levels - 1) * self.level_step_bps

    def displayed_usd_on(self, day: date) -> float | None:
        """Return the stated size per level and side on a day, or None if the depth decides it."""
        step = in_force(self.displayed_usd_steps, day)
        return step.usd if step else self.displayed_usd

    def offset_e6(self, spread_times: float = 1.0) -> tuple[int, ...]:
        """Return each level's distance from the mid in millionths, multiplied by *spread_times*."""
        bps = (self.half_spread_bps + i * self.level_step_bps for i in range(self.levels))
        return tuple(round(each * spread_times * 100) for each in bps)

    @model_validator(mode="after")
    def _ladder(self) -> Self:
        if self.levels > 1 and self.level_step_bps == 0:
            raise ContradictionError(
                ("level_step_bps",), f"is 0; give more, so that the {self.levels} levels differ"
            )
        if 0 < self.refreshes_every_s < REFRESH_S_MIN:
            problem = "is missing" if self.refresh_s is None else f"is {self.refresh_s:_}"
            raise ContradictionError(
                ("refresh_s",), f"{problem}; give 0 (every tick) or at least {REFRESH_S_MIN}"
            )
        return self

    @model_validator(mode="after")
    def _steps(self) -> Self:
        check_months("displayed_usd_steps", self.displayed_usd_steps)
        check_order("decided", self.decided)
        if self.displayed_usd_steps and self.displayed_usd is None:
            raise ContradictionError(
                ("displayed_usd",), "is missing; give it, since there are displayed_usd_steps"
            )
        return self
