"""The comparison of predicted and booked results agrees with hand calculations and with queries."""

import re
import shutil
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from bean_queries import asking
from hypothesis import given
from hypothesis import strategies as st
from whole_cents import assert_whole_cents

from ledger.copy_of_text import write_copy
from ledger.motives import Motive
from ledger.reports.market.expectations import ALL, Expectations, expectations
from ledger.reports.market.maker_share import volume
from ledger.reports.market.promises import (
    CENT,
    Booked,
    Difference,
    MonthInMarket,
    Promise,
    booked_by_month,
    months_in_markets,
    promises,
)
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder

BELIEF = '2022-05-31 custom "belief" "BTC-PERP" 100.00 USD 400000.00 USD\n'
# The sums of these fills are the maker's results in the general ledger of the afternoon: 800.00
# lost, 50.00 earned, and 12.00 paid for a hedge. The usual fills of the afternoon contain no hedge
# of the maker.
WITH_THE_HEDGE = (
    (Motive.PICKOFF, "FTX", "Firm01", "Alameda", 2000, 30_000, 30_030, 1.0),
    (Motive.PICKOFF, "FTX", "Firm02", "Alameda", 500, 30_000, 30_040, 2.5),
    (Motive.SPREAD, "FTX", "Retail", "Alameda", -100, 29_950, 30_000, 0.5),
    (Motive.HEDGE, "Binance", "Alameda", "Outside", 1200, 30_001, 30_000, None),
)


def table(run: RunFolder, name: str) -> Table:
    return next(table for table in expectations(run).tables() if table.name == name)


def column(found: Table, name: str) -> list[Cell]:
    return [row[found.columns.index(name)] for row in found.rows]


