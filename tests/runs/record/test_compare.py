"""The comparison of a run with the record: its figures, verdicts, answer and tables."""

import csv
import io
import re
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.prices import build_price_map, get_price
from click.testing import CliRunner

from ledger.kinds import USES
from ledger.reports.money.hole import hole
from ledger.reports.table import Table
from ledger.reports.trail.query import query
from ledger.reports.trail.sql import sql
from ledger.run_folder import RunFolder
from runs.cli.main import main
from runs.record.compare import compare, held_against
from runs.record.compared import AS_GIVEN, AmountRow, DayRow, Row, when
from runs.record.facts import Fact, Record, load_record
from runs.record.measured_books import MeasuredBooks, Span
from runs.record.measures import MEASURES, NEVER
from runs.record.rests_on import RESTS_ON

WORLDS = Path(__file__).parents[2] / "worlds"
FIRST, LAST = date(2022, 5, 30), date(2022, 6, 3)  # first and last day of the world `group`
MIDDLE = Span(date(2022, 5, 31), date(2022, 6, 2))

# Facts that `moneytrail liquidations` compares with a run.
OF_LIQUIDATIONS = {
    "liquidations-of-all-venues",
    "liquidations-of-bitmex",
    "liquidations-of-ftx",
    "liquidations-in-volume-of-ftx",
    "share-of-ftx-in-liquidations",
}
# Facts of a single market.
OF_MARKETS = {
    "cost-of-a-ten-million-order",
    "elasticity-of-volume-to-range",
    "elasticity-of-binance-volume-to-range",
}
# Tables show the key of a fact that has no definition in words.
ANY_CASH = "cash-of-the-exchange"
DAYS = {"first-use-of-customers-money", "withdrawals-halted"}

MAKING = (
    "(Income:Alameda:(PickOff|Spread|VariationMargin|Funding|GapLoss|LeadSpread|LeadPickOff"
    "|Liquidation)|Expenses:Alameda:Hedging)$"
)
CUSTOMERS = "^Liabilities:FTX:Customers:(?!Alameda)"

# for each key: a pattern of accounts, and the factor (1 or -1) from their postings to the figure
OVER_TIME = {
    "revenue-of-ftx": ("^Income:FTX:Fees$", -1),
    "result-of-making": (MAKING, -1),
    "result-of-directional-book": (":Alameda:Directional$", -1),
    "operating-costs-of-ftx": ("^Expenses:FTX:Operations$", 1),
    "equity-raised": ("^Equity:FTX:Shares:", -1),
    "spent-on-ventures": ("^Assets:(FTX|Alameda):Ventures:", 1),
    "spent-on-sponsorship": ("^Expenses:(FTX|Alameda):Sponsorship$", 1),
    "spent-on-politics": ("^Expenses:(FTX|Alameda):Politics$", 1),
}
AT_END = {
    "claims-of-customers": (CUSTOMERS, -1),
    "cash-of-the-exchange": ("^Assets:FTX:Cash$", 1),
    "hole-of-the-exchange": (f"{CUSTOMERS}|^Assets:FTX:Cash$", -1),
    "owed-by-maker-to-house": ("^Assets:FTX:CreditLine|^Liabilities:FTX:Customers:Alameda$", 1),
    "owed-to-lenders": ("^Liabilities:Alameda:Loans:", -1),
}


@pytest.fixture(scope="module")
def flight_run(executed) -> RunFolder:
    """Return a run of six days in which bad news leads to a halt of withdrawals."""
    return executed(WORLDS / "run.toml")


def fact(key: str, span: Span, *figures: float | date, **more: object) -> Fact:
    """Return a fact with no figure, with one value, or with a range (low, value and high)."""
    low, value, high = figures if len(figures) == 3 else (None, *(figures or [None]), None)
    about = {"unit": "USD", "role": "outcome", "source": "s", "provenance": "found: p", **more}
    first, last = span
    return Fact(key=key, since=first, until=last, value=value, low=low, high=high, **about)


def rows(books: MeasuredBooks, facts: list[Fact]) -> list[Row]:
    """Return the rows of the comparison for the facts that have a figure in the run."""
    return held_against(books, facts)[0]


def figure(run: RunFolder, key: str, span: Span) -> object:
    """Return the run's figure for the fact with this key over these days."""
    (row,) = rows(MeasuredBooks(run), [fact(key, span)])
    return row.figure


