"""A hedger's money covers its losses and margin. The uncovered part of a loss is a gap loss."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_books import Books, opened

from des.custody.custody import Custody
from des.treasury.credit_line import CreditLine
from des.treasury.margin import EXCESS, MarginDesk
from des.treasury.purse import Purse
from des.venue.venue import Venue
from ledger.accounts import borrowed, cash, claim, lent, owed
from ledger.chart import Chart
from ledger.money import Contract
from ledger.parties import Parties
from ledger.times import settlement_link

PARTIES = Parties("FTX", "Alameda", "Binance", "Retail", "OtherMakers", ("Firm01", "Firm02"))
NAMES = PARTIES.names
FTX, ALAMEDA, FIRM01, FIRM02, RETAIL, OTHERS, BINANCE, OUTSIDE = range(len(NAMES))
HEDGERS = (ALAMEDA, FIRM01, FIRM02)
ON_HOUSE, ON_LEAD = (*HEDGERS, RETAIL), (*HEDGERS, OUTSIDE)  # the parties that trade on each venue
CONTRACTS = {name: (Contract("BTC-PERP", name, "0.01", "1"),) for name in ("FTX", "Binance")}
CHART = Chart(PARTIES, (*CONTRACTS["FTX"], *CONTRACTS["Binance"]))
OPENED = opened(CHART)
NOON_US = 1_652_097_600_000_000 - 1
MARK = np.array([30_000])
LIMIT, TRANCHE = 100_000, 7_000  # the limit is not a multiple of the tranche


class Bank:
    """Two venues, the money of the parties, and the desk that transfers margin."""

    def __init__(self, floor_cents: int = 1_000) -> None:
        self.books = Books(OPENED)
        self.house, self.lead = (
            Venue(code, CONTRACTS[name], len(NAMES), pays, self.books)
            for code, name, pays in ((0, "FTX", FTX), (1, "Binance", OUTSIDE))
        )
        venues = {"FTX": self.house, "Binance": self.lead}
        self.custody = Custody(PARTIES, venues, np.zeros(len(NAMES), dtype=np.int64), self.books)
        self.credit = CreditLine(
            self.house, ("Alameda", "FTX"), ALAMEDA, lambda _: LIMIT, TRANCHE, self.books
        )
        self.desk = MarginDesk(
            PARTIES,
            self.house,
            self.lead,
            self.custody,
            Purse(PARTIES, self.house, self.custody, self.credit),
            dict.fromkeys(HEDGERS, floor_cents),
            (0.05, 0.2),
            self.books,
        )

    def give(self, member: int, cash: int = 0, house: int = 0, lead: int = 0) -> None:
        """Give a party cash and claims. Each venue receives cash equal to the new claim on it."""
        self.custody.cash[[member, FTX, BINANCE]] += (cash, house, lead)
        self.house.claims[member] += house
        self.lead.claims[member] += lead

    def lose(self, member: int, house: int = 0, lead: int = 0) -> None:
        """Move a party's claims on the house to Retail, and those on the lead venue to Outside."""
        self.house.claims[[member, RETAIL]] += (-house, house)
        self.lead.claims[[member, OUTSIDE]] += (-lead, lead)

    def hold(self, member: int, lots: int) -> None:
        """Add lots to a party's position on the lead venue, and subtract them from Outside's."""
        self.lead.lots[0, member] += lots
        self.lead.lots[0, OUTSIDE] -= lots

    def settle(self) -> None:
        self.desk.after_settlement(NOON_US, MARK)

    def has(self, member: int) -> tuple[int, int, int]:
        """Return a party's own cash, claim on the house, and claim on the lead venue."""
        of = (self.custody.cash, self.house.claims, self.lead.claims)
        return tuple(int(amounts[member]) for amounts in of)


@pytest.fixture
def bank() -> Bank:
    """Return a bank with customers' money, in which each hedger has only its minimum margin."""
    bank = Bank()
    bank.give(RETAIL, house=1_000_000)
    bank.give(OUTSIDE, lead=1_000_000)
    for member in HEDGERS:
        bank.give(member, lead=1_000)
    return bank


# ---- random histories


AMOUNTS = st.integers(0, 150_000)


@dataclass(frozen=True)
class Lose:
    """A settlement in which one party loses money to another party."""

    venue: str
    loser: int
    winner: int
    cents: int


