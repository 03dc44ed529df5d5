"""Customers' coins: their claims in kind, beside dollars."""

import math
from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.portfolio import Portfolio
from des.scenario.priced_coin import PricedCoin
from des.scenario.quantities import (
    ContradictionError,
    Entity,
    Fraction,
    Part,
    PositiveUsd,
    Usd,
)

Fault = tuple[tuple[str | int, ...], str]  # the place of a key, and its error


class CustomerCoin(PricedCoin):
    """A coin that customers bring, are owed and withdraw, or a class of them with one price."""

    share: Fraction  # of what customers bring by the value, and of their claims at first
    supply: Annotated[int, Field(ge=0, le=10**12)]  # units in customers' own hands at first


class CustomerCoins(Part):
    """Coins that customers are owed in kind; what the shares leave, they are owed in dollars.

    Each deposit is in one coin or in dollars, drawn by the shares; each withdrawal in one of those
    that customers are owed, drawn by what each is worth. What is less than a lot is in dollars.
    Where the house lacks dollars it lends coins to its maker, which sells them at the price of the
    last settlement; where it lacks a coin, the maker buys it back for the house's dollars. A
    withdrawal for which neither suffices waits. Where dealers buy only so much in a day, dollars
    and each coin have a line of their own. Customers gain and lose in dollars alone.
    """

    dealers: Entity  # who buy coins, and sell them back
    dealers_cash_usd: PositiveUsd  # that they have at first, beside a portfolio's
    dealers_buy_usd_per_day: Usd | None = None  # None: as much as they have cash for
    owed: Annotated[tuple[CustomerCoin, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = math.fsum(coin.share for coin in self.owed)
        if total > 1 + 1e-9:
            raise ContradictionError(
                ("owed",), f"have shares of {total:g} in all; make them 1 at most"
            )
        names = [coin.name for coin in self.owed]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise ContradictionError(
                    ("owed", i, "name"), f"is '{name}', which is taken; give each its own"
                )
        return self


def fault_of_coins(
    coins: CustomerCoins | None,
    portfolio: Portfolio | None,
    markets: Sequence[str],
    taken: Sequence[str],
) -> Fault | None:
    """Find what customers' coins and the rest of a scenario don't agree on.

    Args:
        coins: what customers are owed in kind.
        portfolio: the maker's own coins, which may be the same.
        markets: the names of all contracts.
        taken: names of entities, and of tokens that are counted otherwise.
    """
    if coins is None:
        return None
    held = {coin.name: coin for coin in portfolio.holdings} if portfolio else {}
    if portfolio and coins.dealers != portfolio.dealers:
        fault = f"is '{coins.dealers}'; give '{portfolio.dealers}', as group.portfolio does"
        return ("retail", "coins", "dealers"), fault
    for i, coin in enumerate(coins.owed):
        place = ("retail", "coins", "owed", i)
        if coin.market is not None and coin.market not in markets:
            given = ", ".join(markets)
            return (*place, "market"), f"is '{coin.market}'; give one of the markets: {given}"
        if coin.name in taken:
            return (*place, "name"), f"is '{coin.name}', which is taken; give the coin another"
        own = held.get(coin.name)
        if own and (own.market, own.prices) != (coin.market, coin.prices):
            fault = f"is '{coin.name}', which group.portfolio prices otherwise; give it that price"
            return (*place, "name"), fault
    return None
