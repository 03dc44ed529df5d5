"""Firms' results agree with calculations by hand and with independent queries."""

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pytest
from bean_queries import asking

from ledger import fill_store
from ledger.accounts import income
from ledger.chart import Chart
from ledger.hit_statistics import FillStatistics, fill_statistics
from ledger.movements import lead_quoting
from ledger.parties import Parties
from ledger.reports.dollars import usd_balances
from ledger.reports.firms.league import (
    ALL,
    NO_CLASS,
    Profile,
    by_class,
    league,
    profiles,
    total,
)
from ledger.text import Text

PARTIES = Parties("FTX", "Alameda", "Binance", "Retail", "OtherMakers", ("Firm01", "Firm02"))

QUOTING_ACCOUNTS = """
2022-05-09 open Assets:Firm01:Claims:Binance               USD
2022-05-09 open Liabilities:Binance:Customers:Firm01       USD
2022-05-09 open Income:Firm01:LeadSpread                   USD
2022-05-09 open Income:Firm01:LeadPickOff                  USD
2022-05-09 open Income:Firm02:LeadSpread                   USD
2022-05-09 open Income:Firm02:LeadPickOff                  USD
2022-05-09 open Income:Outside:LeadSpread                  USD

"""
STORIES = """
2022-05-09 custom "firm" "Firm01" "pro" 2.000
2022-05-09 custom "firm" "Firm02" "larp" 300.000
2022-05-09 event "Firm01:status" "waiting"
2022-05-09 event "Firm02:status" "trading"
2022-05-09 event "Firm01:status" "trading"
2022-05-10 event "Firm02:status" "left"
"""


def as_booked(seq: int, kind: str, who: str, gained_usd: Mapping[str, int]) -> str:
    """Return the text of the entry that a run writes for one evening's results on Binance."""
    evening_us = int(np.datetime64("2022-05-10T23:59:59.999999", "us").astype(np.int64))
    gained_cents = {entity: 100 * usd for entity, usd in gained_usd.items()}
    entry = lead_quoting(evening_us, kind, who, "Binance", gained_cents)
    return Text(Chart(PARTIES, ())).transaction(entry, seq)


EVENING = (
    QUOTING_ACCOUNTS
    + as_booked(26, "LeadSpread", "Outside", {"Outside": -12, "Firm01": 5, "Firm02": 7})
    + as_booked(27, "LeadPickOff", "Firm01", {"Firm02": -4, "Firm01": 4})
)


def test_firms_are_sorted_by_edge_and_the_costs_on_each_venue_are_separate(afternoon):
    first, second = league(afternoon)

    assert (first.firm, second.firm) == ("Firm01", "Firm02")
    assert (first.edge_usd, first.house_fees_usd, first.edge_less_fees_usd) == (600, 20, 580)
    assert (second.edge_usd, second.house_fees_usd, second.edge_less_fees_usd) == (200, 10, 190)
    assert (first.lead_cost_usd, second.lead_cost_usd) == (0, 9)
    assert (first.funding_usd, second.funding_usd) == (0, 1)


def test_a_firm_whose_edge_becomes_the_largest_comes_first(afternoon_with):
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


# ------------------------------------------------------------------------ results on the lead venue


def test_the_result_elsewhere_is_the_result_of_quotes_and_hits_on_the_lead_venue(afternoon_with):
    first, second = league(afternoon_with(EVENING))

    assert (first.lead_spread_usd, first.lead_pickoff_usd, first.elsewhere_usd) == (5, 4, 9)
    assert (second.lead_spread_usd, second.lead_pickoff_usd, second.elsewhere_usd) == (7, -4, 3)


def test_costs_of_hedging_on_the_lead_venue_reduce_the_result_at_the_house(afternoon_with):
    first, second = league(afternoon_with(EVENING))

    assert (first.lead_cost_usd, second.lead_cost_usd) == (0, 9)
    assert (first.house_result_usd, second.house_result_usd) == (
        580,
        181,
    )  # Firm02: 190 (edge less fees) - 9 (hedging costs)