def usd(run: RunFolder, accounts: str, where: str) -> Decimal:
    """Return Beancount's sum in dollars of the postings that match *accounts* and *where*."""
    found = query(
        run,
        f"SELECT sum(number) WHERE account ~ '{accounts}' AND currency = 'USD' AND {where}",
    )
    return found.rows[0][0] if found.rows else Decimal(0)


def balances_usd(run: RunFolder, accounts: str, days: Sequence[date]) -> list[Decimal]:
    """Return Beancount's balance in dollars of all matching accounts at each day's end."""
    found = query(
        run,
        f"SELECT date, sum(number) WHERE account ~ '{accounts}' AND currency = 'USD' GROUP BY date",
    )
    return [sum((usd for at, usd in found.rows if at <= day), Decimal(0)) for day in days]


def table(tables: list[Table], name: str) -> list[dict]:
    found = next(table for table in tables if table.name == name)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


# ------------------------------------------------------------------------------- the record


def test_every_comparable_fact_of_the_record_is_compared_by_this_report_or_by_another_report():
    facts = load_record().fact
    keys = {each.key for each in facts if not each.unsaid}

    assert keys - OF_LIQUIDATIONS - OF_MARKETS <= set(MEASURES)
    assert not (OF_LIQUIDATIONS | OF_MARKETS) & set(MEASURES)
    assert not {each.key for each in facts if each.unsaid} & set(MEASURES)


def test_every_figure_of_the_compare_report_except_uses_of_money_has_a_fact_in_the_record():
    """A scenario may have uses of money that are not on record."""
    keys = {each.key for each in load_record().fact}

    assert {key for key in MEASURES if not key.startswith("spent-on-")} <= keys


def test_each_outcome_has_a_text_that_names_the_parts_of_the_model_on_which_the_outcome_depends():
    told = [each for each in load_record().fact if each.key in MEASURES and each.market is None]
    outcomes = {each.key for each in told if each.role == "outcome"}

    assert set(RESTS_ON) == outcomes


def test_each_outcome_far_outside_the_recorded_range_is_explained(group_run: RunFolder):
    span = MeasuredBooks(group_run).days
    missed, met = fact("claims-of-customers", span, 1.0), fact("result-of-making", span, None)

    tables = compare(group_run, Record(fact=(missed, met))).tables()

    assert [row["depends_on"] for row in table(tables, "explained")] == [RESTS_ON[missed.key]]


def test_the_only_facts_that_are_dates_are_the_first_use_of_customers_money_and_the_halt():
    in_days = {each.key for each in load_record().fact if each.unit == "date"}

    assert in_days == DAYS


def test_recorded_figures_that_scenarios_state_have_the_role_input():
    """The tested inputs are uses of money, sold shares, loans, volumes, and the revenue of 2021."""
    roles = {each.key: each.role for each in load_record().fact}
    stated = {key for key in roles if key.startswith("spent-on-")} | {
        "equity-raised",
        "owed-to-lenders",
        "volume-of-ftx",
        "volume-of-ftx-over-time",
        "revenue-that-set-the-fee-rate",
    }

    assert {roles[key] for key in stated} == {"input"}


# ------------------------------------------------------------------------------ the figures


@pytest.mark.parametrize("key", OVER_TIME)
def test_a_sum_over_several_days_agrees_with_beancount(group_run: RunFolder, key: str):
    accounts, sign = OVER_TIME[key]
    expected = sign * usd(group_run, accounts, f"date >= {MIDDLE.first} AND date <= {MIDDLE.last}")

    assert figure(group_run, key, MIDDLE) == expected
    assert expected or key == "spent-on-ventures"  # ventures are bought before these days


@pytest.mark.parametrize("key", AT_END)
def test_a_balance_at_the_end_of_the_last_day_agrees_with_beancount(group_run: RunFolder, key: str):
    accounts, sign = AT_END[key]
    expected = sign * usd(group_run, accounts, f"date <= {MIDDLE.last}")

    assert figure(group_run, key, MIDDLE) == expected != 0


