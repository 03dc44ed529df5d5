"""The books of a maker that buys coins with borrowed money and with customers' dollars."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bean_queries import asking
from beancount.core import data

from ledger.kinds import KINDS, Kind
from ledger.reports.life.solvency import solvency
from ledger.reports.money.hole import hole
from ledger.reports.paper_wealth import Marks
from ledger.run_folder import RunFolder
from ledger.transaction import kind_of
from runs.full_audit import audit
from runs.removals import without
from runs.scenarios import load

PORTFOLIO = Path(__file__).parent / "worlds" / "portfolio.toml"
SCENARIO = load(str(PORTFOLIO))
GROUP = SCENARIO.group.model_dump(exclude_none=True)
RECALL, LAST = date(2022, 6, 2), date(2022, 6, 3)
COINS = ("BTC", "ALTS")


@pytest.fixture(scope="module")
def run(executed) -> RunFolder:
    return executed(PORTFOLIO)


@pytest.fixture(scope="module")
def ask(run) -> Callable[[str], list[tuple]]:
    """Return a function that queries the run's books with Beancount's own tool."""
    return asking(run)


def tagged(run: RunFolder, tag: str) -> list[data.Transaction]:
    return [entry for entry in run.transactions if tag in entry.tags]


def moved(entry: data.Transaction, account: str, commodity: str = "USD") -> Decimal:
    found = (p.units for p in entry.postings if p.account == account)
    return sum((units.number for units in found if units.currency == commodity), Decimal(0))


def portfolio(**changes: Any) -> dict[str, Any]:
    """Return the settings of the portfolio, with *changes* in each holding."""
    holdings = [each | changes for each in GROUP["portfolio"]["holdings"]]
    return GROUP["portfolio"] | {"holdings": holdings}


def standing_still(**group: Any) -> dict[str, Any]:
    """Return settings of the world with constant prices and no haircut on sales."""
    (market,) = (each.model_dump(exclude_none=True) for each in SCENARIO.markets)
    still = {
        "anchors": [{"at": date(2022, 5, 29), "price_usd": 30_000}],
        "volatility": [{"since": date(2022, 5, 29), "annual": 0.0}],
    }
    market["price"] |= still
    holdings = portfolio(haircut=0.0)["holdings"]
    holdings[1]["prices"] = holdings[1]["prices"][:1]
    held = GROUP["portfolio"] | {"holdings": holdings}
    return {"markets": [market], "group": {"portfolio": held} | group}


# ------------------------------------------------------------------------------- the books


def test_the_books_of_every_day_pass_the_audit(run):
    assert [finding.problems for finding in audit(run.path, every_day=True)] == [()] * 7


def test_each_commodity_balances_in_each_entity_and_debts_within_the_group_sum_to_zero(ask):
    by_entity = ask(
        "SELECT splitcomp(account, ':', 1) AS entity, currency, sum(number) AS n "
        "WHERE NOT account ~ ':Contracts:' GROUP BY entity, currency"
    )
    ((within,),) = ask("SELECT sum(number) AS n WHERE open_meta(account, 'hole') = 'group'")

    assert {(entity, coin) for entity, coin, _ in by_entity} >= {("Coin-Dealers", c) for c in COINS}
    assert {residual for *_, residual in by_entity} == {0}
    assert within == 0


def test_the_loss_on_the_portfolio_is_the_cost_of_coins_minus_the_proceeds_of_sales(run):
    the_hole = hole(run)
    exchanged = [moved(entry, "Assets:Coin-Dealers:Cash") for entry in tagged(run, "portfolio")]

    assert the_hole.unexplained_usd == 0
    assert the_hole.kinds_usd[Kind.PORTFOLIO] == sum(exchanged) > 0
    assert min(exchanged) < 0 < max(exchanged)  # There are purchases and sales.


def test_coins_have_a_daily_price_that_the_balance_sheet_uses(run):
    marked = [(one.currency, one.date) for one in run.entries if isinstance(one, data.Price)]
    held = {
        coin: sum(moved(one, f"Assets:Alameda:Portfolio:{coin}", coin) for one in run.transactions)
        for coin in COINS
    }
    (line,) = (
        each
        for each in solvency(run, LAST).sheets["Alameda"].lines
        if each.account == "Assets:Alameda:Portfolio:BTC"
    )

    assert len(marked) == len(set(marked)) == 2 * 6
    assert all(held.values())
    assert line.at_mark_usd == Marks(run).usd({"BTC": held["BTC"]}, LAST)


def test_the_root_and_the_hole_label_of_each_account_fit_its_kind(run):
    for account, opened in run.opens.items():
        entry = KINDS[kind_of(account)].entry

        assert account.partition(":")[0] in entry.roots, account
        assert opened.hole in (None, *entry.parts), account


# ----------------------------------------------------------------- loans, purchases and recalls


def test_loans_are_drawn_when_a_limit_begins_and_on_the_first_day_of_a_month(run):
    drawn = {(entry.payee, entry.date.day) for entry in tagged(run, "loan")}

    # On 30 May the collateral of Lender02 allows only a part of its limit. On 1 June Lender01 has
    # already lent its limit, and on 2 June its new limit is lower than its loan.
    assert drawn == {("Lender01", 29), ("Lender02", 30), ("Lender02", 1)}


def test_a_loan_is_drawn_up_to_its_limit_and_coins_are_bought_on_the_same_day(run):
    loans, bought = tagged(run, "loan"), tagged(run, "portfolio")
    (first,) = (entry for entry in loans if entry.date == date(2022, 5, 29))
    paid = [moved(e, "Assets:Coin-Dealers:Cash") for e in bought if e.date == first.date]

    assert moved(first, "Assets:Alameda:Cash") == 4_000_000
    # Purchases are rounded down to whole lots of 0.01 BTC and of 1 ALTS.
    assert 0 <= 2_000_000 - paid[0] < 300
    assert 0 <= 1_600_000 - paid[1] < 100


def test_a_fall_of_coin_prices_causes_a_recall_and_a_sale_of_coins(run):
    called = [e for e in tagged(run, "recall") if e.payee == "Lender02"]
    sold = [e for e in tagged(run, "portfolio") if moved(e, "Assets:Coin-Dealers:Cash") < 0]

    assert len(SCENARIO.group.lenders[1].limits) == 1  # Lender02 never lowers its limit.
    # The prices of both coins fall on 2 June. The sales on 2 June lower the collateral, so Lender02
    # recalls money again on 3 June.
    assert [entry.date for entry in called] == [RECALL, LAST]
    assert {"loan-lender02"} <= {link for entry in sold for link in entry.links}


def test_sales_of_coins_and_money_from_the_house_pay_about_equal_parts_of_a_recall(run):
    (recalled,) = (e for e in tagged(run, "recall") if e.payee == "Lender01")
    same_day = [e for e in run.transactions if e.date == RECALL and "loan-lender01" in e.links]
    sold = sum(moved(e, "Assets:Alameda:Cash") for e in same_day if "portfolio" in e.tags)
    drawn = sum(moved(e, "Assets:Alameda:Cash") for e in same_day if "withdrawal" in e.tags)

    assert moved(recalled, "Assets:Lender01:Cash") == 1_500_000
    assert 0 < sold < 1_500_000
    assert any("credit-line" in e.tags for e in same_day)
    assert 0 <= sold - drawn < 600  # one lot of BTC and one lot of ALTS cost less than this


def test_a_sale_of_coins_is_paid_at_the_price_minus_the_haircut(run):
    prices = {
        (one.currency, one.date): one.amount.number
        for one in run.entries
        if isinstance(one, data.Price)
    }
    for entry in tagged(run, "portfolio"):
        for coin, haircut in zip(COINS, (Decimal("0.01"), Decimal("0.05")), strict=True):
            units = moved(entry, f"Assets:Alameda:Portfolio:{coin}", coin)
            price = units * prices[coin, entry.date]
            if units:
                kept = 1 if units > 0 else 1 - haircut
                assert abs(price * kept + moved(entry, "Assets:Alameda:Cash")) < Decimal("0.01")


def test_payments_for_coins_with_stated_prices_equal_the_results_of_an_independent_calculation(run):
    """The calculation uses quantities from the books, and prices and haircuts of the scenario."""
    _, alts = SCENARIO.coins
    exchanged = run.select(
        "SELECT date, sum(units) FILTER (commodity = 'ALTS')::BIGINT AS units, "
        "sum(units) FILTER (commodity = 'USD')::BIGINT AS cents FROM postings "
        "WHERE account IN ('Assets:Alameda:Portfolio:ALTS', 'Equity:Alameda:Portfolio:ALTS') "
        "AND NOT (root = 'Equity' AND commodity = 'ALTS') GROUP BY seq, date ORDER BY seq"
    )
    expected = [
        units * Decimal(str(alts.price_usd_on(day))) * 100 * (1 if units > 0 else Decimal("0.95"))
        for day, units, _ in exchanged
    ]

    assert {units > 0 for _, units, _ in exchanged} == {True, False}
    assert all(abs(each - c) < 1 for each, (*_, c) in zip(expected, exchanged, strict=True))


# ----------------------------------------------------------------------- customers' dollars


def test_dollars_that_customers_wire_to_the_maker_are_a_debt_of_the_maker_to_the_house(run):
    wired = [e for e in run.transactions if "by wire" in e.narration]

    assert {tag for entry in wired for tag in entry.tags} == {"deposit", "withdrawal"}
    assert all(moved(e, "Assets:FTX:Cash") == 0 for e in wired)
    assert all(
        moved(e, "Assets:FTX:AgentDeposits:Alameda")
        == moved(e, "Assets:Alameda:Cash")
        == -moved(e, "Liabilities:FTX:Customers:Retail")
        for e in wired
    )


def test_an_agent_of_the_house_does_not_change_the_amounts_that_customers_deposit(run, executed):
    direct = executed(PORTFOLIO, retail={"agent_shares": None})

    def brought(of: RunFolder) -> list[tuple]:
        return [(e.date, moved(e, "Assets:Retail:Cash")) for e in tagged(of, "deposit")][-20:]

    assert [e for e in run.transactions if "by wire" in e.narration]
    assert not [e for e in direct.transactions if "by wire" in e.narration]
    assert brought(run) == brought(direct)


# ------------------------------------------------------------------------------- limiting cases


def test_the_portfolio_is_worth_its_cost_at_constant_prices(executed):
    run = executed(PORTFOLIO, **standing_still())
    units = {
        coin: sum(moved(one, f"Assets:Alameda:Portfolio:{coin}", coin) for one in run.transactions)
        for coin in COINS
    }

    assert tagged(run, "recall")
    assert hole(run).kinds_usd[Kind.PORTFOLIO] == units["BTC"] * 30_000 + units["ALTS"] * 100


def test_a_complete_sale_at_constant_prices_leaves_no_gain_and_no_loss(executed):
    (first, *_), days = GROUP["lenders"], (date(2022, 5, 29), RECALL)
    called = first | {
        "limits": [{"since": day, "usd": usd} for day, usd in zip(days, (4e6, 0), strict=True)]
    }
    sold = standing_still(lenders=[called], uses=[])
    sold["group"]["portfolio"] |= {"recall_sold_share": 1.0}
    poor = {"opening_cash_usd": 200_000, "house_deposit_usd": 0, "lead_deposit_usd": 200_000}
    sold["group"]["portfolio"]["holdings"][1] |= {"share": 0.5}
    run = executed(PORTFOLIO, maker=poor, retail={"agent_shares": None}, **sold)
    the_hole = hole(run)

    assert len(tagged(run, "portfolio")) == 4  # two purchases and two sales
    assert the_hole.kinds_usd[Kind.LOANS] == 0
    assert the_hole.kinds_usd[Kind.PORTFOLIO] == 0


def test_later_prices_change_no_earlier_entry(run, executed):
    holdings = portfolio()["holdings"]
    holdings[1]["prices"] = [*holdings[1]["prices"][:2], {"since": RECALL, "usd": 500}]
    other = executed(PORTFOLIO, group={"portfolio": GROUP["portfolio"] | {"holdings": holdings}})

    def before(of: RunFolder) -> list[tuple]:
        return of.select("SELECT * FROM postings WHERE date < ? ORDER BY seq, line", [RECALL])

    assert before(run) == before(other)
    assert hole(run).kinds_usd != hole(other).kinds_usd


@pytest.mark.parametrize("kind", [Kind.PORTFOLIO, Kind.AGENT_DEPOSITS])
def test_a_counterfactual_can_remove_the_portfolio_and_the_agent_deposits_separately(
    run, executed, kind
):
    other = without(run, kind).scenario

    assert (other.coins == ()) == (kind == Kind.PORTFOLIO)
    assert (other.retail.agent_shares is None) == (kind == Kind.AGENT_DEPOSITS)
