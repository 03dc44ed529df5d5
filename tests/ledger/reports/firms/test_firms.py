"""The tables on trading firms have correct sums. The table `check` shows errors in the books."""

from decimal import Decimal

import pytest
from bean_queries import asking

from ledger.reports.firms.firm_results import firms
from ledger.reports.firms.league import ALL, league
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder

# Firm01 is a pro, and Firm02 is a larp. In the evening Firm01 earns 9.00 on Binance, and Firm02
# earns 3.00.
SEASON = """
2022-05-09 custom "firm" "Firm01" "pro" 2.000
2022-05-09 custom "firm" "Firm02" "larp" 300.000
2022-05-09 event "Firm01:status" "trading"
2022-05-09 event "Firm02:status" "left"
2022-05-09 open Assets:Firm01:Claims:Binance               USD
2022-05-09 open Liabilities:Binance:Customers:Firm01       USD
2022-05-09 open Income:Firm01:LeadSpread                   USD
2022-05-09 open Income:Firm01:LeadPickOff                  USD
2022-05-09 open Income:Firm02:LeadSpread                   USD
2022-05-09 open Income:Firm02:LeadPickOff                  USD
2022-05-09 open Income:Outside:LeadSpread                  USD

2022-05-10 * "Outside" "Outside pay the spread to firms that quote on Binance" #lead-spread
  seq: 26
  time: "23:59:59.999999"
  Liabilities:Binance:Customers:Outside        12.00 USD
  Assets:Outside:Claims:Binance               -12.00 USD
  Income:Outside:LeadSpread                    12.00 USD
  Liabilities:Binance:Customers:Firm01         -5.00 USD
  Assets:Firm01:Claims:Binance                  5.00 USD
  Income:Firm01:LeadSpread                     -5.00 USD
  Liabilities:Binance:Customers:Firm02         -7.00 USD
  Assets:Firm02:Claims:Binance                  7.00 USD
  Income:Firm02:LeadSpread                     -7.00 USD

2022-05-10 * "Firm01" "Firm01 hits quotes of slower firms on Binance" #lead-pickoff
  seq: 27
  time: "23:59:59.999999"
  Liabilities:Binance:Customers:Firm02          4.00 USD
  Assets:Firm02:Claims:Binance                 -4.00 USD
  Income:Firm02:LeadPickOff                     4.00 USD
  Liabilities:Binance:Customers:Firm01         -4.00 USD
  Assets:Firm01:Claims:Binance                  4.00 USD
  Income:Firm01:LeadPickOff                    -4.00 USD
"""


def table(run: RunFolder, name: str) -> Table:
    return next(table for table in firms(run).tables() if table.name == name)


def column(found: Table, name: str) -> list[Cell]:
    return [row[found.columns.index(name)] for row in found.rows]


def not_zero(run: RunFolder) -> dict[str, Decimal]:
    """Return the lines of the table `check` that must be zero but are not."""
    lines = table(run, "check").rows
    return {line: usd for line, usd in lines if "must be 0.00" in line and usd}


# -------------------------------------------------------------------------- the tables


def test_the_league_table_has_the_class_and_reaction_time_and_status_of_each_firm(afternoon_with):
    found = table(afternoon_with(SEASON), "league")

    assert found.columns[:4] == ("firm", "class", "reaction_ms", "status")
    assert [row[:4] for row in found.rows] == [
        ("Firm01", "pro", Decimal("2.000"), "trading"),
        ("Firm02", "larp", Decimal("300.000"), "left"),
        (ALL, None, None, None),
    ]
    assert column(found, "edge_less_fees_usd") == [580, 190, 770]
    assert column(found, "house_result_usd") == [580, 181, 761]
    assert column(found, "elsewhere_usd") == [9, 3, 12]


def test_a_firm_that_never_hit_a_quote_has_no_median_edge_and_no_median_age(afternoon_with):
    found = table(afternoon_with(fills=()), "league")

    assert column(found, "fills") == [0, 0, 0]
    assert column(found, "median_edge_bps") == column(found, "median_age_s") == [None] * 3


def test_the_table_of_classes_has_a_row_for_each_class_and_a_last_row_for_all_firms(
    afternoon_with,
):
    found = table(afternoon_with(SEASON), "classes")

    assert column(found, "class") == ["pro", "larp", ALL]
    assert column(found, "firms") == [1, 1, 2]
    assert column(found, "fills") == [2, 1, 3]
    assert column(found, "share_of_pickoff_pct") == [75, 25, 100]
    assert column(found, "house_opening_usd") == [0, 100, 100]
    assert column(found, "house_deposits_usd") == [300, 0, 300]
    assert column(found, "house_withdrawals_usd") == [700, 0, 700]
    assert column(found, "house_claim_usd") == [80, 261, 341]
    assert column(found, "payable_usd") == [Decimal(x) for x in ("29.59", "96.55", "126.14")]
    # Firm02 has 330.00 in cash and claims. The house can't pay 164.45 of its debt to Firm02.
    assert column(found, "left_net_usd") == [Decimal(x) for x in ("838.59", "165.55", "1004.14")]


