"""The till pays withdrawal requests in the order of arrival, from available cash.

A request waits until it can be paid in full. The part of a request that exceeds the free claim of
its customer is not paid.
"""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import simpy
from hypothesis import example, given
from hypothesis import strategies as st
from kept_books import Books

from des.chance import stream
from des.clock import DAY_US, HOUR_US
from des.custody.cohorts import Cohorts
from des.custody.confidence import Confidence
from des.custody.custody import HALTED, OPEN, QUEUED, Custody
from des.custody.retail import RetailCustody
from des.custody.till import Till
from des.scenario import Cohort, Flow
from des.venue.venue import Venue
from ledger.accounts import owed
from ledger.money import Contract
from ledger.notes import UnpaidRequest
from ledger.parties import Parties

HOUSE = "FTX"
PARTIES = Parties(HOUSE, "Alameda", "Binance", "Retail", "OtherMakers", ("Firm01", "Firm02"))
NAMES = PARTIES.names
RETAIL, FIRM_01, FIRM_02 = (NAMES.index(name) for name in ("Retail", "Firm01", "Firm02"))
START_US = 19_000 * DAY_US
AFRAID = Flow(
    deposits_per_volume=0.0,
    base_per_day=0.0,
    fear_half_life_h=24.0,
    contagion=0.5,
    queue_shock=0.25,
    halt_after_h=10.0,
    cohorts=(Cohort(share=1.0, sensitivity=1.0),),
)


class Counter:
    """A house with cash, a till, and customers with claims."""

    def __init__(self, cash: int, flow: Flow | None = AFRAID, **claims: int) -> None:
        self.env = simpy.Environment(initial_time=START_US)
        self.books = Books()
        contract = (Contract("BTC-PERP", HOUSE, "0.01", "1"),)
        self.house = Venue(0, contract, len(NAMES), 0, self.books)
        self.custody = Custody(
            PARTIES, {HOUSE: self.house}, np.zeros(len(NAMES), dtype=np.int64), self.books
        )
        self.custody.cash[NAMES.index(HOUSE)] = cash
        for name, cents in claims.items():
            self.house.claims[NAMES.index(name)] = cents
        self.locked = dict.fromkeys(range(len(NAMES)), 0)
        self.fear = Confidence(flow, lambda: int(self.house.claims.sum())) if flow else None
        self.till = Till(self.custody, HOUSE, NAMES, self.locked.__getitem__, self.books, self.fear)
        self.retail = RetailCustody(self.env, self.custody, self.till, HOUSE, RETAIL)

    def ask(self, entity: int, cents: int, why: str = "") -> int:
        return self.till.ask(self.env.now, entity, cents, why=why)

    def serve(self) -> None:
        self.till.serve(self.env.now)

    def halt_after(self, wait_us: int) -> None:
        self.till.halt_after(self.env.now, wait_us)

    def wait(self, hours: float = 1.0) -> None:
        self.env.run(until=self.env.timeout(round(hours * HOUR_US)))

    def paid(self) -> list[tuple[str, int]]:
        """Return the holder and the cents of each payment, in order."""
        return [
            (dict(one.meta).get("holder", f'"{one.payee}"').strip('"'), one.postings[0].units)
            for one in self.books.transactions
            if one.tag == "withdrawal"
        ]

    def noted(self) -> list[tuple[str, str]]:
        """Return the holder and the amount of each request that had to wait."""
        return [(each.holder, f"{each.usd} USD") for each in self.books.notes]

    def told(self) -> list[str]:
        return [value for _, _, value in self.books.events]


# ------------------------------------------------------------------------ paid or waiting


def test_a_request_is_paid_at_once_and_without_a_note_if_the_house_has_enough_cash():
    counter = Counter(1_000, Retail=900, Firm01=500)

    assert counter.retail.request(7, 400) == 400
    assert counter.ask(FIRM_01, 500, why=", to sleep better") == 500
    assert counter.paid() == [("r-0007", 400), ("Firm01", 500)]
    assert not counter.books.events
    assert not counter.noted()
    assert counter.custody.till(HOUSE) == 100