def test_a_gain_of_a_firm_on_the_lead_venue_increases_its_claim_on_the_lead_venue(
    afternoon_with,
):
    first, second = league(afternoon_with(EVENING))

    assert (first.lead_claim_usd, first.result_usd, first.left_usd) == (9, 489, 889)
    assert (second.lead_claim_usd, second.result_usd, second.left_usd) == (53, 180, 330)
    for each in (first, second):
        assert each.opening_capital_usd + each.result_usd == each.left_usd


def test_results_on_the_lead_venue_agree_with_bean_query(afternoon_with):
    run = afternoon_with(EVENING)
    ask = asking(run)
    asked = ask(
        "SELECT splitcomp(account, ':', 1) AS firm, neg(sum(number)) AS usd "
        "WHERE account ~ '^Income:Firm[0-9]+:Lead' GROUP BY firm"
    )

    assert {each.firm: each.elsewhere_usd for each in league(run)} == dict(asked)


# ---------------------------------------------------------------- margin, capital, debts


def test_variation_margin_is_shown_by_venue_and_in_total(afternoon):
    first, second = league(afternoon)

    assert (first.margin_house_usd, first.margin_lead_usd, first.margin_usd) == (-100, 0, -100)
    assert (second.margin_house_usd, second.margin_lead_usd, second.margin_usd) == (-30, 25, -5)


def test_the_remaining_money_of_a_firm_is_its_opening_capital_plus_its_result(afternoon):
    first, second = league(afternoon)

    assert (first.opening_capital_usd, first.result_usd, first.left_usd) == (400, 480, 880)
    assert (first.house_claim_usd, first.lead_claim_usd, first.cash_usd) == (80, 0, 800)
    assert (second.opening_capital_usd, second.result_usd, second.left_usd) == (150, 177, 327)
    assert (second.house_claim_usd, second.lead_claim_usd, second.cash_usd) == (261, 50, 16)


def test_withdrawals_from_the_lead_venue_do_not_count_as_withdrawals_from_the_house(afternoon):
    first, second = league(afternoon)

    assert (first.house_deposits_usd, first.house_withdrawals_usd) == (300, 700)
    assert (second.house_deposits_usd, second.house_withdrawals_usd) == (
        0,
        0,
    )  # Firm02 withdraws 16.00 from Binance, not from FTX


def test_a_claim_on_the_house_is_the_opening_claim_plus_net_deposits_plus_results(afternoon):
    first, second = league(afternoon)

    assert (first.house_opening_usd, second.house_opening_usd) == (0, 100)
    assert first.house_claim_usd == 0 + 300 - 700 + first.edge_less_fees_usd - 100
    assert second.house_claim_usd == 100 + second.edge_less_fees_usd - 30 + second.funding_usd


def test_a_firms_debt_that_the_venue_covers_increases_the_result_of_the_firm(
    afternoon_with,
):
    borne = """
2022-05-10 open Income:Firm01:GapLoss                      USD
2022-05-10 * "Firm01" "Firm01 cannot pay 9.00 of a loss; FTX pays this part" #gap-loss
  seq: 26
  time: "09:00:00.000000"
  Expenses:FTX:GapLoss                          9.00 USD
  Liabilities:FTX:Customers:Firm01             -9.00 USD
  Assets:Firm01:Claims:FTX                      9.00 USD
  Income:Firm01:GapLoss                        -9.00 USD
"""
    first, _ = league(afternoon_with(borne))

    assert first.gap_loss_usd == 9
    assert first.left_usd == first.opening_capital_usd + first.result_usd == 889


def test_the_net_remaining_money_excludes_the_unpaid_part_of_the_claim_on_the_house(afternoon):
    first, second = league(afternoon)

    # The house has 300.00 in cash and owes its customers 811.00.
    assert (first.payable_usd, first.unpaid_usd) == (Decimal("29.59"), Decimal("50.41"))
    assert first.left_net_usd == Decimal("829.59")  # 880.00 less the unpaid 50.41
    assert (second.payable_usd, second.left_net_usd) == (Decimal("96.55"), Decimal("162.55"))


