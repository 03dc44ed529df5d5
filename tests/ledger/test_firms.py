"""What the trading firms made, worked out by hand for one afternoon and by SQL for a whole run."""

from decimal import Decimal

import numpy as np
import pytest

from ledger import fill_store
from ledger.accounts import income
from ledger.reports.firms import ALL, FillStatistics, fill_statistics, firms, league, total
from ledger.reports.table import Table
from ledger.reports.where import usd_balances
from ledger.run_folder import RunFolder


def table(run: RunFolder, name: str) -> Table:
    return next(table for table in firms(run) if table.name == name)


def column(found: Table, name: str) -> list:
    return [row[found.columns.index(name)] for row in found.rows]


def test_the_largest_edge_stands_first_and_costs_are_what_each_venue_charged(afternoon):
    first, second = league(afternoon)

    assert (first.firm, second.firm) == ("Firm01", "Firm02")
    assert (first.edge_usd, first.house_fees_usd, first.edge_less_fees_usd) == (600, 20, 580)
    assert (second.edge_usd, second.house_fees_usd, second.edge_less_fees_usd) == (200, 10, 190)
    assert (first.lead_cost_usd, second.lead_cost_usd) == (0, 9)
    assert (first.funding_usd, second.funding_usd) == (0, 1)


def test_a_later_firm_overtakes_an_earlier_one_by_edge_alone(afternoon_with):
    more = """
2022-05-10 * "Firm02" "Firm02 takes a stale quote on FTX; Alameda loses 500.00" #pickoff
  seq: 26
  time: "09:00:00.000000"
  Liabilities:FTX:Customers:Firm02           -500.00 USD
  Liabilities:FTX:Customers:Alameda           500.00 USD
  Assets:Firm02:Claims:FTX                    500.00 USD
  Income:Firm02:PickOff                      -500.00 USD
  Assets:Alameda:Claims:FTX                  -500.00 USD
  Income:Alameda:PickOff                      500.00 USD
"""
    results = league(afternoon_with(more))

    assert [(each.firm, each.edge_usd) for each in results] == [("Firm02", 700), ("Firm01", 600)]


def test_variation_margin_stands_by_venue_and_in_sum(afternoon):
    first, second = league(afternoon)

    assert (first.margin_house_usd, first.margin_lead_usd, first.margin_usd) == (-100, 0, -100)
    assert (second.margin_house_usd, second.margin_lead_usd, second.margin_usd) == (-30, 25, -5)


def test_a_firm_is_left_with_what_it_brought_and_what_it_made(afternoon):
    first, second = league(afternoon)

    assert (first.opening_usd, first.result_usd, first.left_usd) == (400, 480, 880)
    assert (first.house_claim_usd, first.lead_claim_usd, first.cash_usd) == (80, 0, 800)
    assert (second.opening_usd, second.result_usd, second.left_usd) == (150, 177, 327)
    assert (second.house_claim_usd, second.lead_claim_usd, second.cash_usd) == (261, 50, 16)


def test_only_what_passes_through_the_house_is_deposited_or_withdrawn_there(afternoon):
    first, second = league(afternoon)

    assert (first.deposits_usd, first.withdrawals_usd) == (300, 700)
    assert (second.deposits_usd, second.withdrawals_usd) == (0, 0)  # 16.00 were at Binance


def test_a_debt_that_a_venue_bears_is_part_of_the_result(afternoon_with):
    borne = """
2022-05-10 open Income:Firm01:GapLoss                      USD
2022-05-10 * "Firm01" "Firm01 is 9.00 short after a price gap; FTX bears it" #gap-loss
  seq: 26
  time: "09:00:00.000000"
  Expenses:FTX:GapLoss                          9.00 USD
  Liabilities:FTX:Customers:Firm01             -9.00 USD
  Assets:Firm01:Claims:FTX                      9.00 USD
  Income:Firm01:GapLoss                        -9.00 USD
"""
    first, _ = league(afternoon_with(borne))

    assert first.gap_loss_usd == 9
    assert first.left_usd == first.opening_usd + first.result_usd == 889


def test_fills_tell_how_many_how_dear_and_how_old_the_quotes_were(afternoon):
    assert fill_statistics(afternoon) == {
        # 30 / 30,000 and 30 / 30,020 of a price, 1 s and 3 s old; then 40 / 30,000, 2.5 s old
        "Firm01": FillStatistics(2, Decimal("10.00"), Decimal("2.000")),
        "Firm02": FillStatistics(1, Decimal("13.33"), Decimal("2.500")),
        ALL: FillStatistics(3, Decimal("10.00"), Decimal("2.500")),
    }


def test_a_firm_that_never_hit_a_quote_has_no_median(afternoon_with):
    found = table(afternoon_with(fills=()), "league")

    assert column(found, "fills") == [0, 0, 0]
    assert column(found, "median_edge_bps") == column(found, "median_age_s") == [None] * 3


