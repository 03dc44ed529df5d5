"""A coin, or a class of coins with one price, and the source of this price."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.dated import Dated, check_order, in_force
from des.scenario.quantities import (
    ContradictionError,
    MarketName,
    Part,
    PositiveUsd,
    TokenName,
    check_commodity,
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
    """The name of a coin, and the source of the coin's price: a contract, or stated prices."""

    name: TokenName
    market: MarketName | None = None  # the contract whose lead price is the coin's price
    prices: Annotated[tuple[CoinPrice, ...], Field(max_length=10_000)] = ()  # stated prices

    def price_usd_on(self, day: date) -> float | None:
        """Return the stated price on a day, in dollars, or None if no stated price applies yet."""
        price = in_force(self.prices, day)
        return price.usd if price else None

    @model_validator(mode="after")
    def _priced(self) -> Self:
        check_commodity(self.name, "coin")
        check_one_source(self.market, "prices", self.prices)
        check_order("prices", self.prices)
        return self


def check_one_source(market: str | None, key: str, stated: Sequence[Part]) -> None:
    """Refuse a coin or token unless its price has exactly one source: a market or stated prices.

    Raises:
        ContradictionError: a market and stated prices are both given, or are both missing. In the
            message the stated prices have the name *key*.
    """
    if (market is None) == (not stated):
        fault = f"is missing; give market or {key}"
        if stated:
            fault = f"is given together with {key}; give one of the two"
        raise ContradictionError(("market",), fault)
