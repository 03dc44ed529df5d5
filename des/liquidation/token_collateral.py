"""Tokens that customers on margin deposit as collateral, and their margin value.

An account has tokens of one kind or none, counted in lots of the market that prices them. At the
mark M, t tokens of weight w have the margin value w t M, in whole cents, rounded down.

The order of accounts by the price at which they fail supposes token prices slightly below the
current prices. The sorting is valid until a token price falls below the supposed price.
"""

import numpy as np

E6 = 1_000_000  # weights are in millionths
SUPPOSED_PCT = 90  # supposed token prices in the sorting of accounts, in per cent of current prices
NONE = -1  # the market of an account whose collateral is only cash


def sale_price(mark: int, weight_e6: int) -> int:
    """Return the price of a venue's sale of a customer's tokens: with a discount, at least a tick.

    The price is at most the margin value, so that a sale never raises an account's equity.
    """
    return max(mark * weight_e6 // E6, 1)


class TokenCollateral:
    """The tokens of all accounts, by account, and their margin value."""

    def __init__(self, tick_cents: np.ndarray, weight_e6: np.ndarray) -> None:
        """Start without accounts.

        Args:
            tick_cents: value of a tick on a lot, by market.
            weight_e6: the share of tokens' value that counts as margin, by pricing market.
        """
        self._tick_cents, self._weight_e6 = tick_cents, weight_e6
        self.market = np.zeros(0, dtype=np.int64)
        self.lots = np.zeros(0, dtype=np.int64)
        self._marks = self._supposed = np.ones(len(tick_cents), dtype=np.int64)
        # The pricing markets of all tokens that customers have deposited.
        self._in_use = self.market

    def enter(self, market: np.ndarray, lots: np.ndarray) -> None:
        """Add accounts with tokens after the existing accounts (market NONE and no lots: cash)."""
        self.market = np.concatenate((self.market, market))
        self.lots = np.concatenate((self.lots, lots))
        self._in_use = np.unique(self.market[self.lots > 0])

    def mark(self, marks: np.ndarray) -> bool:
        """Set token prices; return whether one is below the supposed price."""
        self._marks = marks
        return bool(np.any(marks[self._in_use] < self._supposed[self._in_use]))

    def suppose(self) -> np.ndarray:
        """Set the supposed prices, and return the margin value of all accounts' tokens at them."""
        self._supposed = np.maximum(self._marks * SUPPOSED_PCT // 100, 1)
        return self._worth(slice(None), self._supposed)

    def worth(self, accounts: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Return the margin value of accounts' tokens in cents."""
        return self._worth(accounts, self._marks)

    def _worth(self, accounts: np.ndarray | slice, marks: np.ndarray) -> np.ndarray:
        market, lots = self.market[accounts], self.lots[accounts]
        # An account without tokens has the market NONE: it gets the last price, times zero lots.
        return lots * (self._tick_cents * marks)[market] * self._weight_e6[market] // E6