def test_volume_of_ftx_and_share_of_the_maker_agree_with_fills_of_the_maker_and_entries_of_others(
    group_run: RunFolder,
):
    by_maker = sql(
        group_run,
        "SELECT sum(notional_usd) FROM fills WHERE venue = 'FTX' AND maker = 'Alameda' "
        f"AND time >= DATE '{MIDDLE.first}' AND time < DATE '{MIDDLE.last}' + 1",
    ).rows[0][0]
    by_others = sum(
        entry.meta["volume"].number
        for entry in group_run.transactions
        if "volume" in entry.meta and MIDDLE.first <= entry.date <= MIDDLE.last
    )
    volume = figure(group_run, "volume-of-ftx", MIDDLE)

    assert volume == by_maker + by_others
    share_pct = figure(group_run, "share-of-maker-in-volume", MIDDLE)
    assert share_pct == pytest.approx(100 * by_maker / volume)
    fees = figure(group_run, "revenue-of-ftx", MIDDLE)
    assert figure(group_run, "fee-yield", MIDDLE) == pytest.approx(10_000 * fees / volume)


def test_the_lowest_age_of_a_filled_quote_is_about_the_latency_of_the_maker(
    group_run: RunFolder,
):
    age_s = figure(group_run, "youngest-quote-hit", MIDDLE)
    by_sql = sql(
        group_run,
        "SELECT min(quote_age_s) FROM fills WHERE maker = 'Alameda' "
        f"AND time >= DATE '{MIDDLE.first}' AND time < DATE '{MIDDLE.last}' + 1",
    )

    assert age_s == by_sql.rows[0][0]
    assert 2 <= age_s < Decimal("2.1")


def test_paper_wealth_is_the_number_of_tokens_times_the_last_mark(group_run: RunFolder):
    before, after = (Span(day, day) for day in (date(2022, 6, 1), date(2022, 6, 2)))

    # The group holds 2,000 SOL. It buys 3,000 more on 1 June. On 2 June the mark falls from 45.5 to
    # 12.25 dollars.
    assert figure(group_run, "paper-wealth-in-sol", Span(FIRST, FIRST)) == Decimal(2_000 * 45.5)
    assert figure(group_run, "paper-wealth-in-sol", before) == Decimal(5_000 * 45.5)
    assert figure(group_run, "paper-wealth-in-sol", after) == Decimal(5_000 * 12.25)
    in_house_token = query(
        group_run,
        "SELECT convert(sum(position), 'USD', 2022-06-02) AS worth "
        "WHERE account = 'Assets:Alameda:Tokens:FTT' AND date <= 2022-06-02",
    ).rows[0][0]
    assert figure(group_run, "paper-wealth-in-house-token", after) == Decimal(in_house_token) > 0


@pytest.mark.parametrize("world", ["portfolio.toml", "coins.toml"])
def test_net_withdrawals_include_coins_and_payments_through_bank_accounts_of_the_maker(
    executed, world: str
):
    run = executed(WORLDS / world)
    span = MeasuredBooks(run).days
    prices = build_price_map(run.entries)
    outside = "^Assets:(Retail|Firm01|OtherMakers):(Cash|Coins:Wallet)$"
    taken = by_the_till = Decimal(0)
    for entry in run.transactions:
        for posting in entry.postings if entry.tags & {"deposit", "withdrawal"} else ():
            if re.search(outside, posting.account):
                coin, units = posting.units.currency, posting.units.number
                price = 1 if coin == "USD" else get_price(prices, (coin, "USD"), entry.date)[1]
                taken += units * price
            if posting.account == "Assets:FTX:Cash" and entry.payee != "Alameda":
                by_the_till -= posting.units.number

    assert abs(figure(run, "net-withdrawals", span) - taken) <= Decimal("0.5")
    assert taken not in (0, by_the_till)


@pytest.mark.parametrize("world", ["group_run", "flight_run"])
def test_net_withdrawals_are_withdrawals_of_customers_less_their_deposits(
    world: str, request: pytest.FixtureRequest
):
    run = request.getfixturevalue(world)
    span = MeasuredBooks(run).days
    till = usd(run, "^Assets:FTX:Cash$", "'opening' not in tags AND payee != 'Alameda'")
    moved = [
        (entry.payee, posting.units.number)
        for entry in run.transactions
        for posting in entry.postings
        if entry.tags & {"deposit", "withdrawal"} and posting.account == "Assets:FTX:Cash"
    ]
    taken = -sum(number for payee, number in moved if payee != "Alameda")

    assert figure(run, "net-withdrawals", span) == taken != 0
    if world == "flight_run":  # in this world `till` has only withdrawals of customers
        assert taken == -till


