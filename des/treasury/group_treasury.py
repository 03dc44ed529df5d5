"""The group's treasury: its payments and loans at the end of each day, apart from trading.

The steps of a day are, in this order:

1. Arbitrageurs trade with the pools. A pool closes at the end of its last day.
2. Investors pay for shares.
3. Lenders check their limits and recall loans. The maker repays the recalled loans.
4. The maker sells coins if the group's cash is too low.
5. On the first of a month the maker pays interest.
6. The maker draws the loans of lenders that have `drawn_in_full`, and buys coins with the money.
7. The group pays for uses, in the order of the scenario.
8. The maker buys tokens.
9. New pools open.
10. On the first of a month the maker buys coins with cash above the reserve.
11. The marks of tokens and coins are recorded.
12. On the first of a month the house pays its operating costs.
13. The day's interest on loans accrues.

Each payment for interest, uses of money, tokens or operating costs is made in full or not at all. A
note records each payment that is not made. A recall can be paid in part, and the unpaid part
remains a debt.

After a halt of the house only steps 1 and 11 take place. Creditors keep their claims, and the group
receives no new money. Notes record the uses that become due. Purchases of tokens, recalls, interest
and operating costs that become due have no note.
"""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from des.custody.custody import HALTED, Custody
from des.market.listing import Listing
from des.scenario import Scenario
from des.treasury.appraiser import Appraiser
from des.treasury.cash_reserve import CashReserve, cash_reserve
from des.treasury.coin_book import coin_book
from des.treasury.credit_line import CreditLine
from des.treasury.house_money import HouseMoney
from des.treasury.lenders import Lenders
from des.treasury.loan_service import LoanService
from des.treasury.pool_programme import PoolProgramme
from des.treasury.purse import Purse
from des.treasury.share_sales import ShareSales
from des.treasury.spender import Spender
from des.treasury.token_holdings import TokenHoldings
from des.venue.venue import Venue
from ledger.accounts import debt, tokens
from ledger.journal import Journal
from ledger.money import to_cents
from ledger.parties import OUTSIDE, Parties
from ledger.times import day_of
from ledger.transaction import LedgerError


def treasury(
    scenario: Scenario,
    parties: Parties,
    house: Venue,
    custody: Custody,
    reserved: Callable[[], int],
    listings: Sequence[Listing],
    appraiser: Appraiser | None,
    journal: Journal,
    waiting_cents: Callable[[], int],
) -> tuple[Purse, "GroupTreasury | None"]:
    """Create the captive maker's purse, and the group's treasury if the scenario has a group.

    Args:
        scenario: states the credit line, and the lenders, uses, tokens, pools and funding rounds.
        parties: all parties that keep books, by role.
        house: the house venue.
        custody: moves the cash.
        reserved: returns the balance of the insurance fund in cents.
        listings: all markets.
        appraiser: notes the value of shares at each funding round. None: no notes.
        journal: records draws, loans and payments.
        waiting_cents: returns the sum of all withdrawals that wait.
    """
    group, terms = scenario.group, scenario.maker
    tranche_cents = to_cents(terms.credit_tranche_usd)
    house_money = HouseMoney(parties, house, custody, reserved)
    credit = CreditLine(
        house,
        (parties.maker, parties.house),
        parties.names.index(parties.maker),
        lambda time_us: to_cents(terms.credit_line_usd_on(day_of(time_us))),
        tranche_cents,
        journal,
        house_money if group and group.never_lend_customer_money else None,
        custody.coins,
    )
    if group is None:
        return Purse(parties, house, custody, credit), None
    lenders = Lenders(group.lenders, tranche_cents, parties, custody, journal)
    purse = Purse(parties, house, custody, credit, lenders)
    holdings = TokenHoldings(scenario, group.tokens, journal)
    book = coin_book(scenario, parties, custody, journal)
    return purse, GroupTreasury(
        parties,
        custody,
        ShareSales(group.rounds, parties, custody, appraiser, journal),
        LoanService(parties, purse, lenders, book),
        cash_reserve(scenario, parties, custody, purse, book, waiting_cents),
        Spender(group, parties, custody, purse, house_money, journal),
        PoolProgramme(scenario, parties, custody, purse, holdings, listings, journal),
        journal,
    )


