"""The cascade as the fills have it, and what it brought whom as the general ledger has it."""

from decimal import Decimal

import pytest

from ledger.accounts import BACKSTOP, SEIZURE, exchanged, expense, income
from ledger.reports.firms import firms
from ledger.reports.liquidations import liquidations
from ledger.reports.table import Table
from ledger.reports.where import usd_balances, where
from ledger.run_folder import RunFolder


@pytest.fixture(scope="module")
def tables(margin_run: RunFolder) -> dict[str, Table]:
    return {table.name: table for table in liquidations(margin_run)}


def column(table: Table, name: str) -> list:
    place = table.columns.index(name)
    return [row[place] for row in table.rows]


def fills_of(run: RunFolder, motive: str) -> list[tuple]:
    with run.connect() as connection:
        return connection.execute(
            "SELECT time, holder, maker, lots, price, lead, edge_cents FROM rows "
            f"WHERE motive = '{motive}' ORDER BY seq"
        ).fetchall()


def test_the_hours_sum_to_what_was_liquidated(margin_run, tables):
    # In the margin world a tick on a lot is a cent.
    for motive, name in (("liquidation", "in_book_usd"), ("backstop", "backstop_usd")):
        cents = sum(abs(lots) * lead for *_, lots, _, lead, _ in fills_of(margin_run, motive))
        assert sum(column(tables["cascade"], name)) == Decimal(cents) / 100 > 0


def test_what_is_closed_against_the_other_side_counts_once(margin_run, tables):
    longs = [row for row in fills_of(margin_run, "deleveraging") if row[3] < 0]
    cents = sum(-lots * lead for *_, lots, _, lead, _ in longs)

    # Only longs were closed in this crash, against shorts, who buy as much or less.
    assert sum(column(tables["cascade"], "deleveraged_usd")) == Decimal(cents) / 100 > 0


def test_a_backstop_result_is_what_its_books_say_under_that_kind(margin_run, tables):
    balances, parties = usd_balances(margin_run), margin_run.chart.parties
    for provider, *_, result in tables["backstops"].rows:
        booked = balances[income(provider, BACKSTOP)] + balances[expense(provider, BACKSTOP)]
        assert result == -booked != 0
    assert column(tables["backstops"], "provider") == list(parties.providers)
    assert not any(column(tables["check"], "backstop_usd"))


def test_what_is_left_to_the_fund_less_what_it_pays_is_what_is_in_it(tables):
    debts = dict(tables["debts"].rows)

    assert debts["in the fund at the end"] == (
        2_000 + debts["left to the insurance fund"] - debts["paid by the insurance fund"]
    )
    assert debts["in the fund, as stated"] == 100_000_000


def test_where_nobody_trades_on_margin_the_report_is_empty(tiny_run):
    empty = {table.name: table.rows for table in liquidations(tiny_run)}

    assert not empty["cascade"]
    assert not empty["gains"]
    assert not empty["backstops"]


def test_what_customers_leave_to_the_fund_is_not_lost_between_them_and_the_venue(margin_run):
    checks = {line: usd for table in firms(margin_run) for line, *usd in table.rows}
    sums = {line: usd for line, usd in checks.items() if "must be 0.00" in str(line)}

    assert len(sums) >= 8
    assert all(usd == [0] for usd in sums.values()), sums


def test_tokens_sold_are_those_that_the_other_makers_have_in_the_end(tokens_run, margin_run):
    found = {table.name: table for table in liquidations(tokens_run)}
    ((token, accounts, quantity, worth, brought, markdown),) = found["seized"].rows
    bought = sum(
        posting.units.number
        for entry in tokens_run.transactions
        for posting in entry.postings
        if posting.account == "Assets:OtherMakers:Tokens:FTX"
    )

    assert token == "BTC"
    assert accounts == len({row[1] for row in fills_of(tokens_run, "seizure")}) > 50
    assert quantity == bought
    assert brought == usd_balances(tokens_run)[exchanged("OtherMakers", SEIZURE)]
    assert markdown == worth - brought
    assert Decimal("0.1") <= markdown / worth < Decimal("0.1001")
    assert "seized" not in {table.name for table in liquidations(margin_run)}


def test_the_bridge_of_claims_knows_what_tokens_brought(tokens_run):
    (table,) = (table for table in where(tokens_run) if table.name == "bridge")
    lines = {movement: usd for movement, *usd in table.rows}

    retail, others = lines["Seizure"][1:3]
    assert retail == -others > 0
    assert lines["unexplained (must be 0.00)"] == [0, 0, 0, 0]
