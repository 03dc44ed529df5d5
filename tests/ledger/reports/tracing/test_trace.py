"""The tracing report agrees with hand calculations and with the books of simulated runs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from slow_rules import slow_paid

from ledger.kinds import Kind
from ledger.reports.dollars import usd_balances
from ledger.reports.money.cash import cash_statement
from ledger.reports.table import Table
from ledger.reports.tracing.group_cash import Reason, cash_passed, payments_by_day
from ledger.reports.tracing.rules import TracingRule
from ledger.reports.tracing.sources import (
    ACCOUNT,
    ALL_CUSTOMERS,
    AS_ONE,
    GROUP,
    KIND,
    PARTY,
    Fate,
    NoSuchSourceError,
    Question,
)
from ledger.reports.tracing.trace import trace
from ledger.run_folder import RunFolder

WORLDS = Path(__file__).parents[3] / "worlds"
DAY = date(2022, 5, 9)
FTX, ALAMEDA = "Assets:FTX:Cash", "Assets:Alameda:Cash"

TOGETHER = """
2022-05-10 * "Firm01" "FTX bears a gap and pays out the rest, less a fee"
  seq: 997
  time: "12:00:00.000000"
  Assets:FTX:Cash                            -100.00 USD
  Expenses:FTX:GapLoss                         30.00 USD
  Liabilities:FTX:Customers:Firm01             90.00 USD
  Income:FTX:Fees                             -20.00 USD
"""


def cells(table: Table) -> dict[str, tuple]:
    return {row[0]: row[1:] for row in table.rows}


def whole(traced) -> dict[tuple[str, str], int]:
    """Return whole dollars by (source, use).

    For cash that is left, the name of its account replaces the use.
    """
    paid = {way: paid.cents // 100 for way, paid in traced.paid.items()}
    return paid | {way: cents // 100 for way, cents in traced.left_cents.items()}


def test_first_in_first_out_is_applied_to_the_cash_of_the_group_as_one_account(
    afternoon: RunFolder,
):
    assert whole(trace(afternoon).by_rule[TracingRule.FIFO]) == {
        ("Customers", "Claims"): 400,
        ("Customers", "Ventures"): 300,
        ("Opening", "Ventures"): 2_100,
        ("Customers", "Customers"): 700,
        ("Customers", AS_ONE): 300,
    }


def test_the_lowest_balance_rule_first_spends_the_own_money_of_the_group(afternoon: RunFolder):
    assert whole(trace(afternoon).by_rule[TracingRule.LOWEST_BALANCE]) == {
        ("Opening", "Claims"): 400,
        ("Opening", "Ventures"): 1_700,
        ("Customers", "Ventures"): 700,
        ("Customers", "Customers"): 700,
        ("Customers", AS_ONE): 300,
    }


def test_if_accounts_are_traced_separately_a_transfer_has_the_sources_of_the_paying_account(
    afternoon: RunFolder,
):
    found = trace(afternoon, Question(per=ACCOUNT))

    assert found.accounts == (FTX, ALAMEDA)
    assert whole(found.by_rule[TracingRule.FIFO]) == {
        ("Opening", "Claims"): 400,
        ("Customers", "Ventures"): 1_700,
        ("Opening", "Ventures"): 700,
        ("Opening", "Customers"): 700,
        ("Opening", FTX): 300,
    }


def test_a_single_deposit_can_be_traced_separately(afternoon: RunFolder):
    found = trace(afternoon, Question(seq=2))  # Retail pays in 800, and later Firm01 pays in 300

    assert found.brought_usd == 800
    assert found.paid_usd(TracingRule.FIFO, "Ventures") == 100
    assert found.paid_usd(TracingRule.FIFO, "Customers") == 700
    assert found.paid_usd(TracingRule.LIFO, "Claims") == 100
    assert found.fate_usd(TracingRule.FIFO, Fate.BACK) == 0


def test_the_money_of_one_customer_can_be_traced_separately(afternoon: RunFolder):
    found = trace(afternoon, Question(of="Retail"))

    assert found.followed == {"Customers:Retail"}
    assert found.brought_usd == 800
    assert set(found.sources) == {"Customers:Retail", "Customers", "Opening"}


def test_each_customer_is_a_separate_source_if_money_is_traced_by_party(afternoon: RunFolder):
    found = trace(afternoon, Question(by=PARTY))

    assert found.followed == {
        f"Customers:{name}" for name in ("Retail", "Firm01", "Firm02", "OtherMakers")
    }
    assert found.paid_usd(TracingRule.FIFO, "Ventures:Outside") == 300


def test_a_payment_for_several_reasons_is_divided_among_the_reasons(
    afternoon_with: Callable[..., RunFolder],
):
    last = [each for each in cash_passed(afternoon_with(TOGETHER)) if each.seq == 997]

    assert [(each.giver, each.taker, each.cents) for each in last] == [
        (FTX, Reason("Expenses", "GapLoss", "Firm01"), 2_500),
        (FTX, Reason("Liabilities", "Customers", "Firm01"), 7_500),
    ]


BY_WIRE = """
2022-05-09 open Assets:FTX:AgentDeposits:Alameda USD
  hole: "group"