def rows(found: Table) -> list[dict[str, Cell]]:
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def usd(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


@pytest.fixture
def believing(busy_run: RunFolder, tmp_path: Path) -> Callable[[str], RunFolder]:
    """Return a function that makes a run with two months, two markets and given predictions."""

    def believe(text: str) -> RunFolder:
        folder = tmp_path / "run"
        shutil.copytree(busy_run.path, folder)
        for path in folder.glob("*.beancount"):
            own = re.sub(r'(?m)^\S+ custom "belief" .*\n', "", path.read_text(encoding="utf-8"))
            path.write_text(own + (text if path.stem == "main" else ""), encoding="utf-8")
        write_copy(folder, RunFolder(folder).entries)
        return RunFolder.at(folder)

    return believe


ALL_PROMISED = """
2022-05-31 custom "belief" "BTC-PERP" 1000.00 USD 900000.00 USD
2022-05-31 custom "belief" "SOL-PERP" 700.00 USD 150000.00 USD
2022-06-30 custom "belief" "BTC-PERP" 1100.00 USD 800000.00 USD
2022-06-30 custom "belief" "SOL-PERP" 0.00 USD 0.00 USD
"""


# ----------------------------------------------------------------------------- calculations by hand


def test_each_month_has_a_prediction_and_a_booked_result_and_a_hedging_cost(afternoon_with):
    month, whole = rows(table(afternoon_with(BELIEF), "expectations"))

    assert month == {
        "month": "2022-05",
        "promised_usd": 100,
        "spread_usd": 50,
        "pickoff_usd": -800,
        "booked_usd": -750,
        "hedging_usd": -12,
        "net_usd": -762,
        "promised_volume_usd": 400_000,
        "volume_usd": 780_150,
        "promised_bps": Decimal("2.50"),
        "booked_bps": Decimal("-9.61"),  # -750 / 780,150 in basis points
    }
    assert whole == month | {"month": ALL}


def test_the_difference_is_the_sum_of_a_volume_part_and_a_pickoff_part_and_a_remainder(
    afternoon_with,
):
    found = table(afternoon_with(BELIEF), "difference")

    # The predicted rate is 2.5 bps. On the whole volume, 780,150, this rate gives 195.04, which is
    # 95.04 more than the predicted 100.00. On the firms' volume, 750,200, the rate gives 187.55,
    # but 800.00 was lost: a difference of -987.55. On retail's volume, 29,950, the rate gives 7.49,
    # and 50.00 was earned: a difference of 42.51.
    parts = usd("-850.00", "95.04", "-987.55", "42.51")
    assert found.rows == [
        ("2022-05", "BTC-PERP", *parts),
        ("2022-05", ALL, *parts),
        (ALL, ALL, *parts),
    ]


def test_hedging_costs_by_market_are_computed_from_fills(afternoon_with):
    (line,) = rows(table(afternoon_with(BELIEF, fills=WITH_THE_HEDGE), "expectations-by-market"))

    assert (line["market"], line["hedging_usd"], line["net_usd"]) == ("BTC-PERP", -12, -762)
    assert line["volume_usd"] == 600_000 + 150_000 + 29_950  # hedges are not part of the volume


def test_a_prediction_is_used_for_the_month_of_its_date(afternoon_with):
    later = BELIEF.replace("05-31", "06-30")
    run = afternoon_with(later)

    assert promises(run) == {("2022-06", "BTC-PERP"): Promise(*usd("100.00", "400000.00"))}
    may, june, whole = rows(table(run, "expectations"))
    assert (may["promised_usd"], may["booked_usd"]) == (None, -750)
    assert (june["promised_usd"], june["booked_usd"]) == (100, 0)
    assert june["booked_bps"] is None
    # May has trades but no prediction, so the total has no comparison.
    assert (whole["promised_usd"], whole["booked_usd"]) == (None, -750)


def test_in_a_month_without_fills_the_volume_part_is_the_whole_difference(afternoon_with):
    found = table(afternoon_with(BELIEF.replace("05-31", "06-30")), "difference")

    assert found.rows[2] == ("2022-06", "BTC-PERP", *usd("-100.00", "-100.00", "0.00", "0.00"))
    assert found.rows[-1] == (ALL, ALL, None, None, None, None)


def test_a_run_without_predictions_has_a_note_and_shows_booked_results(afternoon):
    found = table(afternoon, "expectations")

    assert found.notes[0] == "The books of this run have no simulated results."
    assert column(found, "promised_usd") == column(found, "promised_bps") == [None, None]
    assert column(found, "booked_usd") == [-750, -750]
    assert column(table(afternoon, "difference"), "difference_usd") == [None] * 3


def test_a_run_with_predictions_has_no_note_on_missing_predictions(afternoon_with):
    assert not any(
        "no simulated results" in note
        for note in table(afternoon_with(BELIEF), "expectations").notes
    )


def test_the_total_includes_results_without_a_prediction_and_the_answer_states_them_separately():
    booked = [Booked(spread_usd=Decimal(spread)) for spread in (300, -50)]
    lines = (
        MonthInMarket("2022-10", "BTC-PERP", Promise(Decimal(500), Decimal(1000)), booked[0]),
        MonthInMarket("2022-11", "BTC-PERP", None, booked[1]),
    )
    ledger = {line.month: line.booked for line in lines}
    found = Expectations("Alameda", lines, ledger, ())

    assert found.tables()[0].rows[-1][4] == 250
    assert "In the same months the quotes earned $300 before hedging" in found.answer()
    beside = (
        "Quotes without a prediction (in 2022-11) are not counted: they lost $50 before hedging"
    )
    assert beside in found.answer()
    assert "without a prediction" not in Expectations("A", lines[:1], ledger, ()).answer()


# -------------------------------------------------------------------------- parts of the difference

AMOUNTS = st.integers(-(10**12), 10**12).map(lambda cents: cents * CENT)
VOLUMES = st.integers(0, 10**14).map(lambda cents: cents * CENT)
PROMISES = st.builds(Promise, AMOUNTS, VOLUMES)
BOOKED = st.builds(Booked, AMOUNTS, AMOUNTS, AMOUNTS, VOLUMES, VOLUMES)


@given(PROMISES, BOOKED)
def test_the_parts_of_the_difference_sum_to_the_booked_result_less_the_predicted_result(
    promise, booked
):
    parts = MonthInMarket("2022-05", "BTC-PERP", promise, booked).difference

    assert parts.whole_usd == booked.spread_usd + booked.pickoff_usd - promise.result_usd


@given(PROMISES.filter(lambda promise: promise.volume_usd), BOOKED)
def test_each_part_of_the_difference_agrees_within_a_cent_with_a_calculation_in_fractions(
    promise, booked
):
    parts = MonthInMarket("2022-05", "BTC-PERP", promise, booked).difference
    rate = Fraction(promise.result_usd) / Fraction(promise.volume_usd)
    spread_volume, pickoff_volume = booked.spread_volume_usd, booked.pickoff_volume_usd
    beyond = Fraction(spread_volume + pickoff_volume - promise.volume_usd)

    by_pickoffs = Fraction(booked.pickoff_usd) - rate * Fraction(pickoff_volume)
    by_others = Fraction(booked.spread_usd) - rate * Fraction(spread_volume)
    half_a_cent = Fraction(1, 200)
    assert abs(Fraction(parts.from_volume_usd) - rate * beyond) <= half_a_cent
    assert abs(Fraction(parts.from_pickoffs_usd) - by_pickoffs) <= half_a_cent
    assert abs(Fraction(parts.rest_usd) - by_others) <= 2 * half_a_cent


@given(PROMISES.filter(lambda promise: promise.volume_usd))
def test_an_exact_prediction_leaves_no_difference(promise):
    booked = Booked(spread_usd=promise.result_usd, spread_volume_usd=promise.volume_usd)
    parts = MonthInMarket("2022-05", "BTC-PERP", promise, booked).difference

    assert parts == Difference(*usd("0.00", "0.00", "0.00"))


@given(PROMISES.filter(lambda promise: promise.volume_usd), st.integers(2, 9))
def test_the_volume_part_is_the_whole_difference_if_volume_and_result_grow_by_the_same_factor(
    promise, times
):
    booked = Booked(
        spread_usd=times * promise.result_usd, spread_volume_usd=times * promise.volume_usd
    )
    parts = MonthInMarket("2022-05", "BTC-PERP", promise, booked).difference

    assert parts == Difference((times - 1) * promise.result_usd, *usd("0.00", "0.00"))


# ------------------------------------------------------------------------ independent calculations


def test_monthly_results_agree_with_bean_query(any_run):
    ask = asking(any_run)
    asked = ask(
        "SELECT year, month, neg(sum(number)) AS usd "
        "WHERE account ~ '^(Income|Expenses):Alameda:(Spread|PickOff|Hedging)$' "
        "GROUP BY year, month"
    )
    *months, _ = rows(table(any_run, "expectations"))

    assert {m["month"]: m["net_usd"] for m in months} == {
        f"{year}-{month:02}": number for year, month, number in asked
    }


def test_monthly_results_from_fills_agree_with_the_general_ledger(run):
    fills: dict[str, Booked] = defaultdict(Booked)
    for line in months_in_markets(run):
        fills[line.month] += line.booked

    for month, booked in booked_by_month(run).items():
        assert fills[month].result_usd == booked.result_usd
        assert fills[month].hedging_usd == booked.hedging_usd
    assert all(not any(differences) for _, *differences in table(run, "check").rows)


def test_the_check_table_shows_a_hedge_that_is_missing_from_the_fills(afternoon):
    assert table(afternoon, "check").rows == [("2022-05", *usd("0.00", "0.00", "12.00"))]


def test_the_check_table_has_only_zeros_if_fills_agree_with_the_general_ledger(afternoon_with):
    run = afternoon_with(fills=WITH_THE_HEDGE)

    assert table(run, "check").rows == [("2022-05", *usd("0.00", "0.00", "0.00"))]


def test_the_volume_agrees_with_the_report_on_market_shares(any_run):
    told = {(v.market, v.month): v.maker_usd for v in volume(any_run)}
    found = {(m.market, m.month): m.booked.volume_usd for m in months_in_markets(any_run)}

    assert found == told
    assert all(found.values())


# -------------------------------------------------------------------- months and markets


def test_amounts_of_markets_sum_to_amounts_of_months_and_amounts_of_months_sum_to_the_total(
    believing,
):
    run = believing(ALL_PROMISED)
    by_market, months = rows(table(run, "expectations-by-market")), rows(table(run, "expectations"))

    assert [(line["month"], line["market"]) for line in by_market] == [
        (month, market) for month in ("2022-05", "2022-06") for market in ("BTC-PERP", "SOL-PERP")
    ]
    for title in months[0]:
        if title.endswith("_usd"):
            for month in months[:-1]:
                parts = [line[title] for line in by_market if line["month"] == month["month"]]
                assert month[title] == sum(parts)
            assert months[-1][title] == sum(month[title] for month in months[:-1])
    assert months[-1]["promised_usd"] == 2800
    assert all(month["booked_usd"] for month in months)


def test_the_parts_sum_to_the_difference_and_the_parts_of_all_markets_sum_to_the_total(believing):
    run = believing(ALL_PROMISED)
    found, promised = rows(table(run, "difference")), rows(table(run, "expectations"))
    parts = ("from_volume_usd", "from_pickoffs_usd", "rest_usd")

    for line in found:
        assert line["difference_usd"] == sum(line[part] for part in parts)
    sums = {line["month"]: line["difference_usd"] for line in found if line["market"] == ALL}
    assert sums == {m["month"]: m["booked_usd"] - m["promised_usd"] for m in promised}
    for part in parts:
        markets = [line[part] for line in found if line["market"] != ALL]
        assert len(markets) == 4
        assert found[-1][part] == sum(markets)


def test_a_month_has_no_comparison_if_one_market_has_no_prediction(believing):
    run = believing('2022-05-31 custom "belief" "BTC-PERP" 1000.00 USD 900000.00 USD\n')
    may, june, whole = rows(table(run, "expectations"))

    assert [line["promised_usd"] for line in (may, june, whole)] == [None, None, None]
    first, *others = rows(table(run, "expectations-by-market"))
    assert (first["market"], first["promised_usd"]) == ("BTC-PERP", 1000)
    assert [line["promised_usd"] for line in others] == [None] * 3


def test_all_amounts_in_the_tables_have_two_decimals(any_run, believing):
    for run in (any_run, believing(ALL_PROMISED)):
        assert_whole_cents(expectations(run).tables())
