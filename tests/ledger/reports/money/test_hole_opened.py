"""The report states when the hole opened, whom the group paid, and the cost of bought assets."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from ledger.kinds import AT_COST
from ledger.reports.life.standing import standings
from ledger.reports.money.cash import cash_statement
from ledger.reports.money.hole import hole
from ledger.reports.money.hole_by_cause import assets_and_spending, hole_by_cause
from ledger.reports.money.hole_opened import hole_opened, holes_by_day
from ledger.reports.money.paid_in_use import CUSTOMERS, PaidInUse, paid_in_use
from ledger.reports.money.where import where
from ledger.reports.trail.trail_down import trail
from ledger.run_folder import RunFolder

REPAID_TO_TWO = """
2022-07-03 * "Lender02" "Lender02 lends Alameda 700.00" #loan
  seq: 33
  time: "12:00:00.000000"
  Liabilities:Alameda:Loans:Lender02         -700.00 USD
  Assets:Alameda:Claims:Binance               700.00 USD
  Assets:Lender02:Cash                       -700.00 USD
  Assets:Lender02:Loans:Alameda               700.00 USD
2022-07-04 * "Lender02" "Alameda repays it" #recall
  seq: 34
  time: "12:00:00.000000"
  Liabilities:Alameda:Loans:Lender02          700.00 USD
  Assets:Alameda:Claims:Binance              -700.00 USD
  Assets:Lender02:Cash                        700.00 USD
  Assets:Lender02:Loans:Alameda              -700.00 USD
2022-07-04 * "Lender01" "Alameda repays the rest" #recall
  seq: 35
  time: "12:00:01.000000"
  Liabilities:Alameda:Loans:Lender01          400.00 USD
  Assets:Alameda:Claims:Binance              -400.00 USD
  Assets:Lender01:Cash                        400.00 USD
  Assets:Lender01:Loans:Alameda              -400.00 USD
"""
SECOND_LENDER = """
2022-05-09 open Liabilities:Alameda:Loans:Lender02          USD
  hole: "cause"
2022-05-09 open Assets:Lender02:Cash                        USD
2022-05-09 open Assets:Lender02:Loans:Alameda               USD
"""


@pytest.fixture(params=["afternoon", "tiny_run", "busy_run", "tokens_run", "margin_run"])
def any_books(request: pytest.FixtureRequest) -> RunFolder:
    """Return one of five runs: the hand-written afternoon, or one of four simulated runs."""
    return request.getfixturevalue(request.param)


def test_the_hole_on_each_day_agrees_with_the_timeline(any_books):
    assert [(at.day, at.hole_usd, at.hole_of_exchange_usd) for at in holes_by_day(any_books)] == [
        (at.day, at.hole_usd, at.hole_of_exchange_usd) for at in standings(any_books)
    ]


def test_the_hole_opens_again_if_a_loan_that_closed_the_hole_is_partly_repaid(life):
    opened = hole_opened(life)

    assert (opened.day, opened.is_opening) == (date(2022, 6, 30), False)
    assert opened.in_a_sentence() == (
        "The hole stayed open from 2022-06-30 on and grew most on that day, by $600: "
        "Lender01 was repaid $600."
    )


def test_the_report_names_two_lenders_that_were_repaid_on_the_day_on_which_the_hole_grew_most(
    life_with: Callable[[str], RunFolder],
):
    opened = hole_opened(life_with(SECOND_LENDER + REPAID_TO_TWO))

    assert opened.in_a_sentence() == (
        "The hole stayed open from 2022-07-04 on and grew most on that day, by $1,100: "
        "lenders were repaid $1,100 ($700 to Lender02, $400 to Lender01)."
    )


def test_payments_on_the_first_day_can_open_the_hole(afternoon):
    """Opening balances do not count as growth of the hole."""
    opened = hole_opened(afternoon)

    assert (opened.day, opened.is_opening) == (date(2022, 5, 9), False)
    assert opened.growth.usd == Decimal("2223.00")  # from a surplus of 2,100 to a hole of 123
    assert (opened.growth.kind, opened.growth.kind_usd) == ("Ventures", Decimal("2400.00"))


def test_the_hole_has_no_opening_day_if_there_is_no_hole_at_the_end(tiny_run):
    assert hole(tiny_run).hole_usd <= 0
    assert hole_opened(tiny_run) is None


# ------------------------------------------------- payments while customers' money is in use


def test_a_payment_before_the_hole_opened_is_listed_but_is_not_counted_as_paid_since_then(life):
    paid = {each.recipient: each for each in paid_in_use(life, hole_opened(life))}

    lender = date(2022, 6, 30)
    assert paid["Lender01"] == PaidInUse("Lender01", "Loans", lender, lender, 600_00, 600_00)
    assert (paid["Outside"].kind, paid["Outside"].paid_usd) == ("Ventures", Decimal("2400.00"))
    assert paid["Outside"].since_hole_usd == 0
    assert (paid[CUSTOMERS].first, paid[CUSTOMERS].last) == (date(2022, 5, 9), date(2022, 6, 25))


def test_the_report_lists_all_payments_by_the_group_if_the_exchange_has_a_hole_on_every_day(life):
    assert all(at.hole_of_exchange_usd > 0 for at in holes_by_day(life))

    paid = sum(each.paid_usd for each in paid_in_use(life, hole_opened(life)))
    assert paid == cash_statement(life).everybody.paid_out_usd


def test_no_payments_are_listed_if_the_exchange_can_pay_all_claims_on_every_day(tiny_run):
    assert all(at.hole_of_exchange_usd <= 0 for at in holes_by_day(tiny_run))
    assert paid_in_use(tiny_run, None) == []


# ---------------------------------------------------------------- assets and spending


def test_purchases_of_assets_are_shown_separately_from_spending(life):
    rows = {row[1]: row for row in hole_by_cause(hole(life)).rows}

    assert rows["stakes"][0] == "bought"
    assert rows["stakes"][2:] == (Decimal("2800.00"), Decimal("76.6"), "Ventures, Tokens")
    assert rows["all spent"][2] == Decimal("853.00")
    assert assets_and_spending(hole(life)) == (
        "76.6% of the uses are purchases of assets; all other uses are booked as spent. Assets are "
        "carried at cost less the proceeds of sales."
    )


def test_each_kind_belongs_to_one_cause_and_the_causes_sum_to_the_hole(any_books):
    the_hole = hole(any_books)
    rows = hole_by_cause(the_hole).rows
    parts = [row for row in rows if row[4]]

    assert sorted(kind for row in parts for kind in row[4].split(", ")) == sorted(
        kind for kind, usd in the_hole.kinds_usd.items() if usd
    )
    assert sum(row[2] for row in parts) == rows[-1][2] == sum(the_hole.kinds_usd.values())
    bought = {kind for row in parts if row[0] == "bought" for kind in row[4].split(", ")}
    spent = {kind for row in parts if row[0] == "spent" for kind in row[4].split(", ")}
    assert not bought & spent
    assert not spent & set(AT_COST)


def test_a_note_has_the_command_for_the_largest_use_on_the_day_on_which_the_hole_grew_most(life):
    first, *_ = where(life).tables()
    (note,) = (note for note in first.notes if note.startswith("Entries of"))
    words = re.search(r"--kind (\w+) --since (\S+) --until (\S+)$", note).groups()
    kind, *days = words[0], *map(date.fromisoformat, words[1:])

    found = trail(life, kind, since=days[0], until=days[1])
    assert sum(share.usd for share in found.shares) == hole_opened(life).growth.kind_usd