2022-05-09 open Liabilities:Alameda:AgentDeposits:FTX USD
  hole: "group"

2022-05-10 * "Retail" "Retail deposits 50.00 at FTX, by wire to Alameda"
  seq: 997
  time: "12:00:00.000000"
  Liabilities:FTX:Customers:Retail            -50.00 USD
  Assets:FTX:AgentDeposits:Alameda             50.00 USD
  Assets:Alameda:Cash                          50.00 USD
  Liabilities:Alameda:AgentDeposits:FTX       -50.00 USD
"""


def test_a_deposit_that_an_agent_receives_is_traced_as_money_of_the_customer(
    afternoon_with: Callable[..., RunFolder],
):
    (taken,) = (each for each in cash_passed(afternoon_with(BY_WIRE)) if each.seq == 997)

    assert taken[2:] == (Reason("Liabilities", "Customers", "Retail"), ALAMEDA, 5_000)


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        (Question(of="Custmers"), "did you mean Customers?"),
        (Question(of="Nobody"), "give one of Customers, Opening"),
        (Question(seq=24), "give the number (seq) of a receipt of cash"),
    ],
)
def test_a_source_that_supplied_no_cash_is_refused(
    afternoon: RunFolder, asked: Question, advice: str
):
    with pytest.raises(NoSuchSourceError, match="supplied no cash to the group") as caught:
        trace(afternoon, asked)

    assert advice in str(caught.value)


def test_the_tables_agree_and_the_uses_under_each_rule_sum_to_the_money_received(
    afternoon: RunFolder,
):
    tables = {table.name: table for table in trace(afternoon).tables()}
    paid, lowest = cells(tables["paid"]), cells(tables["lowest-balance"])

    assert tables["lowest-balance"].columns == ("use", "Customers_usd", "Opening_usd")
    assert lowest["Ventures"] == (Decimal("700.00"), Decimal("1700.00"))
    assert lowest["all"] == (Decimal("1700.00"), Decimal("2100.00"))
    assert (paid["Ventures"][0], paid["Ventures"][4]) == ("shares of companies", Decimal("700.00"))
    for column in zip(*(row[1:] for use, row in paid.items() if use != "all"), strict=True):
        assert sum(column) == Decimal("1700.00")
    for row in tables["fates"].rows:
        assert sum(row[1:]) == Decimal("1700.00")
    assert ("fifo", "Customers", "Ventures", Decimal("300.00"), DAY, DAY) in tables["flows"].rows
    assert tables["days"].rows == [
        (DAY, *map(Decimal, ("300.00", "300.00", "300.00", "134.21", "300.00")))
    ]


def test_the_last_row_of_the_table_of_uses_is_the_sum_of_the_rows_above(afternoon: RunFolder):
    found = trace(afternoon)
    nothing_left = replace(found.by_rule[TracingRule.FIFO], left_cents={})
    lost = replace(found, by_rule={**found.by_rule, TracingRule.FIFO: nothing_left})

    (*_, every), (*_, without) = (each.tables()[0].rows for each in (found, lost))
    assert every[2:] == (found.brought_usd,) * len(TracingRule)
    left = found.all_left_usd(TracingRule.FIFO)
    assert without[2:] == (found.brought_usd - left, *every[3:])
    assert left > 0


def test_the_answer_states_the_lowest_and_the_highest_result_of_the_five_rules(
    afternoon: RunFolder,
):
    assert trace(afternoon).answer() == (
        "Customers paid in $1,700 of cash from 2022-05-09 to 2022-05-09. The use of this cash "
        "depends on the rule: $300 to $700 was paid back, and $97 to $300 is left. The largest "
        "other use is Ventures, with $300 to $1,074."
    )


@pytest.fixture(params=["life", "tiny_run", "tokens_run", "small_run", "pools", "portfolio"])
def world(request: pytest.FixtureRequest, executed: Callable[..., RunFolder]) -> RunFolder:
    """Return the hand-written run `life` or one of five simulated runs."""
    path = WORLDS / f"{request.param}.toml"
    return executed(path) if path.exists() else request.getfixturevalue(request.param)


def test_receipts_and_payments_agree_with_the_books(world: RunFolder):
    balance, came, went = Counter(), 0, 0
    for each in cash_passed(world):
        balance[each.giver] -= each.cents
        balance[each.taker] += each.cents
        came += each.cents * isinstance(each.giver, Reason)
        went += each.cents * isinstance(each.taker, Reason)
    statement, books = cash_statement(world), usd_balances(world)
    tills = [end for end in balance if isinstance(end, str)]

    assert set(tills) >= {FTX, ALAMEDA}
    assert all(Decimal(balance[till]).scaleb(-2) == books[till] for till in tills)
    assert Decimal(came).scaleb(-2) == statement.opening_usd + statement.everybody.paid_in_usd
    assert Decimal(went).scaleb(-2) == statement.everybody.paid_out_usd


def test_payments_by_day_are_the_sums_of_single_payments(world: RunFolder):
    assert_sums_of_single_payments(world)


LESS_A_FEE = """
2022-05-10 * "Firm01" "FTX pays out to Firm01, less a fee"
  seq: 997
  time: "12:00:00.000000"
  Assets:FTX:Cash                            -100.00 USD
  Liabilities:FTX:Customers:Firm01            120.00 USD
  Income:FTX:Fees                             -20.00 USD