class GroupTreasury:
    """The daily payments of the house and its captive maker, apart from trading."""

    def __init__(
        self,
        parties: Parties,
        custody: Custody,
        shares: ShareSales,
        loans: LoanService,
        reserve: CashReserve | None,
        spender: Spender,
        pools: PoolProgramme,
        journal: Journal,
    ) -> None:
        """Start without loans, holdings or payments.

        Args:
            parties: all parties that keep books, by role.
            custody: moves cash, and states whether the house has halted.
            shares: sells shares of the house.
            loans: buys coins with loans, pays interest, and repays recalled loans.
            reserve: buys coins with the group's cash above the reserve, and sells coins if the cash
                is less than the reserve plus the day's payments. None: there is no reserve, and
                coins are bought only with loans.
            spender: makes all other payments.
            pools: the pools of the maker's tokens.
            journal: the journal with all balances.
        """
        self._parties, self._custody, self._journal = parties, custody, journal
        self._shares, self._loans, self._reserve = shares, loans, reserve
        self._spender, self._pools, self._holdings = spender, pools, pools.holdings
        self._lenders, self._book = loans.lenders, loans.book

    def opening_cash(self) -> dict[str, int]:
        """Return the opening cash of lenders, investors and dealers in coins, in cents by name.

        If there are pools, the result also has the cash of the rest of the world for trades with
        pools.
        """
        cash = self._lenders.opening_cash()
        if cents := self._pools.outside_cents():
            cash[OUTSIDE] = cents
        if self._book:
            cash |= self._book.opening_cash()
        return cash | self._shares.opening_cash()

    def opening_tokens(self) -> dict[tuple[str, str], int]:
        """Return the opening units of tokens, by (holder, token)."""
        units = self._holdings.opening_units()
        for token, n in self._pools.outside_units().items():
            units[OUTSIDE, token] = units.get((OUTSIDE, token), 0) + n
        return units

    def opening_coins(self) -> dict[tuple[str, str], int]:
        """Return the lots of coins that the dealers hold at the start, by (dealers, coin)."""
        return self._book.opening_lots() if self._book else {}

    def close_day(self, time_us: int, marks: np.ndarray) -> None:
        """Take the treasury's steps of a day, at the day's last microsecond.

        Args:
            time_us: the day's last microsecond.
            marks: lead prices by market, in ticks.
        """
        self._pools.close_day(time_us)
        halted = self._custody.status[self._parties.house] == HALTED
        if halted:
            self._spender.note_uses(time_us)
        else:
            self._deal(time_us, marks)
        self._holdings.close_day(time_us, marks)
        if self._book:
            self._book.close_day(time_us, marks)
        if not halted:
            self._settle(time_us, marks)

    def _deal(self, time_us: int, marks: np.ndarray) -> None:
        """Take steps 2 to 10 of a day."""
        day = day_of(time_us)
        self._shares.sell(time_us)
        self._lenders.look(self._collateral_cents(time_us, marks))
        self._loans.repay_recalls(time_us, marks)
        if self._reserve:
            self._reserve.sell_coins(time_us, self._due_cents(day), marks)
        if day.day == 1:
            self._loans.pay_interest(time_us)
        self._loans.hold_coins(time_us, marks)
        self._spender.pay_uses(time_us)
        for purchase in self._holdings.due(day):
            if self._spender.buy_tokens(time_us, purchase):
                self._holdings.units[purchase.token.name] += purchase.units
        self._pools.open_due(time_us, marks)
        if self._reserve:
            self._reserve.buy_coins(time_us, marks)

    def _due_cents(self, day: date) -> int:
        """Return the sum of the maker's payments of a day, without recalls and new pools."""
        cents = self._spender.due_cents(day)
        cents += sum(to_cents(purchase.usd) for purchase in self._holdings.due(day))
        if day.day == 1:
            cents += sum(interest for _, interest in self._lenders.interest_due())
        return cents

    def _settle(self, time_us: int, marks: np.ndarray) -> None:
        """Pay the house's costs on the first of a month, and accrue the day's interest on loans."""
        day = day_of(time_us)
        if day.day == 1:
            self._spender.pay_costs(time_us)
        # Tokens and coins that were bought today are part of this collateral.
        self._lenders.look(self._collateral_cents(time_us, marks))
        self._lenders.close_day()

    def _collateral_cents(self, time_us: int, marks: np.ndarray) -> int:
        coins_cents = self._book.worth_cents(time_us, marks) if self._book else 0
        return self._holdings.worth_cents(day_of(time_us), marks) + coins_cents

    def agree_with_books(self) -> None:
        """Compare the simulation's loans, tokens, pools and coins with the general ledger.

        Raises:
            LedgerError: a balance differs.
        """
        maker = self._parties.maker
        pairs = [
            (debt(maker, lender), -owed, "USD")
            for lender, owed in zip(self._parties.lenders, self._lenders.owed_cents, strict=True)
        ]
        pairs += [(tokens(maker, name), n, name) for name, n in self._holdings.units.items()]
        pairs += self._pools.booked()
        pairs += self._book.booked() if self._book else ()
        for account, units, commodity in pairs:
            booked = self._journal.balance(account, commodity)
            if booked != units:
                raise LedgerError(
                    f"{account} is {units} in the simulation and {booked} in the books, in the "
                    f"smallest units of {commodity}"
                )
