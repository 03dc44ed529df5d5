"""Daily results of firms agree with calculations by hand, with SQL and with bean-query."""

from datetime import date
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from bean_queries import asking
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import dollars
from ledger.reports.days import calendar, posted_cents
from ledger.reports.firms.daily_results import basis_points, daily_results


def in_dollars(cents: np.ndarray) -> list[list[Decimal]]:
    return [[dollars(each) for each in row] for row in cents]


# ----------------------------------------------------------------------------- the sums

GIFTS = """
2022-05-11 * "Outside" "FTX receives a gift" #gift
  seq: 26
  time: "21:00:00.000000"
  Assets:FTX:Cash                               0.07 USD
  Equity:FTX:Opening                           -0.07 USD
  Assets:Outside:Cash                          -0.07 USD
  Equity:Outside:Opening                        0.07 USD

2022-05-11 * "Outside" "FTX receives a second gift" #gift
  seq: 27
  time: "22:00:00.000000"
  Assets:FTX:Cash                               1.22 USD
  Equity:FTX:Opening                           -1.22 USD
  Assets:Outside:Cash                          -1.22 USD
  Equity:Outside:Opening                        1.22 USD
"""


def test_a_day_without_postings_is_in_the_calendar_and_its_amount_is_zero(afternoon_with):
    run = afternoon_with(GIFTS)

    assert calendar(run) == [date(2022, 5, 9), date(2022, 5, 10), date(2022, 5, 11)]
    assert posted_cents(run, [["Assets:FTX:Cash"]])[1:].tolist() == [[0], [129]]


def test_the_postings_to_all_accounts_of_a_list_are_summed(afternoon_with):
    receiver, giver = "Assets:FTX:Cash", "Assets:Outside:Cash"

    posted = posted_cents(
        afternoon_with(GIFTS), [[receiver, "Equity:Outside:Opening"], [giver], []]
    )

    assert posted[2].tolist() == [258, -129, 0]


def test_the_dollar_postings_to_all_accounts_sum_to_zero_on_every_day(simulated):
    assert not posted_cents(simulated, [list(simulated.opens)]).any()


@given(st.integers(-(10**17), 10**17))
def test_cents_are_converted_to_dollars_exactly(cents):
    assert dollars(cents) * 100 == cents
    assert dollars(cents).as_tuple().exponent == -2


# -------------------------------------------------------------------------- the results

QUOTING = """
2022-05-09 open Assets:Firm01:Claims:Binance               USD
2022-05-09 open Income:Firm01:LeadSpread                   USD
2022-05-09 open Income:Firm01:LeadPickOff                  USD
2022-05-09 open Income:Firm02:LeadPickOff                  USD
2022-05-09 open Expenses:Firm02:LeadFees                   USD

2022-05-10 * "Outside" "Quotes of Firm01 are filled by Outside and by Firm02" #lead-spread
  seq: 26
  time: "23:59:59.999999"
  Assets:Firm01:Claims:Binance                  9.00 USD
  Income:Firm01:LeadSpread                    -13.00 USD
  Income:Firm01:LeadPickOff                     4.00 USD
  Assets:Firm02:Claims:Binance                  3.00 USD
  Income:Firm02:LeadPickOff                    -4.00 USD
  Expenses:Firm02:LeadFees                      1.00 USD
"""


def test_results_at_the_house_and_on_the_lead_venue_agree_with_a_calculation_by_hand(
    afternoon_with,
):
    found = daily_results(afternoon_with(QUOTING))

    assert [firm.name for firm in found.firms] == ["Firm01", "Firm02"]
    assert in_dollars(found.house) == [
        [580, 181],
        [0, 0],
    ]  # edge - fees - hedging costs: Firm01 600 - 20 - 0, Firm02 200 - 10 - 9
    assert in_dollars(found.elsewhere) == [
        [0, 0],
        [9, 3],
    ]  # gains - losses - fees: Firm01 13 - 4 - 0, Firm02 4 - 0 - 1
    assert in_dollars(found.funding) == [[0, 1], [0, 0]]


def test_variation_margin_does_not_change_the_results_at_the_house_or_on_the_lead_venue(
    afternoon_with,
):
    moved = """
2022-05-09 * "Firm01" "Variation margin of Firm01 at FTX" #variation-margin
  seq: 26
  time: "19:00:00.000000"
  Liabilities:FTX:Customers:Firm01           -300.00 USD
  Liabilities:FTX:VariationMargin             300.00 USD
  Assets:Firm01:Claims:FTX                    300.00 USD
  Income:Firm01:VariationMargin              -300.00 USD
"""
    found = daily_results(afternoon_with(moved))

    assert in_dollars(found.house) == [[580, 181]]
    assert in_dollars(found.elsewhere) == [[0, 0]]


def test_daily_results_at_the_house_equal_sums_that_sql_computes_from_the_fills(simulated):
    results = daily_results(simulated)
    with simulated.connect() as connection:
        found = connection.execute(
            """
            SELECT time::DATE, taker, sum(CASE motive WHEN 'pickoff' THEN edge_cents - fee_cents
                                                      WHEN 'hedging' THEN edge_cents - fee_cents
                                                      ELSE 0 END)
            FROM rows GROUP BY ALL
            """
        ).fetchall()
    cents = {(day, firm): each for day, firm, each in found}
    for (i, day), (j, firm) in product(enumerate(results.days), enumerate(results.firms)):
        assert results.house[i, j] == cents.get((day, firm.name), 0)
    assert results.house.any()


def test_daily_results_at_the_lead_venue_agree_with_bean_query(crowd_run):
    ask = asking(crowd_run)
    query = """
        SELECT date, splitcomp(account, ':', 1) AS firm, sum(number) AS usd
        WHERE account ~ ':Lead(Spread|PickOff|Fees)$' GROUP BY date, firm
    """
    booked = {(day, firm): -usd for day, firm, usd in ask(query)}
    results = daily_results(crowd_run)
    for (i, day), (j, firm) in product(enumerate(results.days), enumerate(results.firms)):
        assert Decimal(int(results.elsewhere[i, j])) / 100 == booked.get((day, firm.name), 0)
    assert results.elsewhere.any()


def test_a_day_with_weight_two_counts_twice_in_results_and_in_capital():
    cents, invested = np.array([[6], [9], [0]]), np.array([[1000], [500], [0]])

    found = basis_points(cents, invested, np.array([[1, 1, 1], [2, 1, 0], [0, 0, 3]]))

    # In cents, the weighted results are 15, 21 and 0, and the weighted capital is 1500, 2500 and 0.
    assert found == pytest.approx(np.array([[100], [84], [np.nan]]), nan_ok=True)
