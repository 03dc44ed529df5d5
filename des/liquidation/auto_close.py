"""The second step of a liquidation: at settlements, accounts below auto-close margin are closed.

In each market the account with the lowest margin fraction comes first. The account's tokens are
sold at a discount. Then the account's position, or a part of it, goes to backstop providers, as far
as their capacity is enough. The lots that the providers cannot take are closed against the largest
accounts with the opposite position. The third step (`loss_bearers`) settles the money or the debt
that the closing leaves.
"""

from collections.abc import Iterator

import numpy as np

from des.liquidation.backstop import Backstop
from des.liquidation.closing import hand_over, transferred_lots
from des.liquidation.holders import Holders
from des.liquidation.leveraged_accounts import LeveragedAccounts
from des.liquidation.loss_bearers import LossBearers
from des.liquidation.token_collateral import E6, sale_price
from des.scenario import Leverage
from des.venue.venue import Venue
from ledger.fills import new_rows
from ledger.money import pro_rata, to_cents
from ledger.motives import Motive
from ledger.parties import Parties

DELEVERAGED = 10  # lots of one failed account are closed against at most this many accounts
TO_ZERO_PRICE = 3  # 3 thirds of the way from the mark: the price is the zero price (see `closing`)

# A trade that is not yet booked: (motive, taker, maker, account, lots, price).
Trade = tuple[Motive, int, int, int, int, int]