def test_each_payment_is_counted_once_if_payments_of_one_kind_have_several_receivers(executed):
    """All payments of one kind by the same payer are on one account."""
    uses = [
        {
            "date": FIRST,
            "usd": amount,
            "kind": "Incidents",
            "by": "maker",
            "to": to,
            "why": "loses it",
        }
        for amount, to in ((10_000, "Phisher"), (3_000, "Farm"), (500, "Outside"))
    ]
    run = executed(WORLDS / "group.toml", group={"uses": uses}, run={"end": LAST})

    assert figure(run, "spent-on-incidents", Span(FIRST, MIDDLE.last)) == 13_500


def test_deposits_that_the_maker_received_count_as_in_use_only_after_the_maker_spends_them(
    executed,
):
    by_wire = {"agent_shares": [{"since": date(2022, 5, 29), "share": 1.0}]}
    run = executed(WORLDS / "portfolio.toml", retail=by_wire, house={"opening_cash_usd": 0})
    days = [date(2022, 5, 29) + timedelta(days=n) for n in range(6)]
    till, owed, wired, had = (
        [abs(balance) for balance in balances_usd(run, accounts, days)]
        for accounts in (
            "^Assets:FTX:Cash$",
            "^Liabilities:FTX:Customers:(?!Alameda)",
            "^Assets:FTX:AgentDeposits:Alameda$",
            "^Assets:Alameda:Cash$",
        )
    )
    short = [day for i, day in enumerate(days) if owed[i] > till[i] + min(wired[i], had[i])]
    at_once = [day for i, day in enumerate(days) if owed[i] > till[i]]

    assert figure(run, "first-use-of-customers-money", Span(days[0], days[-1])) == short[0]
    assert short != at_once


def test_the_first_use_of_customers_money_is_the_first_day_that_ends_with_claims_above_cash(
    group_run,
):
    day = figure(group_run, "first-use-of-customers-money", Span(FIRST, LAST))
    days = [FIRST + timedelta(days=n) for n in range(5)]
    balances = balances_usd(group_run, AT_END["hole-of-the-exchange"][0], days)

    assert day == min(at for at, balance in zip(days, balances, strict=True) if balance < 0)


def test_the_day_of_the_halt_is_the_first_day_with_the_status_halted(flight_run, group_run):
    days = MeasuredBooks(flight_run).days
    said = {
        entry.date: entry.description
        for entry in flight_run.entries
        if getattr(entry, "type", None) == "FTX:withdrawals"
    }

    halted = figure(flight_run, "withdrawals-halted", days)

    assert halted == min(day for day in said if said[day] == "halted")
    assert figure(group_run, "withdrawals-halted", Span(FIRST, LAST)) == NEVER


def test_results_of_backstops_agree_with_beancount(margin_run: RunFolder):
    providers = "|".join(margin_run.chart.parties.providers)
    made = -usd(margin_run, f"^(Income|Expenses):({providers}):Backstop$", "date >= 2022-05-09")

    assert (
        figure(margin_run, "backstop-payouts-of-ftx", MeasuredBooks(margin_run).days) == made != 0
    )


# ----------------------------------------------------------------------- the span of a run


def test_a_fact_is_compared_only_if_the_run_has_the_days_that_its_measure_needs(
    group_run: RunFolder,
):
    before, after = FIRST - timedelta(days=9), LAST + timedelta(days=9)
    spans = {
        "within": Span(FIRST, LAST),
        "early": Span(before, LAST),
        "late": Span(FIRST, after),
        "around": Span(before, after),
        "past": Span(before, FIRST - timedelta(days=1)),
    }

    def shown(key: str) -> set[str]:
        return {
            name
            for name, span in spans.items()
            if rows(MeasuredBooks(group_run), [fact(key, span)])
        }

    assert shown("revenue-of-ftx") == {"within"}
    assert shown("claims-of-customers") == {"within", "early"}
    assert shown("share-of-maker-in-volume") == {"within", "early", "late", "around"}