def test_a_request_is_limited_to_the_free_claim_minus_waiting_requests():
    """The free claim excludes margin and collateral. Firm01's claim is 500 cents: 50 are free."""
    counter = Counter(0, Retail=900, Firm01=500)
    counter.locked[FIRM_01] = 450

    assert counter.retail.request(1, 600) == 600
    assert counter.retail.request(2, 600) == 300
    assert counter.retail.request(3, 600) == 0
    assert counter.ask(FIRM_01, 500) == 50
    assert counter.noted() == [
        ("r-0001", "6.00 USD"),
        ("r-0002", "3.00 USD"),
        ("Firm01", "0.50 USD"),
    ]
    assert counter.retail.unasked_cents() == 0


def test_a_small_request_waits_behind_a_larger_request_that_cannot_be_paid():
    counter = Counter(500, Retail=2_000, Firm01=100)
    counter.retail.request(1, 800)
    counter.ask(FIRM_01, 100)
    counter.retail.request(2, 50)

    assert not counter.paid()
    assert len(counter.till.queue) == 3

    counter.custody.cash[RETAIL] = 1_000
    counter.wait()
    counter.retail.deposit(9, 350)  # the cash of 850 cents is enough for the first request only
    assert counter.paid() == [("r-0001", 800)]
    counter.retail.deposit(9, 650)
    assert counter.paid() == [("r-0001", 800), ("Firm01", 100), ("r-0002", 50)]
    last = counter.books.transactions[-1]
    assert dict(last.meta)["waited-s"] == "3600.000000"


def test_the_note_of_a_waiting_request_names_the_customer():
    counter = Counter(0, Retail=100, Firm02=70)
    counter.retail.request(12, 100)
    counter.ask(FIRM_02, 70)

    assert counter.books.notes == [
        UnpaidRequest(owed(HOUSE, "Retail"), Decimal("1.00"), "r-0012"),
        UnpaidRequest(owed(HOUSE, "Firm02"), Decimal("0.70"), "Firm02"),
    ]


def test_a_waiting_request_that_exceeds_the_free_claim_does_not_block_the_queue():
    counter = Counter(0, Retail=100, Firm01=100, Firm02=100)
    counter.ask(FIRM_01, 100)
    counter.ask(FIRM_02, 100)
    counter.retail.request(1, 100)
    counter.house.claims[FIRM_01] = 0
    counter.locked[FIRM_02] = 60
    counter.custody.cash[NAMES.index(HOUSE)] = 140
    counter.serve()

    assert counter.paid() == [("Firm02", 40), ("r-0001", 100)]
    assert not counter.till.queue


def test_without_rules_for_fear_a_request_can_wait_but_no_event_is_recorded():
    counter = Counter(100, flow=None, Retail=500)
    counter.retail.request(1, 300)
    counter.custody.cash[RETAIL] = 200
    counter.retail.deposit(2, 200)

    assert counter.paid() == [("r-0001", 300)]
    assert counter.noted() == [("r-0001", "3.00 USD")]
    assert not counter.books.events
    assert counter.custody.status[HOUSE] == OPEN


# ----------------------------------------------------------------------------- queue and halt


def test_the_start_and_the_end_of_a_queue_are_events_and_only_the_start_adds_fear():
    counter = Counter(0, Retail=1_000)
    counter.retail.request(1, 100)
    counter.retail.request(2, 100)
    counter.wait()
    counter.custody.cash[NAMES.index(HOUSE)] = 200
    counter.serve()

    assert counter.books.events == [
        (START_US, "FTX:withdrawals", QUEUED),
        (START_US + HOUR_US, "FTX:withdrawals", OPEN),
    ]
    frightened = 0.25 + 2 * 0.5 * 100 / 1_000
    assert counter.fear.fear(START_US) == pytest.approx(frightened)


