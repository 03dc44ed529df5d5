"""The group's treasury: its lenders, its investors, its holdings and its uses of money.

Dates are calendar days. An event on a day outside the run does not happen. There is one exception:
a long position that begins before the run is bought when the run begins, unless it has ended.
"""

import math
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from des.scenario.dated import Dated, check_days, check_order, in_force
from des.scenario.portfolio import Portfolio
from des.scenario.priced_coin import check_one_source
from des.scenario.quantities import (
    YEARS,
    Bps,
    ContradictionError,
    Entity,
    Fraction,
    MarketName,
    Part,
    PositiveUsd,
    TokenName,
    Usd,
    check_commodity,
    check_distinct,
)
from des.scenario.valuation import Valuation
from ledger.kinds import USES

Day = date  # another name for `date`, since a field is called date


def _check_use(word: str) -> str:
    """Raise pydantic's error for a wrong value if *word* is not a use of money."""
    if word not in USES:
        raise PydanticCustomError("use_of_money", "not a use of money in ledger.kinds")
    return word


# The uses of money: kinds of the family USE in `ledger.kinds`.
UseKind = Annotated[
    str,
    AfterValidator(_check_use),
    Field(json_schema_extra={"enum": [kind.value for kind in USES]}),
]

Line = Annotated[
    str,
    StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+\z", max_length=200),
    Field(description="a text in quotes, one line of at most 200 characters"),
]


class LoanLimit(Dated):
    """A lender's limit from a day on. From this day the lender recalls debt above the limit."""

    usd: Usd


class Lender(Part):
    """A lender outside the group, which lends to the captive maker at most a stated limit."""

    name: Entity
    rate_pct_per_year: Annotated[float, Field(ge=0, le=100)]  # paid on the first day of each month
    limits: Annotated[tuple[LoanLimit, ...], Field(min_length=1, max_length=1_000)]
    # The loan is at most this share of the collateral's value. None: only `limits` restrict it.
    advance: Annotated[float, Field(gt=0, le=1)] | None = None
    drawn_in_full: bool | None = None  # whether the maker always draws the limit, see Portfolio

    @model_validator(mode="after")
    def _order(self) -> Self:
        check_order("limits", self.limits)
        return self

    def limit_usd(self, day: date) -> float:
        """Return the limit that applies on a day, or 0 before the first limit."""
        limit = in_force(self.limits, day)
        return limit.usd if limit else 0.0


class Use(Part):
    """A payment for a purpose other than trading, once or in equal monthly parts."""

    date: date
    usd: PositiveUsd  # the sum of all parts
    kind: UseKind
    by: Literal["house", "maker"]
    to: Entity  # the payee: Outside, or a party with books of its own
    why: Line
    # Further parts are due on the first of each later month until this day. None: one payment.
    until: Day | None = None

    @model_validator(mode="after")
    def _span(self) -> Self:
        for key, day in (("date", self.date), ("until", self.until or self.date)):
            if day.year > YEARS[1]:
                raise ContradictionError((key,), f"is {day}; give a day until {YEARS[1]}")
        if self.until is not None and self.until < self.date:
            raise ContradictionError(
                ("until",), f"is {self.until}; give {self.date} (the use's date) or a later day"
            )
        return self

    def days(self) -> list[Day]:
        """Return the days on which parts of the payment are due."""
        days, first = [self.date], _first_of_next_month(self.date)
        while self.until is not None and first <= self.until:
            days.append(first)
            first = _first_of_next_month(first)
        return days


class Round(Part):
    """A sale of shares of the house for cash."""

    date: date
    usd: PositiveUsd
    valuation_usd: Usd  # the recorded value of the whole house, which is never booked
    name: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?\z", max_length=24),
        Field(description="small letters, digits and dashes, such as 'series-b'"),
    ]


class TokenMark(Part):
    """The price of a token from a day on."""

    at: date
    usd: Annotated[float, Field(ge=0, le=1e9)]

    @model_validator(mode="after")
    def _writable(self) -> Self:
        """Refuse a price with more digits than Beancount reads."""
        if 0 < self.usd < 1e-12:
            raise ContradictionError(("usd",), f"is {self.usd}; give 0, or at least 1e-12")
        return self


