"""Tokens that customers on margin deposit as collateral, and their margin value.

An account has tokens of one kind or none, counted in lots of the market that prices them. At the
mark M, t tokens of weight w count as w t M, in whole cents, rounded down.

Accounts are sorted by the prices of their positions, supposing token prices somewhat below the
present ones. The sorting holds until a token price falls below the supposed one.
"""

import numpy as np

E6 = 1_000_000  # weights are in millionths
SUPPOSED_PCT = 90  # the supposed part of token prices when accounts are sorted
NONE = -1  # it stands for a market where the collateral is cash alone


def sale_price(mark: int, weight_e6: int) -> int:
    """Return the price at which a venue sells a customer's tokens: marked down, at least a tick.

    It is at most their margin value, so that a sale never raises an account's equity.
    """
    return max(mark * weight_e6 // E6, 1)


class TokenCollateral:
    """The tokens of all accounts, by account, and their margin value."""

    def __init__(self, tick_cents: np.ndarray, weight_e6: np.ndarray) -> None:
        """Start without accounts.

        Args:
            tick_cents: value of a tick on a lot, by market.
            weight_e6: the part of the value of tokens that counts, by the market that prices them.
        """
        self._tick_cents, self._weight_e6 = tick_cents, weight_e6
        self.market = np.zeros(0, dtype=np.int64)
        self.lots = np.zeros(0, dtype=np.int64)
        self._marks = self._supposed = np.ones(len(tick_cents), dtype=np.int64)
        self._in_use = self.market  # the markets of all tokens that customers have deposited

    def enter(self, market: np.ndarray, lots: np.ndarray) -> None:
        """Add accounts with tokens behind the existing ones (market NONE and no lots: cash)."""
        self.market = np.concatenate((self.market, market))
        self.lots = np.concatenate((self.lots, lots))
        self._in_use = np.unique(self.market[self.lots > 0])

    def mark(self, marks: np.ndarray) -> bool:
        """Set token prices; tell whether one is below the supposed price."""
        self._marks = marks
        return bool(np.any(marks[self._in_use] < self._supposed[self._in_use]))

    def suppose(self) -> np.ndarray:
        """Return the margin value of all accounts' tokens at the supposed prices."""
        self._supposed = np.maximum(self._marks * SUPPOSED_PCT // 100, 1)
        return self._worth(slice(None), self._supposed)

    def worth(self, accounts: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Return the margin value of accounts' tokens in cents."""
        return self._worth(accounts, self._marks)

    def _worth(self, accounts: np.ndarray | slice, marks: np.ndarray) -> np.ndarray:
        market, lots = self.market[accounts], self.lots[accounts]
        # For an account without tokens, market NONE picks the last price, times zero lots.
        return lots * (self._tick_cents * marks)[market] * self._weight_e6[market] // E6