# --------------------------------------------------------------------------- classes


def test_a_profile_has_the_class_and_the_reaction_time_and_the_last_status_of_a_firm(
    afternoon_with,
):
    assert profiles(afternoon_with(STORIES)) == {
        "Firm01": Profile("pro", Decimal("2.000"), "trading"),
        "Firm02": Profile("larp", Decimal("300.000"), "left"),
    }


def test_a_firm_has_no_class_and_no_reaction_time_and_no_status_if_the_books_state_none(afternoon):
    assert [each.profile for each in league(afternoon)] == [Profile(None, None, None)] * 2
    assert by_class(league(afternoon)) == {}


def test_classes_are_sorted_by_reaction_time_and_not_by_edge_or_name(afternoon_with):
    swapped = '2022-05-09 custom "firm" "Firm01" "alpha" 90.000\n' + (
        '2022-05-09 custom "firm" "Firm02" "zulu" 2.000\n'
    )
    found = by_class(league(afternoon_with(swapped)))

    assert [(name, *(each.firm for each in group)) for name, group in found.items()] == [
        ("zulu", "Firm02"),
        ("alpha", "Firm01"),
    ]


def test_firms_without_a_class_form_a_group_of_their_own(afternoon_with):
    half = '2022-05-09 custom "firm" "Firm01" "" 1.000\n' + (
        '2022-05-09 custom "firm" "Firm02" "larp" 300.000\n'
    )
    found = by_class(league(afternoon_with(half)))

    assert {name: [each.firm for each in group] for name, group in found.items()} == {
        NO_CLASS: ["Firm01"],
        "larp": ["Firm02"],
    }


def test_there_are_no_classes_if_no_firm_has_a_class(afternoon_with):
    empty = '2022-05-09 custom "firm" "Firm01" "" 1.000\n'
    first, second = league(afternoon_with(empty))

    assert first.profile == Profile(None, Decimal("1.000"), None)
    assert by_class((first, second)) == {}


def test_the_results_of_the_classes_sum_to_the_total_of_all_firms(afternoon_with):
    results = league(afternoon_with(STORIES + EVENING))
    sums = [total(group) for group in by_class(results).values()]

    assert len(sums) == 2
    assert total(sums) == total(results)
    assert total(results).elsewhere_usd == 12


# ----------------------------------------------------------------------- independent calculations


def test_fill_statistics_are_the_number_of_fills_and_the_median_edge_and_the_median_age(afternoon):
    assert fill_statistics(afternoon) == {
        # Firm01 has two hits. Their edges are 30 / 30,000 and 30 / 30,020 of the price, and the
        # quotes are 1 s and 3 s old. Firm02 has one hit. Its edge is 40 / 30,000 of the price, and
        # the quote is 2.5 s old.
        "Firm01": FillStatistics(2, Decimal("10.00"), Decimal("2.000")),
        "Firm02": FillStatistics(1, Decimal("13.33"), Decimal("2.500")),
        ALL: FillStatistics(3, Decimal("10.00"), Decimal("2.500")),
    }


def test_the_amounts_of_each_firm_equal_sums_that_sql_computes_from_the_fills(run):
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
            # All amounts except funding must differ from zero. Funding can be zero, because long
            # and short positions may offset each other.
            assert all(found[:-1])


def test_variation_margin_and_funding_equal_the_account_balances_with_the_opposite_sign(run):
    balances = usd_balances(run)
    for firm in league(run):
        assert firm.margin_usd == -balances[income(firm.firm, "VariationMargin")]
        assert firm.funding_usd == -balances[income(firm.firm, "Funding")]


def test_the_medians_of_edge_and_quote_age_agree_with_numpy(run):
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


def test_the_total_is_zero_and_there_are_no_classes_if_there_are_no_firms():
    assert total(()).result_usd == Decimal("0.00")
    assert by_class(()) == {}
