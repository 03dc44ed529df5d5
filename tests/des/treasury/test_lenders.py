"""The maker uses sources of money in a fixed order. Lenders earn interest and can recall loans."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kept_books import Books

from des.clock import DAY_US, midnight_us
from des.custody.custody import Custody
from des.scenario import Lender
from des.treasury.credit_line import CreditLine
from des.treasury.house_money import HouseMoney
from des.treasury.lenders import Lenders, interest_cents
from des.treasury.purse import Purse
from des.venue.venue import Venue
from ledger.accounts import cash, debt, expense, loan
from ledger.chart import Chart
from ledger.money import Contract
from ledger.parties import Parties
from ledger.transaction import LedgerError

LENDERS = ("Lender01", "Lender02")
PARTIES = Parties("FTX", "Alameda", "Binance", "Retail", "OtherMakers", ("Firm01",), (), LENDERS)
CODE = {name: code for code, name in enumerate(PARTIES.names)}
CONTRACTS = {name: (Contract("BTC-PERP", name, "0.01", "1"),) for name in ("FTX", "Binance")}
OPENED = {
    line.account
    for _, lines in Chart(PARTIES, CONTRACTS["FTX"] + CONTRACTS["Binance"]).accounts()
    for line in lines
}
DAY = date(2022, 6, 13)
NIGHT_US = midnight_us(DAY) + DAY_US - 1
CENTS = st.integers(0, 10_000)


class Town:
    """A house, its customers, its maker and two lenders. By default loans bear no interest."""

    def __init__(
        self,
        own: int = 0,
        account: int = 0,
        limits: tuple[int, int] = (0, 0),
        line: int = 0,
        till: int = 10**9,
        retail: int = 0,
        tranche: int = 1,
        never_lend: bool = False,
        **terms: float,
    ) -> None:
        self.books = Books(OPENED)
        self.house, lead = (
            Venue(code, CONTRACTS[name], len(CODE), CODE[pays], self.books)
            for code, name, pays in ((0, "FTX", "FTX"), (1, "Binance", "Outside"))
        )
        venues = {"FTX": self.house, "Binance": lead}
        self.custody = Custody(PARTIES, venues, np.zeros(len(CODE), dtype=np.int64), self.books)
        self.custody.cash[[CODE["Alameda"], CODE["FTX"]]] = own, till
        self.custody.cash[[CODE[name] for name in LENDERS]] = 10**9
        self.house.claims[[CODE["Alameda"], CODE["Retail"]]] = account, retail
        limit = [({"since": date(2022, 1, 1), "usd": cents / 100},) for cents in limits]
        self.lenders = Lenders(
            [
                Lender(**{"rate_pct_per_year": 0.0, "name": name, "limits": each} | terms)
                for name, each in zip(LENDERS, limit, strict=True)
            ],
            tranche,
            PARTIES,
            self.custody,
            self.books,
        )
        money = HouseMoney(PARTIES, self.house, self.custody, lambda: 0)
        self.credit = CreditLine(
            self.house,
            ("Alameda", "FTX"),
            CODE["Alameda"],
            lambda _: line,
            tranche,
            self.books,
            money if never_lend else None,
        )
        self.purse = Purse(PARTIES, self.house, self.custody, self.credit, self.lenders)

    @property
    def owed(self) -> tuple[int, ...]:
        return tuple(self.lenders.owed_cents)

    @property
    def account(self) -> int:
        return int(self.house.claims[CODE["Alameda"]])


# ------------------------------------------------------------------------ the order of sources


@given(own=CENTS, account=CENTS, limits=st.tuples(CENTS, CENTS), line=CENTS, needed=CENTS)
def test_each_source_of_money_is_used_up_before_the_next_source_is_used(
    own, account, limits, line, needed
):
    town = Town(own, account, limits, line)

    town.purse.raise_cash(NIGHT_US, needed)

    taken, lacking = [], needed
    for source in (own, account, *limits, line):
        taken.append(min(source, lacking))
        lacking -= taken[-1]
    assert town.purse.cash_cents == max(own, needed - lacking)
    assert account - town.account == taken[1]
    assert (*town.owed, town.credit.drawn_cents) == tuple(taken[2:])


@given(
    own=CENTS,
    account=CENTS,
    limits=st.tuples(CENTS, CENTS),
    line=CENTS,
    till=CENTS,
    needed=CENTS,
    tranche=st.integers(1, 3_000),
)
@example(own=5, account=10, limits=(100, 100), line=1_000, till=9_000, needed=700, tranche=30)
@example(own=5, account=10, limits=(100, 100), line=1_000, till=9_000, needed=215, tranche=30)
def test_the_maker_borrows_from_a_source_only_if_the_earlier_sources_do_not_suffice(
    own, account, limits, line, till, needed, tranche
):
    town = Town(own, account, limits, line, till, tranche=tranche)
    payable = town.purse.payable_cents(NIGHT_US)

    town.purse.raise_cash(NIGHT_US, needed)

    assert town.purse.cash_cents >= min(needed, payable)
    if any(town.owed):
        assert own + min(account, till) < needed
    if town.owed[1]:
        assert town.owed[0] == limits[0]
    if town.credit.drawn_cents:
        assert town.owed == limits


@given(
    own=CENTS,
    account=st.integers(-5_000, 5_000),
    limits=st.tuples(CENTS, CENTS),
    line=CENTS,
    till=CENTS,
    tranche=st.integers(1, 3_000),
)
def test_the_payable_amount_is_the_most_cash_that_the_maker_can_raise(
    own, account, limits, line, till, tranche
):
    town = Town(own, account, limits, line, till, tranche=tranche)
    payable = town.purse.payable_cents(NIGHT_US)

    town.purse.raise_cash(NIGHT_US, 10**9)

    assert town.purse.cash_cents == payable


@given(own=CENTS, lost=st.integers(1, 20_000), limits=st.tuples(CENTS, CENTS), line=CENTS)
def test_the_sources_cover_a_negative_balance_of_the_maker_at_the_house_in_a_fixed_order(
    own, lost, limits, line
):
    town = Town(own, -lost, limits, line)

    town.purse.cover_debit(NIGHT_US)

    left = lost
    for source, taken in zip(
        (own, *limits, line),
        (own - town.purse.cash_cents, *town.owed, town.credit.drawn_cents),
        strict=True,
    ):
        assert taken == min(source, left)
        left -= taken
    assert town.account == -left


# ------------------------------------------------------ customers' money and the credit line


@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["raise", "lose", "cover", "fee", "leave"]), CENTS), max_size=12
    ),
    till=CENTS,
    retail=CENTS,
    account=CENTS,
    tranche=st.integers(1, 3_000),
)
def test_the_credit_line_lends_only_the_houses_own_money_if_customers_money_is_never_lent(
    moves, till, retail, account, tranche
):
    town = Town(0, account, (500, 500), 10**6, till, retail, tranche, never_lend=True)
    claims, retail = town.house.claims, CODE["Retail"]
    for move, cents in moves:
        drawn = town.credit.drawn_cents
        if move == "raise":
            town.purse.raise_cash(NIGHT_US, cents)
            town.custody.cash[CODE["Alameda"]] = 0  # the maker spends its cash
        elif move == "lose":
            claims[CODE["Alameda"]] -= cents
            claims[retail] += cents
        elif move == "cover":
            town.purse.cover_debit(NIGHT_US)
            # The amount that no source covers is a gap loss.
            claims[CODE["Alameda"]] = max(town.account, 0)
        elif move == "fee":
            claims[retail] -= min(cents, int(claims[retail]))
        else:
            town.custody.withdraw(NIGHT_US, retail, "FTX", cents)
        if town.credit.drawn_cents > drawn:
            assert town.custody.till("FTX") >= claims[retail]


def test_by_default_the_credit_line_also_lends_the_money_of_customers():
    town = Town(line=1_000, till=1_000, retail=1_000)

    town.purse.raise_cash(NIGHT_US, 1_000)

    assert town.purse.cash_cents == 1_000
    assert town.custody.till("FTX") == 0


@pytest.mark.parametrize(("reserve", "lent"), [(0, 300), (100, 200), (400, 0)])
def test_the_insurance_fund_is_not_part_of_the_houses_own_money(reserve, lent):
    town = Town(till=1_000, retail=600, account=100)

    money = HouseMoney(PARTIES, town.house, town.custody, lambda: reserve)

    assert money.own_cents() == lent


# ------------------------------------------------------------------------------- the lenders


def test_a_loan_is_a_debt_of_the_borrower_and_a_claim_of_the_lender():
    town = Town(limits=(700, 0))

    town.purse.raise_cash(NIGHT_US, 500, ("use-mineco-1",))

    (entry,) = town.books.transactions
    assert entry.payee == "Lender01"
    assert entry.links == ("loan-lender01", "use-mineco-1")
    assert town.books.balances[debt("Alameda", "Lender01")] == -500
    assert town.books.balances[loan("Lender01", "Alameda")] == 500
    assert town.books.balances[cash("Alameda")] == 500 == town.purse.cash_cents


def test_a_lender_lends_nothing_before_its_first_limit_begins_and_then_up_to_the_current_limit():
    days = [date(2022, 6, day) for day in (12, 13, 20, 21)]
    limits = tuple({"since": d, "usd": usd} for d, usd in ((days[1], 5.0), (days[3], 2.0)))
    town = Town(limits=(0, 0))
    lender = Lender(name="Lender01", rate_pct_per_year=1.0, limits=limits)
    lenders = Lenders([lender], 1, PARTIES, town.custody, town.books)

    assert [lenders.unused_cents(midnight_us(day)) for day in days] == [0, 500, 500, 200]


def test_a_lender_recalls_the_part_of_its_loan_that_the_collateral_no_longer_covers():
    town = Town(limits=(1_000, 300), advance=0.5)
    town.lenders.look(1_000)
    town.purse.raise_cash(NIGHT_US, 10_000)
    before = town.owed

    town.lenders.look(701)

    assert before == (500, 300)
    assert list(town.lenders.recalled(NIGHT_US)) == [(0, 150)]
    town.lenders.look(0)
    assert list(town.lenders.recalled(NIGHT_US)) == [(0, 500), (1, 300)]


def test_a_repayment_reduces_the_debt():
    town = Town(limits=(400, 0))
    town.purse.raise_cash(NIGHT_US, 400)

    town.lenders.repay(NIGHT_US, 0, 150)

    assert town.owed == (250, 0)
    assert town.books.balances[debt("Alameda", "Lender01")] == -250
    assert town.books.transactions[-1].tag == "recall"


def test_a_repayment_larger_than_the_makers_cash_is_refused():
    town = Town(limits=(400, 0))
    town.purse.raise_cash(NIGHT_US, 400)
    town.custody.cash[CODE["Alameda"]] = 399

    with pytest.raises(LedgerError, match="Alameda is to pay 400 cents and has 399"):
        town.lenders.repay(NIGHT_US, 0, 400)


# -------------------------------------------------------------------------------- interest


@given(cents=st.integers(0, 10**12), days=st.integers(0, 366), rate=st.integers(0, 100 * 10**6))
def test_interest_is_simple_interest_and_is_rounded_only_once(cents, days, rate):
    exact = Fraction(cents * days * rate, 365 * 100 * 10**6)

    assert abs(interest_cents(cents * days, rate) - exact) <= Fraction(1, 2)


def test_a_loan_at_eight_percent_costs_eight_percent_in_a_year_and_the_interest_is_an_expense():
    town = Town(limits=(1_000_000, 0), rate_pct_per_year=8.0)
    town.purse.raise_cash(NIGHT_US, 1_000_000)
    for _ in range(365):
        town.lenders.close_day()

    ((place, due),) = town.lenders.interest_due()
    town.lenders.pay_interest(NIGHT_US, place, due)

    assert due == 80_000
    assert town.books.balances[expense("Alameda", "Interest")] == 80_000
    assert list(town.lenders.interest_due()) == []


def test_interest_is_due_for_each_day_that_ends_with_a_debt():
    town = Town(limits=(365_000, 0), rate_pct_per_year=10.0)
    town.purse.raise_cash(NIGHT_US, 365_000)
    for _ in range(3):
        town.lenders.close_day()
    town.lenders.repay(NIGHT_US, 0, 365_000)
    for _ in range(20):
        town.lenders.close_day()

    assert list(town.lenders.interest_due()) == [(0, 300)]
