"""The group's treasury: what it does with money at the end of each day, beside trading.

In this order: pools have been traded and may close, shares are sold, lenders look at their limits
and recall, interest is paid, uses are paid in the order of the scenario, tokens are bought, pools
open, tokens are marked, the house pays what it costs to run. What cannot be paid in full is not
paid at all and noted; only a recall is paid as far as money goes, and the rest of it stays owed.

Once the house has halted, pools are still traded and tokens marked, and that is all: who is owed
has a claim, nobody puts money in, and what falls due is noted as unpaid.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np

from des.custody.custody import HALTED, Custody
from des.market.listing import Listing
from des.scenario import Scenario
from des.scenario.values import given
from des.treasury.appraiser import Appraiser
from des.treasury.credit_line import CreditLine
from des.treasury.house_money import HouseMoney
from des.treasury.lenders import Lenders
from des.treasury.pool_programme import PoolProgramme
from des.treasury.purse import Purse
from des.treasury.token_holdings import Purchase, TokenHoldings
from des.treasury.uses import Payment, calendar, spending_of
from des.venue.venue import Venue
from ledger import financing
from ledger.accounts import debt, income, tokens
from ledger.journal import Journal
from ledger.kinds import Kind
from ledger.money import dollars, to_cents
from ledger.notes import RoundValuation, UnpaidInterest, UnpaidRecall, UnpaidUse
from ledger.parties import OUTSIDE, Parties
from ledger.spending import Spending
from ledger.times import day_of
from ledger.transaction import LedgerError


def spendings_of(scenario: Scenario, parties: Parties) -> tuple[Spending, ...]:
    """Return who of the group ever pays whom, for what: once each."""
    group = scenario.group
    if group is None:
        return ()
    spendings = [spending_of(use, parties) for use in group.uses]
    if group.house_cost_share:
        spendings.append(_operations(parties))
    return tuple(dict.fromkeys(spendings))


def treasury(
    scenario: Scenario,
    parties: Parties,
    house: Venue,
    custody: Custody,
    reserved: Callable[[], int],
    listings: Sequence[Listing],
    appraiser: Appraiser | None,
    journal: Journal,
) -> tuple[Purse, "GroupTreasury | None"]:
    """Wire what brings the captive maker money, and what the group does with it.

    Args:
        scenario: says what there is.
        parties: who is who.
        house: the venue.
        custody: moves the cash.
        reserved: tells how many cents the house has set aside for customers' debts.
        listings: all markets.
        appraiser: notes at each round what shares would fetch, if anybody does.
        journal: takes down what is drawn, lent and paid.
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
    )
    if group is None:
        return Purse(parties, house, custody, credit), None
    lenders = Lenders(group.lenders, tranche_cents, parties, custody, journal)
    purse = Purse(parties, house, custody, credit, lenders)
    return purse, GroupTreasury(
        scenario, parties, custody, purse, lenders, house_money, listings, appraiser, journal
    )


