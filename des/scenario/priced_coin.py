"""A coin, or a class of coins with one price: a market's price, or stated prices."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.dated import Dated, check_order, in_force
from des.scenario.quantities import (
    NOT_TOKENS,
    ContradictionError,
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


class PricedCoin(Part):
    """The name of a coin, and the source of its price."""

    name: TokenName
    market: MarketName | None = None  # the lead price of this contract is the coin's price
    prices: Annotated[tuple[CoinPrice, ...], Field(max_length=10_000)] = ()  # or these prices

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
