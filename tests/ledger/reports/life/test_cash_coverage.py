"""Claims, profits and cash by day agree with calculations by hand and with bean-query."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from added_entries import gift
from bean_queries import asking
from whole_cents import assert_whole_cents

from ledger.reports.days import calendar
from ledger.reports.firms.league import league, total
from ledger.reports.life.cash_coverage import cash_coverage, closes, unpaid_requests
from ledger.reports.money.hole import hole
from ledger.reports.table import Table
from ledger.run_folder import RunFolder

# After the afternoon the house owes 811.00 (341.00 of it to firms) and has 300.00 in cash.
LATER = """
2022-05-11 * "Firm02" "Firm02 takes a stale quote on FTX; Alameda loses 90.00" #pickoff
  seq: 26
  time: "09:00:00.000000"
  Liabilities:FTX:Customers:Firm02            -85.00 USD
  Liabilities:FTX:Customers:Alameda            90.00 USD
  Income:FTX:Fees                              -5.00 USD
  Assets:Firm02:Claims:FTX                     85.00 USD
  Income:Firm02:PickOff                       -90.00 USD
  Expenses:Firm02:Fees                          5.00 USD
  Assets:Alameda:Claims:FTX                   -90.00 USD
  Income:Alameda:PickOff                       90.00 USD

2022-05-12 * "Retail" "Retail deposits 1,000.00 at FTX" #deposit
  seq: 27
  time: "12:01:00.000000"
  Assets:FTX:Cash                            1000.00 USD
  Liabilities:FTX:Customers:Retail          -1000.00 USD
  Assets:Retail:Claims:FTX                   1000.00 USD
  Assets:Retail:Cash                        -1000.00 USD
2022-05-13 * "Retail" "Retail withdraws 1,000.00 from FTX" #withdrawal
  seq: 28
  time: "12:01:00.000000"
  Assets:FTX:Cash                           -1000.00 USD
  Liabilities:FTX:Customers:Retail           1000.00 USD
  Assets:Retail:Claims:FTX                  -1000.00 USD
  Assets:Retail:Cash                         1000.00 USD
