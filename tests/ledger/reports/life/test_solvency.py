"""Balance sheets agree with hand calculations and with Beancount, and show errors in the books."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from added_entries import ONE_SIDED_DEBT
from bean_queries import asking
from beancount.core import data
from whole_cents import assert_whole_cents

from ledger.reports.days import calendar
from ledger.reports.life.balance_sheet import Sheet, Side, consolidated, sheets
from ledger.reports.life.solvency import solvency
from ledger.reports.life.standing import standings
from ledger.reports.table import Table
from ledger.reports.trail.entity_books import books
from ledger.run_folder import RunFolder, RunFolderError
from ledger.transaction import kind_of

JUNE, LAST = date(2022, 6, 30), date(2022, 7, 2)
CRASH = date(2022, 5, 10)  # the day of the crash in the run with tokens as collateral


def table(run: RunFolder, name: str, day: date = JUNE) -> Table:
    return next(table for table in solvency(run, day).tables() if table.name == name)


def lines(sheet: Sheet) -> dict[str, tuple]:
    return {line.account: (line.side, line.usd, line.at_mark_usd) for line in sheet.lines}


def test_each_line_of_a_balance_sheet_has_the_amounts_of_an_account_at_cost_and_at_mark(life):
    assert lines(sheets(life, JUNE)["Alameda"]) == {
        "Assets:Alameda:Claims:Binance": ("assets", 388, 388),
        "Assets:Alameda:Claims:FTX": ("assets", 64, 64),
        "Assets:Alameda:Ventures:Outside": ("assets", 2400, 2400),
        "Assets:Alameda:Tokens:SOL": ("assets", 400, 900),  # 10 tokens at 90.00
        "Liabilities:Alameda:CreditLine:FTX": ("liabilities", 700, 700),
        "Liabilities:Alameda:Loans:Lender01": ("liabilities", 400, 400),
        "Equity:Alameda:Opening": ("equity", 2000, 2000),
        "Income:Alameda:PickOff": ("result", -800, -800),
        "Income:Alameda:Spread": ("result", 50, 50),
        "Income:Alameda:VariationMargin": ("result", 915, 915),
        "Income:Alameda:Funding": ("result", -1, -1),
        "Expenses:Alameda:Hedging": ("result", -12, -12),
    }


def test_the_table_of_entities_has_the_totals_and_the_net_worth_at_mark_of_each_balance_sheet(life):
    told = {row[0]: row[1:] for row in table(life, "entities").rows}

    # The columns: assets, liabilities, equity, result, difference, unbooked, net at mark.
    assert told["Alameda"] == (3252, 1100, 2000, 152, 0, 500, 2652)
    assert told["FTX"] == (800, 675, 100, 25, 0, 0, 125)
    assert told["Lender01"] == (1000, 0, 1000, 0, 0, 0, 1000)
    # The debts between FTX and Alameda, 64.00 and 700.00, are removed from the sum of assets
    # (4,052) and from the sum of debts (1,775).
    assert told["FTX and Alameda, consolidated"] == (3288, 1011, 2100, 177, 0, 500, 2777)


def test_proceeds_of_tokens_that_cost_nothing_are_equity_and_not_a_negative_asset(life):
    sheet = sheets(life, JUNE)["Foundation"]

    assert lines(sheet) == {
        "Assets:Foundation:Cash": ("assets", 400, 400),
        "Assets:Foundation:Tokens:SOL": ("assets", 0, 450),  # 5 tokens left, at 90.00
        "Equity:Foundation:Tokens:SOL": ("equity", 400, 400),
    }
    assert (sheet.difference_usd, sheet.unbooked_usd) == (0, 450)


def test_the_table_of_tokens_has_cost_and_mark_and_counts_the_groups_own_token_as_zero(life):
    assert table(life, "tokens").rows == [
        # The last five columns: units, unbalanced, cost, at mark, counted.
        ("Assets:FTX:Tokens:FTT", "FTT", 2000, 0, 0, 50_000, 0),
        ("Assets:Alameda:Tokens:FTT", "FTT", 1000, 0, 0, 25_000, 0),
        ("Assets:Alameda:Tokens:SOL", "SOL", 10, 0, 400, 900, 900),
        ("Assets:Foundation:Tokens:SOL", "SOL", 5, 0, -400, 450, 450),
    ]


def test_the_table_of_tokens_shows_tokens_that_balance_only_over_two_entities(life_with):
    conjured = """
