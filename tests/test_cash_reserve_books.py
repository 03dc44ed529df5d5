"""A group keeps cash equal to a share of customers' claims, and buys coins with the rest."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bean_queries import asking

from ledger.reports.life.solvency import solvency
from ledger.run_folder import RunFolder
from runs.full_audit import audit
from runs.scenarios import load

PORTFOLIO = Path(__file__).parent / "worlds" / "portfolio.toml"
SCENARIO = load(str(PORTFOLIO))
GROUP = SCENARIO.group.model_dump(exclude_none=True)
FIRST, PURCHASES, LAST = date(2022, 5, 29), date(2022, 6, 1), date(2022, 6, 3)


def keeping(cash_share: float | None, since: date = FIRST, **group: Any) -> dict[str, Any]:
    """Return settings with a cash share from *since* on, or with no cash share.

    Prices are constant, sales of coins have no haircut, and there is one lender.
    """
    (market,) = (each.model_dump(exclude_none=True) for each in SCENARIO.markets)
    market["price"] |= {
        "anchors": [{"at": date(2022, 5, 29), "price_usd": 30_000}],
        "volatility": [{"since": date(2022, 5, 29), "annual": 0.0}],
    }
    holdings = [each | {"haircut": 0.0} for each in GROUP["portfolio"]["holdings"]]
    holdings[1]["prices"] = holdings[1]["prices"][:1]
    portfolio = GROUP["portfolio"] | {"holdings": holdings}
    if cash_share is not None:
        portfolio |= {"cash_shares": [{"since": since, "share": cash_share}]}
    lender = GROUP["lenders"][0] | {"limits": GROUP["lenders"][0]["limits"][:1]}
    stated = {"portfolio": portfolio, "lenders": [lender]} | group
    line = {"credit_line_usd": 100_000_000}  # more than the maker ever draws
    return {"markets": [market], "group": stated, "maker": line}


def sums_at(run: RunFolder, day: date) -> tuple[Decimal, Decimal]:
    """Ask bean-query for the group's cash and its debt to customers at the end of *day*."""
    ask = asking(run)
    ((cash,),) = ask(
        f"SELECT sum(number) AS n WHERE date <= {day} AND account ~ '^Assets:(FTX|Alameda):Cash$'"
    )
    ((claims,),) = ask(
        f"SELECT sum(number) AS n WHERE date <= {day} AND NOT account ~ 'Alameda$' "
        "AND account ~ '^Liabilities:FTX:Customers:'"
    )
    return cash, -claims


def unpaid(run: RunFolder) -> list[str]:
    return [note.comment for note in run.entries if "unpaid" in getattr(note, "comment", "")]


def test_on_the_first_of_a_month_the_cash_of_the_group_is_about_the_stated_share_of_claims(
    executed,
):
    run = executed(PORTFOLIO, **keeping(0.5))
    cash, claims = sums_at(run, PURCHASES)

    assert [finding.problems for finding in audit(run.path, every_day=True)] == [()] * 7
    assert claims > 1_000_000
    # One lot of BTC costs 300 dollars, and one lot of ALTS costs 100 dollars.
    assert abs(cash - claims / 2) < 300 + 100


def test_a_cash_share_does_not_change_the_books_before_its_first_day(executed):
    late, never = (
        executed(PORTFOLIO, **keeping(0.0, PURCHASES)),
        executed(PORTFOLIO, **keeping(None)),
    )
    before = (
        "SELECT date, account, commodity, units FROM postings "
        f"WHERE date < '{PURCHASES}' ORDER BY ALL"
    )

    assert late.select(before) == never.select(before) != []
    assert sums_at(late, PURCHASES)[0] < sums_at(never, PURCHASES)[0] / 10


def test_the_maker_sells_coins_on_the_day_on_which_the_cash_share_rises(executed):
    shares = [{"since": FIRST, "share": 0.0}, {"since": date(2022, 6, 2), "share": 0.5}]
    stated = keeping(0.0)
    stated["group"]["portfolio"]["cash_shares"] = shares
    run = executed(PORTFOLIO, **stated)
    cash, claims = sums_at(run, date(2022, 6, 2))

    assert sums_at(run, PURCHASES)[0] < claims / 10
    assert cash >= claims / 2


def test_at_constant_prices_investments_of_cash_do_not_change_the_net_worth_of_the_group(executed):
    invested, idle = (executed(PORTFOLIO, **keeping(share)) for share in (0.0, None))
    sheets = [solvency(run, LAST).consolidated for run in (invested, idle)]

    assert sums_at(invested, PURCHASES)[0] < sums_at(idle, PURCHASES)[0] / 10
    assert sheets[0].net_at_mark_usd == sheets[1].net_at_mark_usd


def test_a_group_ends_poorer_with_coins_whose_prices_fall_than_with_assets_worth_a_dollar(
    executed,
):
    like = {
        "name": "DOLLARLIKE",
        "prices": [{"since": FIRST, "usd": 1.0}],
        "share": 1.0,
        "haircut": 0.0,
        "supply": 10**9,
    }
    shares = {"cash_shares": [{"since": FIRST, "share": 0.0}]}
    coins, dollars = (
        executed(PORTFOLIO, group={"portfolio": GROUP["portfolio"] | shares | holdings})
        for holdings in ({}, {"holdings": [like]})
    )
    ask = asking(dollars)
    ((units, cost),) = ask(
        "SELECT sum(number) AS n, sum(number(cost(position))) AS c WHERE currency = 'DOLLARLIKE' "
        "AND account ~ '^Assets:Alameda:'"
    )
    ((paid,),) = ask(
        "SELECT sum(number) AS n WHERE 'portfolio' IN tags AND account = 'Assets:Alameda:Cash'"
    )
    worth = [solvency(run, LAST).consolidated.net_at_mark_usd for run in (coins, dollars)]

    assert units == cost == -paid > 0
    assert worth[0] < worth[1] - 100_000


def test_the_maker_sells_coins_if_it_has_too_little_cash_for_a_payment(executed):
    use = GROUP["uses"][0] | {"date": date(2022, 6, 2), "usd": 2_000_000}
    run = executed(PORTFOLIO, **keeping(0.0, uses=[use]))
    sold = run.select(
        "SELECT sum(units)::BIGINT FROM postings WHERE tag = 'portfolio' AND date = '2022-06-02' "
        "AND account = 'Assets:Alameda:Cash'"
    )
    paid = run.select(
        "SELECT sum(units)::BIGINT FROM postings WHERE account = 'Assets:MineCo:Cash'"
    )

    assert sums_at(run, PURCHASES)[0] < 1_000
    assert sold[0][0] > 2_000_000_00 - 1_000_00
    assert paid == [(2_000_000_00,)]
    assert not unpaid(run)
