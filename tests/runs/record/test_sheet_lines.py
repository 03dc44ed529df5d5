"""Lines of a run's balance sheet agree with sums of its postings at Beancount's prices."""

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.prices import build_price_map, get_price

from ledger.run_folder import RunFolder
from runs.record import sheet_lines
from runs.record.measured_books import MeasuredBooks, Span

WORLDS = Path(__file__).parents[2] / "worlds"
DAY = date(2022, 6, 2)
SPAN = Span(DAY, DAY)
IN_COINS = date(2022, 5, 14)

MAKER = "^Assets:Alameda:(?!Contracts)"
DEBTS = "^Liabilities:Alameda:"
STAKES = "(Ventures|Acquisitions)"
HOUSE = "^Assets:FTX:"

# for each line: the pattern of its accounts, and the pattern of its commodities
LINES = {
    "all_assets_of_maker": (MAKER, "."),
    "tokens_of_others": (MAKER, "^SOL$"),
    "stakes": (f"^Assets:(FTX|Alameda):{STAKES}", "USD"),
    "stakes_of_maker": (f"^Assets:Alameda:{STAKES}", "USD"),
    "cash_of_maker": ("^Assets:Alameda:(Cash|Claims:Binance)$", "USD"),
    "net_worth_without_own_circle": (f"{MAKER[:-1]}|Tokens)|{DEBTS}", "USD"),
    "own_assets_of_exchange": (f"{HOUSE}|^Liabilities:FTX:Customers:", "."),
    "owed_by_maker": ("^Assets:FTX:CreditLine|^Liabilities:FTX:Customers:Alameda$", "USD"),
    "liquid_of_group": ("^Assets:(FTX:Cash|Alameda:(Cash|Claims:Binance))$", "USD"),
    "tokens_of_group": ("^Assets:(FTX|Alameda):Tokens", "^(SOL|FTT)$"),
}


@pytest.fixture(scope="module")
def group_run(executed) -> RunFolder:
    """Return a run of five days: the group borrows and invests, and lenders recall loans."""
    return executed(WORLDS / "group.toml")


def by_beancount(run: RunFolder, accounts: str, commodities: str, day: date = DAY) -> Decimal:
    """Return the value in dollars of the matching postings until *day*, at that day's prices."""
    units: dict[str, Decimal] = defaultdict(Decimal)
    for entry in run.transactions:
        for posting in entry.postings if entry.date <= day else ():
            if re.search(accounts, posting.account):
                units[posting.units.currency] += posting.units.number
    prices = build_price_map(run.entries)
    worth = {
        each: number if each == "USD" else number * (get_price(prices, (each, "USD"), day)[1] or 0)
        for each, number in units.items()
        if re.search(commodities, each)
    }
    return sum(worth.values(), Decimal(0))


@pytest.mark.parametrize("line", LINES)
def test_each_line_of_a_balance_sheet_agrees_with_a_sum_of_postings(
    group_run: RunFolder, line: str
):
    expected = by_beancount(group_run, *LINES[line])
    found = getattr(sheet_lines, line)(MeasuredBooks(group_run), SPAN)

    assert found == round(expected, 2) != 0


IN_KIND = {
    "net_worth_without_own_circle": (f"{MAKER[:-1]}|Tokens)|{DEBTS}", "."),
    "own_assets_of_exchange": (f"{HOUSE}|^Liabilities:FTX:(Customers|Coins):", "."),
    "owed_by_maker": ("^Assets:FTX:CreditLine|^Liabilities:FTX:Customers:Alameda$", "."),
    "shortfall_of_exchange": (
        "^Liabilities:FTX:(Coins|Customers:(?!Alameda))|^Assets:FTX:(Cash|Coins)",
        ".",
    ),
    "liquid_of_group": ("^Assets:(FTX:(Cash|Coins)|Alameda:(Cash|Claims:Binance))", "."),
    "found_in_group": ("^Assets:(FTX:(Cash|Coins)|Alameda:(Cash|Claims:Binance))", "."),
}


@pytest.fixture(scope="module")
def coins_run(executed) -> RunFolder:
    """Return a run of six days. The house owes coins, and the maker sells some of these coins."""
    return executed(WORLDS / "coins.toml")


