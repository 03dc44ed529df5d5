"""Positions on margin, and the search for accounts below maintenance margin.

An account has cash and a position of n lots. For a short, n is below zero. If M is the value of a
lot at the mark, the account's value is cash + n * M. The account's equity is this value plus the
margin value of its tokens. The margin fraction is the equity divided by |n| * M.

The threshold of a long is the highest price at which its margin fraction is below the maintenance
fraction. The threshold of a short is the lowest such price. Thresholds are kept sorted. So a
settlement reads only the accounts whose thresholds the price has passed, and the accounts that have
changed since the last sorting. The thresholds of accounts with tokens assume token prices below the
prices at the last sorting. So each account that the search finds is checked again with the current
prices.
"""

import numpy as np

from des.liquidation.token_collateral import E6, TokenCollateral
from des.venue.venue import FUNDING_UNIT

Thresholds = tuple[np.ndarray, np.ndarray]  # prices in rising order, and their accounts


class LeveragedAccounts:
    """All accounts on margin, in whole lots and cents. Each account has at most one position."""

    def __init__(
        self, tick_cents: np.ndarray, maintenance_e6: int, token_weight_e6: np.ndarray
    ) -> None:
        """Initialise without accounts.

        Args:
            tick_cents: the value of one tick on one lot, by market.
            maintenance_e6: the margin fraction below which an account is liquidated, in millionths.
            token_weight_e6: the share of tokens' value that counts as margin, in millionths. Entry
                i is for the tokens that market i prices.
        """
        self._tick_cents, self._maintenance_e6 = tick_cents, maintenance_e6
        self.tokens = TokenCollateral(tick_cents, token_weight_e6)
        none = np.zeros(0, dtype=np.int64)
        self.market, self.lots, self.cash = none, none, none
        self.enter(none, none, none, none, none)

    def enter(
        self,
        market: np.ndarray,
        lots: np.ndarray,
        cash: np.ndarray,
        token_market: np.ndarray,
        tokens: np.ndarray,
    ) -> None:
        """Append new accounts to the arrays, each with a position, cash and tokens."""
        self.tokens.enter(token_market, tokens)
        self.market = np.concatenate((self.market, market))
        self.lots = np.concatenate((self.lots, lots))
        self.cash = np.concatenate((self.cash, cash))
        markets = range(len(self._tick_cents))
        self._members = [np.flatnonzero(self.market == m) for m in markets]
        self._moved = np.zeros(len(self.market), dtype=bool)  # changed since the last sorting
        self._movers: list[list[int]] = [[] for _ in markets]
        self.sort()

    def equity(self, market: int, mark: int, accounts: np.ndarray) -> np.ndarray:
        """Return the equity of one market's *accounts* at *mark*, in cents. Tokens are included."""
        dollars = self.cash[accounts] + self.lots[accounts] * (self._tick_cents[market] * mark)
        return dollars + self.tokens.worth(accounts)

    def mark_tokens(self, marks: np.ndarray) -> None:
        """Use *marks* to value tokens, until the next call."""
        if self.tokens.mark(marks):
            self.sort()

    def worth(self, marks: np.ndarray) -> np.ndarray:
        """Return the value of each account at *marks*, in cents. Tokens are not included."""
        return self.cash + self.lots * (self._tick_cents * marks)[self.market]

    def below(self, market: int, mark: int) -> np.ndarray:
        """Return the sorted indices of a market's accounts below maintenance margin at *mark*.

        The result includes accounts without a position that owe more than the margin value of their
        tokens.
        """
        (long_at, longs), (short_at, shorts) = self._sorted[market]
        passed = np.concatenate(
            (longs[long_at.searchsorted(mark) :], shorts[: short_at.searchsorted(mark, "right")])
        )
        if not len(passed) and not self._movers[market]:
            return passed  # the usual case
        moved = np.array(self._movers[market], dtype=np.int64)
        touched = np.concatenate((passed[~self._moved[passed]], moved))
        touched.sort()
        notional = np.abs(self.lots[touched]) * (self._tick_cents[market] * mark)
        equity = self.equity(market, mark, touched)
        return touched[equity * E6 < notional * self._maintenance_e6]

    def safe(self, marks: np.ndarray) -> np.ndarray:
        """Tell for each account whether it has a position with at least maintenance margin."""
        notional = np.abs(self.lots) * (self._tick_cents * marks)[self.market]
        equity = self.worth(marks) + self.tokens.worth()
        return (self.lots != 0) & (equity * E6 >= notional * self._maintenance_e6)

    def opposing(self, market: int, side: int, most: int) -> np.ndarray:
        """Return a market's largest shorts if *side* is 1, or its largest longs if *side* is -1.

        At most *most* accounts are returned, the largest first. Accounts of equal size are in the
        order of entry.
        """
        members = self._members[market]
        against = members[self.lots[members] * side < 0]
        size = np.abs(self.lots[against])
        if len(against) > most:
            # In a cascade of liquidations, sorting all accounts would take most of the run's time.
            least = np.partition(size, -most)[-most]
            against, size = against[size >= least], size[size >= least]
        return against[np.argsort(-size, kind="stable")][:most]

    def trade(
        self,
        market: int,
        accounts: np.ndarray,
        lots: np.ndarray,
        price: np.ndarray,
        fee: np.ndarray,
    ) -> None:
        """Book the given trades to their accounts. One account may have several trades."""
        paid = lots * price * self._tick_cents[market] + fee
        np.subtract.at(self.cash, accounts, paid)
        np.add.at(self.lots, accounts, lots)
        self._move(accounts)

    def sell_tokens(self, account: int, cents: int) -> None:
        """Replace all tokens of an account by *cents* in cash."""
        self.tokens.lots[account] = 0
        self.credit(np.array([account]), np.array([cents]))

    def credit(self, accounts: np.ndarray, cents: int | np.ndarray) -> None:
        """Book one payment to each account. If *cents* are negative, the account pays."""
        self.cash[accounts] += cents
        self._move(accounts)

    def fund(self, marks: np.ndarray, rate_e9: int) -> None:
        """Book funding: each account pays or receives *rate_e9* billionths of its position's value.

        Longs pay and shorts receive if the rate is above zero. Each amount is rounded down. The
        cents that rounding leaves over belong to the other holders of retail's control account.
        """
        due = -self.lots * (self._tick_cents * marks)[self.market] * rate_e9
        self.cash += due // FUNDING_UNIT

    def sort(self) -> None:
        """Compute and sort all thresholds again, and forget which accounts have changed."""
        collateral = self.cash + self.tokens.suppose()
        self._sorted = [
            self._sort(market, collateral[members]) for market, members in enumerate(self._members)
        ]
        for market, members in enumerate(self._members):
            # An account with a debt but no position has no threshold, so the account is checked at
            # every settlement.
            owing = members[(self.lots[members] == 0) & (self.cash[members] < 0)]
            self._movers[market] = owing.tolist()
            self._moved[members] = False
            self._moved[owing] = True

    def _move(self, accounts: np.ndarray) -> None:
        for account in np.unique(accounts[~self._moved[accounts]]).tolist():
            self._moved[account] = True
            self._movers[self.market[account]].append(account)

    def _sort(self, market: int, collateral: np.ndarray) -> tuple[Thresholds, Thresholds]:
        """Return the thresholds of longs and the thresholds of shorts, with their accounts.

        A long lacks margin if the price is at or below the account's threshold. A short lacks
        margin if the price is at or above the account's threshold. *collateral* is cash plus the
        margin value of tokens.
        """
        members = self._members[market]
        lots, owed = self.lots[members], E6 * collateral
        tick_cents, m = int(self._tick_cents[market]), self._maintenance_e6
        long, short = lots > 0, lots < 0
        # Let C be the collateral, and m the maintenance fraction. A long lacks margin if
        # C + n * M < m * n * M. This is the same as (1 - m) * n * M < -C. A short lacks margin if
        # (1 + m) * |n| * M > C.
        too_low = (-owed[long] - 1) // ((E6 - m) * lots[long] * tick_cents)
        too_high = owed[short] // ((E6 + m) * -lots[short] * tick_cents) + 1
        by_low, by_high = np.argsort(too_low, kind="stable"), np.argsort(too_high, kind="stable")
        return (
            (too_low[by_low], members[long][by_low]),
            (too_high[by_high], members[short][by_high]),
        )