def test_facts_without_a_figure_in_the_run_are_counted_but_not_listed(
    tiny_run: RunFolder,
):
    span = MeasuredBooks(tiny_run).days
    asked = [
        fact("equity-raised", span, 1.0),
        fact("paper-wealth-in-sol", span, 1.0),
        fact("spent-on-ventures", span, 1.0),
        fact("owed-to-lenders", span, 1.0),
        fact("result-of-directional-book", span, 1.0),
        fact("revenue-of-ftx", Span(date(2021, 1, 1), date(2021, 12, 31)), 1.0),
        fact("claims-of-customers", span, 1.0),
    ]

    tables = compare(tiny_run, Record(fact=tuple(asked))).tables()

    assert [row["what"] for row in table(tables, "outcomes")] == ["claims-of-customers"]
    assert {row["verdict"]: row["outcomes"] for row in table(tables, "verdicts")}["cannot say"] == 6


def test_facts_of_a_single_market_are_not_compared_with_the_whole_exchange(group_run: RunFolder):
    of_one = fact("volume-of-ftx", MIDDLE, 1.0, market="BTC-PERP", role="input")

    assert not table(compare(group_run, Record(fact=(of_one,))).tables(), "inputs")


# ----------------------------------------------------------------------------- the verdicts


@pytest.mark.parametrize(
    ("low", "high", "said", "beyond", "times"),
    [
        (1.5, 2.0, "below", Decimal("-0.5"), 2 / 3),
        (1.1, 2.0, "near", Decimal("-0.1"), 10 / 11),
        (1.12, 2.0, "below", Decimal("-0.12"), 1 / 1.12),
        (0.5, 0.95, "near", Decimal("0.05"), 1 / 0.95),
        (0.5, 0.8, "above", Decimal("0.2"), 1.25),
        (0.5, 1.0, "inside", None, None),
        (-3.0, -2.0, "above", Decimal(3), None),  # no ratio if the signs differ
    ],
)
def test_a_figure_outside_the_recorded_range_has_its_distance_and_ratio_to_the_nearer_end(
    low, high, said, beyond, times
):
    row = AmountRow(fact("fee-yield", MIDDLE, low, low, high, unit="bps"), Decimal(1))

    assert (row.verdict, row.beyond) == (said, beyond)
    assert row.times == (times if times is None else pytest.approx(Decimal(times)))


def test_a_figure_is_rounded_before_it_is_compared_with_the_record():
    row = AmountRow(
        fact("youngest-quote-hit", MIDDLE, 0.0, 2.0, 2.0, unit="s"), Decimal("2.0000011")
    )

    assert (row.told, row.verdict, row.beyond, row.times) == (2, "inside", None, None)
    cents = fact("claims-of-customers", MIDDLE, 1.0)
    assert str(AmountRow(cents, Decimal("-0.3")).told) == "0"
    assert str(AmountRow(cents, Decimal("2.71")).beyond) == "2"  # amounts are in whole dollars


def test_a_fact_that_cannot_be_compared_is_listed_with_the_reason(group_run: RunFolder):
    before = Span(date(2021, 1, 1), date(2021, 12, 31))
    facts = (
        fact("paper-wealth-in-serum", MIDDLE, 2e9, unsaid="no scenario has it", counts="SRM"),
        fact("revenue-of-ftx", before, 1.0),
        fact("dollars-wired-to-the-maker", MIDDLE, 1.0, role="input"),
    )

    beside = compare(group_run, Record(fact=facts))

    assert not beside.rows
    assert beside.answer() == "This run has no outcome that is on record."
    unsaid = table(beside.tables(), "cannot-say")
    assert [row["why_not"] for row in unsaid] == [
        "no scenario has it",
        "the run covers 2022-05-30 to 2022-06-03",
        "the run's books have no such figure",
    ]
    assert (unsaid[0]["what_is_counted"], unsaid[0]["recorded"]) == ("SRM", "2.0")
    counted = {row["verdict"]: row["outcomes"] for row in table(beside.tables(), "verdicts")}
    assert counted["cannot say"] == 2  # the input is not counted


def test_the_answer_counts_outcomes_that_agree_with_the_record_and_lists_the_largest_deviations(
    group_run: RunFolder,
):
    span = Span(FIRST, LAST)
    owed = float(figure(group_run, "claims-of-customers", span))
    facts = (
        fact("claims-of-customers", span, owed * 1.05, counts="owed"),
        fact("cash-of-the-exchange", span, 0.0, 1.0, 1e12),
        fact("hole-of-the-exchange", span, 5e9, counts="the hole"),
        fact("owed-by-maker-to-house", span, 7e9, 8e9, 9e9, counts="the credit"),
        fact("result-of-making", span),
        fact("withdrawals-halted", span, LAST, unit="date", counts="a halt"),
    )

    beside = compare(group_run, Record(fact=facts))

    assert beside.answer().startswith(
        "2 of 5 comparable outcomes agree with the record: 1 inside the recorded range, and "
        "1 at most 10 % outside. Largest deviations: the credit, "
        "2022-05-30 to 2022-06-03 (0.0 billion here, 7.0 to 9.0 on record); the hole, 2022-05-30"
    )
    assert beside.answer().endswith("Never reached: a halt.")
    first = beside.tables()[0]
    assert [row[1] for row in first.rows] == ["the credit", "the hole", "owed", ANY_CASH]


