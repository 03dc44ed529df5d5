"""The report on planned and booked results agrees with a calculation by hand."""

from decimal import Decimal

from ledger.reports.market.expectations import expectations
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder

# The decision is based on ten earlier days with a volume of $4,000,000. The maker's quotes filled
# $40,000 of this volume. Firms' hits were $6,000 of these $40,000. For ten days the maker plans a
# result of $500 and a volume of $100,000. The run has one day.
DECISION = (
    '2022-05-09 custom "decision" "BTC-PERP" 2.5 2 2.0 10 "growth" "a limit" 1000.00 USD '
    "4000000.00 USD 40000.00 USD 6000.00 USD 500.00 USD 100000.00 USD\n"
)
FIRST = (
    '2022-05-09 custom "decision" "BTC-PERP" 2.5 2 2.0 0 "stated" "" 1000.00 USD 0.00 USD '
    "0.00 USD 0.00 USD\n"
)


def plans(run: RunFolder) -> Table:
    return next(table for table in expectations(run).tables() if table.name == "plans")


def only_row(found: Table) -> dict[str, Cell]:
    (row,) = found.rows
    return dict(zip(found.columns, row, strict=True))


def test_a_plan_is_scaled_to_the_days_of_the_run_and_compared_with_the_outcome(afternoon_with):
    assert only_row(plans(afternoon_with(DECISION))) == {
        "month": "2022-05",
        "market": "BTC-PERP",
        "policy": "growth",
        "half_spread_bps": Decimal("2.5"),
        "shown_usd": 1000,
        "held_by": "a limit",
        "planned_usd": 50,
        "booked_usd": -750,
        "beyond_plan_usd": -800,
        "planned_volume_usd": 10_000,
        "volume_usd": 780_150,
        "planned_share_pct": Decimal("2.5"),  # 100,000 / 4,000,000 in percent
        "share_pct": Decimal("20.0"),
        "hits_before_usd": 600,
        "hits_usd": 750_200,
    }


def test_a_note_states_how_many_results_were_below_the_plan_and_the_sum_of_all_differences(
    afternoon_with,
):
    assert plans(afternoon_with(DECISION)).notes[0] == (
        "The quotes earned less than planned in 1 of 1 market-months. A market-month is one market "
        "in one month. Over all 1 market-months the booked results less the planned results are "
        "-800.00 USD. The result of hits alone is -800.00 USD."
    )


def test_a_decision_without_earlier_data_has_no_plan(afternoon_with):
    found = plans(afternoon_with(FIRST))
    row = only_row(found)

    assert (row["policy"], row["shown_usd"], row["booked_usd"]) == ("stated", 1000, -750)
    unknown = ("held_by", "planned_usd", "planned_volume_usd", "planned_share_pct")
    assert [row[column] for column in (*unknown, "hits_before_usd")] == [None] * 5
    assert found.notes[0] == "No decision in this run has a plan."
