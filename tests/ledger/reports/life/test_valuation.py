"""The report on the house's value agrees with the notes in the books."""

from datetime import date
from decimal import Decimal

import pytest

from ledger.reports.life.share_prices import appraisals, reviews, rounds, valuation
from ledger.reports.table import Table
from ledger.run_folder import RunFolder

GROWTH, WITHOUT = '"by growth"', '"by growth without the maker\'s quotes"'
FIRM = '"as a trading firm"'
NOTED = f"""
2022-06-01 custom "appraisal" "2022-05" {GROWTH} 100.00 USD 1000.00 USD 2000.00 USD 4000.00 USD
2022-06-01 custom "appraisal" "2022-05" {WITHOUT} 80.00 USD 800.00 USD 1600.00 USD 3200.00 USD
2022-06-01 custom "appraisal" "2022-05" {FIRM} 30.00 USD 90.00 USD 150.00 USD 300.00 USD
2022-06-01 custom "review" "FTX" "captive" "quotes on" -12.00 USD -15.00 USD 400.00 USD
2022-06-10 custom "valuation" "series-b" 50.00 USD 2250.00 USD
2022-06-10 custom "appraisal" "series-b" {GROWTH} 100.00 USD 1000.00 USD 2000.00 USD 4000.00 USD
2022-06-10 custom "appraisal" "series-b" {WITHOUT} 80.00 USD 800.00 USD 1600.00 USD 3200.00 USD
2022-06-10 custom "appraisal" "series-b" {FIRM} 30.00 USD 90.00 USD 150.00 USD 300.00 USD
2022-06-20 custom "valuation" "seed" 9.00 USD 0.00 USD
2022-07-01 custom "appraisal" "2022-06" {GROWTH} -10.00 USD 0.00 USD 0.00 USD 0.00 USD
2022-07-01 custom "appraisal" "2022-06" {WITHOUT} -40.00 USD 0.00 USD 0.00 USD 0.00 USD
2022-07-01 custom "appraisal" "2022-06" {FIRM} -5.00 USD 0.00 USD 0.00 USD 0.00 USD
2022-07-01 custom "review" "FTX" "captive" "shuts off" -3.00 USD -18.00 USD 0.00 USD
2022-07-01 custom "review" "Binance" "independent" "sizes down" -1.00 USD -1.00 USD
"""


@pytest.fixture
def noted(life_with) -> RunFolder:
    return life_with(NOTED)


def table(run: RunFolder, name: str) -> Table:
    return next(table for table in valuation(run).tables() if table.name == name)


def test_a_funding_round_is_compared_with_the_computed_value_of_the_house(noted):
    first, second = table(noted, "rounds").rows

    # The fees grew by 100 dollars. The recorded value, 2,250 dollars, is 22.5 times this growth.
    assert first[:6] == (date(2022, 6, 10), "series-b", 50, 2250, 100, Decimal("22.5"))
    assert first[6:] == (1000, 2000, 4000, 1600, 150)
    assert second == (date(2022, 6, 20), "seed", 9, None, *(None,) * 7)


def test_a_recorded_value_of_zero_is_read_as_missing(noted):
    assert [each.recorded_usd for each in rounds(noted)] == [2250, None]


def test_the_table_of_months_states_the_value_of_the_house_with_and_without_the_makers_quotes(
    noted,
):
    assert table(noted, "months").rows == [
        # The columns: month, growth, value, growth without quotes, value without quotes,
        # difference of the two values, earnings, value by earnings.
        ("2022-05", 100, 2000, 80, 1600, 400, 30, 150),
        ("2022-06", -10, 0, -40, 0, 0, -5, 0),
    ]


def test_the_table_of_reviews_shows_each_decision_with_its_figures(noted):
    assert [tuple(each) for each in reviews(noted)] == [
        (date(2022, 6, 1), "FTX", "captive", "quotes on", -12, -15, 400),
        (date(2022, 7, 1), "FTX", "captive", "shuts off", -3, -18, 0),
        (date(2022, 7, 1), "Binance", "independent", "sizes down", -1, -1, None),
    ]
    assert table(noted, "reviews").rows == reviews(noted)


def test_the_table_of_valuation_methods_has_a_range_of_values_for_each_method(noted):
    ways = table(noted, "ways")

    assert len(ways.rows) == 3 * 3
    assert ways.rows[3] == ("series-b", "by growth", 100, 1000, 2000, 4000)
    assert list(appraisals(noted)) == ["2022-05", "series-b", "2022-06"]


def test_there_is_no_multiple_of_growth_if_the_growth_of_the_house_is_negative(life_with):
    shrinking = NOTED.replace('"series-b" "by growth" 100.00', '"series-b" "by growth" -1.00')

    assert table(life_with(shrinking), "rounds").rows[0][5] is None
