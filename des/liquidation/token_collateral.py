"""Tokens that customers on margin bring as collateral, and what of their value counts.

An account has tokens of one kind or none, counted in lots of the market that prices them. At the
mark M, t tokens of weight w count as w t M, in whole cents, rounded down.

Whoever sorts accounts by the prices of their positions supposes token prices somewhat lower than
they are: then a sorting holds until one of them has fallen below what was supposed.
"""

import numpy as np

E6 = 1_000_000  # weights are in millionths
SUPPOSED_PCT = 90  # of the token prices at which accounts were sorted last
NONE = -1  # for a market: cash alone


def sale_price(mark: int, weight_e6: int) -> int:
    """Return at what a venue sells a customer's tokens: marked down, in whole ticks, one at least.

    No more than they counted for, so that a sale never lifts an account above where it stood.
    """
    return max(mark * weight_e6 // E6, 1)


class TokenCollateral:
    """The tokens behind all accounts, by account, and what they count for."""

    def __init__(self, tick_cents: np.ndarray, weight_e6: np.ndarray) -> None:
        """Begin with nobody.

        Args:
            tick_cents: value of a tick on a lot, by market.
            weight_e6: what counts of the value of tokens, by the market that prices them.
        """
        self._tick_cents, self._weight_e6 = tick_cents, weight_e6
        self.market = np.zeros(0, dtype=np.int64)
        self.lots = np.zeros(0, dtype=np.int64)
        self._marks = self._supposed = np.ones(len(tick_cents), dtype=np.int64)
        self._in_use = self.market  # the markets of all tokens that anybody has brought

    def enter(self, market: np.ndarray, lots: np.ndarray) -> None:
        """Let accounts bring tokens (market NONE and no lots: cash), behind those there are."""
        self.market = np.concatenate((self.market, market))
        self.lots = np.concatenate((self.lots, lots))
        self._in_use = np.unique(self.market[self.lots > 0])

    def mark(self, marks: np.ndarray) -> bool:
        """Take down token prices; tell whether one is below what was supposed."""
        self._marks = marks
        return bool(np.any(marks[self._in_use] < self._supposed[self._in_use]))

    def suppose(self) -> np.ndarray:
        """Return what the tokens of all accounts would count for at the prices now supposed."""
        self._supposed = np.maximum(self._marks * SUPPOSED_PCT // 100, 1)
        return self._worth(slice(None), self._supposed)

    def worth(self, accounts: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Return the cents that the tokens of accounts count for."""
        return self._worth(accounts, self._marks)

    def _worth(self, accounts: np.ndarray | slice, marks: np.ndarray) -> np.ndarray:
        market, lots = self.market[accounts], self.lots[accounts]
        # Where there are none, the market NONE picks the last price: nothing of it is nothing.
        return lots * (self._tick_cents * marks)[market] * self._weight_e6[market] // E6
