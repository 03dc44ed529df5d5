"""Customers who trade on margin, and the backstop providers."""

import math
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.dated import Dated, check_order, in_force
from des.scenario.pledged import PledgedLoan
from des.scenario.quantities import (
    NOT_TOKENS,
    ContradictionError,
    Entity,
    Fraction,
    LogSd,
    MarketName,
    Part,
    PositiveUsd,
    TokenName,
    Usd,
    check_distinct,
)
from des.scenario.run import Run


class LeverageLimit(Dated):
    """The highest leverage that the venue allows from a day on."""

    leverage_max: Annotated[float, Field(ge=1, le=200)]


class Provider(Part):
    """A backstop provider: how much it takes over, and how fast it hedges what it took over."""

    name: Entity  # the captive maker, or another entity
    usd_per_minute: Usd
    usd_per_hour: Usd
    unwind_delay_s: Annotated[float, Field(ge=0, le=86_400)]  # seconds until a hedge is filled
    unwind_usd_per_minute: PositiveUsd | None = None  # None: no limit
    capital_usd: Usd = 0.0  # capital of a provider other than the captive maker
    lead_share: Fraction = 0.5  # the share of the capital that is on the lead venue as margin
    # The provider takes over no positions if its balance on the house venue is below this amount.
    # The key has no effect on the captive maker.
    balance_usd_min: Usd = 0.0

    @property
    def on_lead_usd(self) -> float:
        """Return the part of the provider's opening capital on the lead venue, in dollars."""
        return self.capital_usd * self.lead_share


class CollateralToken(Part):
    """A token that is the collateral of some customers on margin."""

    name: TokenName
    market: MarketName  # the token has the lead price and the lot of this contract
    # The share of the token's value that counts as margin.
    weight: Annotated[float, Field(ge=0.01, le=1)]
    share: Fraction  # the share of customers on margin who deposit this token

    @property
    def weight_e6(self) -> int:
        """Return `weight` in millionths."""
        return round(self.weight * 1_000_000)


