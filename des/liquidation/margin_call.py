"""The first step of a liquidation: accounts with too little margin reduce their positions.

These accounts are below maintenance margin, but not below auto-close margin. They send random
orders by the rule in the module `orders`. The orders are planned at a settlement and reach the
order book in the interval that follows. The fills are booked to the accounts when this interval
ends.
"""

from collections.abc import Sequence

import numpy as np

from des.chance import decision_key
from des.liquidation.holders import Holders
from des.liquidation.leveraged_accounts import LeveragedAccounts
from des.liquidation.orders import forced_orders
from des.liquidation.token_collateral import E6
from des.quoting.race import NO_ORDERS
from des.scenario import Leverage
from des.venue.venue import Venue
from ledger.motives import Motive


class MarginCall:
    """Sends forced orders for accounts below maintenance margin but not below auto-close margin."""

    def __init__(
        self,
        rules: Leverage,
        keys: np.ndarray,
        most_lots_per_s: np.ndarray,
        house: Venue,
        holders: Holders,
        accounts: LeveragedAccounts,
    ) -> None:
        """Initialise the first step.

        Args:
            rules: the scenario's rules for trading on margin.
            keys: by market, the key of the random draws.
            most_lots_per_s: by market, the limit on all forced orders of one second, in lots.
            house: the house venue.
            holders: states how the books name customers on margin.
            accounts: the accounts of all customers on margin.
        """
        self._maintenance_e6, self._auto_close_e6 = rules.maintenance_e6, rules.auto_close_e6
        self._keys, self.most_lots_per_s = keys, most_lots_per_s
        self._tick_cents, self._holders, self._accounts = house.tick_cents, holders, accounts

    def orders(self, market: int, mark: int, start_us: int, end_us: int) -> np.ndarray:
        """Return the forced orders (dtype ORDER) of a market's accounts in an interval."""
        accounts, lot_cents = self._accounts, int(self._tick_cents[market]) * mark
        low = accounts.below(market, mark)
        if not len(low):
            return NO_ORDERS
        equity, lots = accounts.equity(market, mark, low), accounts.lots[low]
        # Accounts below auto-close margin send no orders. The second step closes these accounts.
        in_book = equity * E6 >= np.abs(lots) * lot_cents * self._auto_close_e6
        low, equity, lots = low[in_book], equity[in_book], lots[in_book]
        keep = equity * E6 // (lot_cents * self._maintenance_e6)
        return forced_orders(
            self._keys[market],
            self._holders.first + low,
            lots,
            keep,
            int(self.most_lots_per_s[market]),
            start_us,
            end_us,
        )

    def follow(self, market: int, fills: np.ndarray) -> None:
        """Book the fills of forced orders to their accounts. *fills* has all fills of a market."""
        forced = fills[fills["motive"] == Motive.LIQUIDATION]
        if len(forced):
            accounts = forced["holder"] - self._holders.first
            self._accounts.trade(
                market, accounts, forced["lots"], forced["price"], forced["fee_cents"]
            )


def order_keys(seed: int, market_names: Sequence[str]) -> np.ndarray:
    """Return for each market the key from which forced orders are drawn, dtype uint64."""
    keys = [decision_key(seed, "liquidation", name) for name in market_names]
    return np.array(keys, dtype=np.uint64)
