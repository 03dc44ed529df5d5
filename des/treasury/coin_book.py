"""Coins that the maker buys with money of lenders and customers, and sells at a discount.

At the start dealers have all coins of the portfolio. The value of a coin with a market is the day's
last lead price. The value of any other coin is its last stated price. The maker buys coins from
dealers at this value, and sells coins to dealers at this value minus a discount, the haircut. The
haircut represents the cost of selling into a falling market. Sales do not move the price, since
recorded prices already contain the impact of actual sales.
"""

from collections.abc import Iterator

import numpy as np

from des.custody.coin_prices import CoinPrices, chart_coins
from des.custody.custody import Custody
from des.given import given
from des.scenario import Scenario
from ledger import dealing
from ledger.accounts import coins
from ledger.journal import Journal
from ledger.money import to_cents
from ledger.parties import Parties
from ledger.times import day_of

UNIT = 10**9  # shares and haircuts are counted in billionths

Links = tuple[str, ...]


def coin_book(
    scenario: Scenario, parties: Parties, custody: Custody, journal: Journal
) -> "CoinBook | None":
    """Create the coin book, or return None if the scenario has no portfolio."""
    return CoinBook(scenario, parties, custody, journal) if scenario.coins else None


class CoinBook:
    """Buys and sells coins for the maker, and counts the lots of each coin."""

    def __init__(
        self, scenario: Scenario, parties: Parties, custody: Custody, journal: Journal
    ) -> None:
        """Start with all coins owned by the dealers."""
        self._terms = given(given(scenario.group).portfolio)
        self._coins = [coin for coin in chart_coins(scenario) if coin.is_held]
        self._prices = CoinPrices(scenario, scenario.coins)
        self._parties, self._custody, self._journal = parties, custody, journal
        self._maker = parties.names.index(parties.maker)
        self._dealers = parties.names.index(self._terms.dealers)
        holdings = self._terms.holdings
        self._share = [round(each.share * UNIT) for each in holdings]
        self._kept = [UNIT - round(each.haircut * UNIT) for each in holdings]
        self._supply = [
            coin.quantity.units_within(each.supply)
            for coin, each in zip(self._coins, holdings, strict=True)
        ]
        self.lots = [0 for _ in holdings]

    @property
    def recall_sold_e9(self) -> int:
        """Return `recall_sold_share` in billionths.

        If the maker lacks cash for a recall, it sells coins to get this share of the missing cash.
        """
        return round(self._terms.recall_sold_share * UNIT)

    def opening_cash(self) -> dict[str, int]:
        """Return the dealers' opening cash, in cents."""
        return {self._terms.dealers: to_cents(self._terms.dealers_cash_usd)}

    def opening_lots(self) -> dict[tuple[str, str], int]:
        """Return the lots that the dealers hold at the start, by (dealers, coin)."""
        return {
            (coin.dealers, coin.name): lots
            for coin, lots in zip(self._coins, self._supply, strict=True)
        }

    def worth_cents(self, time_us: int, marks: np.ndarray) -> int:
        """Return the value of the maker's coins in cents, without a haircut."""
        prices = self._lot_cents(time_us, marks)
        return sum(lots * cents for lots, cents in zip(self.lots, prices, strict=True))

    def buy(self, time_us: int, cents: int, marks: np.ndarray, links: Links) -> None:
        """For each coin, spend its stated share of *cents* on whole lots that the dealers have.

        A coin without a price is not bought.
        """
        for place, lot_cents in enumerate(self._lot_cents(time_us, marks)):
            if not lot_cents:
                continue
            lots = cents * self._share[place] // UNIT // lot_cents
            lots = min(lots, self._supply[place] - self.lots[place])
            if lots:
                self._exchange(time_us, place, lots, lots * lot_cents, links)

    def spend(self, time_us: int, cents: int, marks: np.ndarray, links: Links) -> None:
        """Spend *cents* on whole lots. The stated shares of the coins are scaled to a sum of 1."""
        self.buy(time_us, cents * UNIT // sum(self._share), marks, links)

    def sell(self, time_us: int, cents: int, marks: np.ndarray, links: Links) -> None:
        """Sell coins for *cents* or slightly more, as far as coins and the dealers' cash allow.

        The coins are sold in proportion to the values of the maker's lots after the haircut.
        """
        prices = self._lot_cents(time_us, marks)
        net_cents = [
            lots * price * kept // UNIT
            for lots, price, kept in zip(self.lots, prices, self._kept, strict=True)
        ]
        total_cents = sum(net_cents)
        for place, net in enumerate(net_cents):
            if net <= 0 or cents <= 0:
                continue
            wanted = -(-cents * net // total_cents)
            lots = min(-(-wanted * self.lots[place] // net), self.lots[place])
            got = lots * prices[place] * self._kept[place] // UNIT
            dealers_have = int(self._custody.cash[self._dealers])
            if got > dealers_have:
                lots = lots * dealers_have // got
                got = lots * prices[place] * self._kept[place] // UNIT
            if lots:
                self._exchange(time_us, place, -lots, -got, links)

    def close_day(self, time_us: int, marks: np.ndarray) -> None:
        """Record the price of each coin that the maker holds."""
        for place, coin in enumerate(self._coins):
            usd = self._prices.usd(place, day_of(time_us), marks)
            if self.lots[place] and usd is not None:
                self._journal.price(time_us, coin.name, f"{usd:f}")

    def booked(self) -> Iterator[tuple[str, int, str]]:
        """Yield each balance that the books should have: account, lots, coin."""
        for coin, lots, supply in zip(self._coins, self.lots, self._supply, strict=True):
            yield coins(self._parties.maker, coin.name), lots, coin.name
            yield coins(coin.dealers, coin.name), supply - lots, coin.name

    def _lot_cents(self, time_us: int, marks: np.ndarray) -> list[int]:
        day = day_of(time_us)
        return [self._prices.lot_cents(i, day, marks) for i in range(len(self._coins))]

    def _exchange(self, time_us: int, place: int, lots: int, cents: int, links: Links) -> None:
        """Buy lots from the dealers for cash, or sell lots if *lots* and *cents* are negative."""
        self.lots[place] += lots
        coin, maker = self._coins[place], self._parties.maker
        if lots > 0:
            entry = dealing.buy(time_us, maker, coin, lots, cents, links)
            self._custody.pay(self._maker, self._dealers, cents, entry)
        else:
            entry = dealing.sell(time_us, maker, coin, -lots, -cents, links)
            self._custody.pay(self._dealers, self._maker, -cents, entry)