class Leverage(Part):
    """Customers who trade on margin, and the venue's rules for accounts with too little margin.

    In the books these customers are holders in the retail control account. They are numbered after
    all other retail customers. Each customer has one position in one market. When a customer enters
    a position, the other makers take the opposite side.
    """

    holders: Annotated[int, Field(ge=0, le=1_000_000)]
    collateral_usd_median: PositiveUsd | None = None
    # The collateral of all customers on margin together at the start of a full day, as a share of
    # retail customers' claims in dollars. None: customers trade on margin on all days, and
    # collateral_usd_median states the median of their collateral.
    share_of_claims: Annotated[float, Field(gt=0, le=1)] | None = None
    collateral_log_sd: LogSd = 0.0
    leverage_mean: Annotated[float, Field(gt=0, le=100)]
    leverage_log_sd: LogSd = 0.0
    limits: Annotated[tuple[LeverageLimit, ...], Field(min_length=1, max_length=20)]
    long_share: Fraction = 0.5
    # The mean number of new customers on margin at each midnight.
    arrivals_per_day: Annotated[float, Field(ge=0, le=100_000)] = 0.0
    # The probability that a customer on margin leaves at a midnight, if the margin is enough.
    exits_per_day: Fraction = 0.0
    maintenance_margin_pct: Annotated[float, Field(ge=0.01, le=50)]
    auto_close_margin_pct: Annotated[float, Field(ge=0.01, le=50)]
    # The limit on the volume of all forced orders in a market in one second, as a share of the
    # market's daily volume.
    forced_share_per_s: Fraction = 0.0001
    # The price at which a provider takes over a position: it is this number of thirds of the way
    # from the mark to the zero price. At the zero price the account has no equity left.
    discount_thirds: Annotated[int, Field(ge=0, le=3)] = 2
    insurance_usd: Usd = 0.0  # the money that the insurance fund really has at the start
    # The fund's balance as the venue states it in public. None: the venue states the real balance.
    insurance_stated_usd: Usd | None = None
    providers: Annotated[tuple[Provider, ...], Field(min_length=1, max_length=20)]
    # Each customer deposits one of these tokens or cash, chosen at random.
    tokens: Annotated[tuple[CollateralToken, ...], Field(max_length=20)] = ()
    pledged_loans: Annotated[tuple[PledgedLoan, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _tokens(self) -> Self:
        for key in ("name", "market"):
            check_distinct("tokens", key, [getattr(token, key) for token in self.tokens])
        for i, token in enumerate(self.tokens):
            if token.name in NOT_TOKENS:
                raise ContradictionError(
                    ("tokens", i, "name"),
                    f"is '{token.name}', which means something else in the "
                    "books; give another name",
                )
        shares = math.fsum(token.share for token in self.tokens)
        if shares > 1:
            last = len(self.tokens) - 1
            raise ContradictionError(
                ("tokens", last, "share"),
                f"is {self.tokens[last].share:_}, which makes the shares sum to {shares:_}; give "
                "a smaller share, so that the shares sum to at most 1",
            )
        return self

    @model_validator(mode="after")
    def _pledged(self) -> Self:
        names = [token.name for token in self.tokens]
        for i, loan in enumerate(self.pledged_loans):
            if loan.token not in names:
                one_of = f"give one of the tokens: {', '.join(names)}"
                advice = one_of if names else "add the token to this list"
                raise ContradictionError(
                    ("pledged_loans", i, "token"),
                    f"is '{loan.token}', which is not in leverage.tokens; {advice}",
                )
            if loan.token in [before.token for before in self.pledged_loans[:i]]:
                raise ContradictionError(
                    ("pledged_loans", i, "token"),
                    f"is '{loan.token}', which is pledged already; give each loan a token of its "
                    "own, since a token has only one order book",
                )
        return self

    @model_validator(mode="after")
    def _full_days(self) -> Self:
        if self.collateral_usd_median is None and self.share_of_claims is None:
            raise ContradictionError(
                ("collateral_usd_median",),
                "is missing; give it or share_of_claims, to state the collateral of customers on "
                "margin",
            )
        if self.collateral_usd_median is not None and self.share_of_claims is not None:
            raise ContradictionError(
                ("collateral_usd_median",),
                "and share_of_claims both state the collateral of customers on margin; give one of "
                "the two",
            )
        if self.share_of_claims is None:
            return self
        for key in ("arrivals_per_day", "exits_per_day", "tokens", "pledged_loans"):
            if found := getattr(self, key):
                raise ContradictionError(
                    (key,),
                    f"{'are given' if isinstance(found, tuple) else f'is {found:g}'}; leave "
                    f"{'them' if isinstance(found, tuple) else 'it'} out: if share_of_claims is "
                    "given, customers trade on margin only on full days",
                )
        return self

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if self.auto_close_margin_pct > self.maintenance_margin_pct:
            raise ContradictionError(
                ("auto_close_margin_pct",),
                f"is {self.auto_close_margin_pct:_}; give at most maintenance_margin_pct, "
                f"{self.maintenance_margin_pct:_}",
            )
        check_order("limits", self.limits)
        check_distinct("providers", "name", [provider.name for provider in self.providers])
        return self

    @property
    def maintenance_e6(self) -> int:
        """Return the margin fraction below which forced orders begin, in millionths."""
        return round(self.maintenance_margin_pct * 1_000_000 / 100)

    @property
    def auto_close_e6(self) -> int:
        """Return the margin fraction below which the venue closes an account, in millionths."""
        return round(self.auto_close_margin_pct * 1_000_000 / 100)

    def leverage_max(self, day: date) -> float:
        """Return the limit on leverage on a day. The first limit also applies to earlier days."""
        limit = in_force(self.limits, day) or self.limits[0]
        return limit.leverage_max


def check_sampling(leverage: Leverage, run: Run) -> None:
    """Refuse a scenario if customers on margin never trade, or trade in hours that are not played.

    Raises:
        ContradictionError: `leverage.share_of_claims` is missing in a sampled run, or is given in
            a run without full days.
    """
    if leverage.share_of_claims is None and run.one_hour_in > 1:
        raise ContradictionError(
            ("run", "one_hour_in"),
            f"is {run.one_hour_in}; give 1, or give leverage.share_of_claims too, since a margin "
            "call cannot wait for the next played hour",
        )
    if leverage.share_of_claims is not None and not run.full_days:
        raise ContradictionError(
            ("leverage", "share_of_claims"),
            f"is {leverage.share_of_claims}; give run.full_days too: the days on which customers "
            "trade on margin",
        )
