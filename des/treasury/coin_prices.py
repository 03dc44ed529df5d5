"""Prices of coins: a contract's lead price, or prices stated from a day on."""

from datetime import date
from decimal import Decimal

import numpy as np

from des.scenario import Scenario
from ledger.coins import Coin
from ledger.money import dollars, to_cents

WHOLE = "1"  # the unit of a coin whose price is stated


def chart_coins(scenario: Scenario) -> tuple[Coin, ...]:
    """Return the coins of a world's books."""
    portfolio = scenario.group.portfolio if scenario.group else None
    if portfolio is None:
        return ()
    lots = {market.name: market.lot for market in scenario.markets}
    return tuple(
        Coin(each.name, lots[each.market] if each.market else WHOLE, portfolio.dealers)
        for each in portfolio.holdings
    )


class CoinPrices:
    """The price of each coin at a day's end, exactly: a lot costs a whole number of cents."""

    def __init__(self, scenario: Scenario) -> None:
        """Read the prices from a scenario with a portfolio."""
        self._holdings = scenario.coins
        markets = {market.name: i for i, market in enumerate(scenario.markets)}
        self._market = [markets[each.market] if each.market else None for each in self._holdings]
        self._tick_usd = [Decimal(market.tick_usd) for market in scenario.markets]
        self._lot = [Decimal(coin.unit) for coin in chart_coins(scenario)]

    def usd(self, place: int, day: date, marks: np.ndarray) -> Decimal | None:
        """Return the price of a whole unit; None before the first stated price.

        Args:
            place: the coin's, among the holdings.
            day: the day that is asked about.
            marks: lead prices of all markets at its end, in ticks.
        """
        market = self._market[place]
        if market is not None:
            return int(marks[market]) * self._tick_usd[market]
        usd = self._holdings[place].price_usd_on(day)
        return None if usd is None else dollars(to_cents(usd))

    def lot_cents(self, place: int, day: date, marks: np.ndarray) -> int:
        """Return the price of a lot; 0 before there is a price."""
        return int((self.usd(place, day, marks) or 0) * self._lot[place] * 100)