"""
UNPAID = """
2022-05-11 custom "unpaid-request" Liabilities:FTX:Customers:Retail 450.00 USD "r-0007"
2022-05-11 custom "unpaid-request" Liabilities:FTX:Customers:Retail 20.00 USD "r-0008"
2022-05-13 custom "unpaid-request" Liabilities:FTX:Customers:Retail 30.00 USD "r-0009"
"""


def table(run: RunFolder, name: str) -> Table:
    return next(table for table in cash_coverage(run).tables() if table.name == name)


def column(found: Table, name: str) -> list:
    return [row[found.columns.index(name)] for row in found.rows]


def dates(run: RunFolder) -> dict[str, tuple]:
    return {what: tuple(rest) for what, *rest in table(run, "dates").rows}


@pytest.fixture
def week(afternoon_with: Callable[..., RunFolder]) -> RunFolder:
    """Return a run of five days: the afternoon, and the four days after it."""
    return afternoon_with(LATER)


def test_a_day_has_the_firms_profit_and_the_claims_of_customers_and_the_cash_of_the_house(
    afternoon,
):
    (close,) = closes(afternoon)

    assert close.firms_profit_usd == 761  # edges after fees - hedging costs: 580 + 190 - 9
    assert (close.firms_claims_usd, close.retail_claims_usd) == (
        341,
        0,
    )  # the claims of the two firms are 80 and 261
    assert (close.other_claims_usd, close.claims_usd) == (470, 811)
    assert (close.house_cash_usd, close.credit_drawn_usd) == (300, 700)


def test_a_day_without_entries_has_the_balances_of_the_day_before(week):
    found = table(week, "cash-coverage")

    assert column(found, "day") == [date(2022, 5, 9) + timedelta(days=n) for n in range(5)]
    first, second = found.rows[:2]
    assert first[1:] == second[1:]


def test_the_firms_profit_is_summed_from_the_first_day_on(week):
    assert column(table(week, "cash-coverage"), "firms_profit_usd") == [761, 761, 846, 846, 846]


def test_each_day_lists_the_profits_and_claims_that_exceed_the_cash(week):
    # The cash by day is 300, 300, 300, 1300, 300. The firms' claims by day are 341, 341, 426, 426,
    # 426.
    told = column(table(week, "cash-coverage"), "more_than_the_cash")

    everything = "firms' profit, firms' claims, all claims"
    assert told == [everything, everything, everything, "all claims", everything]


def test_cash_coverage_is_cash_divided_by_all_claims(week):
    # cash / claims: 300 / 811 on two days, then 300 / 896, 1300 / 1896 and 300 / 896
    assert column(table(week, "cash-coverage"), "cover_pct") == [
        Decimal(pct) for pct in ("37.0", "37.0", "33.5", "68.6", "33.5")
    ]


def test_the_table_of_dates_has_for_each_event_its_first_day_and_its_number_of_days(week):
    first_day = date(2022, 5, 9)

    assert dates(week) == {
        "firms' profit above the cash": (first_day, 761, 300, 4),
        "firms' claims above the cash": (first_day, 341, 300, 4),
        "all claims above the cash": (first_day, 811, 300, 5),
        "a withdrawal not paid in full": (None, None, None, 0),
    }


@pytest.mark.parametrize(
    ("usd", "beyond"),
    [
        (0, ["firms' profit", "firms' claims", "all claims"]),
        # with a gift of 40, the cash is 340, and firms' claims are 341
        (40, ["firms' profit", "firms' claims", "all claims"]),
        (41, ["firms' profit", "all claims"]),
        (460, ["firms' profit", "all claims"]),  # cash of 760, firms' profit of 761
        (461, ["all claims"]),
        (510, ["all claims"]),  # cash of 810, all claims of 811
        (511, []),
    ],
)
def test_a_profit_or_claim_that_equals_the_cash_does_not_exceed_the_cash(
    afternoon_with, usd, beyond
):
    run = afternoon_with(gift(usd))

    assert column(table(run, "cash-coverage"), "more_than_the_cash")[-1] == (
        ", ".join(beyond) or None
    )
    for name in ("firms' profit", "firms' claims", "all claims"):
        *_, days = dates(run)[f"{name} above the cash"]
        assert days == (2 if name in beyond else 1)


def test_an_event_that_never_happened_has_no_date(tiny_run):
    assert set(dates(tiny_run).values()) == {(None, None, None, 0)}


def test_the_first_unpaid_withdrawal_is_reported_with_its_day_and_amount(afternoon_with):
    run = afternoon_with(LATER + UNPAID)

    assert [usd for _, usd in unpaid_requests(run)] == [450, 20, 30]
    assert dates(run)["a withdrawal not paid in full"] == (date(2022, 5, 11), 450, 300, 2)


def test_unpaid_withdrawals_of_a_simulated_run_are_reported(busy_run):
    first_day, usd, cash_usd, days = dates(busy_run)["a withdrawal not paid in full"]

    assert usd > 0
    assert cash_usd in column(table(busy_run, "cash-coverage"), "house_cash_usd")
    assert days == len({day for day, _ in unpaid_requests(busy_run)})
    assert first_day == min(day for day, _ in unpaid_requests(busy_run))


def test_the_amounts_of_the_last_day_agree_with_the_hole_and_the_league_table(any_run):
    last, the_hole, firms = closes(any_run)[-1], hole(any_run), total(league(any_run))

    assert last.claims_usd == the_hole.claims_usd
    assert last.house_cash_usd == the_hole.house_cash_usd
    assert last.claims_usd - last.house_cash_usd == the_hole.hole_of_exchange_usd
    assert last.firms_claims_usd == firms.house_claim_usd
    assert last.firms_profit_usd == firms.house_result_usd


def test_the_amounts_at_the_end_of_each_day_agree_with_bean_query(run):
    ask = asking(run)
    days = calendar(run)
    for close, day in zip(closes(run), days, strict=True):
        until = f"date <= {day}"
        for amount, accounts in (
            (close.house_cash_usd, "account = 'Assets:FTX:Cash'"),
            (-close.retail_claims_usd, "account = 'Liabilities:FTX:Customers:Retail'"),
            (-close.other_claims_usd, "account = 'Liabilities:FTX:Customers:OtherMakers'"),
            (-close.firms_claims_usd, "account ~ '^Liabilities:FTX:Customers:Firm'"),
            (close.credit_drawn_usd, "account = 'Assets:FTX:CreditLine:Alameda'"),
            (
                -close.firms_profit_usd,
                "account ~ '^(Income|Expenses):Firm.*:(PickOff|Fees|Hedging)$'",
            ),
        ):
            query = f"SELECT sum(number) AS usd WHERE {accounts} AND {until}"
            found = ask(query)
            assert amount == (found[0][0] or 0 if found else 0)
    assert len(days) == 3


def test_all_amounts_in_the_tables_have_two_decimals(any_run):
    assert_whole_cents(cash_coverage(any_run).tables())
