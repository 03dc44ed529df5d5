"""The residual agrees with the known values of a small record, and with sums over the books."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.prices import build_price_map, get_price
from click.testing import CliRunner

from ledger.kinds import KINDS, USES, Kind
from ledger.reports.table import Table
from ledger.reports.trail.query import query
from ledger.reports.trail.sql import sql
from ledger.run_folder import RunFolder
from runs.cli.main import main
from runs.record.carried import CARRIERS, PORTFOLIO, maker_sheet
from runs.record.facts import Fact, Range, Record, load_record
from runs.record.measured_books import MeasuredBooks, Span
from runs.record.residual import SHEETS, Residual, half_year, residual
from runs.record.residual_day import ResidualDay, vanished
from runs.record.sheet_lines import credit_drawn, owed_by_maker, wired_to_maker

WORLDS = Path(__file__).parents[2] / "worlds"
EARLY, DAY, LATE = date(2022, 5, 31), date(2022, 6, 2), date(2022, 6, 3)
OUTSIDE = date(2022, 12, 31)
NOTHING_ELSE = Record(
    fact=(
        Fact(
            key="claims-of-customers",
            day=OUTSIDE,
            unit="USD",
            role="outcome",
            source="s",
            provenance="found: p",
        ),
    )
)


@pytest.fixture(scope="module")
def portfolio_run(executed) -> RunFolder:
    """Return a run of six days with agent deposits. In it the maker buys coins with loans."""
    return executed(WORLDS / "portfolio.toml")


def fact(key: str, day: date, *figures: float, **more: object) -> Fact:
    """Return a fact without a value, with a value, or with a low and a high end."""
    about = {"unit": "USD", "role": "outcome", "source": "s", "provenance": "found: p", **more}
    if len(figures) == 2:
        low, high = figures
        return Fact(key=key, day=day, value=low, low=low, high=high, **about)
    return Fact(key=key, day=day, value=figures[0] if figures else None, **about)


def small_record(first: date, second: date) -> Record:
    """Return two recorded days with two debts, cash and a buyback.

    The second day also has another use of money.
    """
    return Record(
        fact=(
            fact("source-lenders", first, 100.0),
            fact("source-house", first, 10.0),
            fact("asset-cash", first, 40.0, 60.0),
            fact("use-buyback", first, 20.0, 30.0),
            fact("source-lenders", second, 70.0),
            fact("source-house", second, 90.0),
            fact("asset-cash", second, 5.0),
            fact("use-buyback", second, 20.0, 30.0),
            fact("use-others", second, 0.0, 8.0),
        )
    )


def found(run: RunFolder, *facts: Fact) -> Residual:
    return residual(run, Record(fact=facts), NOTHING_ELSE)


def table(tables: list[Table], name: str) -> list[dict]:
    chosen = next(table for table in tables if table.name == name)
    return [dict(zip(chosen.columns, row, strict=True)) for row in chosen.rows]


def usd(run: RunFolder, accounts: str, until: date) -> Decimal:
    """Return the dollars on the matching accounts at the end of a day, summed by Beancount."""
    said = query(
        run,
        f"SELECT sum(number) WHERE account ~ '{accounts}' AND currency = 'USD' AND date <= {until}",
    )
    return said.rows[0][0] if said.rows else Decimal(0)


# --------------------------------------------------------- a small record with known values


def test_the_range_of_the_residual_follows_from_the_ranges_of_debts_and_assets_and_uses():
    record = small_record(EARLY, DAY)
    early, late = (
        ResidualDay(day, tuple(f for f in record.fact if f.first == day), None)
        for day in (EARLY, DAY)
    )

    assert early.net_debt == Range(50, 70)
    assert early.uses == Range(20, 30)
    assert early.unexplained == Range(20, 50)
    assert late.unexplained == Range(70 + 90 - 5 - 38, 70 + 90 - 5 - 20)


def test_the_residual_rises_by_the_rise_of_net_debt_less_the_uses_between_the_two_days():
    record = small_record(EARLY, DAY)
    days = [
        ResidualDay(day, tuple(f for f in record.fact if f.first == day), None)
        for day in (EARLY, DAY)
    ]

    first, second = vanished(days)

    assert (first.since, first.until, first.recorded) == (None, EARLY, Range(20, 50))
    # Debts less assets are 50 to 70 on the first day, and 155 on the second. On the second day
    # there is a new use of money, between 0 and 8. The buyback is the same on both days, so none of
    # it is paid between them.
    assert second.recorded == Range(155 - 70 - 8, 155 - 50)
    assert second.middle_usd == (117 + 135) / 2 - (20 + 50) / 2


def test_a_use_whose_recorded_range_begins_at_zero_may_be_paid_between_the_two_days():
    days = [
        ResidualDay(
            day, (fact("source-lenders", day, 9.0), fact("use-insiders", day, 0.0, 2.0)), None
        )
        for day in (EARLY, DAY)
    ]

    assert vanished(days)[1].recorded == Range(-2, 0)
    grown = ResidualDay(LATE, (fact("use-insiders", LATE, 3.0, 5.0),), None)
    # A recorded use is the sum of all payments until the day: first 0 to 2, then 3 to 5. So the new
    # payments are at least 3 - 2 and at most 5 - 0.
    assert vanished([days[1], grown])[1].recorded == Range(-9 - 5, -9 - 1)


def test_a_recorded_net_debt_is_used_instead_of_recorded_debts_less_assets():
    day = ResidualDay(
        DAY, (fact("source-lenders", DAY, 99.0), fact("net-debt", DAY, 3.0, 4.0)), None
    )

    assert day.net_debt == Range(3, 4)


def test_the_answer_states_the_largest_residual_and_the_largest_rise_with_their_ranges(
    tiny_run,
):
    first, second = date(2021, 11, 30), date(2022, 6, 30)
    billions = [
        each.model_copy(
            update={
                end: getattr(each, end) and getattr(each, end) * 1e9
                for end in ("value", "low", "high")
            }
        )
        for each in small_record(first, second).fact
    ]

    said = found(tiny_run, *billions).answer()

    assert said.startswith(
        "Of the amount that Alameda owed on 2022-06-30, no source explains 126.0 billion dollars "
        "(the middle of the range 117.0 to 135.0). The largest rise was 91.0 billion in the first "
        "half of 2022 (from 2021-11-30 to 2022-06-30, range 77.0 to 105.0). "
    )
    assert half_year(date(2022, 7, 1)) == "the second half of 2022"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-200_000, 0, "$95,450 richer {}gain of $295,450 {}gain of at most $200,000 on record."),
        (
            50_000,
            90_000,
            "$345,450 richer {}gain of $295,450 {}loss of at least $50,000 on record.",
        ),
        (
            -900_000,
            -400_000,
            "$104,550 poorer {}gain of $295,450 {}gain of at least $400,000 on record.",
        ),
        (0, 900_000, "$295,450 richer {}gain of $295,450 {}loss of at least $0 on record."),
        (-900_000, 0, None),
    ],
)
def test_the_answer_states_by_how_much_the_maker_is_richer_or_poorer_than_the_record_allows(
    group_run: RunFolder, low: int, high: int, said: str | None
):
    than = "in this run than the record allows. Apart from uses of money, its result is a "
    answer = found(group_run, fact("net-debt", DAY, low, high)).answer()
    ours = -maker_sheet(MeasuredBooks(group_run), DAY).unexplained_usd

    assert round(ours) == 295_450
    assert (than in answer) == (said is not None)
    if said:
        assert said.format(than, "in the run, and a ") in answer


# -------------------------------------------------------------------- missing days


def test_the_answer_states_that_the_run_does_not_cover_the_recorded_dates(tiny_run: RunFolder):
    first, last = MeasuredBooks(tiny_run).days
    report = found(tiny_run, *small_record(date(2021, 11, 30), OUTSIDE).fact)

    assert report.answer().endswith(
        f"This run goes from {first} to {last} and does not cover that time."
    )
    notes = report.tables()[0].notes
    assert (
        f"This run goes from {first} to {last} and does not have 2021-11-30, 2022-12-31."
    ) in notes
    assert {row["run_usd"] for row in table(report.tables(), "residual")} == {None}
    assert {row["run_usd"] for row in table(report.tables(), "lines")} == {None}


def test_a_run_that_begins_between_two_recorded_days_has_no_change_of_the_residual(group_run):
    report = found(group_run, *small_record(date(2021, 11, 30), DAY).fact)

    rows = {(row["day"], row["what"]): row for row in table(report.tables(), "residual")}
    assert rows[DAY, "unexplained"]["run_usd"] is not None
    assert rows[DAY, "change since the previous date"]["run_usd"] is None
    assert "does not cover that time" in report.answer()


def test_a_day_with_too_few_facts_is_listed_without_a_residual(group_run: RunFolder):
    silent = fact("net-debt", DAY, unsaid="only its assets", counts="debts less assets")
    alone = found(group_run, silent)
    beside = found(group_run, silent, *small_record(EARLY, LATE).fact)

    assert alone.answer() == "No day has enough facts on record."
    (row,) = table(alone.tables(), "residual")
    assert (row["day"], row["what"]) == (DAY, "too little on record")
    assert [period.until for period in vanished(beside.told)] == [EARLY, LATE]
    (line,) = (row for row in table(beside.tables(), "lines") if row["day"] == DAY)
    assert line["too_little"] == "only its assets"


# ----------------------------------------- the books, checked with Beancount and DuckDB


@pytest.mark.parametrize("day", [EARLY, DAY, LATE])
def test_the_balance_sheet_of_the_maker_agrees_with_beancount(group_run: RunFolder, day: date):
    sheet = maker_sheet(MeasuredBooks(group_run), day)
    paid = "^(Assets|Expenses):Alameda:({})".format("|".join(USES))

    assert sheet.lenders_usd == -usd(group_run, "^Liabilities:Alameda:Loans:", day) > 0
    within = "^Liabilities:Alameda:CreditLine:|^Assets:Alameda:Claims:FTX$"
    assert sheet.house_usd == -usd(group_run, within, day) != 0
    liquid = "^Assets:Alameda:(Cash|Claims:Binance|Pools)"
    assert sheet.liquid_usd == usd(group_run, liquid, day)
    assert sheet.all_uses_usd == usd(group_run, paid, day) > 0
    assert sheet.stakes_usd == usd(group_run, "^Assets:Alameda:Ventures:", day) == 250_000


@pytest.mark.parametrize("day", [EARLY, DAY, LATE])
def test_the_residual_of_a_run_is_the_sum_of_its_losses_by_kind(group_run, day: date):
    sheet = maker_sheet(MeasuredBooks(group_run), day)

    assert sheet.unexplained_usd == sum(sheet.lost_usd.values()) != 0


def test_the_losses_between_two_days_agree_with_sums_by_kind_in_duckdb(group_run: RunFolder):
    report = found(group_run, *small_record(EARLY, LATE).fact)
    carried = vanished(report.told)[1]
    by_kind = sql(
        group_run,
        "SELECT kind, sum(units) / 100 FROM postings WHERE entity = 'Alameda' AND hole = 'cause' "
        f"AND commodity = 'USD' AND date > DATE '{EARLY}' AND date <= DATE '{LATE}' GROUP BY kind",
    ).rows
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for kind, lost_usd in by_kind:
        if kind in USES or kind == "Loans":
            continue
        claimed = KINDS[kind].entry.claimed
        expected[PORTFOLIO if kind == "Directional" else claimed or kind] += Decimal(
            str(round(lost_usd, 2))
        )

    assert carried.lost_usd is not None
    moved = {carrier: lost for carrier, lost in carried.lost_usd.items() if lost}
    assert moved == {carrier: lost for carrier, lost in expected.items() if lost}
    assert {"quotes", PORTFOLIO, "Interest"} <= set(moved)


@pytest.mark.parametrize("day", [EARLY, DAY, LATE])
def test_the_loss_on_the_portfolio_is_cost_less_proceeds_less_market_value(
    portfolio_run: RunFolder, day: date
):
    sheet = maker_sheet(MeasuredBooks(portfolio_run), day)
    held: dict[str, Decimal] = defaultdict(Decimal)
    for entry in portfolio_run.transactions:
        for posting in entry.postings if entry.date <= day else ():
            if posting.account.startswith("Assets:Alameda:Portfolio:"):
                held[posting.units.currency] += posting.units.number
    prices = build_price_map(portfolio_run.entries)
    worth = sum(
        (units * get_price(prices, (coin, "USD"), day)[1] for coin, units in held.items()),
        Decimal(0),
    )
    paid = usd(portfolio_run, "^Equity:Alameda:Portfolio:", day)

    assert abs(sheet.coins_usd - worth) <= Decimal("0.02")  # the value of each coin is rounded
    assert worth > 0
    assert sheet.lost_usd[PORTFOLIO] == paid - sheet.coins_usd > 0
    assert sheet.unexplained_usd == sum(sheet.lost_usd.values())


def test_agent_deposits_are_a_debt_of_the_maker(portfolio_run: RunFolder):
    sheet = maker_sheet(MeasuredBooks(portfolio_run), DAY)
    wired = -usd(portfolio_run, "^Liabilities:Alameda:AgentDeposits:", DAY)
    others = "^Liabilities:Alameda:CreditLine:|^Assets:Alameda:Claims:FTX$"

    assert sheet.house_usd + usd(portfolio_run, others, DAY) == wired > 0
    books = MeasuredBooks(portfolio_run)
    assert wired_to_maker(books, Span(DAY, DAY)) == wired
    assert owed_by_maker(books, Span(DAY, DAY)) == sheet.house_usd
    assert credit_drawn(books, Span(DAY, DAY)) == sheet.house_usd - wired


def test_the_reported_loss_on_stale_quotes_agrees_with_the_books_of_the_maker(
    group_run: RunFolder,
):
    report = found(group_run, *small_record(EARLY, LATE).fact)
    carried = vanished(report.told)[1]

    stale = "^Income:Alameda:(PickOff|LeadPickOff)$"
    assert carried.stale_usd == usd(group_run, stale, LATE) - usd(group_run, stale, EARLY) > 0
    assert carried.takeovers_usd == 0


def test_stakes_are_uses_if_the_record_lists_ventures_as_a_use_and_are_otherwise_assets(group_run):
    def told(*uses: Fact) -> dict[str, Decimal]:
        report = found(group_run, fact("net-debt", DAY, 1.0), *uses)
        return {row["what"]: row["run_usd"] for row in table(report.tables(), "residual")}

    among = told(fact("use-buyback", DAY, 1.0))
    apart = told(fact("use-buyback", DAY, 1.0), fact("use-ventures", DAY, 1.0))

    assert apart["debts less assets"] - among["debts less assets"] == 250_000
    uses = "less uses of money until then"
    assert apart[uses] - among[uses] == 250_000
    assert apart["unexplained"] == among["unexplained"]


def test_each_recorded_line_has_the_figure_of_the_run_or_a_blank(group_run: RunFolder):
    keys = ("source-lenders", "source-house", "asset-cash", "use-ventures", "use-buyback")
    facts = [fact(key, DAY, 1.0) for key in (*keys, "use-others", "asset-unlisted")]
    lines = {
        row["line"]: row["run_usd"] for row in table(found(group_run, *facts).tables(), "lines")
    }
    sheet = maker_sheet(MeasuredBooks(group_run), DAY)

    assert lines["source-lenders"] == sheet.lenders_usd
    assert lines["use-ventures"] == 250_000
    assert lines["use-buyback"] == usd(group_run, "^Expenses:Alameda:Buyback$", DAY)
    assert lines["use-others"] == usd(group_run, "^Expenses:Alameda:Politics$", DAY) == 30_000
    assert lines["asset-unlisted"] is None


# ------------------------------------------------------------------------- the exchange


def test_the_shortfall_of_the_exchange_is_claims_less_cash_less_the_debt_of_the_maker(
    group_run: RunFolder,
):
    record = Record(
        fact=(
            fact("claims-of-customers", DAY, 50e9, 60e9),
            fact("cash-of-the-exchange", DAY, 20e9),
        )
    )
    sheets = Record(fact=(fact("source-house", DAY, 1e9, 4e9), fact("net-debt", DAY, 1e9)))
    report = residual(group_run, sheets, record)
    (gap,) = report.exchange

    assert gap.lacked == Range(26 * 10**9, 39 * 10**9)
    claims = -usd(group_run, "^Liabilities:FTX:Customers:", DAY)
    there = usd(group_run, "^Assets:FTX:(Cash|CreditLine:)", DAY)
    assert gap.run_usd == claims - there
    note = next(note for note in report.tables()[0].notes if "the-exchange" in note)
    assert f"lacked 26.0 to 39.0 billion on {DAY}" in note


def test_the_recorded_shortfall_is_unknown_if_the_debt_of_the_maker_is_not_recorded(
    group_run: RunFolder,
):
    record = Record(
        fact=(fact("claims-of-customers", DAY, 50.0), fact("cash-of-the-exchange", DAY, 20.0))
    )
    (gap,) = residual(group_run, Record(fact=(fact("net-debt", DAY, 1.0),)), record).exchange

    assert gap.lacked is None


# ------------------------------------------------------------------- the record as shipped


def test_each_line_of_the_shipped_balance_sheets_has_an_id_and_a_source_and_a_definition():
    record = load_record(SHEETS)

    assert all(each.ids and each.counts and each.source for each in record.fact)
    sides = ("source-", "asset-", "use-")
    assert all(each.key == "net-debt" or each.key.startswith(sides) for each in record.fact)
    assert all(each.amounts or each.unsaid for each in record.fact)


def test_the_command_residual_prints_a_table_if_its_name_is_given(group_run: RunFolder):
    for name in ("residual", "carriers", "lines", "the-exchange", "sources"):
        told = CliRunner().invoke(main, ["residual", str(group_run.path), "--table", name])
        assert told.exit_code == 0
        assert "2022-06-30" in told.stdout or "2022-11-11" in told.stdout
    whole = CliRunner().invoke(main, ["residual", str(group_run.path), "--all"]).stdout
    assert all(carrier in whole for carrier in CARRIERS)


def test_the_loss_on_sold_coins_of_customers_is_their_market_value_less_the_proceeds(executed):
    run = executed(WORLDS / "coins.toml")
    books = MeasuredBooks(run)
    day = books.days.last
    sheet = maker_sheet(books, day)
    equity = "^Equity:Alameda:Coins:"
    prices = build_price_map(run.entries)
    sold: dict[str, Decimal] = defaultdict(Decimal)
    for entry in run.transactions:
        for posting in entry.postings:
            if posting.account.startswith("Equity:Alameda:Coins:"):
                sold[posting.units.currency] += posting.units.number
    worth = sum(
        units * get_price(prices, (coin, "USD"), day)[1]
        for coin, units in sold.items()
        if coin != "USD"
    )

    assert usd(run, equity, day) == sold["USD"] < 0 < worth
    assert sheet.lost_usd[Kind.COINS] == round(worth + sold["USD"], 2) != 0
    assert sheet.unexplained_usd == sum(sheet.lost_usd.values())