def test_a_row_has_the_definition_of_the_recorded_figure_and_the_definition_of_the_runs_figure(
    group_run: RunFolder,
):
    owed = fact("claims-of-customers", MIDDLE, 1.0, counts="coins and dollars", ids="B044, B050")

    (row,) = table(compare(group_run, Record(fact=(owed,))).tables(), "outcomes")

    assert row["record_counts"] == "coins and dollars"
    assert row["run_counts"] == MEASURES["claims-of-customers"].counts
    assert row["ids"] == "B044, B050"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2021, 1, 1), date(2021, 12, 31), "2021"),
        (date(2021, 2, 1), date(2021, 2, 28), "2021-02"),
        (date(2021, 2, 3), date(2021, 2, 3), "2021-02-03"),
        (date(2021, 2, 3), date(2021, 2, 28), "2021-02-03 to 28"),
        (date(2020, 1, 1), date(2021, 12, 31), "2020-01 to 2021-12"),
        (date(2020, 7, 1), date(2021, 6, 30), "2020-07 to 2021-06"),
        (date(2020, 1, 1), date(2021, 3, 2), "2020-01-01 to 2021-03-02"),
    ],
)
def test_a_period_is_printed_as_a_year_or_a_month_or_a_day_or_as_a_range_of_months_or_days(
    first: date, last: date, said: str
):
    assert when(first, last) == said


def test_a_deviation_between_dates_is_in_days_and_is_empty_if_the_event_never_happens():
    recorded = fact("withdrawals-halted", MIDDLE, date(2022, 11, 8), unit="date")

    late = DayRow(recorded, date(2022, 11, 11))
    assert (late.verdict, late.beyond) == ("above", 3)
    never = DayRow(recorded, NEVER)
    assert (never.verdict, never.beyond) == (NEVER, None)


def test_a_figure_without_a_recorded_value_is_shown_without_a_comparison(group_run: RunFolder):
    (row,) = table(
        compare(group_run, Record(fact=(fact("result-of-making", MIDDLE),))).tables(), "outcomes"
    )

    assert row["this_run"] == round(figure(group_run, "result-of-making", MIDDLE))
    assert row["verdict"] == "silent"
    assert {row["recorded_low"], row["recorded_high"], row["beyond"], row["times"]} == {None}


@pytest.mark.parametrize("figures", [(), (1.0,), (1.0, 2.0, 1e12), (1e12,)])
def test_an_input_has_the_verdict_as_given_and_never_counts_as_an_outcome(
    group_run: RunFolder, figures
):
    given = fact("equity-raised", MIDDLE, *figures, role="input")
    came_out = fact("claims-of-customers", MIDDLE, *figures)

    alone = compare(group_run, Record(fact=(given,))).tables()
    both = compare(group_run, Record(fact=(given, came_out))).tables()

    (row,) = table(alone, "inputs")
    assert row["verdict"] == AS_GIVEN
    assert not table(alone, "outcomes")
    assert {row["outcomes"] for row in table(alone, "verdicts")} == {0}
    assert sum(row["outcomes"] for row in table(both, "verdicts")) == 1
    assert table(both, "inputs") == [row]


def test_the_share_of_the_maker_in_volume_is_an_input_if_the_policy_has_a_target_share(
    group_run: RunFolder, tmp_path: Path
):
    share = Record(fact=(fact("share-of-maker-in-volume", MIDDLE, 45.0, unit="pct"),))
    shutil.copytree(group_run.path, tmp_path / "run")
    scenario = tmp_path / "run" / "scenario.toml"
    stated = scenario.read_text(encoding="utf-8")
    assert 'policy = "stated"' in stated
    scenario.write_text(stated.replace('policy = "stated"', 'policy = "growth"'), encoding="utf-8")

    for run, role in ((group_run, "outcome"), (RunFolder.at(tmp_path / "run"), "input")):
        assert [row.fact.role for row in compare(run, share).rows] == [role]