@dataclass(frozen=True)
class Hold:
    member: int
    lots: int


@dataclass(frozen=True)
class Withdraw:
    """A withdrawal by a party, limited to its claim and to the cash of the venue."""

    member: int
    venue: str
    cents: int


def losses(venue: str, members: tuple[int, ...]) -> st.SearchStrategy[Lose]:
    pairs = st.permutations(members).map(lambda order: order[:2])
    return st.builds(lambda pair, cents: Lose(venue, *pair, cents), pairs, AMOUNTS)


steps = st.one_of(
    losses("FTX", ON_HOUSE),
    losses("FTX", ON_HOUSE),
    losses("Binance", ON_LEAD),
    losses("Binance", ON_LEAD),
    st.builds(Hold, st.sampled_from(HEDGERS), st.integers(-30, 30)),
    st.builds(Withdraw, st.just(RETAIL), st.just("FTX"), AMOUNTS),
    st.builds(Withdraw, st.sampled_from(HEDGERS), st.sampled_from(["FTX", "Binance"]), AMOUNTS),
    st.just("day"),
)


def happen(bank: Bank, step: Lose | Hold | Withdraw | str) -> None:
    """Apply one event to the bank."""
    match step:
        case Lose():
            venue = bank.house if step.venue == "FTX" else bank.lead
            venue.claims[[step.loser, step.winner]] += (-step.cents, step.cents)
            bank.settle()
        case Hold():
            bank.hold(step.member, step.lots)
            bank.settle()
        case Withdraw():
            bank.custody.withdraw(NOON_US, step.member, step.venue, step.cents)
        case "day":
            bank.desk.daily(NOON_US, MARK)


def opened_bank(money: list[tuple[int, int, int]]) -> Bank:
    bank = Bank()
    for member, (own, house, lead) in zip(HEDGERS, money, strict=True):
        bank.give(member, own, house, lead)
    bank.give(RETAIL, cash=50_000, house=100_000)
    bank.give(OTHERS, house=50_000)
    bank.give(OUTSIDE, lead=200_000)
    return bank


MONEY = st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), min_size=3, max_size=3)


@given(money=MONEY, history=st.lists(steps, max_size=25))
def test_in_any_history_money_is_conserved_and_no_balance_is_negative(money, history):
    bank = opened_bank(money)
    total = bank.custody.cash.sum()
    surplus = {name: worth(bank, name) for name in ("FTX", "Binance")}
    for step in history:
        happen(bank, step)
        assert bank.custody.cash.sum() == total
        assert (bank.custody.cash >= 0).all()
        assert (bank.house.claims >= 0).all()
        assert (bank.lead.claims >= 0).all()
        assert 0 <= bank.credit.drawn_cents <= LIMIT
        for name, at_first in surplus.items():
            assert worth(bank, name) + bank.books.balances[f"Expenses:{name}:GapLoss"] == at_first


def worth(bank: Bank, name: str) -> int:
    """Return a venue's own money: its cash plus its loans to the maker, minus its debts."""
    if name == "FTX":
        lent_out, owes = bank.credit.drawn_cents, bank.house.claims
    else:
        lent_out, owes = 0, bank.lead.claims
    return bank.custody.till(name) + lent_out - int(owes.sum())


@given(money=MONEY, history=st.lists(steps, max_size=25))
def test_the_books_record_all_transfers_by_the_margin_desk(money, history):
    """Transactions record all changes of cash and claims, except the results of settlements."""
    bank = opened_bank(money)
    before = [bank.has(member) for member in range(len(NAMES))]
    settled = defaultdict(int)
    for step in history:
        if isinstance(step, Lose):
            settled[step.venue, step.loser] -= step.cents
            settled[step.venue, step.winner] += step.cents
        happen(bank, step)

    books = bank.books.balances
    for member, name in enumerate(NAMES):
        own, house, lead = (
            now - at_first for now, at_first in zip(bank.has(member), before[member], strict=True)
        )
        assert own == books[cash(name)]
        assert house - settled["FTX", member] == books[claim(name, "FTX")]
        assert lead - settled["Binance", member] == books[claim(name, "Binance")]
        assert books[claim(name, "FTX")] == -books[owed("FTX", name)]
        assert books[claim(name, "Binance")] == -books[owed("Binance", name)]
    assert books[lent("FTX", "Alameda")] == bank.credit.drawn_cents
    assert books[borrowed("Alameda", "FTX")] == -bank.credit.drawn_cents


