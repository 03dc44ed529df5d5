"""The timeline of the group agrees with hand calculations and with Beancount."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from added_entries import ONE_SIDED_DEBT, gift
from bean_queries import asking
from beancount import loader
from beancount.core.data import Query
from beanquery.query import run_query
from whole_cents import assert_whole_cents

from ledger.notes import UnpaidRequest
from ledger.reports.days import calendar
from ledger.reports.life.milestones import Milestone, firsts
from ledger.reports.life.standing import month_ends, standings
from ledger.reports.life.timeline import timeline
from ledger.reports.life.waiting import queue_usd
from ledger.reports.money.hole import hole
from ledger.reports.paper_wealth import Marks
from ledger.reports.table import Table
from ledger.run_folder import RunFolder

USED = "customers' money in use: claims exceed cash of FTX"
LIQUID = "claims exceed the group's liquid assets"
LOANS = "claims and loans exceed liquid assets"
INSOLVENT = "insolvent: claims and loans exceed all assets at mark"
FIRST, LENT, RECALLED, LAST = (
    date(2022, 5, 9),
    date(2022, 5, 20),
    date(2022, 6, 30),
    date(2022, 7, 2),
)


def table(run: RunFolder, name: str, by: str = "month") -> Table:
    return next(table for table in timeline(run, by).tables() if table.name == name)


def dates(run: RunFolder) -> dict[str, tuple]:
    found = firsts(run, standings(run)).values()
    return {each.what: (each.day, each.usd, each.days, each.continuous_since) for each in found}


def on(run: RunFolder, day: date):
    return next(at for at in standings(run) if at.day == day)


# --------------------------------------------------------------------- at the end of a day


def test_the_timeline_by_month_has_the_last_day_of_each_month_and_the_last_day_of_the_run(life):
    rows = table(life, "timeline").rows

    assert rows == [
        # The columns: day, claims, cash, hole of the exchange, credit, hole, loans, tokens, queue.
        (date(2022, 5, 31), 811, 300, 511, 700, -477, 1000, 400, 0),
        (date(2022, 6, 30), 611, 100, 511, 700, 123, 400, 900, 80),
        (date(2022, 7, 2), 611, 100, 511, 700, 123, 400, 50, 80),
    ]


def test_net_worth_at_mark_is_the_sum_of_all_assets_less_claims_and_loans(life):
    assert table(life, "worth").rows == [
        # The columns: day, liquid, tokens, ventures, lent to customers, claims, loans, net.
        (date(2022, 5, 31), 1288, 400, 2400, 0, 811, 1000, 2277),
        (date(2022, 6, 30), 488, 900, 2400, 0, 611, 400, 2777),
        (date(2022, 7, 2), 488, 50, 100, 0, 611, 400, -373),
    ]


def test_a_loan_reduces_the_hole_of_the_group_but_not_the_hole_of_the_exchange(life):
    before, after = on(life, date(2022, 5, 19)), on(life, LENT)

    assert after.hole_usd == before.hole_usd - 1000
    assert after.hole_of_exchange_usd == before.hole_of_exchange_usd
    assert after.hole_after_loans_usd == before.hole_after_loans_usd


def test_a_writedown_changes_net_worth_but_not_the_hole(life):
    before, after = on(life, date(2022, 7, 1)), on(life, LAST)

    assert after.hole_usd == before.hole_usd
    assert after.net_at_mark_usd == before.net_at_mark_usd - 2300
    assert before.net_at_mark_usd > 0 > after.net_at_mark_usd


def test_loans_to_customers_do_not_count_as_ventures(lending_run):
    worth = table(lending_run, "worth", "day")
    first = dict(zip(worth.columns, worth.rows[0], strict=True))

    assert first["lent_to_customers_usd"] == Decimal("35454545.45")
    assert first["ventures_at_cost_usd"] == 0
    assert first["net_worth_usd"] == sum(
        sign * first[f"{part}_usd"]
        for sign, parts in {
            1: ("liquid_assets", "tokens_at_mark", "ventures_at_cost", "lent_to_customers"),
            -1: ("claims", "loans"),
        }.items()
        for part in parts
    )


def test_a_row_of_a_table_by_month_equals_the_row_of_the_same_day_in_the_table_by_day(
    life,
):
    for name in ("timeline", "worth", "identity"):
        by_day = table(life, name, "day").rows
        by_month = table(life, name).rows
        assert len(by_day) == 55
        assert by_month == [row for row in by_day if row[0] in {each[0] for each in by_month}]


def test_on_every_day_the_kinds_sum_to_the_hole_and_debts_within_the_group_sum_to_zero(any_run):
    rows = table(any_run, "identity", "day").rows

    assert {row[-2:] for row in rows} == {(0, 0)}
    assert any(row[1] for row in rows)


def test_an_account_that_is_opened_without_the_key_named_hole_leaves_a_difference(
    afternoon_with,
):
    fees = "2022-05-09 open Income:FTX:Fees                            USD\n"
    run = afternoon_with(fees, forgotten=fees + '  hole: "cause"\n')

    assert [row[-2:] for row in table(run, "identity").rows] == [(-65, 0)]


def test_a_debt_within_the_group_that_is_missing_from_the_creditors_books_leaves_a_difference(
    life_with,
):
    assert [row[-1] for row in table(life_with(ONE_SIDED_DEBT), "identity").rows] == [0, 0, -7]


def test_the_last_day_of_the_timeline_agrees_with_the_report_on_the_hole(any_run):
    last, the_hole = standings(any_run)[-1], hole(any_run)

    assert last.claims_usd == the_hole.claims_usd
    assert last.liquid_usd == sum(the_hole.liquid_usd.values())
    assert last.hole_usd == the_hole.hole_usd
    assert last.hole_of_exchange_usd == the_hole.hole_of_exchange_usd


def test_the_holes_of_group_and_exchange_agree_with_the_saved_queries_on_every_day(run):
    entries, errors, options = loader.load_file(str(run.path / "main.beancount"))
    assert not errors
    saved = {e.name: e.query_string for e in entries if isinstance(e, Query)}
    days = {at.day: at for at in standings(run)}
    for name, usd in (
        ("hole-by-day", lambda at: at.hole_usd),
        ("hole-of-ftx-by-day", lambda at: at.hole_of_exchange_usd),
    ):
        asked = run_query(entries, options, saved[name])[1]
        assert {day: usd(days[day]) for day, _ in asked} == {
            day: position.get_currency_units("USD").number for day, position in asked
        }
        assert len(asked) == 3


# ------------------------------------------------------------------------------ the value of tokens


def test_the_timeline_and_beancount_give_tokens_the_same_value_in_dollars(life):
    ask = asking(life)
    for day in (date(2022, 5, 21), date(2022, 6, 14), date(2022, 6, 15), date(2022, 7, 1)):
        query = (
            f"SELECT convert(sum(position), 'USD', {day}) AS usd "
            f"WHERE account = 'Assets:Alameda:Tokens:SOL' AND date <= {day}"
        )
        ((found,),) = ask(query)
        assert on(life, day).paper_usd == found.get_currency_units("USD").number


def test_the_groups_own_token_counts_as_zero_although_it_has_a_mark(life):
    marks, held = Marks(life), {"FTT": Decimal(1000), "SOL": Decimal(2)}

    assert marks.usd(held, LAST) == 25_000 + 10
    assert marks.counted_usd(held, LAST) == 10


def test_a_token_has_its_last_mark_and_is_worth_zero_before_the_first_mark(life):
    marks, held = Marks(life), {"SOL": Decimal(3)}

    worth = [marks.usd(held, date(2022, *day)) for day in ((5, 20), (5, 21), (6, 14), (6, 15))]
    assert worth == [0, 120, 120, 270]


def test_the_value_of_a_token_is_rounded_to_the_cent(life_with):
    run = life_with("2022-07-02 price SOL 0.3333 USD\n")

    assert on(run, LAST).paper_usd == Decimal("3.33")


# --------------------------------------------------------------------------- the queue


def queued(run: RunFolder) -> dict[date, Decimal]:
    days = calendar(run)
    return dict(zip(days, queue_usd(run, days), strict=True))


def test_the_withdrawal_queue_contains_requested_amounts_until_they_are_paid(life):
    found = queued(life)

    assert [found[date(2022, 6, day)] for day in (19, 20, 24, 25, 30)] == [0, 280, 280, 80, 80]
    assert found[LAST] == 80


def test_a_partly_paid_request_and_all_earlier_requests_leave_the_queue(life_with):
    # Firm02 asks for 61.00 and receives 11.00. After this payment the request of Firm02 and the
    # older request of Firm01 no longer wait.
    later = """
