"""The report on liquidations agrees with the fills and with the general ledger."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from ledger.accounts import contracts, exchanged, expense, income
from ledger.kinds import Kind
from ledger.parties import books_of
from ledger.reports.dollars import usd_balances
from ledger.reports.firms.firm_results import firms
from ledger.reports.liquidations.course import HELD, LEAD, RESULT
from ledger.reports.liquidations.liquidation_results import liquidations
from ledger.reports.money.where import where
from ledger.reports.table import Table
from ledger.run_folder import RunFolder


@pytest.fixture(scope="module")
def tables(margin_run: RunFolder) -> dict[str, Table]:
    return {table.name: table for table in liquidations(margin_run).tables()}


def column(table: Table, name: str) -> list:
    place = table.columns.index(name)
    return [row[place] for row in table.rows]


def fills_of(run: RunFolder, motive: str) -> list[tuple]:
    with run.connect() as connection:
        return connection.execute(
            "SELECT time, holder, maker, lots, price, lead, edge_cents FROM rows "
            f"WHERE motive = '{motive}' ORDER BY seq"
        ).fetchall()


def test_the_hourly_liquidations_sum_to_the_value_of_the_liquidation_fills_at_the_lead_price(
    margin_run, tables
):
    # In the margin world a price change of one tick changes the value of one lot by one cent.
    for motive, name in (("liquidation", "in_book_usd"), ("backstop", "backstop_usd")):
        cents = sum(abs(lots) * lead for *_, lots, _, lead, _ in fills_of(margin_run, motive))
        assert sum(column(tables["cascade"], name)) == Decimal(cents) / 100 > 0


def test_the_hours_of_the_cascade_are_sorted_by_time_in_a_short_run_and_by_size_in_a_long_run(
    margin_run, tables
):
    found = liquidations(margin_run)
    longer = replace(found, run_days=400).tables()[0]
    ways = ("in_book_usd", "backstop_usd", "deleveraged_usd")
    sizes = [sum(each) for each in zip(*(column(longer, way) for way in ways), strict=True)]

    assert column(tables["cascade"], "hour") == sorted(column(tables["cascade"], "hour"))
    assert sizes == sorted(sizes, reverse=True)
    assert sorted(longer.rows) == sorted(tables["cascade"].rows)
    # Customers have positions on margin on each day of this run.
    assert "days" not in found.answer()


def test_a_position_that_is_closed_against_another_customers_position_counts_only_once(
    margin_run, tables
):
    longs = [row for row in fills_of(margin_run, "deleveraging") if row[3] < 0]
    cents = sum(-lots * lead for *_, lots, _, lead, _ in longs)

    # This crash closes only long positions of customers on margin. The counterparties are short.
    assert sum(column(tables["cascade"], "deleveraged_usd")) == Decimal(cents) / 100 > 0


def test_daily_liquidations_and_hourly_liquidations_have_the_same_sum(tables):
    for way in ("in_book_usd", "backstop_usd", "deleveraged_usd"):
        assert sum(column(tables["days"], way)) == sum(column(tables["cascade"], way))
    assert sum(column(tables["days"], "liquidated_usd")) == sum(
        sum(column(tables["cascade"], way))
        for way in ("in_book_usd", "backstop_usd", "deleveraged_usd")
    )


def test_the_result_of_a_backstop_equals_the_balance_of_its_income_and_expense_accounts(
    margin_run, tables
):
    balances, parties = usd_balances(margin_run), margin_run.chart.parties
    for provider, *_, result in tables["backstops"].rows:
        booked = (
            balances[income(provider, Kind.BACKSTOP)] + balances[expense(provider, Kind.BACKSTOP)]
        )
        assert result == -booked != 0
    assert column(tables["backstops"], "provider") == list(parties.providers)
    assert not any(column(tables["check"], "backstop_usd"))


def test_the_maker_is_the_only_captive_backstop(margin_run, tables):
    standing = dict(row[:2] for row in tables["backstops"].rows)

    assert standing == {margin_run.chart.parties.maker: "captive", "Backstop01": "outside"}


def test_the_table_named_course_has_a_row_for_every_hour_and_ends_with_the_final_results(
    margin_run, tables
):
    times = [datetime.fromisoformat(time) for time in column(tables["course"], "time")]

    assert times[0] == datetime(2022, 5, 9)
    assert times[-1] == datetime(2022, 5, 12)
    assert {later - time for time, later in pairwise(times)} == {timedelta(hours=1)}
    for provider, *_, result in tables["backstops"].rows:
        results = column(tables["course"], provider + RESULT)
        assert (results[0], results[-1]) == (0, result)


def test_the_price_of_an_hour_is_the_lead_price_of_the_last_fill_in_the_hour(margin_run, tables):
    last = {}
    with margin_run.connect() as connection:
        rows = connection.execute("SELECT time, lead FROM rows WHERE lead > 0 ORDER BY seq")
        for time, lead in rows.fetchall():
            last[time.replace(minute=0, second=0, microsecond=0)] = lead

    found = dict(
        zip(*(column(tables["course"], c) for c in ("time", "BTC-PERP" + LEAD)), strict=True)
    )
    assert len(last) == 72
    for hour, lead in last.items():
        assert found[f"{hour + timedelta(hours=1):%Y-%m-%d %H:%M}"] == lead


def test_the_largest_position_of_a_backstop_in_an_hour_agrees_with_a_loop_over_the_fills(
    margin_run, tables
):
    with margin_run.connect() as connection:
        trades = connection.execute(
            "SELECT time, motive, taker, maker, lots, lead FROM rows "
            "WHERE motive IN ('backstop', 'hedging') ORDER BY seq"
        ).fetchall()
    for who in margin_run.chart.parties.backstops:
        most, lots, worth = defaultdict(int), 0, 0
        for time, motive, taker, maker, count, lead in trades:
            if who not in (taker, maker):
                continue
            hour = time.replace(minute=0, second=0, microsecond=0)
            most[hour] = max(most[hour], worth, key=abs)
            lots += count if motive == "hedging" else -count
            worth = lots * lead  # in cents, because one tick is one cent per lot
            most[hour] = max(most[hour], worth, key=abs)
        held = dict(
            zip(
                column(tables["course"], "time"),
                column(tables["course"], books_of(who) + HELD),
                strict=True,
            )
        )
        assert len(most) > 2
        for hour, cents in most.items():
            assert held[f"{hour + timedelta(hours=1):%Y-%m-%d %H:%M}"] == Decimal(cents) / 100
        assert lots == left_lots(margin_run, who)


def left_lots(run: RunFolder, who: str) -> int:
    """Return a backstop's last position, in lots of 0.01, from the general ledger."""
    accounts = {
        contracts(books_of(who), venue, run.chart.desk(who))
        for venue in (run.chart.parties.house, run.chart.parties.lead)
    }
    return 100 * sum(
        posting.units.number
        for entry in run.transactions
        for posting in entry.postings
        if posting.account in accounts
    )


