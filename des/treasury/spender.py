"""The group's spending: uses of money, purchases of tokens, and the house's operating costs.

The group makes each payment in full or not at all. If the money is not enough for a payment, a note
records this. A note also records each use that becomes due after a halt.
"""

from datetime import date
from decimal import Decimal

from des.custody.custody import Custody
from des.scenario import Group, Scenario
from des.treasury.house_money import HouseMoney
from des.treasury.purse import Purse
from des.treasury.token_holdings import Purchase
from des.treasury.uses import Payment, calendar, spending_of
from ledger import financing
from ledger.accounts import income
from ledger.journal import Journal
from ledger.kinds import Kind
from ledger.money import dollars, to_cents
from ledger.notes import UnpaidUse
from ledger.parties import OUTSIDE, Parties
from ledger.spending import Spending
from ledger.times import day_of


def spendings_of(scenario: Scenario, parties: Parties) -> tuple[Spending, ...]:
    """Return (payer, purpose, payee) of uses and operating costs, each combination once."""
    group = scenario.group
    if group is None:
        return ()
    spendings = [spending_of(use, parties) for use in group.uses]
    if group.house_cost_share or group.house_costs:
        spendings.append(_operations(parties))
    return tuple(dict.fromkeys(spendings))


class Spender:
    """Pays for the house from the house's cash, and for the maker from the maker's purse."""

    def __init__(
        self,
        group: Group,
        parties: Parties,
        custody: Custody,
        purse: Purse,
        house_money: HouseMoney,
        journal: Journal,
    ) -> None:
        """Start without payments.

        Args:
            group: the scenario's group.
            parties: all parties that keep books, by role.
            custody: moves the cash.
            purse: raises the maker's money.
            house_money: states the house's own cash: its cash minus its debts and its insurance
                fund, at least 0.
            journal: states the house's fees, and records unpaid amounts.
        """
        self._parties, self._custody, self._journal = parties, custody, journal
        self._purse, self._house_money = purse, house_money
        self._never_lends = group.never_lend_customer_money
        self._uses = calendar(group.uses, parties)
        self._cost_share = Decimal(repr(group.house_cost_share))
        self._stated_costs = {cost.date: to_cents(cost.usd) for cost in group.house_costs}
        self._fees_cents = 0  # total fees at the last call of `pay_costs`

    def pay_uses(self, time_us: int) -> None:
        """Pay the uses that are due on the day, in the order of the scenario."""
        for payment in self._uses.get(day_of(time_us), ()):
            self._pay(time_us, payment)

    def due_cents(self, day: date) -> int:
        """Return the sum of the maker's uses that are due on a day."""
        maker = self._parties.maker
        due = self._uses.get(day, ())
        return sum(payment.cents for payment in due if payment.spending.payer == maker)

    def note_uses(self, time_us: int) -> None:
        """Record that the day's uses are not paid. The treasury calls this after a halt."""
        for payment in self._uses.get(day_of(time_us), ()):
            spending = payment.spending
            self._note_unpaid(time_us, spending.to, payment.cents, spending.kind)

    def buy_tokens(self, time_us: int, purchase: Purchase) -> bool:
        """Pay for tokens, and return whether the money was enough."""
        token, cents, maker = purchase.token, to_cents(purchase.usd), self._parties.maker
        if not self._purse.raise_all(time_us, cents, purchase.links):
            self._note_unpaid(time_us, token.issuer, cents, Kind.TOKENS)
            return False
        entry = financing.bring_tokens(time_us, maker, token, purchase.units, cents, purchase.links)
        self._custody.pay(self._code(maker), self._code(token.issuer), cents, entry)
        return True

    def pay_costs(self, time_us: int) -> None:
        """Pay the house's operating costs: the stated amount, or a share of last month's fees.

        The narration is the same in both cases. So a counterfactual that states the costs booked in
        its base run has the same narrations.
        """
        # The last closed day is yesterday, so these are all fees up to the end of last month.
        earned = -self._journal.balance(income(self._parties.house, Kind.FEES))
        by_fees = round(self._cost_share * (earned - self._fees_cents))
        self._fees_cents = earned
        cents = self._stated_costs.get(day_of(time_us), by_fees)
        if cents > 0:
            payment = Payment(_operations(self._parties), cents, "operating costs", ())
            self._pay(time_us, payment)

    def _pay(self, time_us: int, payment: Payment) -> None:
        spending, cents = payment.spending, payment.cents
        if spending.payer == self._parties.maker:
            able = self._purse.raise_all(time_us, cents, payment.links)
        else:
            able = cents <= self._house_cents()
        if not able:
            self._note_unpaid(time_us, spending.to, cents, spending.kind)
            return
        entry = financing.spend(time_us, spending, cents, payment.why, payment.links)
        self._custody.pay(self._code(spending.payer), self._code(spending.to), cents, entry)

    def _house_cents(self) -> int:
        """Return the cash that the house is allowed to pay out."""
        if self._never_lends:
            return self._house_money.own_cents()
        return self._custody.till(self._parties.house)

    def _code(self, name: str) -> int:
        return self._parties.names.index(name)

    def _note_unpaid(self, time_us: int, to: str, cents: int, kind: str) -> None:
        self._journal.note(time_us, UnpaidUse(to, dollars(cents), kind))


def _operations(parties: Parties) -> Spending:
    return Spending(parties.house, Kind.OPERATIONS, OUTSIDE)