def test_the_table_of_classes_is_empty_and_has_a_note_if_the_run_has_no_classes(afternoon):
    found = table(afternoon, "classes")

    assert found.rows == []
    assert found.notes == ("The books of this run have no classes of firms.",)
    assert column(table(afternoon, "league"), "class") == [None] * 3


def test_shares_of_the_pickoff_loss_sum_to_100_percent(afternoon):
    assert table(afternoon, "share-of-pickoff-loss").rows == [
        ("Firm01", Decimal("600.00"), Decimal("75.0")),
        ("Firm02", Decimal("200.00"), Decimal("25.0")),
        (ALL, Decimal("800.00"), Decimal("100.0")),
    ]


def test_the_claims_of_each_class_and_of_other_customers_are_compared_with_the_cash_of_the_house(
    afternoon_with,
):
    found = table(afternoon_with(SEASON), "claims-against-cash")

    assert column(found, "customers") == [
        "firms: pro",
        "firms: larp",
        "trading firms",
        "retail",
        "other makers",
        "all",
    ]
    assert column(found, "claim_usd") == [80, 261, 341, 0, 470, 811]
    shares = [Decimal(x) for x in ("9.9", "32.2", "42.0", "0.0", "58.0", "100.0")]
    assert column(found, "share_pct") == shares
    unpaid = [Decimal(x) for x in ("50.41", "164.45", "214.86", "0.00", "296.14", "511.00")]
    assert column(found, "unpaid_usd") == unpaid
    # The house has 300.00 in cash. The column `unpaid_if_first_usd` has the unpaid part of a row's
    # claims if these claims are paid first. The column `unpaid_if_last_usd` has the unpaid part if
    # these claims are paid last.
    assert column(found, "unpaid_if_first_usd") == [0, 0, 41, 0, 170, 511]
    assert column(found, "unpaid_if_last_usd") == [80, 261, 341, 0, 470, 511]
    assert column(found, "payable_by_group_usd")[-1] == 688


def test_the_last_row_of_each_table_by_firm_has_the_total_of_every_money_column(run):
    for name in ("league", "margin", "capital", "share-of-pickoff-loss"):
        found = table(run, name)
        assert found.rows[-1][0] == ALL
        for title in found.columns:
            if title.endswith("_usd") or title == "fills":
                *parts, whole = column(found, title)
                assert whole == sum(parts)


def test_tables_by_class_and_by_firm_have_equal_totals_in_the_money_columns_that_they_share(
    afternoon_with,
):
    run = afternoon_with(SEASON)
    found, by_firm = table(run, "classes"), [table(run, name) for name in ("league", "capital")]

    compared = 0
    for each in by_firm:
        for title in set(found.columns) & set(each.columns):
            if title.endswith("_usd"):
                *parts, whole = column(found, title)
                assert whole == sum(parts) == column(each, title)[-1]
                compared += 1
    assert compared == sum(title.endswith("_usd") for title in found.columns)


def test_all_amounts_in_the_tables_have_two_decimals(any_run):
    for found in firms(any_run).tables():
        for row in found.rows:
            for title, cell in zip(found.columns, row, strict=True):
                if title.endswith("usd"):
                    assert cell.as_tuple().exponent == -2


# ----------------------------------------------------------------------- sums that must be zero


def test_all_sums_that_must_be_zero_are_zero(any_run):
    assert not_zero(any_run) == {}


def test_all_sums_that_must_be_zero_are_zero_if_the_house_lends_against_tokens(lending_run):
    assert not_zero(lending_run) == {}


def test_sums_that_must_be_zero_are_zero_if_firms_quote_on_the_lead_venue(afternoon_with):
    run = afternoon_with(SEASON)
    lines = dict(table(run, "check").rows)

    assert not_zero(run) == {}
    assert (
        lines["claims on Binance in the books of the trading firms"] == 62
    )  # Firm02's claim of 50 after the afternoon, and the evening's gains of 9 and 3
    assert lines["remaining claims and cash of the trading firms"] == sum(
        each.left_usd for each in league(run)
    )


