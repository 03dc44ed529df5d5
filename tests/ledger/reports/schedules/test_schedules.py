"""The schedules for a trustee agree with the books of hand-written and simulated runs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from ledger.reports.days import calendar
from ledger.reports.life.standing import standings
from ledger.reports.money.cash import cash_statement
from ledger.reports.schedules.below_value import below_value_table
from ledger.reports.schedules.payments_before import payments_before
from ledger.reports.schedules.preferences import Preferred, preferences
from ledger.reports.schedules.related_balances import related_balances
from ledger.reports.schedules.schedules import schedules
from ledger.reports.schedules.solvency_tests import solvency_tests
from ledger.reports.schedules.status import Status
from ledger.run_folder import RunFolder, RunFolderError

END = date(2022, 7, 2)
AFTERNOON = date(2022, 5, 9)

PAID = [
    ("FTX", "Alameda", Status.AFFILIATE, "within the group", 2_300),
    ("Alameda", "FTX", Status.AFFILIATE, "within the group", 1_500),
    ("Alameda", "Outside", Status.OTHER, "Ventures", 2_400),
    ("FTX", "Firm01", Status.CUSTOMER, "Customers", 700),
    ("Alameda", "Lender01", Status.LENDER, "Loans", 600),
    ("Alameda", "Binance", Status.OTHER, "Claims", 400),
    ("Alameda", "Foundation", Status.OTHER, "Tokens", 400),
    ("FTX", "Firm02", Status.CUSTOMER, "Customers", 200),
]


def test_payments_are_summed_by_payer_recipient_and_kind_with_insiders_first(
    life: RunFolder,
):
    assert [
        (paid.payer, paid.recipient, paid.status, paid.kind, paid.year_cents // 100)
        for paid in payments_before(life, END)
    ] == PAID


def test_a_payment_counts_as_recent_for_90_days_and_is_listed_for_a_year(life: RunFolder):
    def firm01(days: int) -> list[tuple[int, int]]:
        return [
            (paid.near_cents, paid.year_cents)
            for paid in payments_before(life, AFTERNOON + timedelta(days=days))
            if paid.recipient == "Firm01"
        ]

    assert firm01(0) == firm01(89) == [(70_000, 70_000)]
    assert firm01(90) == firm01(364) == [(0, 70_000)]
    assert firm01(365) == []


def test_the_recipient_of_one_payment_of_the_kind_insiders_is_an_insider_for_all_payments(
    afternoon_with,
):
    paid = """
2022-05-09 open Expenses:FTX:Insiders USD
  hole: "cause"

2022-05-10 * "Firm01" "FTX pays its insider"
  seq: 997
  time: "12:00:00.000000"
  Assets:FTX:Cash                              -70.00 USD
  Expenses:FTX:Insiders                         70.00 USD
"""
    found = payments_before(afternoon_with(paid), date(2022, 5, 10))

    assert {each.kind for each in found if each.status is Status.INSIDER} == {
        "Insiders",
        "Customers",
    }


def test_a_recipient_of_interest_is_a_lender_although_its_loan_is_not_repaid(afternoon_with):
    paid = """
2022-05-09 open Expenses:FTX:Interest USD
  hole: "cause"

2022-05-10 * "Lender02" "FTX pays interest"
  seq: 997
  time: "12:00:00.000000"
  Assets:FTX:Cash                              -70.00 USD
  Expenses:FTX:Interest                         70.00 USD
"""
    found = payments_before(afternoon_with(paid), date(2022, 5, 10))

    assert [each.status for each in found if each.recipient == "Lender02"] == [Status.LENDER]


def test_a_gift_is_listed_as_a_payment_below_value_but_a_purchase_of_property_is_not(
    afternoon_with,
):
    paid = """
2022-05-09 open Expenses:FTX:Charity USD
  hole: "cause"
2022-05-09 open Expenses:FTX:Property USD
  hole: "cause"

2022-05-10 * "Charity01" "FTX gives"
  seq: 997
  time: "12:00:00.000000"
  Assets:FTX:Cash                              -70.00 USD
  Expenses:FTX:Charity                          70.00 USD

2022-05-10 * "Seller01" "FTX buys a house"
  seq: 998
  time: "12:00:00.000000"
  Assets:FTX:Cash                              -30.00 USD
  Expenses:FTX:Property                         30.00 USD
