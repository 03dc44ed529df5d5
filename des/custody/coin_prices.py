"""Prices of coins: the lead price of a contract, or prices that the scenario states by date."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import numpy as np

from des.given import given
from des.scenario import PricedCoin, Scenario
from ledger.coins import Coin
from ledger.money import dollars, to_cents

WHOLE = "1"  # if the scenario states a coin's price, one lot is one whole coin


def chart_coins(scenario: Scenario) -> tuple[Coin, ...]:
    """Return the coins in the books: the maker's coins, then those only owed to customers."""
    held = {coin.name for coin in scenario.coins}
    owed = {coin.name for coin in scenario.owed_coins}
    alone = (coin for coin in scenario.owed_coins if coin.name not in held)
    units, dealers = _units(scenario), dealers_of(scenario)
    return tuple(
        Coin(each.name, units(each), given(dealers), each.name in held, each.name in owed)
        for each in (*scenario.coins, *alone)
    )


def dealers_of(scenario: Scenario) -> str | None:
    """Return the name of the dealers in coins, or None if the scenario has no dealers."""
    if scenario.group and scenario.group.portfolio:
        return scenario.group.portfolio.dealers
    return scenario.retail.coins.dealers if scenario.retail.coins else None


def _units(scenario: Scenario) -> Callable[[PricedCoin], str]:
    lots = {market.name: market.lot for market in scenario.markets}
    return lambda coin: lots[coin.market] if coin.market else WHOLE


class CoinPrices:
    """The price of each coin at a given time, as a decimal. A lot costs a whole number of cents."""

    def __init__(self, scenario: Scenario, coins: Sequence[PricedCoin]) -> None:
        """Initialise for some coins of the scenario."""
        self._coins = coins
        markets = {market.name: i for i, market in enumerate(scenario.markets)}
        self._market = [markets[each.market] if each.market else None for each in coins]
        self._tick_usd = [Decimal(market.tick_usd) for market in scenario.markets]
        self._lot = [Decimal(unit) for unit in map(_units(scenario), coins)]

    def usd(self, place: int, day: date, marks: np.ndarray) -> Decimal | None:
        """Return the dollar price of one coin, or None before the first stated price.

        Args:
            place: the index of the coin in the sequence that `__init__` received.
            day: the day of the price.
            marks: lead prices of all markets at the time of valuation, in ticks.
        """
        market = self._market[place]
        if market is not None:
            return int(marks[market]) * self._tick_usd[market]
        usd = self._coins[place].price_usd_on(day)
        return None if usd is None else dollars(to_cents(usd))

    def lot_cents(self, place: int, day: date, marks: np.ndarray) -> int:
        """Return the price of a lot in cents, or 0 before the first stated price."""
        return int((self.usd(place, day, marks) or 0) * self._lot[place] * 100)