@pytest.mark.parametrize("line", IN_KIND)
def test_coins_of_customers_are_valued_at_the_price_of_the_day_as_assets_and_as_debts(
    coins_run: RunFolder, line: str
):
    expected = by_beancount(coins_run, *IN_KIND[line], day=IN_COINS)
    found = getattr(sheet_lines, line)(MeasuredBooks(coins_run), Span(IN_COINS, IN_COINS))
    lent = by_beancount(coins_run, "^Assets:FTX:CreditLine", "BTC|ALTS|STABLE", day=IN_COINS)

    assert lent > 0
    assert abs(found) == abs(round(expected, 2)) != 0


def test_coins_of_customers_are_not_counted_as_tokens_of_the_group(coins_run: RunFolder):
    books, span = MeasuredBooks(coins_run), Span(IN_COINS, IN_COINS)

    assert sheet_lines.tokens_of_group(books, span) is None
    assert sheet_lines.tokens_of_others(books, span) is None


def test_the_assets_on_a_balance_sheet_are_liquid_assets_plus_tokens_plus_stakes(
    group_run: RunFolder,
):
    books = MeasuredBooks(group_run)
    parts = (sheet_lines.liquid_of_group, sheet_lines.tokens_of_group, sheet_lines.stakes)

    assert sheet_lines.shown_by_sheet(books, SPAN) == sum(part(books, SPAN) for part in parts)
    assert sheet_lines.found_in_group(books, SPAN) == sum(part(books, SPAN) for part in parts[:2])


def test_the_printed_debts_of_the_maker_leave_out_its_credit_line(group_run: RunFolder):
    books = MeasuredBooks(group_run)
    owed = -by_beancount(group_run, "^Liabilities:Alameda:Loans", "USD")

    assert sheet_lines.debts_as_printed(books, SPAN) == owed != 0
    assert sheet_lines.owed_by_maker(books, SPAN) > 0


def test_tokens_of_the_exchange_reduce_its_shortfall_and_its_stakes_do_not(executed):
    """In this run the exchange buys a stake. The stake must not reduce the shortfall."""
    stake = {
        "date": date(2022, 5, 31),
        "usd": 10_000,
        "kind": "Acquisitions",
        "by": "house",
        "to": "MineCo",
        "why": "buys all of it",
    }
    run = executed(WORLDS / "group.toml", group={"uses": [stake]}, run={"end": date(2022, 6, 3)})
    claims = -by_beancount(run, "^Liabilities:FTX:Customers:(?!Alameda)", "USD")
    found = by_beancount(run, "^Assets:FTX:(Cash|Tokens|MarginLoans)", ".")

    assert by_beancount(run, "^Assets:FTX:Acquisitions:", "USD") == 10_000
    assert sheet_lines.shortfall_of_exchange(MeasuredBooks(run), SPAN) == claims - found


def test_trading_results_leave_out_uses_of_money_and_interest(group_run: RunFolder):
    books = MeasuredBooks(group_run)
    results = "^(Income|Expenses):Alameda:"
    paid = f"{results}(Buyback|Politics|Interest|Takeovers|Incidents)$"
    within = Span(books.days.first, DAY)

    expected = by_beancount(group_run, paid, "USD") - by_beancount(group_run, results, "USD")
    assert sheet_lines.all_trading(books, within) == expected != 0
    assert by_beancount(group_run, paid, "USD") > 0


def test_a_recorded_line_without_accounts_in_the_run_has_no_value(tiny_run: RunFolder):
    books = MeasuredBooks(tiny_run)
    nothing = Span(books.days.last, books.days.last)

    for line in ("tokens_of_others", "stakes", "debts_as_printed", "wired_to_maker"):
        assert getattr(sheet_lines, line)(books, nothing) is None


def test_claims_in_coins_and_in_dollars_sum_to_all_claims(coins_run: RunFolder):
    books, span = MeasuredBooks(coins_run), Span(IN_COINS, IN_COINS)
    by_coin = [sheet_lines.claims_in(coin)(books, span) for coin in ("BTC", "ALTS", "STABLE")]
    accounts = "^Liabilities:FTX:Coins:"

    assert by_coin[0] == round(-by_beancount(coins_run, accounts, "BTC", day=IN_COINS), 2) > 0
    in_dollars = sheet_lines.claims_in_dollars(books, span)
    assert in_dollars == books.standing(IN_COINS).claims_usd - sum(by_coin)
    assert sheet_lines.claims_in("ETH")(books, span) is None


def test_the_line_of_claims_in_dollars_has_no_value_if_the_exchange_owes_no_coins(
    tiny_run: RunFolder,
):
    books = MeasuredBooks(tiny_run)

    assert sheet_lines.claims_in_dollars(books, Span(*2 * (books.days.last,))) is None
