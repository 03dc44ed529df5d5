"""Customers' coins: customers have claims in coins in addition to their claims in dollars."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from des.scenario.portfolio import Portfolio
from des.scenario.priced_coin import PricedCoin
from des.scenario.quantities import (
    Entity,
    Fraction,
    Part,
    PositiveUsd,
    Usd,
    check_distinct,
    check_shares,
)

Fault = tuple[tuple[str | int, ...], str]  # the place of a key, and the error message for it


class CustomerCoin(PricedCoin):
    """A coin that customers deposit and withdraw, and that the house owes to customers.

    A class of coins with one price counts as one coin.
    """

    share: Fraction  # the coin's share of the value of deposits, and of claims at the start
    supply: Annotated[int, Field(ge=0, le=10**12)]  # units in customers' own wallets at the start


class CustomerCoins(Part):
    """Coins that the venue owes to customers in kind. Customers' other claims are in dollars.

    For each deposit, a random draw selects dollars or a coin, in proportion to the shares of
    deposits. For each withdrawal, another draw selects dollars or a coin, in proportion to the
    value of customers' claims in dollars and in each coin. Amounts below the price of a coin's lot
    are in dollars. If the house lacks dollars, it lends coins to its maker. The maker sells these
    coins at the price of the last settlement, and pays the proceeds to the house. If the house
    lacks a coin, the maker buys the coin back with the house's dollars. If the dollars are not
    enough, the withdrawal waits. With `dealers_buy_usd_per_day`, withdrawals in dollars and in each
    coin wait in separate queues. Customers' gains and losses from trading are in dollars.
    """

    dealers: Entity  # the parties that trade coins with the maker
    # Opening cash of the dealers, in addition to the opening cash that a portfolio states.
    dealers_cash_usd: PositiveUsd
    # The most that the dealers pay for customers' coins in a day. None: only their cash is a limit.
    dealers_buy_usd_per_day: Usd | None = None
    owed: Annotated[tuple[CustomerCoin, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_shares("owed", [coin.share for coin in self.owed])
        check_distinct("owed", "name", [coin.name for coin in self.owed])
        return self


def fault_of_coins(
    coins: CustomerCoins | None,
    portfolio: Portfolio | None,
    markets: Sequence[str],
    taken: Sequence[str],
) -> Fault | None:
    """Return the first contradiction between customers' coins and other parts of a scenario.

    Args:
        coins: customers' claims in kind.
        portfolio: the maker's own coins, some of which customers may also have.
        markets: the names of all contracts.
        taken: the names of entities and of tokens. No coin can have such a name, because the books
            would use one name for two things.
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
            return (*place, "name"), f"is '{coin.name}', which is taken; give the coin another name"
        own = held.get(coin.name)
        if own and (own.market, own.prices) != (coin.market, coin.prices):
            fault = f"is '{coin.name}', whose price differs in group.portfolio; give the same price"
            return (*place, "name"), fault
    return None