"""


@pytest.mark.parametrize("entry", [TOGETHER, BY_WIRE, LESS_A_FEE])
def test_payments_by_day_are_the_sums_of_single_payments_if_an_entry_has_more_than_two_accounts(
    afternoon_with: Callable[..., RunFolder], entry: str
):
    assert_sums_of_single_payments(afternoon_with(entry))


def assert_sums_of_single_payments(run: RunFolder) -> None:
    single: Counter[tuple[date, Reason]] = Counter()
    for each in cash_passed(run):
        if isinstance(each.taker, Reason):
            single[each.day, each.taker] += each.cents
    found = payments_by_day(run)

    assert {(day, reason): cents for day, reason, cents in found} == single
    assert len(found) == len(single)
    assert found == sorted(found)
    for day in (found[0].day, found[-1].day):
        assert payments_by_day(run, day) == [each for each in found if each.day == day]


@pytest.mark.parametrize(
    ("by", "per", "is_daily"), list(product((KIND, PARTY), (GROUP, ACCOUNT), (False, True)))
)
def test_each_rule_agrees_with_its_slow_and_simple_form_on_a_whole_run(
    world: RunFolder, by: str, per: str, is_daily: bool
):
    found = trace(world, replace(ALL_CUSTOMERS, by=by, per=per, is_daily=is_daily))

    for rule, traced in found.by_rule.items():
        sums = Counter({way: paid.cents for way, paid in traced.paid.items()})
        sums += Counter(traced.left_cents)
        assert sums == slow_paid(found.moves, found.accounts, rule, found.followed)


def test_money_from_lenders_can_be_traced_and_its_repayment_counts_as_paid_back(life: RunFolder):
    found = trace(life, Question(of=Kind.LOANS))

    assert found.brought_usd == 1_000
    assert found.fates["Loans"] is Fate.BACK
    assert found.fates["Customers"] is Fate.CREDITORS
    assert found.fates["Ventures"] is Fate.HELD
    assert found.paid_usd(TracingRule.LOWEST_BALANCE, "Loans") == 600