@given(
    own=AMOUNTS,
    house=st.integers(-300_000, 150_000),
    lead=st.integers(-300_000, 150_000),
    lots=st.integers(-60, 60),
    member=st.sampled_from(HEDGERS),
)
def test_a_gap_loss_is_the_part_of_a_loss_that_no_source_of_money_covers(
    own, house, lead, lots, member
):
    """The sources are own cash and claims on both venues. The maker also has a credit line."""
    bank = Bank()
    bank.give(RETAIL, house=1_000_000)
    bank.give(OUTSIDE, lead=1_000_000)
    bank.give(member, cash=own)
    bank.hold(member, lots)
    bank.lose(member, house=-house, lead=-lead)
    bank.custody.cash[[FTX, BINANCE]] += 1_000_000
    bank.settle()

    credit = LIMIT if member == ALAMEDA else 0
    lost = sum(bank.books.balances[f"Expenses:{name}:GapLoss"] for name in ("FTX", "Binance"))
    assert lost == max(0, -(own + house + lead + credit))


# ---- the sources of money


def test_a_firm_covers_a_loss_on_the_house_first_from_its_own_cash(bank):
    bank.give(FIRM01, cash=500)
    bank.lose(FIRM01, house=300)
    bank.settle()

    assert bank.has(FIRM01) == (200, 0, 1_000)


def test_a_firm_uses_its_cash_and_then_its_margin_on_the_lead_venue_for_a_loss_on_the_house(bank):
    bank.give(FIRM01, cash=500)
    bank.lose(FIRM01, house=800)
    bank.settle()

    assert bank.has(FIRM01) == (0, 0, 700)
    assert not bank.books.tagged("gap-loss")


def test_the_captive_maker_borrows_before_it_uses_its_margin_on_the_lead_venue(bank):
    bank.give(ALAMEDA, cash=500)
    bank.lose(ALAMEDA, house=800)
    bank.settle()

    assert bank.has(ALAMEDA) == (0, TRANCHE - 300, 1_000)
    assert bank.credit.drawn_cents == TRANCHE


def test_only_the_captive_maker_may_borrow(bank):
    bank.lose(FIRM01, house=1_700)
    bank.settle()

    assert bank.has(FIRM01) == (0, 0, 0)
    assert bank.credit.drawn_cents == 0
    (gap,) = bank.books.tagged("gap-loss")
    assert gap.payee == "Firm01"
    assert bank.books.balances["Expenses:FTX:GapLoss"] == 700


def test_the_house_bears_the_part_of_the_makers_loss_above_its_margin_and_its_credit_line(bank):
    bank.lose(ALAMEDA, house=LIMIT + 1_700)
    bank.settle()

    assert bank.has(ALAMEDA) == (0, 0, 0)
    assert bank.credit.drawn_cents == LIMIT
    assert bank.books.balances["Expenses:FTX:GapLoss"] == 700


def test_a_gap_loss_of_the_outside_party_is_an_expense_of_the_lead_venue(bank):
    bank.lose(FIRM01, lead=-1_000_500)
    bank.settle()

    assert bank.has(OUTSIDE) == (0, 0, 0)
    assert bank.books.balances["Expenses:Binance:GapLoss"] == 500


# ---- margin for hedges

# Amounts are in cents. The notional value of 10 lots at 30 000 ticks of a cent is 300 000. The
# minimum margin is 15 000, and the target margin is 60 000.


def test_margin_below_the_minimum_is_topped_up_to_the_target(bank):
    bank.give(
        FIRM01, cash=20_000, house=100_000, lead=13_999
    )  # With the opening 1 000 the margin is 14 999, one cent too little.
    bank.hold(FIRM01, 10)
    bank.settle()

    assert bank.has(FIRM01) == (0, 100_000 - 25_001, 60_000)


def test_margin_that_equals_the_minimum_is_not_changed(bank):
    bank.give(FIRM01, cash=20_000, lead=14_000)
    bank.hold(FIRM01, -10)
    bank.settle()

    assert bank.has(FIRM01) == (20_000, 0, 15_000)
    assert not bank.books.transactions