class GroupTreasury:
    """Rounds, loans, uses, tokens and costs of the house and its captive maker."""

    def __init__(
        self,
        scenario: Scenario,
        parties: Parties,
        custody: Custody,
        purse: Purse,
        lenders: Lenders,
        house_money: HouseMoney,
        listings: Sequence[Listing],
        appraiser: Appraiser | None,
        journal: Journal,
    ) -> None:
        """Begin on the first morning, with nothing borrowed, held or spent.

        Args:
            scenario: with a group.
            parties: who is who.
            custody: moves the cash.
            purse: where the maker's comes from.
            lenders: whom it owes.
            house_money: what of its cash the house may call its own.
            listings: all markets, each with its lead price.
            appraiser: notes at each round what shares would fetch, if anybody does.
            journal: takes down what cannot be paid.
        """
        self._group = given(scenario.group)
        self._parties, self._custody, self._journal = parties, custody, journal
        self._appraiser = appraiser
        self._purse, self._lenders, self._house_money = purse, lenders, house_money
        self._code = {name: code for code, name in enumerate(parties.names)}
        self._holdings = TokenHoldings(scenario, self._group.tokens, journal)
        self._pools = PoolProgramme(
            scenario, parties, custody, purse, self._holdings, listings, journal
        )
        self._uses = calendar(self._group.uses, parties)
        self._cost_share = Decimal(repr(self._group.house_cost_share))
        self._fees_cents = 0  # in all, when costs were paid last
        self._unpaid_recalls: dict[int, int] = {}  # as noted last

    def opening_cash(self) -> dict[str, int]:
        """Return what lenders and investors bring, in cents, so that the world's cash is there.

        And what the rest of the world has to trade with pools.
        """
        cash = self._lenders.opening_cash()
        if cents := self._pools.outside_cents():
            cash[OUTSIDE] = cents
        if self._parties.investors:
            cash[self._parties.investors] = sum(to_cents(each.usd) for each in self._group.rounds)
        return cash

    def opening_tokens(self) -> dict[tuple[str, str], int]:
        """Return by (issuer, token) how many units there are."""
        units = self._holdings.opening_units()
        for token, n in self._pools.outside_units().items():
            units[OUTSIDE, token] = units.get((OUTSIDE, token), 0) + n
        return units

    def close_day(self, time_us: int, marks: np.ndarray) -> None:
        """Do all that a day is to see done, at its last microsecond.

        Args:
            time_us: that microsecond.
            marks: lead prices by market, in ticks.
        """
        self._pools.close_day(time_us)
        halted = self._custody.status[self._parties.house] == HALTED
        if halted:
            self._note_due(time_us)
        else:
            self._deal(time_us, marks)
        self._holdings.close_day(time_us, marks)
        if not halted:
            self._settle(time_us, marks)

    def _deal(self, time_us: int, marks: np.ndarray) -> None:
        """Let in what investors and lenders bring, and out what is called, due or wanted."""
        day = day_of(time_us)
        self._sell_shares(time_us)
        self._lenders.look(self._holdings.worth_cents(day, marks))
        self._repay_recalls(time_us)
        if day.day == 1:
            self._pay_interest(time_us)
        for payment in self._uses.get(day, ()):
            self._pay(time_us, payment)
        for purchase in self._holdings.due(day):
            self._buy_tokens(time_us, purchase)
        self._pools.open_due(time_us, marks)

    def _note_due(self, time_us: int) -> None:
        """Write down what would have been paid for, had the house not halted."""
        for payment in self._uses.get(day_of(time_us), ()):
            spending = payment.spending
            self._note_unpaid(time_us, spending.to, payment.cents, spending.kind)

    def _settle(self, time_us: int, marks: np.ndarray) -> None:
        """Pay what the house costs, and let lenders close their day."""
        day = day_of(time_us)
        if day.day == 1:
            self._pay_costs(time_us)
        # Tokens of today are collateral from today on.
        self._lenders.look(self._holdings.worth_cents(day, marks))
        self._lenders.close_day()

    def agree_with_books(self) -> None:
        """Hold loans and tokens in the world against the general ledger's.

        Raises:
            LedgerError: they differ.
        """
        maker = self._parties.maker
        pairs = [
            (debt(maker, lender), -owed, "USD")
            for lender, owed in zip(self._parties.lenders, self._lenders.owed_cents, strict=True)
        ]
        pairs += [(tokens(maker, name), n, name) for name, n in self._holdings.units.items()]
        pairs += self._pools.booked()
        for account, units, commodity in pairs:
            booked = self._journal.balance(account, commodity)
            if booked != units:
                raise LedgerError(
                    f"{account} is {units} in the world and {booked} in the books, in the "
                    f"smallest units of {commodity}"
                )

    def _sell_shares(self, time_us: int) -> None:
        for each in self._group.rounds:
            if each.date != day_of(time_us):
                continue
            cents = to_cents(each.usd)
            house, investors = self._parties.house, given(self._parties.investors)
            entry = financing.equity_round(time_us, house, investors, cents, each.name)
            self._custody.pay(self._code[investors], self._code[house], cents, entry)
            valued_usd = dollars(to_cents(each.valuation_usd))
            self._journal.note(time_us, RoundValuation(each.name, dollars(cents), valued_usd))
            if self._appraiser:
                self._appraiser.note(time_us, each.name)

    def _repay_recalls(self, time_us: int) -> None:
        unpaid = {}
        for place, cents in self._lenders.recalled(time_us):
            self._purse.raise_cash(time_us, cents, self._loan_links(place))
            paid = min(cents, self._purse.cash_cents)
            self._lenders.repay(time_us, place, paid)
            if paid < cents:
                unpaid[place] = cents - paid
                if unpaid[place] != self._unpaid_recalls.get(place):
                    self._lenders.note_unpaid(time_us, UnpaidRecall, place, unpaid[place])
        self._unpaid_recalls = unpaid

    def _pay_interest(self, time_us: int) -> None:
        for place, cents in self._lenders.interest_due():
            if self._raise(time_us, cents, self._loan_links(place)):
                self._lenders.pay_interest(time_us, place, cents)
            else:
                self._lenders.note_unpaid(time_us, UnpaidInterest, place, cents)

    def _pay(self, time_us: int, payment: Payment) -> None:
        spending, cents = payment.spending, payment.cents
        if spending.payer == self._parties.maker:
            able = self._raise(time_us, cents, payment.links)
        else:
            able = cents <= self._house_cents()
        if not able:
            self._note_unpaid(time_us, spending.to, cents, spending.kind)
            return
        entry = financing.spend(time_us, spending, cents, payment.why, payment.links)
        self._custody.pay(self._code[spending.payer], self._code[spending.to], cents, entry)

    def _buy_tokens(self, time_us: int, purchase: Purchase) -> None:
        token, cents = purchase.token, to_cents(purchase.usd)
        maker = self._parties.maker
        if not self._raise(time_us, cents, purchase.links):
            self._note_unpaid(time_us, token.issuer, cents, Kind.TOKENS)
            return
        self._holdings.units[token.name] += purchase.units
        entry = financing.bring_tokens(time_us, maker, token, purchase.units, cents, purchase.links)
        self._custody.pay(self._code[maker], self._code[token.issuer], cents, entry)

    def _pay_costs(self, time_us: int) -> None:
        """Let the house pay out a share of the fees that the month before brought it."""
        # The books are closed up to yesterday, which is when that month ended.
        earned = -self._journal.balance(income(self._parties.house, Kind.FEES))
        cents = round(self._cost_share * (earned - self._fees_cents))
        self._fees_cents = earned
        if cents > 0:
            why = "what it costs to run, by last month's fees"
            self._pay(time_us, Payment(_operations(self._parties), cents, why, ()))

    def _raise(self, time_us: int, cents: int, links: tuple[str, ...]) -> bool:
        """Bring the maker as much cash, or, where that is not to be had, none."""
        if cents > self._purse.payable_cents(time_us):
            return False
        self._purse.raise_cash(time_us, cents, links)
        return True

    def _house_cents(self) -> int:
        """Return what the house may pay out."""
        if self._group.never_lend_customer_money:
            return self._house_money.own_cents()
        return self._custody.till(self._parties.house)

    def _loan_links(self, place: int) -> tuple[str, ...]:
        return (financing.loan_link(self._parties.lenders[place]),)

    def _note_unpaid(self, time_us: int, to: str, cents: int, kind: str) -> None:
        self._journal.note(time_us, UnpaidUse(to, dollars(cents), kind))


def _operations(parties: Parties) -> Spending:
    return Spending(parties.house, Kind.OPERATIONS, OUTSIDE)
