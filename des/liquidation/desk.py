"""The venue's liquidation of accounts on margin, in three steps.

1. `margin_call`: an account below maintenance margin, but not below auto-close margin, sends random
   orders into the book until the next settlement.
2. `auto_close`: an account below auto-close margin is closed at settlements, at once or in parts.
   The account's tokens are sold, and its position goes to backstop providers. The part that the
   providers cannot take is closed against the largest accounts with the opposite position.
3. `loss_bearers`: a closed account leaves money or a debt. The insurance fund receives the money.
   The fund also pays debts, as far as its balance is enough. Providers can bear a part of the
   remaining debts through the price of a takeover. All customers outside the house group bear
   the rest.

The code of a step never uses the code of an earlier step.
"""

import numpy as np

from des.given import given
from des.liquidation.auto_close import AutoClose
from des.liquidation.holders import Holders
from des.liquidation.leveraged_accounts import LeveragedAccounts
from des.liquidation.loss_bearers import LossBearers
from des.liquidation.margin_call import MarginCall, order_keys
from des.liquidation.margin_population import Population
from des.liquidation.turnover import Turnover
from des.scenario import Scenario
from des.venue.venue import Venue
from ledger.parties import Parties


class LiquidationDesk:
    """Checks margin, and closes accounts that have too little margin."""

    def __init__(
        self,
        scenario: Scenario,
        parties: Parties,
        house: Venue,
        forced_lots_per_s: np.ndarray,
        token_weight_e6: np.ndarray,
        free_tokens: np.ndarray,
    ) -> None:
        """Initialise without accounts.

        Args:
            scenario: a scenario with leverage.
            parties: all parties that keep books, by role.
            house: the house venue.
            forced_lots_per_s: the limit on all forced orders in a second, in lots, by market.
            token_weight_e6: the share of tokens' value that counts as margin, in millionths. Entry
                i is for the tokens that market i prices.
            free_tokens: retail's tokens that are not collateral, in lots, by the market that prices
                the tokens.
        """
        rules, names = given(scenario.leverage), [market.name for market in scenario.markets]
        self._house, self.free_tokens = house, free_tokens
        # In the books customers on margin have higher numbers than all other retail customers.
        self._holders = holders = Holders.of(parties, scenario.retail.holders)
        self.accounts = LeveragedAccounts(house.tick_cents, rules.maintenance_e6, token_weight_e6)
        self._turnover = Turnover(house, holders, self.accounts, free_tokens)
        keys = order_keys(scenario.run.seed, names)
        self._call = MarginCall(rules, keys, forced_lots_per_s, house, holders, self.accounts)
        self._bearers = LossBearers(rules, parties, house, holders, self.accounts)
        self._auto_close = AutoClose(
            rules, parties, house, holders, self.accounts, self._bearers, token_weight_e6
        )
        self._marks = np.ones(len(names), dtype=np.int64)

    @property
    def fund_cents(self) -> int:
        """Return the balance of the insurance fund in cents."""
        return self._bearers.fund_cents

    @property
    def reserved_cents(self) -> int:
        """Return the cents of retail's claim that are in accounts on margin, at the last marks.

        Tokens are not included, since the venue owes them in kind. An account that owes dollars
        against tokens counts as zero.
        """
        return int(np.maximum(self.accounts.worth(self._marks), 0).sum())

    def enter(self, time_us: int, marks: np.ndarray, holders: Population) -> None:
        """Open accounts. The holders deposit collateral and enter positions at *marks*.

        Cash collateral is paid from the part of retail's claim that is not in accounts on margin.
        So this part limits the number of holders.
        """
        free_cents = int(self._house.claims[self._holders.retail]) - self.reserved_cents
        self._turnover.enter(time_us, marks, holders, free_cents)
        self._marks = marks

    def leave(self, time_us: int, marks: np.ndarray, chosen: np.ndarray) -> None:
        """Close the *chosen* accounts that have enough margin and owe no dollars.

        *chosen* is bool, shape (accounts,).
        """
        self._turnover.leave(time_us, marks, chosen)
        self._marks = marks

    def limit_forced_orders(self, most_lots_per_s: np.ndarray) -> None:
        """Set a new limit on the sum of all forced orders in one second, in lots, by market."""
        self._call.most_lots_per_s = most_lots_per_s

    def leave_all(self, time_us: int, marks: np.ndarray) -> None:
        """Close the positions of all accounts at *marks*."""
        self._turnover.leave_all(time_us, marks)
        self._marks = marks

    def orders(self, market: int, mark: int, start_us: int, end_us: int) -> np.ndarray:
        """Return the forced orders (dtype ORDER) of all accounts in a market."""
        return self._call.orders(market, mark, start_us, end_us)

    def follow(self, market: int, fills: np.ndarray) -> None:
        """Book the fills of forced orders (rows of dtype ROW) to their accounts."""
        self._call.follow(market, fills)

    def settle(self, time_us: int, marks: np.ndarray, elapsed_s: int) -> None:
        """Close accounts below auto-close margin, and settle the money or the debts that are left.

        Args:
            time_us: the time of the settlement, after variation margin has been paid.
            marks: the lead price in ticks, by market.
            elapsed_s: seconds since the last settlement.
        """
        self._auto_close.settle(time_us, marks, elapsed_s)
        self._bearers.settle(time_us, marks)
        self._marks = marks