def test_the_table_of_verdicts_has_the_number_of_outcomes_with_each_verdict(group_run: RunFolder):
    span = Span(FIRST, LAST)
    facts = (
        fact("claims-of-customers", span, 1e12),
        fact("cash-of-the-exchange", span, 0.0, 1.0, 1e12),
        fact("hole-of-the-exchange", span),
        fact("withdrawals-halted", span, LAST, unit="date"),
    )
    counted = {
        row["verdict"]: row["outcomes"]
        for row in table(compare(group_run, Record(fact=facts)).tables(), "verdicts")
    }

    assert counted == {
        "inside": 1,
        "near": 0,
        "below": 1,
        "above": 0,
        NEVER: 1,
        "silent": 1,
        "cannot say": 0,
    }


def test_every_row_of_compare_has_its_source_and_says_how_the_fact_was_obtained(
    group_run: RunFolder,
):
    span = Span(FIRST, LAST)
    keys = [key for key in MEASURES if key not in DAYS]
    facts = [
        fact(key, span, source=f"who said {key}", provenance="recalled: an address", note=key)
        for key in keys
    ] + [fact(key, span, unit="date", source=f"who said {key}") for key in DAYS]

    tables = compare(group_run, Record(fact=tuple(facts))).tables()
    shown = [row for name in ("outcomes", "days") for row in table(tables, name)]

    assert len(shown) > 20
    for row in shown:
        assert row["source"] == f"who said {row['what']}"
        assert row["seen"] == ("found" if row["what"] in DAYS else "recalled")
    assert {row["what"] for row in table(tables, "sources")} == {row["what"] for row in shown}


# ------------------------------------------------------------------------ the origins of the hole


def test_stated_amounts_and_loans_and_outcomes_in_the_table_of_origins_sum_to_the_hole(
    group_run: RunFolder,
):
    kinds = hole(group_run).kinds_usd
    *parts, whole = table(compare(group_run, load_record()).tables(), "origins")
    by_origin = {(row["origin"], row["kind"]): row["hole_usd"] for row in parts}
    (stated,) = (usd for (of, _), usd in by_origin.items() if of == "amount stated")
    came_out = by_origin["outcome", "all outcomes"]

    assert stated + by_origin["limit stated", "Loans"] + came_out == whole["hole_usd"]
    assert whole["hole_usd"] == hole(group_run).hole_usd
    in_full = {*USES, "Shares", "Tokens", "Opening"}
    assert stated == sum(usd for kind, usd in kinds.items() if kind in in_full)
    assert by_origin["outcome", "PickOff"] == kinds["PickOff"]


# -------------------------------------------------------------------------------- the command


def test_compare_prints_the_figures_of_the_books_as_text_and_as_csv(group_run: RunFolder):
    words = ["compare", str(group_run.path)]
    seen = CliRunner().invoke(main, [*words, "--table", "like-for-like"])
    told = CliRunner().invoke(main, [*words, "--format", "csv", "--table", "inputs"])

    assert (seen.exit_code, told.exit_code) == (0, 0)
    assert "with the same definition here and on record" in seen.stdout
    found = {row["what"]: row for row in csv.DictReader(io.StringIO(told.stdout))}
    assert set(found) == {"youngest-quote-hit"}
    assert {row["verdict"] for row in found.values()} == {AS_GIVEN}
    age_s = figure(group_run, "youngest-quote-hit", Span(FIRST, LAST))
    assert Decimal(found["youngest-quote-hit"]["this_run"]) == round(age_s, 3)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["/nowhere"], "not a finished run"),
        ([], "Missing argument 'RUN'"),
        (["{run}", "--table", "nosuch"], "it has like-for-like, explained, verdicts"),
        (["{run}", "--format", "csv"], "choose it with --table"),
    ],
)
def test_a_mistake_in_the_arguments_of_compare_is_reported_in_one_line(
    group_run: RunFolder, words: list[str], problem: str
):
    asked = [word.format(run=group_run.path) for word in words]
    result = CliRunner().invoke(main, ["compare", *asked])

    assert result.exit_code == 2
    assert problem in result.stderr
    assert len(result.stderr.splitlines()) == 1