class AutoClose:
    """Closes accounts below auto-close margin, and transfers their positions."""

    def __init__(
        self,
        rules: Leverage,
        parties: Parties,
        house: Venue,
        holders: Holders,
        accounts: LeveragedAccounts,
        bearers: LossBearers,
        token_weight_e6: np.ndarray,
    ) -> None:
        """Initialise the second step.

        Args:
            rules: the scenario's rules on leverage.
            parties: all parties that keep books, by role.
            house: the house venue.
            holders: the customers' names in the books.
            accounts: the accounts of all customers on margin.
            bearers: settle the money or the debt that a closed account leaves.
            token_weight_e6: the share of tokens' value that counts as margin, in millionths. Entry
                i is for the tokens that market i prices.
        """
        self._auto_close_e6, self._thirds = rules.auto_close_e6, rules.discount_thirds
        self._house, self._holders, self._accounts = house, holders, accounts
        self._bearers, self._weight_e6 = bearers, token_weight_e6
        self._backstop = Backstop(rules.providers)
        self._providers = [parties.holders.index(name) for name in parties.backstops]
        self._least_cents = [
            None if provider.name == parties.maker else to_cents(provider.balance_usd_min)
            for provider in rules.providers
        ]

    def settle(self, time_us: int, marks: np.ndarray, elapsed_s: int) -> None:
        """Close accounts below auto-close margin, fully or in part.

        Args:
            time_us: the time of the settlement, after variation margin has been paid.
            marks: the lead price in ticks, by market.
            elapsed_s: seconds since the last settlement.
        """
        self._backstop.refill(time_us, elapsed_s, self._able())
        self._accounts.mark_tokens(marks)
        for market, mark in enumerate(marks.tolist()):
            due = self._worst_first(market, mark, self._auto_close_e6)
            while due:
                for account in due:
                    self._seize(time_us, market, marks, account)
                    trades = list(self._close(market, mark, account, elapsed_s))
                    if trades:
                        self._book(time_us, market, mark, trades)
                # Lots of the largest accounts on the other side are closed at the zero price of the
                # failed account. If one of these accounts then has a debt, it is closed next.
                due = self._worst_first(market, mark, 0)

    def _able(self) -> list[bool]:
        """Tell for each provider whether its balance is at least the scenario's minimum.

        The captive maker has no minimum.
        """
        balances = self._house.claims[self._providers].tolist()
        return [
            least is None or cents >= least
            for cents, least in zip(balances, self._least_cents, strict=True)
        ]

    def _worst_first(self, market: int, mark: int, margin_e6: int) -> list[int]:
        """Return a market's accounts with a margin fraction below *margin_e6*, the lowest first."""
        accounts, lot_cents = self._accounts, int(self._house.tick_cents[market]) * mark
        low = accounts.below(market, mark)
        if not len(low):
            return []
        equity = accounts.equity(market, mark, low) * E6
        notional = np.abs(accounts.lots[low]) * lot_cents
        due = equity < notional * margin_e6
        low, fraction = low[due], equity[due] // np.maximum(notional[due], 1)
        return low[np.lexsort((low, fraction))].tolist()

    def _margin(self, market: int, mark: int, account: int) -> tuple[int, int]:
        """Return an account's equity and its auto-close margin, both in cents."""
        equity = int(self._accounts.equity(market, mark, np.array([account]))[0])
        lots, tick_cents = int(self._accounts.lots[account]), int(self._house.tick_cents[market])
        return equity, abs(lots) * mark * tick_cents * self._auto_close_e6 // E6

    def _seize(self, time_us: int, market: int, marks: np.ndarray, account: int) -> None:
        """Sell the account's tokens, if any, to the other makers.

        Nothing is sold if the account has enough margin again after other accounts were closed.
        """
        tokens = int(self._accounts.tokens.lots[account])
        equity, threshold = self._margin(market, int(marks[market]), account)
        if not tokens or equity >= threshold:
            return
        priced_by = int(self._accounts.tokens.market[account])
        lead = int(marks[priced_by])
        price = sale_price(lead, int(self._weight_e6[priced_by]))
        cents = tokens * price * int(self._house.tick_cents[priced_by])
        rows = self._holders.rows(time_us, Motive.SEIZURE, priced_by, np.array([account]))
        rows["maker"], rows["lots"], rows["edge_cents"] = self._holders.others, -tokens, cents
        rows["price"], rows["lead"] = price, lead
        self._accounts.sell_tokens(account, cents)
        self._house.pay(rows)

    def _close(self, market: int, mark: int, account: int, elapsed_s: int) -> Iterator[Trade]:
        """Close all or some lots of a position (see `transferred_lots`), and yield the trades.

        Nothing is closed if the account has enough margin again.
        """
        tick_cents = int(self._house.tick_cents[market])
        position = int(self._accounts.lots[account])
        equity, threshold = self._margin(market, mark, account)
        if equity >= threshold:
            return  # a part of this position was closed against another account
        if equity < 0:
            equity += self._bearers.cover(account, -equity)
        if not position:
            self._bearers.take_over(account, -equity)
            return
        due = transferred_lots(abs(position), equity, threshold, elapsed_s)
        taken = self._backstop.take(due, mark * tick_cents)
        side = 1 if position > 0 else -1
        for provider, lots in (*zip(self._providers, taken, strict=True), (None, due - sum(taken))):
            if not lots:
                continue
            thirds = TO_ZERO_PRICE if provider is None else self._thirds
            part = hand_over(equity, position, lots, mark, tick_cents, thirds)
            self._bearers.settle_part(account, part.left_cents)
            motive = Motive.DELEVERAGING if provider is None else Motive.BACKSTOP
            maker = self._holders.others if provider is None else provider
            yield motive, self._holders.retail, maker, account, -side * lots, part.price
            if provider is None:
                yield from self._deleverage(market, side, lots, part.price)
            equity, position = equity - part.own_cents, position - side * lots

    def _deleverage(self, market: int, side: int, lots: int, price: int) -> Iterator[Trade]:
        """Yield the trades that close *lots* in the largest accounts on the other side.

        The lots are divided among at most DELEVERAGED accounts, in proportion to their positions.
        If these positions are too small for all *lots*, the other makers keep the remaining lots.
        """
        against = self._accounts.opposing(market, side, DELEVERAGED)
        held = np.abs(self._accounts.lots[against]).tolist()
        shares = pro_rata(min(lots, sum(held)), held)
        retail, others = self._holders.retail, self._holders.others
        for account, share in zip(against.tolist(), shares, strict=True):
            if share:
                yield Motive.DELEVERAGING, retail, others, account, side * share, price

    def _book(self, time_us: int, market: int, mark: int, trades: list[Trade]) -> None:
        rows = new_rows(len(trades))
        columns = ("motive", "taker", "maker", "holder", "lots", "price")
        for name, values in zip(columns, zip(*trades, strict=True), strict=True):
            rows[name] = values
        accounts = rows["holder"].copy()
        rows["holder"] += self._holders.first
        rows["time_us"], rows["lead"] = time_us, mark
        self._house.exchange(market, rows)
        self._accounts.trade(market, accounts, rows["lots"], rows["price"], rows["fee_cents"])