def test_in_a_run_longer_than_a_week_the_table_named_course_has_a_row_for_every_day(executed):
    week = {"start": date(2022, 5, 9), "end": date(2022, 5, 17), "day_ledgers": ()}
    run = executed("tiny", run=week)
    times = column({t.name: t for t in liquidations(run).tables()}["course"], "time")

    assert times == [f"2022-05-{day:02} 00:00" for day in range(9, 18)]


def test_at_the_end_the_insurance_fund_has_its_opening_balance_plus_receipts_less_payments(tables):
    debts = dict(tables["debts"].rows)

    assert debts["in the insurance fund at the end"] == (
        2_000
        + debts["received by the insurance fund from closed accounts"]
        - debts["paid by the insurance fund"]
    )
    assert debts["in the fund, as stated by the exchange"] == 100_000_000


def test_the_report_has_no_liquidations_and_only_zero_debts_if_no_customer_trades_on_margin(
    tiny_run,
):
    found = {table.name: table for table in liquidations(tiny_run).tables()}

    assert {name for name, table in found.items() if table.rows} == {"debts", "course"}
    assert all(usd == 0 for _, usd in found["debts"].rows)
    assert list(found["course"].columns) == ["time", f"BTC-PERP{LEAD}"]


def test_sums_that_must_be_zero_are_zero_if_the_insurance_fund_receives_payments(margin_run):
    checks = {line: usd for table in firms(margin_run).tables() for line, *usd in table.rows}
    sums = {line: usd for line, usd in checks.items() if "must be 0.00" in str(line)}

    assert len(sums) >= 8
    assert all(usd == [0] for usd in sums.values()), sums


def test_the_other_makers_buy_all_seized_tokens_and_still_have_them_at_the_end(
    tokens_run, margin_run
):
    found = {table.name: table for table in liquidations(tokens_run).tables()}
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
    assert brought == usd_balances(tokens_run)[exchanged("OtherMakers", Kind.SEIZURE)]
    assert markdown == worth - brought
    assert Decimal("0.1") <= markdown / worth < Decimal("0.1001")
    assert "seized" not in {table.name for table in liquidations(margin_run).tables()}


def test_the_bridge_of_claims_includes_the_proceeds_of_seized_tokens(tokens_run):
    (table,) = (table for table in where(tokens_run).tables() if table.name == "bridge")
    lines = {movement: usd for movement, *usd in table.rows}

    retail, others = lines["Seizure"][1:3]
    assert retail == -others > 0
    assert lines["unexplained (must be 0.00)"] == [0, 0, 0, 0]