2022-07-02 * "Foundation" "Three more SOL appear" #tokens
  seq: 33
  time: "13:00:00.000000"
  Assets:Foundation:Tokens:SOL                     3 SOL
  Equity:Alameda:Tokens:SOL                       -3 SOL
"""
    found = {row[:2]: row[3] for row in table(life_with(conjured), "tokens", LAST).rows}

    assert {who: units for who, units in found.items() if units} == {
        ("Assets:Alameda:Tokens:SOL", "SOL"): -3,
        ("Assets:Foundation:Tokens:SOL", "SOL"): 3,
    }


def test_the_units_of_tokens_in_kind_in_each_account_agree_with_bean_query(tokens_run):
    ask = asking(tokens_run)
    for day in calendar(tokens_run):
        query = (
            "SELECT account, currency, sum(number) AS units "
            f"WHERE date <= {day} AND currency = 'BTC' AND root(account, 1) != 'Equity' "
            "GROUP BY account, currency"
        )
        rows = table(tokens_run, "tokens", day).rows
        told = {tuple(row[:3]) for row in rows}

        assert told == {tuple(row) for row in ask(query)}
        assert len(told) == 7
        assert {row[3:5] for row in rows} == {(0, None)}


def test_tokens_held_in_kind_and_tokens_owed_in_kind_have_the_same_value_on_each_day(tokens_run):
    marks = {e.date: e.amount.number for e in tokens_run.entries if isinstance(e, data.Price)}
    for day in calendar(tokens_run):
        found = sheets(tokens_run, day)
        held = next(row[2] for row in table(tokens_run, "tokens", day).rows)
        worth = defaultdict(Decimal)
        for entity, sheet in found.items():
            for line in sheet.lines:
                if kind_of(line.account) == "Tokens":
                    assert line.usd == 0
                    worth[entity, line.side] += line.at_mark_usd

        owned = [worth[customer, "assets"] for customer in ("Retail", "OtherMakers")]
        assert worth["FTX", "liabilities"] == sum(owned) == held * marks[day] > 0
        assert worth["FTX", "assets"] == worth["FTX", "liabilities"]
        assert found["FTX"].unbooked_usd == consolidated(tokens_run, found).unbooked_usd == 0


def test_a_balance_sheet_does_not_depend_on_later_entries(life):
    before, after = (sheets(life, date(2022, 6, day))["Alameda"] for day in (29, 30))

    assert before.usd("liabilities") - after.usd("liabilities") == 600
    assert before.usd("assets") - after.usd("assets") == 600
    assert before.net_at_mark_usd == after.net_at_mark_usd


def the_sheets_balance_on_every_day(run: RunFolder) -> bool:
    for day in calendar(run):
        found = sheets(run, day)
        assert {sheet.difference_usd for sheet in found.values()} == {0}
        assert consolidated(run, found).difference_usd == 0
        assert table(run, "group", day).rows[-1][2:] == (0, 0, 0, 0, 0)
        for row in table(run, "balance-sheets", day).rows:
            if row[1] is None:
                assert row[3:] == (0, 0)
    return True


def test_every_balance_sheet_balances_to_the_cent_on_every_day(any_run):
    assert the_sheets_balance_on_every_day(any_run)


def test_every_balance_sheet_balances_if_tokens_are_held_in_kind(tokens_run):
    assert the_sheets_balance_on_every_day(tokens_run)


def test_an_entry_that_balances_only_over_two_entities_unbalances_both_balance_sheets(life_with):
    crossed = """
2022-07-02 * "Retail" "FTX finds 7.00 that Retail lost"
  seq: 33
  time: "13:00:00.000000"
  Assets:FTX:Cash                               7.00 USD
  Assets:Retail:Cash                           -7.00 USD
