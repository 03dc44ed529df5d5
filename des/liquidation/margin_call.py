"""The first step of a liquidation: accounts below maintenance margin reduce their positions.

The accounts send random orders by the venue's rule, which is in the module `orders`. Orders are
planned at a settlement and reach the order book during the interval. The fills are booked to the
accounts when the interval ends.
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
            rules: the scenario's rules.
            keys: by market, the key from which random orders are drawn.
            most_lots_per_s: the limit on all forced orders in a second, in lots, by market.
            house: the house venue.
            holders: the customers' names in the books.
            accounts: the accounts of all customers on margin.
        """
        self._maintenance_e6, self._auto_close_e6 = rules.maintenance_e6, rules.auto_close_e6
        self._keys, self.most_lots_per_s = keys, most_lots_per_s
        self._tick_cents, self._holders, self._accounts = house.tick_cents, holders, accounts

    def orders(self, market: int, mark: int, start_us: int, end_us: int) -> np.ndarray:
        """Return the forced orders (dtype ORDER) of all accounts in a market."""
        accounts, lot_cents = self._accounts, int(self._tick_cents[market]) * mark
        low = accounts.below(market, mark)
        if not len(low):
            return NO_ORDERS
        equity, lots = accounts.equity(market, mark, low), accounts.lots[low]
        # Positions below auto-close margin wait for the backstop and send no orders.
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
        """Book the fills of forced orders (rows of dtype ROW) to their accounts."""
        forced = fills[fills["motive"] == Motive.LIQUIDATION]
        if len(forced):
            accounts = forced["holder"] - self._holders.first
            self._accounts.trade(
                market, accounts, forced["lots"], forced["price"], forced["fee_cents"]
            )


def order_keys(seed: int, market_names: Sequence[str]) -> np.ndarray:
    """Return by market the key from which forced orders are drawn, as uint64."""
    keys = [decision_key(seed, "liquidation", name) for name in market_names]
    return np.array(keys, dtype=np.uint64)