def test_shares_of_the_pickoff_loss_sum_to_the_whole(afternoon):
    assert table(afternoon, "share-of-pickoff-loss").rows == [
        ("Firm01", Decimal("600.00"), Decimal("75.0")),
        ("Firm02", Decimal("200.00"), Decimal("25.0")),
        (ALL, Decimal("800.00"), Decimal("100.0")),
    ]


def test_totals_stand_last_and_sum_every_column_of_money(run):
    for name in ("league", "capital", "share-of-pickoff-loss"):
        found = table(run, name)
        assert found.rows[-1][0] == ALL
        for title in found.columns:
            if title.endswith("_usd") or title == "fills":
                *parts, whole = column(found, title)
                assert whole == sum(parts)


def test_what_the_firms_won_the_maker_lost_and_nothing_else_is_left_to_them(any_run):
    lines = dict(table(any_run, "check").rows)

    assert lines["sum (must be 0.00)"] == 0
    assert lines["difference (must be 0.00)"] == 0
    assert lines["PickOff in the books of Alameda"] > 0


def test_a_loss_of_the_maker_that_no_firm_won_shows(afternoon_with):
    hidden = """
2022-05-10 * "Firm01" "Alameda loses 3.00 to nobody" #pickoff
  seq: 26
  time: "09:00:00.000000"
  Income:Alameda:PickOff                        3.00 USD
  Assets:Alameda:Cash                          -3.00 USD
"""
    lines = dict(table(afternoon_with(hidden), "check").rows)

    assert lines["sum (must be 0.00)"] == 3


def test_a_claim_that_only_the_house_books_shows(afternoon_with):
    gift = """
2022-05-10 * "Firm01" "FTX owes Firm01 7.00 more, of which Firm01 knows nothing" #fees
  seq: 26
  time: "09:00:00.000000"
  Liabilities:FTX:Customers:Firm01             -7.00 USD
  Income:FTX:Fees                               7.00 USD
"""
    lines = dict(table(afternoon_with(gift), "check").rows)

    assert lines["difference (must be 0.00)"] == 7


def test_every_amount_is_what_sql_finds_in_the_fills(run):
    parties = run.chart.parties
    with run.connect() as connection:
        for firm in league(run):
            found = connection.execute(
                """
                SELECT sum(edge_cents) FILTER (motive = 'pickoff'),
                       sum(fee_cents) FILTER (venue = $house),
                       sum(fee_cents - edge_cents) FILTER (motive = 'hedging'),
                       sum(edge_cents) FILTER (motive = 'variation-margin' AND venue = $house),
                       sum(edge_cents) FILTER (motive = 'variation-margin' AND venue = $lead),
                       sum(edge_cents) FILTER (motive = 'funding')
                FROM rows WHERE taker = $firm
                """,
                {"house": parties.house, "lead": parties.lead, "firm": firm.firm},
            ).fetchone()
            assert found is not None
            assert [Decimal(cents) / 100 for cents in found] == [
                firm.edge_usd,
                firm.house_fees_usd,
                firm.lead_cost_usd,
                firm.margin_house_usd,
                firm.margin_lead_usd,
                firm.funding_usd,
            ]
            assert all(found)


def test_variation_margin_of_the_two_venues_is_all_that_the_firms_booked(run):
    balances = usd_balances(run)
    for firm in league(run):
        assert firm.margin_usd == -balances[income(firm.firm, "VariationMargin")]
        assert firm.funding_usd == -balances[income(firm.firm, "Funding")]


def test_medians_are_those_that_numpy_finds(run):
    with run.connect() as connection:
        rows = fill_store.read(connection, "rows", run.names)
    rows = rows[rows["motive"] == 0]
    statistics = fill_statistics(run)
    cents = run.chart.contracts[0].cents_per_lot_tick
    notional = np.abs(rows["lots"]) * rows["price"] * cents
    for code, name in enumerate(run.names.entities):
        own = rows["taker"] == code
        if name not in run.chart.parties.firms:
            assert not own.any()
            continue
        bps = np.median(rows["edge_cents"][own] * 10_000 / notional[own])
        age_s = np.median(rows["quote_age_us"][own]) / 1e6
        assert statistics[name].fills == own.sum()
        assert float(statistics[name].median_edge_bps) == pytest.approx(bps, abs=0.0051)
        assert float(statistics[name].median_age_s) == pytest.approx(age_s, abs=0.00051)


def test_nobody_has_a_result_where_there_are_no_firms():
    assert total(()).result_usd == Decimal("0.00")


def test_money_has_cents_and_every_row_is_as_wide_as_its_table(any_run):
    for found in firms(any_run):
        for row in found.rows:
            assert len(row) == len(found.columns)
            for title, cell in zip(found.columns, row, strict=True):
                if title.endswith("usd"):
                    assert cell.as_tuple().exponent == -2