"""
    found = sheets(life_with(crossed), LAST)

    wrong = {who: sheet.difference_usd for who, sheet in found.items() if sheet.difference_usd}
    assert wrong == {"FTX": 7, "Retail": -7}


def test_the_consolidated_sheet_has_no_debts_between_house_and_maker(life):
    rows = {row[:2]: row[2:] for row in table(life, "group").rows}

    assert rows["assets", "CreditLine within the group"] == (700, 0, -700, 0, 0)
    assert rows["liabilities", "Customers within the group"] == (64, 0, -64, 0, 0)
    assert rows["liabilities", "Customers"] == (611, 0, 0, 611, 611)
    assert rows["liabilities", "Loans"] == (0, 400, 0, 400, 400)
    assert rows["assets", "all assets"] == (800, 3252, -764, 3288, 3788)
    assert rows["liabilities", "all liabilities"] == (675, 1100, -764, 1011, 1011)
    assert rows["equity", "all equity"] == (100, 2000, 0, 2100, 2600)
    assert rows["result", "all result"] == (25, 152, 0, 177, 177)
    assert rows[None, "difference (must be 0.00)"] == (0, 0, 0, 0, 0)


def test_a_debt_within_the_group_that_is_missing_from_the_creditors_books_leaves_a_difference(
    life_with,
):
    *_, struck_out, group, at_mark = table(life_with(ONE_SIDED_DEBT), "group", LAST).rows[-1]

    assert (struck_out, group, at_mark) == (7, 7, 7)


def test_the_consolidated_sheet_and_the_timeline_agree_on_net_worth_at_mark(any_run):
    for at in standings(any_run):
        assert consolidated(any_run, sheets(any_run, at.day)).net_at_mark_usd == at.net_at_mark_usd


def test_net_worth_at_mark_agrees_with_the_timeline_if_there_are_loans_and_tokens(life):
    for at in standings(life):
        assert consolidated(life, sheets(life, at.day)).net_at_mark_usd == at.net_at_mark_usd


def test_the_insurance_fund_is_equity_and_net_worth_at_mark_agrees_with_the_timeline(tokens_run):
    funds = []
    for at in standings(tokens_run):
        found = sheets(tokens_run, at.day)
        funds += [n for n in found["FTX"].lines if n.account.endswith(":Insurance")]

        assert consolidated(tokens_run, found).net_at_mark_usd == at.net_at_mark_usd
        assert at.paper_usd == 0
    assert {fund.side for fund in funds} == {Side.EQUITY}
    fund = "Liabilities:FTX:Insurance"
    assert fund not in {n.account for n in books(tokens_run, "FTX").lines if n.is_owed}


def test_every_line_of_a_balance_sheet_equals_the_balance_of_its_account_in_bean_query(run):
    ask = asking(run)
    for day in calendar(run):
        query = (
            f"SELECT account, sum(number) AS usd WHERE date <= {day} AND currency = 'USD' "
            "GROUP BY account"
        )
        booked = {account: usd for account, usd in ask(query) if usd}
        told = {
            line.account: line.usd if line.side == "assets" else -line.usd
            for sheet in sheets(run, day).values()
            for line in sheet.lines
        }
        assert told == booked
        assert len(told) > 30


def test_a_day_without_entries_has_a_balance_sheet_and_a_day_outside_the_run_is_refused(life):
    quiet = date(2022, 6, 3)
    assert table(life, "entities", quiet).rows[0][0] == "FTX"

    for day in (date(2022, 5, 8), date(2022, 7, 3)):
        with pytest.raises(RunFolderError, match="give a day from 2022-05-09 to 2022-07-02"):
            solvency(life, day)


def test_all_amounts_in_the_tables_have_two_decimals(any_run):
    for day in calendar(any_run):
        assert_whole_cents(solvency(any_run, day).tables())


def test_all_amounts_have_two_decimals_if_there_are_tokens(life):
    assert_whole_cents(solvency(life, LAST).tables())


def test_all_amounts_have_two_decimals_if_tokens_are_held_in_kind(tokens_run):
    assert_whole_cents(solvency(tokens_run, CRASH).tables())