2022-06-26 custom "unpaid-request" Liabilities:FTX:Customers:Firm02 61.00 USD "Firm02"
2022-06-27 * "Firm02" "Firm02 withdraws 11.00 from FTX" #withdrawal
  seq: 33
  time: "09:00:00.000000"
  waited-s: 86400.000000
  Liabilities:FTX:Customers:Firm02             11.00 USD
  Assets:FTX:Cash                             -11.00 USD
  Assets:Firm02:Cash                           11.00 USD
  Assets:Firm02:Claims:FTX                    -11.00 USD
"""
    found = queued(life_with(later))

    assert [found[date(2022, 6, day)] for day in (25, 26, 27)] == [80, 141, 0]


def test_the_queue_is_empty_when_withdrawals_are_open_again(life_with):
    found = queued(life_with('2022-06-28 event "FTX:withdrawals" "open"\n'))

    assert [found[date(2022, 6, day)] for day in (27, 28)] == [80, 0]


def test_an_unpaid_request_on_the_first_day_is_in_the_queue_although_withdrawals_are_open(
    life_with,
):
    asked = '2022-05-09 custom "unpaid-request" Liabilities:FTX:Customers:Firm01 30.00 USD "Firm01"'

    assert queued(life_with(asked + "\n"))[FIRST] == 30


def test_a_day_on_which_a_request_waits_and_is_paid_counts_as_a_day_of_waiting(life_with):
    brief = """
