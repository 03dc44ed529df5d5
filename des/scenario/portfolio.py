"""What the captive maker holds on borrowed money: coins, by stated shares of what it borrows."""

import math
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.dated import Dated, check_order, in_force
from des.scenario.quantities import (
    NOT_TOKENS,
    ContradictionError,
    Entity,
    Fraction,
    MarketName,
    Part,
    PositiveUsd,
    TokenName,
)
from ledger.money import dollars, to_cents


class CoinPrice(Dated):
    """What a unit of a coin costs from a day on."""

    usd: PositiveUsd

    @model_validator(mode="after")
    def _whole_cents(self) -> Self:
        if dollars(to_cents(self.usd)) != Decimal(repr(self.usd)):
            raise ContradictionError(("usd",), f"is {self.usd}; give a whole number of cents")
        return self


class HeldCoin(Part):
    """One coin of the portfolio, or a class of them that has one price."""

    name: TokenName
    market: MarketName | None = None  # its price is this contract's lead price, its unit the lot
    prices: Annotated[tuple[CoinPrice, ...], Field(max_length=10_000)] = ()  # or it has these
    share: Annotated[float, Field(gt=0, le=1)]  # of each loan that is drawn to hold coins
    haircut: Fraction = 0.0  # what dealers take off the price for a sale
    supply: Annotated[int, Field(ge=1, le=10**12)]  # units that dealers have at first: all of them

    def price_usd_on(self, day: date) -> float | None:
        """Return the stated price on a day, the last that was stated by then."""
        price = in_force(self.prices, day)
        return price.usd if price else None

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.name in NOT_TOKENS:
            raise ContradictionError(
                ("name",), f"is '{self.name}', which Beancount needs; give the coin another"
            )
        if (self.market is None) == (not self.prices):
            fault = "is missing; give market or prices"
            if self.prices:
                fault = "is not alone; give prices, or market"
            raise ContradictionError(("market",), fault)
        check_order("prices", self.prices)
        return self


class Portfolio(Part):
    """Coins that the captive maker buys with what it draws of lenders in full, see Lender.

    Each loan is drawn up to its limit when the limit rises, and on the first of each month as far
    as collateral then allows. The shares of the holdings are spent on them at the day's last price,
    the rest stays cash. Of a recall that cash does not cover, `recall_sold_share` is raised by
    selling coins, in proportion to what each is worth; the rest comes from the maker's purse, and
    what is not there from coins again. Coins are collateral as tokens are.
    """

    dealers: Entity  # who sell the coins and buy them
    dealers_cash_usd: PositiveUsd  # that they have at first, to buy coins for more than they sold
    recall_sold_share: Fraction
    holdings: Annotated[tuple[HeldCoin, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = math.fsum(holding.share for holding in self.holdings)
        if total > 1 + 1e-9:
            raise ContradictionError(
                ("holdings",), f"have shares of {total:g} in all; make them 1 at most"
            )
        names = [holding.name for holding in self.holdings]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise ContradictionError(
                    ("holdings", i, "name"), f"is '{name}', which is taken; give each its own"
                )
        return self
