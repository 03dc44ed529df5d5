"""Books the collateral and the positions of customers on margin who enter or leave.

Positions are opened and closed against the other makers, at the lead price.
"""

import numpy as np

from des.liquidation.holders import Holders
from des.liquidation.leveraged_accounts import LeveragedAccounts
from des.liquidation.margin_population import Population
from des.venue.venue import Venue
from ledger.motives import Motive


class Turnover:
    """Opens accounts on margin, and closes the accounts of customers who leave."""

    def __init__(
        self,
        house: Venue,
        holders: Holders,
        accounts: LeveragedAccounts,
        free_tokens: np.ndarray,
    ) -> None:
        """Initialise the simulation of customers who enter and leave.

        Args:
            house: the house venue.
            holders: states how the books name customers on margin.
            accounts: the accounts of all customers on margin, including customers who have left.
            free_tokens: retail's tokens that are not collateral, in lots, by the market that prices
                them. The array is updated in place.
        """
        self._house, self._holders = house, holders
        self._accounts, self._free_tokens = accounts, free_tokens

    def enter(self, time_us: int, marks: np.ndarray, holders: Population, free_cents: int) -> None:
        """Open accounts, and enter positions at *marks*, as long as there are free dollars.

        The cash that *holders* deposit is added up in their order. The first holder for whom
        the sum exceeds *free_cents*, and all later holders, are left out. A customer deposits cash
        instead of tokens if too few free tokens are left.
        """
        accounts = self._accounts
        holders = holders.with_tokens_of(self._free_tokens)
        afford = holders.cash_cents.cumsum().searchsorted(free_cents, "right")
        holders = holders.first(int(afford))
        entering = len(accounts.lots) + np.arange(len(holders.lots))
        entered = holders.lots * (marks * self._house.tick_cents)[holders.market]
        accounts.mark_tokens(marks)
        accounts.enter(
            holders.market,
            holders.lots,
            holders.cash_cents - entered,
            holders.token_market,
            holders.tokens,
        )
        self._set_aside(time_us, entering, holders.cash_cents)
        self._set_tokens_aside(time_us, marks, entering, holders.tokens)
        self._exchange(time_us, marks, entering, holders.lots)

    def leave(self, time_us: int, marks: np.ndarray, chosen: np.ndarray) -> None:
        """Close, at *marks*, the positions of the *chosen* accounts that have enough margin.

        *chosen* has one bool per account. The cash and the tokens of these accounts are released.
        Accounts that owe dollars against tokens stay open.
        """
        accounts = self._accounts
        accounts.mark_tokens(marks)
        worth = accounts.worth(marks)
        leaving = np.flatnonzero(chosen & accounts.safe(marks) & (worth >= 0))
        self._end(time_us, marks, leaving, worth[leaving])

    def leave_all(self, time_us: int, marks: np.ndarray) -> None:
        """Close all positions at *marks*, also in accounts without enough margin.

        An account that owes dollars keeps its debt, and its tokens, if any, stay pledged.
        """
        accounts = self._accounts
        worth = accounts.worth(marks)
        self._end(time_us, marks, np.flatnonzero(worth >= 0), worth[worth >= 0])
        owing = np.flatnonzero((worth < 0) & (accounts.lots != 0))
        self._exchange(time_us, marks, owing, -accounts.lots[owing])
        accounts.lots[owing], accounts.cash[owing] = 0, worth[owing]
        accounts.sort()

    def _end(
        self, time_us: int, marks: np.ndarray, leaving: np.ndarray, worth_cents: np.ndarray
    ) -> None:
        """Close the positions of *leaving* accounts, and release the accounts' cash and tokens."""
        accounts = self._accounts
        held = leaving[accounts.lots[leaving] != 0]
        self._exchange(time_us, marks, held, -accounts.lots[held])
        self._set_aside(time_us, leaving, -worth_cents)
        self._set_tokens_aside(time_us, marks, leaving, -accounts.tokens.lots[leaving])
        accounts.lots[leaving], accounts.cash[leaving] = 0, 0
        accounts.tokens.lots[leaving] = 0
        accounts.sort()

    def _set_aside(self, time_us: int, accounts: np.ndarray, cents: np.ndarray) -> None:
        market = self._accounts.market[accounts]
        rows = self._holders.rows(time_us, Motive.COLLATERAL, market, accounts)
        rows["maker"], rows["edge_cents"] = self._holders.retail, cents
        self._house.pay(rows[cents != 0])

    def _set_tokens_aside(
        self, time_us: int, marks: np.ndarray, accounts: np.ndarray, tokens: np.ndarray
    ) -> None:
        """Record the tokens that become collateral. Negative *tokens* are released collateral."""
        accounts, tokens = accounts[tokens != 0], tokens[tokens != 0]
        market = self._accounts.tokens.market[accounts]
        rows = self._holders.rows(time_us, Motive.TOKENS, market, accounts)
        rows["maker"], rows["lots"] = self._holders.retail, tokens
        rows["price"] = rows["lead"] = marks[market]
        np.subtract.at(self._free_tokens, market, tokens)
        self._house.pay(rows)

    def _exchange(
        self, time_us: int, marks: np.ndarray, accounts: np.ndarray, lots: np.ndarray
    ) -> None:
        """Book positions that holders open or close with the other makers, at the lead price."""
        for market, mark in enumerate(marks.tolist()):
            here = self._accounts.market[accounts] == market
            rows = self._holders.rows(time_us, Motive.LEVERAGE, market, accounts[here])
            rows["maker"], rows["lots"] = self._holders.others, lots[here]
            rows["price"] = rows["lead"] = mark
            self._house.exchange(market, rows)