class TokenPurchase(Part):
    """Tokens that the captive maker receives, for money or free of charge."""

    date: date
    units: Annotated[int, Field(ge=1, le=10**12)]
    usd: Usd = 0.0  # the price paid; 0 if minted or granted


class Token(Part):
    """A token that the group holds. The market value of a token is paper wealth, not cash."""

    name: TokenName
    market: MarketName | None = None  # the token has the lead price of this contract
    marks: Annotated[tuple[TokenMark, ...], Field(max_length=10_000)] = ()  # or these stated prices
    # Whether the house issues the token. Reports on the group value such a token at zero.
    house_token: bool = False
    bought: Annotated[tuple[TokenPurchase, ...], Field(min_length=1, max_length=1_000)]

    @model_validator(mode="after")
    def _marked(self) -> Self:
        check_commodity(self.name, "token")
        check_one_source(self.market, "marks", self.marks)
        check_days("marks", "at", [mark.at for mark in self.marks])
        for i, (earlier, purchase) in enumerate(pairwise(self.bought), start=1):
            if purchase.date < earlier.date:
                raise ContradictionError(
                    ("bought", i, "date"),
                    f"is {purchase.date}; give {earlier.date}, the date of the previous purchase, "
                    "or later",
                )
        if self.marks and self.marks[0].at > self.bought[0].date:
            raise ContradictionError(
                ("marks", 0, "at"),
                f"is {self.marks[0].at}; give {self.bought[0].date}, the date of the first "
                "purchase, or before",
            )
        return self


