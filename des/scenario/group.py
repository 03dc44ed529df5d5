"""The treasury of the house group: lenders, investors, holdings and uses of money.

An event on a day outside the run does not happen. There is one exception: if a long position begins
before the run and has not yet ended, it is bought when the run begins.
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

Day = date  # another name for `date`, since some fields have the name `date`


def _check_use(word: str) -> str:
    """Return *word* if it is a use of money; otherwise raise pydantic's error for a wrong value."""
    if word not in USES:
        raise PydanticCustomError("use_of_money", "not a use of money in ledger.kinds")
    return word


# The kind of a use of money is one of the family USE in `ledger.kinds`.
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
    """The largest loan of a lender from a day on. The lender recalls the debt above this limit."""

    usd: Usd


class Lender(Part):
    """A lender outside the group. It lends to the captive maker, up to a limit."""

    name: Entity
    rate_pct_per_year: Annotated[float, Field(ge=0, le=100)]  # interest is due each month
    limits: Annotated[tuple[LoanLimit, ...], Field(min_length=1, max_length=1_000)]
    # The largest loan as a share of the collateral's value. None: only `limits` restrict the loan.
    advance: Annotated[float, Field(gt=0, le=1)] | None = None
    drawn_in_full: bool | None = None  # whether the maker draws the whole limit, see Portfolio

    @model_validator(mode="after")
    def _order(self) -> Self:
        check_order("limits", self.limits)
        return self

    def limit_usd(self, day: date) -> float:
        """Return the limit that applies on a day, or 0 before the first limit."""
        limit = in_force(self.limits, day)
        return limit.usd if limit else 0.0


class Use(Part):
    """A payment for a purpose other than trading, made once or in equal monthly parts."""

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
        """Return the day of the payment, or the days of its parts."""
        days, first = [self.date], _first_of_next_month(self.date)
        while self.until is not None and first <= self.until:
            days.append(first)
            first = _first_of_next_month(first)
        return days


class Round(Part):
    """A sale of the house's shares for cash."""

    date: date
    usd: PositiveUsd
    valuation_usd: Usd  # the recorded value of all shares: a note in the books, never posted
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
        """Refuse a tiny price, since Beancount cannot read a number with hundreds of digits."""
        if 0 < self.usd < 1e-12:
            raise ContradictionError(("usd",), f"is {self.usd}; give 0, or at least 1e-12")
        return self


class TokenPurchase(Part):
    """Tokens that the captive maker receives, for money or free of charge."""

    date: date
    units: Annotated[int, Field(ge=1, le=10**12)]
    usd: Usd = 0.0  # the total price; 0: the tokens are minted or granted


class Token(Part):
    """A token that the group holds. The market value of a token is paper wealth, not cash."""

    name: TokenName
    market: MarketName | None = None  # the contract whose lead price is the token's price
    marks: Annotated[tuple[TokenMark, ...], Field(max_length=10_000)] = ()  # stated prices
    # Whether the house issues the token. If so, the token has no value in reports on the group.
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
    """The days of a position of the maker: from `since` to `until`, or to the run's end."""

    since: date
    until: date | None = None

    @model_validator(mode="after")
    def _span(self) -> Self:
        if self.until is not None and self.until <= self.since:
            raise ContradictionError(
                ("until",), f"is {self.until}; give a day after {self.since}, the value of since"
            )
        return self


class Pool(Spell):
    """Tokens and dollars that the captive maker adds to a constant-product pool.

    At the end of the day `since`, the maker adds the dollars, and tokens of the same value at the
    day's last price. At the end of the day `until`, the maker removes all that the pool then has.
    """

    token: TokenName  # a token that has a market
    usd: PositiveUsd  # dollars that the maker adds
    fee_bps: Bps  # fee on the dollars of each trade
    block_s: Annotated[float, Field(ge=0.1, le=3_600)]  # mean time between two blocks


class Lift(Part):
    """The rise of a token's mark because of the dollars in the token's pool.

    The rise is an assumption that the scenario may state. Let D be the dollars in the token's pool.
    The mark equals lead price * (1 + elasticity * ln(1 + D / reference_usd)). If D equals
    reference_usd, the mark is lead price * (1 + elasticity * ln 2). A higher mark raises paper
    wealth, and also the largest loan of a lender with `advance`. No trade is made at this mark.
    Arbitrage keeps a pool's price near the lead price.

    No record shows the size of the effect, so a scenario should be run with the effect and without
    it. In a larger pool each further dollar has a smaller effect. Amihud & Mendelson (1986),
    Journal of Financial Economics 17(2), 223-249, find such a curve: the premium that investors
    want for illiquidity is a concave function of illiquidity. The logarithm is our choice. The
    elasticity is from 0 (no effect) to 1. `reference_usd` is the size in dollars of a pool that
    is large enough for markets to notice it.
    """

    elasticity: Fraction
    reference_usd: PositiveUsd

    def factor(self, pool_usd: float) -> float:
        """Return the mark divided by the lead price, if the pool has *pool_usd* dollars."""
        return 1 + self.elasticity * math.log1p(pool_usd / self.reference_usd)


class HouseCost(Part):
    """A stated operating cost, which the house pays on the first of a month.

    On this day the house pays no share of last month's fees (`house_cost_share`).
    """

    date: date
    usd: Usd


class Long(Spell):
    """A long position that the captive maker holds to gain from a rise of the price.

    The maker buys the position on the day `since` and sells it on the day `until`. All long
    positions together are the maker's directional book.
    """

    market: MarketName
    usd: PositiveUsd


class Group(Part):
    """Loans, payments and holdings of the house and its captive maker, apart from trading."""

    # If true, the credit line lends only the house's own money.
    never_lend_customer_money: bool = False
    house_cost_share: Fraction = 0.0  # operating cost, as a share of last month's fees
    # Stated operating costs. On the day of a stated cost the house pays no share of fees.
    house_costs: Annotated[tuple[HouseCost, ...], Field(max_length=1_000)] = ()
    # If false, a counterfactual repeats the operating costs that the base run booked. If true, a
    # counterfactual computes operating costs from its own fees.
    costs_follow_fees: bool = False
    investors: Entity | None = None  # the party that buys the house's shares
    # The lenders, in the order in which the maker asks them for loans.
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
        """Return the payees that keep books, each with the index of its first entry in `uses`."""
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
                    "advance out",
                )
        return self

    @model_validator(mode="after")
    def _invested(self) -> Self:
        drawn = [i for i, lender in enumerate(self.lenders) if lender.drawn_in_full]
        if drawn and self.portfolio is None:
            raise ContradictionError(
                ("lenders", drawn[0], "drawn_in_full"),
                "is true; give group.portfolio too, or leave drawn_in_full out",
            )
        if self.portfolio and not drawn:
            raise ContradictionError(
                ("portfolio",),
                "has no loan; give a lender with drawn_in_full, or leave the portfolio out",
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
