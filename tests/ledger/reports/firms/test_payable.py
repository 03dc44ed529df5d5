"""Payable amounts agree with calculations by hand, and with a loop over all payment sequences."""

from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.reports.dollars import CENT
from ledger.reports.firms.payable import CashCoverage, coverage
from ledger.reports.money.hole import hole

CENTS = st.integers(0, 10**13)
CLAIMS = st.lists(CENTS, min_size=1, max_size=6)


def till(cash_cents: int, claims_cents: list[int]) -> CashCoverage:
    claims = {f"c{i}": cents * CENT for i, cents in enumerate(claims_cents)}
    return CashCoverage(cash_cents * CENT, claims)


def test_cash_of_300_is_shared_pro_rata_among_claims_of_811(afternoon):
    assert coverage(afternoon).house.pro_rata_usd() == {
        "Firm01": Decimal("29.59"),  # pro rata: 80 x 300 / 811 = 29.593
        "Firm02": Decimal("96.55"),  # pro rata: 261 x 300 / 811 = 96.547
        "Retail": Decimal("0.00"),
        "OtherMakers": Decimal("173.86"),  # pro rata: 470 x 300 / 811 = 173.859
    }


def test_the_cash_of_the_group_includes_the_makers_claim_on_the_lead_venue(afternoon):
    # The house has 300 in cash. The maker has no cash, but it has a claim of 388 on the lead venue.
    assert coverage(afternoon).group.cash_usd == 688
    assert coverage(afternoon).group.pro_rata_usd()["Firm01"] == Decimal("67.87")


def test_claims_less_cash_equal_the_hole_for_the_group_and_for_the_exchange(any_run):
    found, the_hole = coverage(any_run), hole(any_run)

    assert found.house.claim_usd(found.house.claims_usd) == the_hole.claims_usd
    assert found.house.claims_usd == found.group.claims_usd
    missing = the_hole.claims_usd - found.group.cash_usd
    assert missing == the_hole.hole_usd
    assert the_hole.claims_usd - found.house.cash_usd == the_hole.hole_of_exchange_usd


@given(cash=CENTS, claims=CLAIMS)
def test_pro_rata_pays_all_cash_or_all_claims_and_pays_no_customer_more_than_its_claim(
    cash, claims
):
    paid = [int(usd / CENT) for usd in till(cash, claims).pro_rata_usd().values()]

    assert sum(paid) == min(cash, sum(claims))
    for cents, claim in zip(paid, claims, strict=True):
        due = Fraction(claim * min(cash, sum(claims)), sum(claims) or 1)
        assert abs(cents - due) < 1
        assert cents <= claim


def test_a_remaining_cent_goes_to_the_share_with_the_largest_fraction_of_a_cent():
    shared = till(100, [100, 100, 101]).pro_rata_usd()  # exact shares in cents: 33.22, 33.22, 33.55

    assert list(shared.values()) == [Decimal("0.33"), Decimal("0.33"), Decimal("0.34")]


@given(cash=st.integers(0, 60), claims=st.lists(st.integers(0, 20), min_size=1, max_size=4))
def test_customers_receive_most_if_they_are_paid_first_and_least_if_they_are_paid_last(
    cash, claims
):
    found = till(cash, claims)
    group = [name for i, name in enumerate(found.claims_usd) if i % 2 == 0]
    received = []
    for queue in permutations(found.claims_usd):
        left, paid = found.cash_usd, Decimal(0)
        for customer in queue:
            part = min(left, found.claims_usd[customer])
            left -= part
            paid += part if customer in group else 0
        received.append(paid)

    assert found.first_usd(group) == max(received)
    assert found.last_usd(group) == min(received)


@pytest.mark.parametrize("cash_cents", [0, 5])
def test_an_exchange_without_debts_pays_nothing(cash_cents):
    found = till(cash_cents, [0, 0])

    assert set(found.pro_rata_usd().values()) == {0}
    assert found.first_usd(["c0"]) == found.last_usd(["c0"]) == 0