2022-06-03 custom "unpaid-request" Liabilities:FTX:Customers:Firm02 1.00 USD "Firm02"
2022-06-03 * "Firm02" "Firm02 withdraws 1.00 from FTX" #withdrawal
  seq: 33
  time: "09:00:00.000000"
  waited-s: 60.000000
  Liabilities:FTX:Customers:Firm02              1.00 USD
  Assets:FTX:Cash                              -1.00 USD
  Assets:Firm02:Cash                            1.00 USD
  Assets:Firm02:Claims:FTX                     -1.00 USD
2022-07-02 * "Firm02" "Firm02 hands itself nothing"
  seq: 34
  time: "13:00:00.000000"
  Assets:Firm02:Cash                            0.00 USD
"""
    run = life_with(brief)
    first, usd, days, _ = dates(run)[Milestone.WAIT.value]

    assert queued(run)[date(2022, 6, 3)] == 0
    assert (first, usd, days) == (date(2022, 6, 3), 1, 1 + 13)


def test_at_the_end_of_a_simulated_run_the_queue_contains_all_unpaid_requests(busy_run):
    found = queued(busy_run)
    asked = busy_run.notes(UnpaidRequest)
    paid = [entry for entry in busy_run.transactions if "waited-s" in entry.meta]

    last = list(found.values())[-1]
    waits = [each.usd for each in asked]
    assert last == sum(waits[len(paid) :])
    assert 0 < last <= hole(busy_run).claims_usd


# --------------------------------------------------------------------------- milestones


def test_every_milestone_has_its_first_day_and_its_amount_and_its_number_of_days(life):
    assert dates(life) == {
        "the maker draws on its credit line": (FIRST, 700, 55, FIRST),
        USED: (FIRST, 511, 55, FIRST),
        # the first 11 days (before the loan) and the last 3 days (after the partial repayment)
        LIQUID: (FIRST, 123, 11 + 3, RECALLED),
        LOANS: (FIRST, 123, 55, FIRST),
        INSOLVENT: (LAST, 373, 1, LAST),
        "a use of money is not paid": (date(2022, 7, 1), 500, 1, None),
        "a recalled loan or interest is not paid": (None, None, 0, None),
        "a withdrawal has to wait": (date(2022, 6, 20), 280, 13, date(2022, 6, 20)),
        "withdrawals are halted": (LAST, 611, 1, LAST),
    }


def test_a_day_with_an_unpaid_recall_and_unpaid_interest_counts_once(life_with):
    unpaid = """
2022-05-30 custom "unpaid-interest" Liabilities:Alameda:Loans:Lender01 7.00 USD
2022-05-30 custom "unpaid-recall" Liabilities:Alameda:Loans:Lender01 30.00 USD
2022-06-01 custom "unpaid-recall" Liabilities:Alameda:Loans:Lender01 20.00 USD
"""
    told = dates(life_with(unpaid))[Milestone.LENDER_NOT_PAID.value]

    assert told == (date(2022, 5, 30), 37, 2, None)


def test_a_milestone_that_was_never_reached_has_no_date_and_no_amount(tiny_run):
    never = (None, None, 0, None)

    assert {what for what, told in dates(tiny_run).items() if told == never} >= {
        LIQUID,
        LOANS,
        INSOLVENT,
        "a withdrawal has to wait",
        "withdrawals are halted",
    }


@pytest.mark.parametrize(("usd", "used"), [(510, True), (511, False), (512, False)])
def test_money_of_customers_is_in_use_only_if_claims_exceed_the_cash_of_the_exchange(
    afternoon_with, usd, used
):
    assert dates(afternoon_with(gift(usd)))[USED][2:] == ((2, FIRST) if used else (1, None))


def test_all_amounts_in_the_tables_have_two_decimals(any_run):
    for by in ("month", "day"):
        assert_whole_cents(timeline(any_run, by).tables())


def test_month_ends_include_the_last_day_of_the_run_and_the_last_day_of_a_year(life):
    days = standings(life)
    december = [replace(days[0], day=date(2022, 12, day)) for day in (30, 31)]

    assert [at.day for at in month_ends(days[:1])] == [FIRST]
    assert [at.day for at in month_ends(days[:24])] == [date(2022, 5, 31), date(2022, 6, 1)]
    assert month_ends(december) == december[-1:]
