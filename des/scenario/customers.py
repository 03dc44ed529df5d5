"""Retail customers, their deposits and withdrawals, news, and the other makers."""

import math
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.customer_coins import CustomerCoins
from des.scenario.dated import Dated, check_order, in_force
from des.scenario.group import Line
from des.scenario.quantities import (
    ContradictionError,
    Entity,
    Fraction,
    HoldingDays,
    Part,
    PositiveUsd,
    Usd,
    check_full_hour,
    moment_us,
)

ARRIVALS_PER_DAY_MAX = 10_000
Elasticity = Annotated[float, Field(ge=0, le=100)]
# The share of claims that is withdrawn, per day and unit of fear (see Flow).
Sensitivity = Annotated[float, Field(ge=0, le=10_000)]


class Cohort(Part):
    """A group of customers with the same sensitivity to fear. `Flow` explains fear."""

    # The cohort's share of all holders, and of all holders' claims at the start.
    share: Annotated[float, Field(gt=0, le=1)]
    sensitivity: Sensitivity


class Flow(Part):
    """Deposits and withdrawals of customers, as functions of volume and fear.

    Fear measures how much customers expect that the house cannot pay them. Fear is a number without
    a unit, from 0 upwards. Three events raise fear: news adds its shock, the start of a queue of
    withdrawals adds `queue_shock`, and a request for withdrawal adds `contagion` times the
    request's share of all claims. After `fear_half_life_h` hours, half of a rise is left. The rates
    of deposits and withdrawals are evaluated at full hours.

    Sources: in a bank run depositors withdraw because other depositors withdraw (Diamond & Dybvig
        1983, Journal of Political Economy 91(3), 401-419; measured by Iyer & Puri 2012, American
        Economic Review 102(4), 1414-1445). The formulas here are simple formulas with this effect.
    If the scenario states no source for a figure, the figure is an assumption.
    """

    deposits_per_volume: Fraction  # dollars deposited for each dollar of the house's volume
    trust_elasticity: Elasticity = 1.0
    base_per_day: Fraction  # share of claims withdrawn per day without fear
    # At least 1, since rates are evaluated only at full hours.
    fear_half_life_h: Annotated[float, Field(ge=1, le=10_000)]
    contagion: Annotated[float, Field(ge=0, le=10_000)] = 0.0
    queue_shock: Annotated[float, Field(ge=0, le=100)] = 0.0
    firms_sensitivity: Sensitivity = 0.0
    halt_after_h: Annotated[float, Field(gt=0, le=10_000)]
    cohorts: Annotated[tuple[Cohort, ...], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = math.fsum(cohort.share for cohort in self.cohorts)
        if abs(total - 1) > 1e-9:
            raise ContradictionError(
                ("cohorts",), f"have shares of {total:g} in all; give shares that sum to 1"
            )
        return self

    @model_validator(mode="after")
    def _stable(self) -> Self:
        """Refuse contagion so strong that withdrawals grow without a cause."""
        if self.branching_ratio >= 1:
            limit = self.contagion / self.branching_ratio
            raise ContradictionError(
                ("contagion",),
                f"is {self.contagion:g}, so a request to withdraw 1 dollar can cause requests for "
                f"{self.branching_ratio:.3g} further dollars, and a bank run can begin without a "
                f"cause; give less than {limit:.3g}, or a shorter fear_half_life_h",
            )
        return self

    @property
    def branching_ratio(self) -> float:
        """Return the dollars of further requests that a request for one dollar causes directly.

        This number n is called the branching ratio. Let C be all claims, and s the mean sensitivity
        over all claims. A request for one dollar raises fear by contagion / C. Fear decays at the
        rate d = ln 2 / half-life. While fear lasts, customers withdraw C * s dollars per day and
        unit of fear. In total they withdraw n = contagion * s / d dollars because of the request.
        The number n does not depend on C: with smaller claims one dollar is a larger share, but
        fewer dollars are withdrawn per unit of fear. At the start, s is at most the larger of two
        numbers: the mean sensitivity of the retail cohorts, and `firms_sensitivity`. The result is
        computed with this larger number as s. Later, s becomes smaller because sensitive customers
        leave.

        Fear is evaluated only at full hours. On average this leaves n unchanged: a request has no
        effect before the next full hour, but the fear at a full hour applies to the whole hour.

        If n is below 1, a request for one dollar leads on average to requests for 1 / (1 - n)
        dollars, including the first dollar. Without shocks, average withdrawals are then at most
        about 1 / (1 - n) times the base rate. If n is 1 or more, a bank run begins without a cause.

        Source: Hawkes (1971), Biometrika 58(1), 83-90; in terms of clusters, Hawkes & Oakes (1974),
            Journal of Applied Probability 11(3), 493-503.
        """
        mean = math.fsum(cohort.share * cohort.sensitivity for cohort in self.cohorts)
        decay_per_day = math.log(2) / (self.fear_half_life_h / 24)
        return self.contagion * max(mean, self.firms_sensitivity) / decay_per_day

    def deposits_usd_per_day(self, volume_usd_per_day: float, trust: float) -> float:
        """Return the expected deposits of all customers in a day, in dollars.

        Args:
            volume_usd_per_day: the volume of the house.
            trust: customers' trust, above 0, and 1 if there is no fear.

        Formula: deposits_per_volume * volume * trust ** trust_elasticity. The formula assumes
            that volume brings new traders, who bring new money.
        """
        return self.deposits_per_volume * volume_usd_per_day * trust**self.trust_elasticity

    def asked_per_day(self, fear: float, sensitivity: float) -> float:
        """Return the rate at which a cohort withdraws, as a share of the cohort's claims per day.

        Formula: base_per_day + fear * sensitivity. The rate may exceed 1. In each hour the cohort
            is expected to request 1/24 of this rate, times its claims that are not yet requested.
        """
        return self.base_per_day + fear * sensitivity


class AgentShare(Dated):
    """The share of dollar deposits and withdrawals through the agent's accounts, from a day on.

    The agent is the captive maker, whose bank accounts receive and pay customers' dollars.
    """

    share: Fraction


class News(Part):
    """News that frightens customers, at a recorded time."""

    date: date | datetime
    shock: Annotated[float, Field(ge=0, le=100)]  # the amount by which fear rises
    what: Line

    @model_validator(mode="after")
    def _hour(self) -> Self:
        check_full_hour("date", self.date)
        return self

    @property
    def time_us(self) -> int:
        """Return the time of the news, in microseconds since 1970."""
        return moment_us(self.date)


class Retail(Part):
    """Customers who trade for their own reasons. The books have one account for all of them.

    Deposits and withdrawals have constant rates, or the rates that `flow` sets.
    """

    name: Entity
    holders: Annotated[int, Field(ge=1, le=10_000_000)]
    opening_claim_usd: Usd
    opening_cash_usd: Usd
    deposits_per_day: Annotated[float, Field(ge=0, le=ARRIVALS_PER_DAY_MAX)] | None = None
    deposit_usd_mean: PositiveUsd
    withdrawals_per_day: Annotated[float, Field(ge=0, le=ARRIVALS_PER_DAY_MAX)] | None = None
    withdrawal_usd_mean: PositiveUsd
    # The buyer's fee plus the seller's fee on a trade, as a mean over accounts in all fee tiers.
    fee_bps: Annotated[float, Field(ge=0, le=100)]
    flow: Flow | None = None
    # None: the house has no agent, so no payment passes through the maker's bank accounts.
    agent_shares: Annotated[tuple[AgentShare, ...], Field(max_length=1_000)] | None = None

    coins: CustomerCoins | None = None  # coins owed to customers. None: all claims are in dollars
    # Mean days until a customer closes a position. None: customers open and close positions at
    # random, and customers' trades with the other makers leave no positions in the books.
    holding_days: HoldingDays | None = None

    @property
    def dollar_share(self) -> float:
        """Return the share of deposits that is in dollars, not in coins."""
        in_coins = math.fsum(coin.share for coin in self.coins.owed) if self.coins else 0.0
        return 1.0 - in_coins

    def agent_share_on(self, day: date) -> float:
        """Return the share of payments in dollars that goes through the agent on a day."""
        step = in_force(self.agent_shares or (), day)
        return step.share if step else 0.0

    @model_validator(mode="after")
    def _shares(self) -> Self:
        check_order("agent_shares", self.agent_shares or ())
        return self

    @property
    def fee_e6(self) -> int:
        """Return the fee of retail customers, in millionths of their volume."""
        return round(self.fee_bps * 100)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        for key in ("deposits_per_day", "withdrawals_per_day"):
            per_day = getattr(self, key)
            if self.flow is None and per_day is None:
                raise ContradictionError(
                    (key,), f"is missing; give a number from 0 to {ARRIVALS_PER_DAY_MAX:_}, or flow"
                )
            if self.flow is not None and per_day:
                raise ContradictionError(
                    (key,), f"is {per_day:g}; give 0 or leave it out, since flow sets it"
                )
        return self

    @model_validator(mode="after")
    def _withdrawals(self) -> Self:
        """Refuse a mean withdrawal so small that there would be too many withdrawals in a day."""
        if self.flow is None:
            return self
        usd = self.opening_claim_usd * self.flow.base_per_day
        if usd > ARRIVALS_PER_DAY_MAX * self.withdrawal_usd_mean:
            least = f"{usd / ARRIVALS_PER_DAY_MAX:_.2f}"
            raise ContradictionError(
                ("withdrawal_usd_mean",),
                f"is {self.withdrawal_usd_mean:_}; give at least {least}, so that there are at "
                f"most {ARRIVALS_PER_DAY_MAX:_} withdrawals a day",
            )
        return self


class OtherMakers(Part):
    """All makers except the captive maker. The other makers' quotes fill customers' orders too."""

    name: Entity
    opening_claim_usd: Usd
    # The other makers first pay fees from this cash. When it is spent, fees reduce their claim.
    opening_cash_usd: Usd = 0.0