@pytest.mark.parametrize("hours", [5, 9.99, 10, 30])
def test_a_house_halts_when_its_queue_has_lasted_for_the_stated_time(hours):
    counter = Counter(100, Retail=1_000)
    counter.retail.request(1, 200)
    counter.wait(5)
    counter.retail.request(2, 200)
    counter.custody.cash[NAMES.index(HOUSE)] += 100
    counter.serve()  # the first request is paid, but the second still waits
    counter.wait(hours - 5)
    counter.halt_after(10 * HOUR_US)

    assert counter.custody.status[HOUSE] == (HALTED if hours >= 10 else QUEUED)


def test_a_queue_that_was_paid_in_full_does_not_count_towards_a_halt():
    counter = Counter(0, Retail=1_000)
    counter.retail.request(1, 200)
    counter.wait(9)
    counter.custody.cash[NAMES.index(HOUSE)] = 200
    counter.serve()
    counter.retail.request(2, 200)
    counter.wait(9)
    counter.halt_after(10 * HOUR_US)

    assert counter.told() == [QUEUED, OPEN, QUEUED]


def test_a_halted_house_pays_nothing_and_accepts_no_deposits_and_still_notes_requests():
    counter = Counter(100, Retail=1_000, Firm01=50)
    counter.custody.cash[RETAIL] = 5_000
    counter.retail.request(1, 200)
    counter.wait(10)
    counter.halt_after(10 * HOUR_US)

    assert counter.retail.deposit(2, 5_000) == 0
    assert counter.ask(FIRM_01, 50) == 50
    assert counter.custody.withdraw(counter.env.now, FIRM_01, HOUSE, 50) == 0
    counter.serve()
    counter.halt_after(0)
    assert not counter.books.transactions
    assert counter.noted() == [("r-0001", "2.00 USD"), ("Firm01", "0.50 USD")]
    assert counter.told() == [QUEUED, HALTED]
    assert counter.custody.cash[NAMES.index(HOUSE)] == 100


# ------------------------------------------------------------------------- random histories

WHO = st.sampled_from([RETAIL, FIRM_01, FIRM_02])
STEPS = st.one_of(
    st.tuples(st.just("ask"), WHO, st.integers(1, 400)),
    st.tuples(st.just("bring"), st.just(RETAIL), st.integers(1, 400)),
    st.tuples(st.just("lose"), WHO, st.integers(1, 300)),
    st.tuples(st.just("serve"), WHO, st.just(0)),
    st.tuples(st.just("look"), WHO, st.just(0)),
)


# With 100 cents of cash, the house pays Firm02 and then halts while a request of 300 cents waits.
# Then the customer loses 650 of its claim of 700 cents. The cash would now be enough for the rest
# of the claim, but a halted house pays nothing.
LATE = [("bring", RETAIL, 400), ("ask", FIRM_01, 50), ("lose", RETAIL, 650), ("look", RETAIL, 0)]
HALT = [("ask", FIRM_02, 10), ("ask", RETAIL, 300), *[("look", RETAIL, 0)] * 4, *LATE]


@given(st.integers(0, 1_500), st.lists(STEPS, max_size=40))
@example(100, HALT)
def test_in_random_histories_requests_are_paid_in_order_or_wait_and_cash_is_never_negative(
    cash, steps
):
    counter = Counter(cash, Retail=700, Firm01=500, Firm02=300)
    counter.custody.cash[RETAIL] = 1_000
    asked: list[tuple[str, int]] = []
    lost = False
    world = counter.custody.cash.sum()
    for n, (what, who, cents) in enumerate(steps):
        counter.wait()
        before = len(counter.paid())
        match what:
            case "ask":
                name = f"r-{n:04}" if who == RETAIL else NAMES[who]
                done = (
                    counter.retail.request(n, cents) if who == RETAIL else counter.ask(who, cents)
                )
                if done:
                    asked.append((name, done))
            case "bring":
                counter.retail.deposit(n, cents)
            case "lose":
                lost = True
                counter.house.claims[who] = max(counter.house.claims[who] - cents, 0)
            case "serve":
                counter.serve()
            case "look":
                counter.serve()
                counter.halt_after(3 * HOUR_US)
        paid, waits = counter.paid(), [(one.holder, one.cents) for one in counter.till.queue]
        assert counter.custody.cash.min() >= 0
        assert counter.custody.cash.sum() == world
        assert counter.house.claims.min() >= 0
        # The waiting requests are the requests that arrived last, in the order of arrival.
        assert asked[len(asked) - len(waits) :] == waits
        served = asked[: len(asked) - len(waits)]
        assert _are_in(paid, served) if lost else paid == served
        if counter.custody.status[HOUSE] == HALTED:
            assert len(paid) == before
        if waits and counter.custody.status[HOUSE] != HALTED:
            assert counter.custody.status[HOUSE] == QUEUED
        assert set(counter.noted()) >= {(name, f"{cents / 100:.2f} USD") for name, cents in waits}


