"""Tokens that customers on margin deposit as collateral, and the margin value of these tokens.

An account has one kind of token or none. Tokens are counted in lots of the market that prices them.
If M is the value of a lot at the mark, t lots with the weight w have the margin value w * t * M,
rounded down to whole cents.

Accounts are sorted by the contract price at which they begin to lack margin. The sorting assumes
token prices below the current prices (`suppose`). It is valid until the price of a token falls
below the assumed price.
"""

import numpy as np

E6 = 1_000_000  # weights are in millionths
SUPPOSED_PCT = 90  # token prices that the sorting assumes, in percent of the current prices
NONE = -1  # the token market of an account without tokens


def sale_price(mark: int, weight_e6: int) -> int:
    """Return the discounted price in ticks at which the venue sells a customer's tokens.

    The price of a lot is at most its margin value, so that a sale does not raise an account's
    equity. There is one exception: if the margin value is below one tick, the price is one tick.
    """
    return max(mark * weight_e6 // E6, 1)


class TokenCollateral:
    """The tokens of each account, and their margin value."""

    def __init__(self, tick_cents: np.ndarray, weight_e6: np.ndarray) -> None:
        """Initialise without accounts.

        Args:
            tick_cents: the value of one tick on one lot, by market.
            weight_e6: the share of tokens' value that counts as margin, in millionths. The index is
                the market that prices the tokens.
        """
        self._tick_cents, self._weight_e6 = tick_cents, weight_e6
        self.market = np.zeros(0, dtype=np.int64)
        self.lots = np.zeros(0, dtype=np.int64)
        self._marks = self._supposed = np.ones(len(tick_cents), dtype=np.int64)
        # the markets that price the deposited tokens
        self._in_use = self.market

    def enter(self, market: np.ndarray, lots: np.ndarray) -> None:
        """Add accounts after the existing ones. For an account without tokens, *market* is NONE."""
        self.market = np.concatenate((self.market, market))
        self.lots = np.concatenate((self.lots, lots))
        self._in_use = np.unique(self.market[self.lots > 0])

    def mark(self, marks: np.ndarray) -> bool:
        """Set the current token prices. Tell whether the accounts must be sorted again.

        The accounts must be sorted if the price of a deposited token is below the price that the
        last sorting assumed.
        """
        self._marks = marks
        return bool(np.any(marks[self._in_use] < self._supposed[self._in_use]))

    def suppose(self) -> np.ndarray:
        """Assume lower token prices, and return each account's margin value at these prices."""
        self._supposed = np.maximum(self._marks * SUPPOSED_PCT // 100, 1)
        return self._worth(slice(None), self._supposed)

    def worth(self, accounts: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Return the margin value of the accounts' tokens at current prices, in cents."""
        return self._worth(accounts, self._marks)

    def _worth(self, accounts: np.ndarray | slice, marks: np.ndarray) -> np.ndarray:
        market, lots = self.market[accounts], self.lots[accounts]
        # NONE is the index -1, so an account without tokens gets the price of the last market. This
        # has no effect, since the account has zero lots.
        return lots * (self._tick_cents * marks)[market] * self._weight_e6[market] // E6
