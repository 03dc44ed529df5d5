"""The captive maker's coins, bought with stated shares of borrowed money."""

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
    """The price of a unit of a coin from a day on."""

    usd: PositiveUsd

    @model_validator(mode="after")
    def _whole_cents(self) -> Self:
        if dollars(to_cents(self.usd)) != Decimal(repr(self.usd)):
            raise ContradictionError(("usd",), f"is {self.usd}; give a whole number of cents")
        return self


class HeldCoin(Part):
    """One coin of the portfolio, or a class of coins with one price."""

    name: TokenName
    market: MarketName | None = None  # its price is this contract's lead price, its unit the lot
    prices: Annotated[tuple[CoinPrice, ...], Field(max_length=10_000)] = ()  # or these prices
    share: Annotated[float, Field(gt=0, le=1)]  # share of each loan that is drawn to hold coins
    haircut: Fraction = 0.0  # the dealers' discount when the maker sells
    supply: Annotated[int, Field(ge=1, le=10**12)]  # units; dealers have all of them at first

    def price_usd_on(self, day: date) -> float | None:
        """Return the stated price in force on a day."""
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
    """Coins that the captive maker buys with loans that are drawn in full, see Lender.

    Each loan is drawn up to its limit when the limit rises, and on the first of each month as far
    as collateral allows. The shares of the holdings buy coins at the day's last price; the rest
    stays cash. If cash does not cover a recall, the part `recall_sold_share` is raised by selling
    coins in proportion to their value. The rest comes from the maker's purse, and if that is too
    little, from coins again. Coins are collateral like tokens.
    """

    dealers: Entity  # who sell the coins and buy them
    dealers_cash_usd: PositiveUsd  # the dealers' cash at first, from which they can buy coins back
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