def _are_in(paid: list[tuple[str, int]], served: list[tuple[str, int]]) -> bool:
    """Return whether the payments pay some of the requests in order, each in full or in part."""
    rest = iter(served)
    return all(any(name == one and cents <= most for one, most in rest) for name, cents in paid)


@given(st.lists(st.tuples(WHO, st.integers(1, 1_000)), max_size=40), st.integers(0, 100))
def test_a_house_with_enough_cash_for_all_claims_pays_every_request_at_once(requests, more):
    counter = Counter(1_500 + more, Retail=700, Firm01=500, Firm02=300)
    for who, cents in requests:
        counter.ask(who, cents)
    for who in (FIRM_02, RETAIL, FIRM_01):
        counter.ask(who, 10**9)

    assert not counter.books.notes
    assert not counter.books.events
    assert counter.custody.till(HOUSE) == more
    assert not counter.house.claims.any()


# --------------------------------------------------------------------------------- cohorts


def test_cohorts_share_gains_and_losses_pro_rata_and_their_claims_sum_to_the_total():
    cohorts = Cohorts((Cohort(share=0.75, sensitivity=1.0), Cohort(share=0.25, sensitivity=0.0)))
    cohorts.agree(1_000)
    assert cohorts.cents == [750, 250]

    cohorts.take(0, 500)  # 250 are left in each cohort
    cohorts.bring(0.9, 50)
    assert cohorts.cents == [250, 300]
    cohorts.agree(275)
    assert cohorts.cents == [125, 150]
    cohorts.agree(0)
    cohorts.agree(400)  # no cohort had a claim, so the opening shares apply
    assert cohorts.cents == [300, 100]


@given(st.integers(0, 9), st.floats(0, 1, exclude_max=True))
def test_each_cohort_has_its_own_range_of_customers(cohort, within):
    cohorts = Cohorts([Cohort(share=0.1, sensitivity=1.0)] * 10)
    place = cohorts.place(cohort, within)

    assert Fraction(cohort, 10) - Fraction(1, 10**9) <= place <= Fraction(cohort + 1, 10) + 1e-9


# --------------------------------------------------------------------------- constant rates


def test_deposits_have_the_expected_number_and_come_from_all_customers_in_whole_dollars():
    """The expected number is 1,000. The test allows a deviation of three standard errors."""
    counter = Counter(0)
    came: list[tuple[int, int]] = []
    draws = stream(1, "retail", "deposits")
    counter.env.process(
        counter.retail.arrivals(
            draws, 24.0, 1_000.0, 50, lambda *each: came.append(each), START_US + 1_000 * HOUR_US
        )
    )
    counter.env.run()

    assert abs(len(came) - 1_000) < 3 * 1_000**0.5
    assert {holder for holder, _ in came} == set(range(50))
    assert all(cents >= 100 and cents % 100 == 0 for _, cents in came)


@pytest.mark.parametrize("per_day", [0.0, 5e-324, 1e-300, 1e-12])
def test_a_deposit_that_would_come_after_the_end_of_the_run_is_not_scheduled(per_day: float):
    counter = Counter(0)
    draws = stream(1, "retail", "deposits")
    came: list[tuple[int, int]] = []

    counter.env.process(
        counter.retail.arrivals(
            draws, per_day, 1_000.0, 50, lambda *each: came.append(each), START_US + DAY_US
        )
    )
    counter.env.run()

    assert counter.env.now == START_US  # no event was scheduled
    assert not came