class Spell(Part):
    """The days on which the maker holds a position: until a stated day, or to the run's end."""

    since: date
    until: date | None = None

    @model_validator(mode="after")
    def _span(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ContradictionError(
                ("until",), f"is {self.until}; give a day after since, {self.since}"
            )
        return self


class Pool(Spell):
    """Liquidity of the captive maker: a token and dollars in a constant-product pool.

    Token and dollars are added at the end of the first day, at that day's last price, and removed
    at the end of the last day.
    """

    token: TokenName  # a token that has a market
    usd: PositiveUsd  # dollars added, together with tokens of the same value
    fee_bps: Bps  # fee on the dollars exchanged
    block_s: Annotated[float, Field(ge=0.1, le=3_600)]  # mean time between two blocks


class Lift(Part):
    """The rise of a token's mark because of the dollars in the token's pool.

    The rise is an assumption that the scenario may state. Let D be the dollars in the token's pool.
    The mark is the lead price times 1 + elasticity * ln(1 + D / reference_usd). If D equals
    reference_usd, the rise is the share elasticity * ln 2 of the lead price. Marks change paper
    wealth and lenders' advances. Nothing trades at marks, and arbitrage keeps pools at the lead
    price.

    No record shows the size of the effect, so a scenario should be run with the effect and without
    it. In a larger pool each further dollar has a smaller effect: Amihud & Mendelson (1986),
    Journal of Financial Economics 17(2), 223-249, find a premium for illiquidity that is concave in
    illiquidity. The logarithm is our choice. The elasticity is from 0 (no effect) to 1. The
    reference is the dollars of a pool that is large enough for markets to notice.
    """

    elasticity: Fraction
    reference_usd: PositiveUsd

    def factor(self, pool_usd: float) -> float:
        """Return the mark divided by the lead price, given the pool's dollars."""
        return 1 + self.elasticity * math.log1p(pool_usd / self.reference_usd)


class HouseCost(Part):
    """A stated operating cost, which the house pays on the first of a month.

    In this month the house does not pay a share of fees as operating cost.
    """

    date: date
    usd: Usd


class Long(Spell):
    """A long position that the captive maker holds to gain from a rise of the price.

    The maker buys the position on the first day for a stated sum, and sells it on the last day. All
    such positions together are the directional book.
    """

    market: MarketName
    usd: PositiveUsd


class Group(Part):
    """The money of the house and its captive maker outside trading: loans, payments, holdings."""

    # If true, the credit line lends only the house's own money.
    never_lend_customer_money: bool = False
    house_cost_share: Fraction = 0.0  # operating cost, as a share of the last month's fees
    # Stated operating costs. In a month with a stated cost the share of fees is not paid.
    house_costs: Annotated[tuple[HouseCost, ...], Field(max_length=1_000)] = ()
    # If false, a counterfactual repeats the operating costs that the base run booked. If true, the
    # costs of a counterfactual follow its own fees.
    costs_follow_fees: bool = False
    investors: Entity | None = None  # the party that buys shares
    # The maker asks the lenders in this order.
    lenders: Annotated[tuple[Lender, ...], Field(max_length=100)] = ()
    uses: Annotated[tuple[Use, ...], Field(max_length=10_000)] = ()
    rounds: Annotated[tuple[Round, ...], Field(max_length=100)] = ()
    tokens: Annotated[tuple[Token, ...], Field(max_length=50)] = ()
    longs: Annotated[tuple[Long, ...], Field(max_length=100)] = ()
    pools: Annotated[tuple[Pool, ...], Field(max_length=50)] | None = None  # None: no pool
    lift: Lift | None = None  # None: liquidity has no effect on marks
    portfolio: Portfolio | None = None  # None: the maker borrows only if money is needed
    valuation: Valuation | None = None  # None: the house is not valued

    @property
    def counterparties(self) -> dict[str, int]:
        """Return the payees that keep books, each with the index of its first use."""
        first: dict[str, int] = {}
        for i, use in enumerate(self.uses):
            if use.to != "Outside":
                first.setdefault(use.to, i)
        return first

    @model_validator(mode="after")
    def _investors(self) -> Self:
        if self.rounds and self.investors is None:
            raise ContradictionError(("investors",), "is missing; give it, since there are rounds")
        if self.investors is not None and not self.rounds:
            raise ContradictionError(
                ("investors",), f"is '{self.investors}'; give rounds too, or leave it out"
            )
        return self

    @model_validator(mode="after")
    def _costs(self) -> Self:
        for i, cost in enumerate(self.house_costs):
            if cost.date.day != 1:
                raise ContradictionError(
                    ("house_costs", i, "date"),
                    f"is {cost.date}; give the first of a month, on which costs are paid",
                )
            if i and cost.date <= (before := self.house_costs[i - 1].date):
                raise ContradictionError(
                    ("house_costs", i, "date"),
                    f"is {cost.date}; give a day after {before}, the previous entry",
                )
        return self

    @model_validator(mode="after")
    def _collateral(self) -> Self:
        for i, lender in enumerate(self.lenders):
            if lender.advance is not None and not (self.tokens or self.portfolio):
                raise ContradictionError(
                    ("lenders", i, "advance"),
                    f"is {lender.advance:_}; give tokens or a portfolio as collateral, or leave "
                    "it out",
                )
        return self

    @model_validator(mode="after")
    def _invested(self) -> Self:
        drawn = [i for i, lender in enumerate(self.lenders) if lender.drawn_in_full]
        if drawn and self.portfolio is None:
            raise ContradictionError(
                ("lenders", drawn[0], "drawn_in_full"),
                "is true; give a portfolio that the loan buys, or leave it out",
            )
        if self.portfolio and not drawn:
            raise ContradictionError(
                ("portfolio",), "has no loan; give a lender with drawn_in_full, or leave it out"
            )
        return self

    @model_validator(mode="after")
    def _pooled(self) -> Self:
        markets = {token.name: token.market for token in self.tokens}
        pools = [pool.token for pool in self.pools or ()]
        for i, token in enumerate(pools):
            if token not in markets:
                fault = f"is '{token}'; give one of the tokens: {', '.join(markets) or 'none'}"
            elif markets[token] is None:
                fault = f"is '{token}', which has no market for its price; give the token a market"
            elif token in pools[:i]:
                fault = f"is '{token}', which already has a pool; give each token at most one pool"
            else:
                continue
            raise ContradictionError(("pools", i, "token"), fault)
        if self.lift and not pools:
            raise ContradictionError(("pools",), "is missing; give it, since lift is given")
        return self

    @model_validator(mode="after")
    def _names(self) -> Self:
        for key, parts in (("rounds", self.rounds), ("tokens", self.tokens)):
            check_distinct(key, "name", [part.name for part in parts])
        held = [token.name for token in self.tokens]
        for i, holding in enumerate(self.portfolio.holdings if self.portfolio else ()):
            if holding.name in held:
                raise ContradictionError(
                    ("portfolio", "holdings", i, "name"),
                    f"is '{holding.name}', a token's name; give the coin another name",
                )
        return self


def _first_of_next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