"""
    payments = payments_before(afternoon_with(paid), date(2022, 5, 10))
    given, everything = below_value_table(payments).rows

    assert given[1:5] == ("Charity01", Status.OTHER, "Charity", "a gift")
    assert given[-1] == everything[-1] == Decimal("70.00")
    assert {"Charity", "Property"} <= {each.kind for each in payments}


def test_a_day_outside_the_run_is_refused(life: RunFolder):
    with pytest.raises(RunFolderError, match=r"^no 2030-01-01 in .*; give a day from "):
        schedules(life, date(2030, 1, 1))


def test_no_payment_is_listed_as_below_value_if_each_payment_brought_value_in_return(
    life: RunFolder,
):
    assert below_value_table(payments_before(life, END)).rows == []


def test_the_net_debt_of_the_maker_is_its_drawn_credit_line_less_its_account_at_the_exchange(
    life: RunFolder,
):
    may, *_ = related_balances(life, END)

    assert (may.day, may.credit_line_usd) == (date(2022, 5, 31), 700)
    assert may.net_usd == may.credit_line_usd - may.account_usd
    assert (may.cash_to_maker_usd, may.cash_to_house_usd) == (2_300, 1_500)


def test_the_cash_flow_test_fails_on_the_day_of_an_unpaid_request(life: RunFolder):
    found = {each.day: each for each in solvency_tests(life, END)}
    asked = found[date(2022, 6, 20)]

    assert asked.unpaid_usd == 280
    assert not asked.pays
    assert found[date(2022, 6, 19)].pays
    assert found[date(2022, 7, 1)].unpaid_usd >= 500  # a payment for property remains unpaid
    assert not found[END].has_balance


def test_the_setback_of_a_day_is_the_largest_fall_of_net_worth_in_any_30_days_until_that_day(
    life: RunFolder,
):
    days = standings(life)
    for each in solvency_tests(life, END):
        before = [at for at in days if at.day <= each.day]
        falls = [
            first.net_at_mark_usd - last.net_at_mark_usd
            for last in before
            for first in before
            if last.day - timedelta(days=30) <= first.day <= last.day
        ]

        assert each.setback_usd == max(falls)
        assert each.has_capital == (each.net_usd >= each.setback_usd)


def test_new_value_of_a_creditor_is_subtracted_only_from_earlier_payments_to_this_creditor():
    """The preference is the payments to the creditor less later new value, but at least zero."""
    creditor = Preferred("Firm01", Status.CUSTOMER, "Customers")
    creditor.bring(50)
    creditor.pay(100)
    creditor.bring(30)
    assert creditor.preference_cents == 70

    creditor.bring(90)
    creditor.pay(20)
    assert (creditor.paid_cents, creditor.new_cents, creditor.preference_cents) == (120, 170, 20)


def test_creditors_that_were_paid_in_the_last_week_are_listed_with_their_remaining_claim(
    life: RunFolder,
):
    (firm02,) = preferences(life, date(2022, 6, 29))
    (lender,) = preferences(life, END)

    assert (firm02.creditor, firm02.preference_cents) == ("Firm02", 20_000)
    assert (lender.creditor, lender.preference_cents, lender.owed_cents) == (
        "Lender01",
        60_000,
        40_000,
    )


@pytest.mark.parametrize("world", ["life", "tiny_run", "tokens_run", "small_run"])
def test_payments_out_of_the_group_sum_to_the_cash_paid_out_if_the_run_lasts_less_than_a_year(
    world: str, request: pytest.FixtureRequest
):
    run = request.getfixturevalue(world)
    payments = payments_before(run, calendar(run)[-1])
    outside = sum(paid.year_cents for paid in payments if paid.kind != "within the group")

    assert Decimal(outside).scaleb(-2) == cash_statement(run).everybody.paid_out_usd


def test_amounts_in_the_answer_and_in_the_tables_agree_with_a_calculation_by_hand(life: RunFolder):
    found = schedules(life)
    tables = {table.name: table for table in found.tables()}

    assert found.end == END
    assert "insiders were paid $3,800" in found.answer()
    assert "Preferences to creditors in the last week are $600." in found.answer()
    assert tables["payments"].rows[-1][4:6] == (Decimal("8500.00"), Decimal("8500.00"))
    assert ("cash flow", date(2022, 6, 20)) == tables["failed"].rows[1][:2]
    assert tables["preferences"].rows[0][-1] == Decimal("60.0")