def test_the_captive_maker_borrows_missing_margin_in_whole_tranches(bank):
    bank.give(ALAMEDA, cash=20_000, house=10_000)
    bank.hold(ALAMEDA, 10)
    bank.settle()

    # The margin needs 59 000 more cents. The maker has 30 000 cents and lacks 29 000 cents. It
    # draws five tranches, 35 000 cents, and keeps 6 000 cents.
    assert bank.has(ALAMEDA) == (0, 6_000, 60_000)
    assert bank.credit.drawn_cents == 5 * TRANCHE


def test_no_margin_is_moved_or_borrowed_from_a_venue_without_cash(bank):
    """The house owes the maker 40 000 cents, but has no cash."""
    bank.give(ALAMEDA, house=40_000)
    bank.hold(ALAMEDA, 10)
    bank.custody.cash[FTX] = 0
    bank.settle()

    assert bank.has(ALAMEDA) == (0, 40_000, 1_000)
    assert bank.credit.drawn_cents == 0


def test_payments_that_a_settlement_causes_have_the_link_of_the_settlement(bank):
    bank.give(ALAMEDA, cash=500)
    bank.lose(ALAMEDA, house=800)
    bank.lose(FIRM01, house=5_000, lead=5_000)
    bank.hold(ALAMEDA, 10)
    bank.settle()

    assert len(bank.books.transactions) >= 5
    assert all(one.links == (settlement_link(NOON_US),) for one in bank.books.transactions)


# ---- daily


@pytest.mark.parametrize(("margin", "left"), [(EXCESS * 60_000, 120_000), (120_001, 60_000)])
def test_margin_is_reduced_to_the_target_if_it_exceeds_twice_the_target(bank, margin, left):
    bank.give(FIRM01, lead=margin - 1_000)
    bank.hold(FIRM01, 10)
    bank.desk.daily(NOON_US, MARK)

    assert bank.has(FIRM01) == (0, margin - left, left)


def test_each_day_the_makers_claim_on_the_house_repays_whole_tranches_of_the_credit_line(bank):
    bank.credit.draw(NOON_US, 3 * TRANCHE)
    bank.lose(ALAMEDA, house=1)
    bank.desk.daily(NOON_US, MARK)

    assert bank.credit.drawn_cents == TRANCHE
    assert bank.has(ALAMEDA) == (0, TRANCHE - 1, 1_000)


# ---- the credit line


@pytest.mark.parametrize(
    ("needed", "drawn"),
    [(0, 0), (1, TRANCHE), (TRANCHE, TRANCHE), (TRANCHE + 1, 2 * TRANCHE), (LIMIT, LIMIT)],
)
def test_a_draw_on_the_credit_line_is_rounded_up_to_whole_tranches_but_at_most_to_the_limit(
    bank, needed, drawn
):
    bank.credit.draw(NOON_US, needed)

    assert bank.credit.drawn_cents == drawn
    assert bank.credit.unused_cents(NOON_US) == LIMIT - drawn
    assert bank.has(ALAMEDA) == (0, drawn, 1_000)


def test_the_whole_limit_can_be_drawn_and_repaid_if_it_is_not_a_multiple_of_the_tranche(bank):
    bank.credit.draw(NOON_US, LIMIT)
    bank.credit.repay(NOON_US, LIMIT + TRANCHE)

    assert bank.credit.drawn_cents == 0


@given(acts=st.lists(st.tuples(st.booleans(), st.integers(-10_000, 3 * LIMIT)), max_size=20))
def test_drawn_credit_is_added_to_the_makers_claim_and_never_exceeds_the_limit(acts):
    bank = Bank()
    for is_draw, cents in acts:
        drawn = bank.credit.drawn_cents
        if is_draw:
            bank.credit.draw(NOON_US, cents)
            assert bank.credit.drawn_cents >= min(drawn + cents, LIMIT)
        else:
            bank.credit.repay(NOON_US, cents)
            assert drawn - max(cents, 0) <= bank.credit.drawn_cents <= drawn
        assert bank.credit.drawn_cents == bank.house.claims[ALAMEDA]
        assert 0 <= bank.credit.drawn_cents <= LIMIT