def test_sums_that_must_be_zero_are_zero_if_firms_enter_and_leave(crowd_run):
    found = table(crowd_run, "league")

    assert not_zero(crowd_run) == {}
    assert {"trading", "left"} <= set(column(found, "status"))
    assert set(column(table(crowd_run, "classes"), "class")) == {"none", "pro", "larp", ALL}
    for title in ("edge_usd", "lead_cost_usd", "lead_spread_usd", "lead_pickoff_usd"):
        assert column(found, title)[-1] != 0


def test_each_firms_results_at_the_house_and_on_the_lead_venue_agree_with_bean_query(crowd_run):
    ask = asking(crowd_run)
    found = table(crowd_run, "league")
    for title, accounts in (
        ("house_result_usd", "Income:[^:]+:PickOff|Expenses:[^:]+:(Fees|Hedging)"),
        ("elsewhere_usd", "Income:[^:]+:Lead(Spread|PickOff)|Expenses:[^:]+:LeadFees"),
    ):
        asked = ask(
            "SELECT splitcomp(account, ':', 1) AS firm, neg(sum(number)) AS usd "
            f"WHERE account ~ '^({accounts})$' GROUP BY firm"
        )
        booked = dict(asked)
        told = dict(zip(column(found, "firm"), column(found, title), strict=True))
        for firm in crowd_run.chart.parties.firms:
            assert told[firm] == booked.get(firm, 0)
        assert sum(firm in booked for firm in told) > 5


def test_sums_that_must_be_zero_have_parts_that_are_not_zero(any_run):
    lines = dict(table(any_run, "check").rows)

    assert lines["PickOff in the books of Alameda"] > 0
    assert lines["fees of Binance, less debts that Binance covered"] > 0
    assert lines["results of all customers on FTX"] != 0
    assert lines["claims on FTX in the books of the trading firms"] > 0


def test_a_loss_of_the_maker_that_is_not_a_gain_of_a_firm_is_reported(afternoon_with):
    hidden = """
2022-05-10 * "Firm01" "Alameda loses 3.00 to nobody" #pickoff
  seq: 26
  time: "09:00:00.000000"
  Income:Alameda:PickOff                        3.00 USD
  Assets:Alameda:Cash                          -3.00 USD
"""
    assert not_zero(afternoon_with(hidden)) == {"sum (must be 0.00)": 3}


@pytest.mark.parametrize("venue", ["FTX", "Binance"])
def test_if_only_a_venue_records_its_debt_to_a_firm_the_debt_is_reported_for_this_venue(
    afternoon_with, venue
):
    gift = f"""
2022-05-10 * "Firm02" "{venue} owes Firm02 7.00 more, and Firm02 does not record it" #fees
  seq: 26
  time: "09:00:00.000000"
  Liabilities:{venue}:Customers:Firm02             -7.00 USD
  Income:{venue}:Fees                               7.00 USD
"""
    assert not_zero(afternoon_with(gift)) == {
        f"results and fees on {venue} (must be 0.00)": -7,
        f"debts to firms in {venue}'s books, less these claims (must be 0.00)": 7,
        "difference (must be 0.00)": 7,
    }


def test_a_gain_on_the_lead_venue_that_is_not_a_loss_of_another_party_is_reported(
    afternoon_with,
):
    windfall = """
2022-05-10 open Income:Firm02:LeadPickOff                  USD
2022-05-10 * "Firm02" "Firm02 gains 2.00 from nobody" #lead-pickoff
  seq: 26
  time: "09:00:00.000000"
  Liabilities:Binance:Customers:Firm02         -2.00 USD
  Income:Binance:Fees                           2.00 USD
  Assets:Firm02:Claims:Binance                  2.00 USD
  Income:Firm02:LeadPickOff                    -2.00 USD
"""
    assert not_zero(afternoon_with(windfall)) == {"LeadPickOff in all books (must be 0.00)": -2}


def test_a_result_of_an_unknown_kind_is_reported(afternoon_with):
    strange = """
2022-05-10 open Income:Firm02:Airdrops                     USD
2022-05-10 open Income:Outside:Airdrops                    USD
2022-05-10 * "Outside" "Outside give Firm02 6.00 of a kind that is in no table" #airdrop
  seq: 26
  time: "09:00:00.000000"
  Liabilities:Binance:Customers:Firm02         -6.00 USD
  Liabilities:Binance:Customers:Outside         6.00 USD
  Assets:Firm02:Claims:Binance                  6.00 USD
  Income:Firm02:Airdrops                       -6.00 USD
  Assets:Outside:Claims:Binance                -6.00 USD
  Income:Outside:Airdrops                       6.00 USD
"""
    assert not_zero(afternoon_with(strange)) == {"difference (must be 0.00)": 6}
