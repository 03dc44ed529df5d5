"""The third step of a liquidation settles the money and the debts that closed accounts leave.

The insurance fund receives the money, and pays the debts as far as the fund's balance is enough.
All customers outside the house group bear the remaining debts, in proportion to their claims. The
fund's receipts and payments and the customers' losses are booked at the end of a settlement.
"""

import numpy as np

from des.liquidation.holders import Holders
from des.liquidation.leveraged_accounts import LeveragedAccounts
from des.scenario import Leverage
from des.venue.venue import Venue
from ledger.fills import join_rows, new_rows
from ledger.money import pro_rata, to_cents
from ledger.motives import Motive
from ledger.parties import Parties


class LossBearers:
    """The parties that bear losses: the insurance fund, then customers outside the house group."""

    def __init__(
        self,
        rules: Leverage,
        parties: Parties,
        house: Venue,
        holders: Holders,
        accounts: LeveragedAccounts,
    ) -> None:
        """Initialise without debts.

        Args:
            rules: the scenario's rules for trading on margin.
            parties: all parties that keep books, by role.
            house: the house venue.
            holders: states how the books name customers on margin.
            accounts: the accounts of all customers on margin.
        """
        self._house, self._holders, self._accounts = house, holders, accounts
        self._venue = parties.holders.index(parties.house)
        outside = [name for name in parties.house_customers if name != parties.maker]
        self._customers = np.array([parties.holders.index(name) for name in outside])
        self.fund_cents = to_cents(rules.insurance_usd)
        # By account, the cents that the fund pays. If this number is negative, the account pays the
        # fund.
        self._insured: dict[int, int] = {}
        self._debts: dict[int, int] = {}  # by account, the debt in cents that customers will share

    def cover(self, account: int, debt_cents: int) -> int:
        """Pay a debt from the insurance fund, as far as the fund's balance is enough.

        Returns:
            The fund's payment in cents. If the account has a position, the parties that take over
            the position can bear a part of the remaining debt, or all of it. All customers outside
            the house group bear the rest.
        """
        return self._insure(account, min(self.fund_cents, debt_cents))

    def settle_part(self, account: int, left_cents: int) -> None:
        """Settle the equity that is left when a part of a position has been closed.

        The insurance fund receives this equity. A negative *left_cents* is a debt that customers
        will share.
        """
        if left_cents >= 0:
            self._insure(account, -left_cents)
        else:
            self.take_over(account, -left_cents)

    def take_over(self, account: int, cents: int) -> None:
        """Remove a debt from an account. At the end of the settlement the debt is socialised."""
        if cents:
            self._accounts.credit(np.array([account]), np.array([cents]))
            self._debts[account] = self._debts.get(account, 0) + cents

    def settle(self, time_us: int, marks: np.ndarray) -> None:
        """Book the fund's payments and receipts, and the losses that customers share."""
        self._settle_insurance(time_us)
        self._socialise(time_us, marks)
        self._insured.clear()
        self._debts.clear()

    def _insure(self, account: int, cents: int) -> int:
        """Pay *cents* from the fund to an account. If *cents* are negative, the account pays."""
        if cents:
            self.fund_cents -= cents
            self._accounts.credit(np.array([account]), np.array([cents]))
            self._insured[account] = self._insured.get(account, 0) + cents
        return cents

    def _settle_insurance(self, time_us: int) -> None:
        paid = {account: cents for account, cents in self._insured.items() if cents}
        if paid:
            accounts = np.array(list(paid))
            market = self._accounts.market[accounts]
            rows = self._holders.rows(time_us, Motive.INSURANCE, market, accounts)
            rows["maker"], rows["edge_cents"] = self._venue, list(paid.values())
            self._house.pay(rows)

    def _socialise(self, time_us: int, marks: np.ndarray) -> None:
        """Divide the debts among customers outside the house group, in proportion to claims."""
        if not self._debts:
            return
        debtors, debts = np.array(list(self._debts)), list(self._debts.values())
        market = self._accounts.market[debtors]
        claims = np.maximum(self._house.claims[self._customers], 0).tolist()
        # If the debts are larger than all claims, the excess stays in retail's control account as a
        # shortfall.
        covered = pro_rata(min(sum(debts), sum(claims)), debts)
        relief = self._holders.rows(time_us, Motive.SOCIALISED, market, debtors)
        relief["maker"], relief["edge_cents"] = self._venue, covered
        shares = dict(zip(self._customers.tolist(), pro_rata(sum(covered), claims), strict=True))
        worth = np.maximum(self._accounts.worth(marks), 0)
        # The debts are already removed from the accounts, but not yet from retail's claim.
        free = int(self._house.claims[self._holders.retail]) + sum(debts) - int(worth.sum())
        borne = self._borne(time_us, int(market[0]), shares, worth, max(free, 0))
        rows = join_rows((relief, borne))
        self._house.pay(rows[rows["edge_cents"] != 0])

    def _borne(
        self, time_us: int, market: int, shares: dict[int, int], worth: np.ndarray, rest: int
    ) -> np.ndarray:
        """Return the rows that book each customer's share of a loss.

        Each account on margin that bears a part of the loss has its own row, and its cash is
        reduced. *shares* maps each customer's code to this customer's share in cents. *worth* has
        the value of each account on margin, and *rest* is the part of retail's claim that is in no
        account on margin.
        """
        retail, accounts = self._holders.retail, self._accounts
        of_rest, *of_accounts = pro_rata(shares.pop(retail), [rest, *worth.tolist()])
        accounts.cash -= np.array(of_accounts, dtype=np.int64)
        bearing = np.flatnonzero(of_accounts)
        on_margin = self._holders.rows(
            time_us, Motive.SOCIALISED, accounts.market[bearing], bearing
        )
        on_margin["edge_cents"] = -np.array(of_accounts, dtype=np.int64)[bearing]
        others = new_rows(1 + len(shares))
        others["time_us"], others["motive"], others["market"] = time_us, Motive.SOCIALISED, market
        others["taker"] = [retail, *shares]
        others["edge_cents"] = [-of_rest, *(-share for share in shares.values())]
        borne = join_rows((on_margin, others))
        borne["maker"] = self._venue
        return borne
