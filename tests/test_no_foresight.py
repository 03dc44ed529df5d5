"""No decision uses the future: a change of later prices changes no earlier decision.

Each test compares two runs that have the same inputs until a moment. After this moment the
prices, the recorded volume, or both differ. The recorded volume of a day is an input that is known
from the first hour of the day, but not before.
"""

from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from ledger.notes import Decision
from ledger.run_folder import RunFolder
from runs.scenarios import load

WORLDS = Path(__file__).parent / "worlds"
MONTHS, EVERYTHING = WORLDS / "months.toml", WORLDS / "everything.toml"
POLICIES: dict[str, dict[str, Any]] = {
    "stated": {"policy": "stated"},
    "growth": {"policy": "growth", "target_share": 0.9},
    "believed": {"policy": "believed"},
}
CLOSURES = ("stated", "recorded")
START, END = date(2022, 4, 24), date(2022, 6, 2)
FIRST_OF_MAY = date(2022, 5, 1)  # from this day on, the two runs have different prices
AFTER = {
    "price": [{"at": date(2022, 6, 3), "price_usd": 75_000}],
    "law": [{"since": FIRST_OF_MAY, "annual": 3.0}],
    "day": [{"day": date(2022, 5, 20), "usd": 90_000_000}],
}
NOON = datetime(2022, 5, 31, 12)  # everything.toml states a price for this time
ONE_HOUR = timedelta(hours=1)


@cache
def market(policy: str, closure: str, parted: bool) -> dict[str, Any]:
    """Return the market's settings for a policy. If *parted*, inputs from 1 May on are changed."""
    (whole,) = (each.model_dump(exclude_none=True) for each in load(str(MONTHS)).markets)
    if policy == "stated":
        del whole["quoter"]["most_displayed_usd"]
    if closure == "recorded":
        whole["volume"] = whole.pop("demand")
    if parted:
        price = whole["price"]
        anchors = [each for each in price["anchors"] if each["at"] <= FIRST_OF_MAY]
        whole["price"] = price | {
            "anchors": [*anchors, *AFTER["price"]],
            "volatility": [*price["volatility"], *AFTER["law"]],
        }
        if closure == "recorded":
            volume = [
                each | {"usd": 3e8 if each["month"] <= "2022-04" else 9e8}
                for each in whole["volume"]
            ]
            whole |= {"volume": volume, "volume_of_days": AFTER["day"]}
    return whole


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            each,
            id="-".join(each),
            # Slow. The fast cases test recorded volume and stated sizes, but not both together.
            marks=pytest.mark.slow if each == ("recorded", "stated") else (),
        )
        for each in product(CLOSURES, POLICIES)
    ],
)
def two_paths(request, executed) -> tuple[RunFolder, RunFolder]:
    """Return two runs with the same prices before 1 May and different prices from then on."""
    closure, policy = request.param
    one, other = (
        executed(
            MONTHS,
            run={"start": START, "end": END, "one_hour_in": 8},
            maker={"quoting": POLICIES[policy]},
            demand={"closure": closure},
            markets=[market(policy, closure, parted)],
        )
        for parted in (False, True)
    )
    return one, other


def rows_before(run: RunFolder, moment: datetime) -> list[tuple]:
    return run.select("SELECT * FROM rows WHERE time < ? ORDER BY ALL", [moment])


def postings_before(run: RunFolder, day: date) -> list[tuple]:
    return run.select("SELECT * FROM postings WHERE date < ? ORDER BY seq, line", [day])


def decisions(run: RunFolder) -> dict[date, Decision]:
    return dict(run.dated_notes(Decision))


def test_later_prices_change_no_earlier_fill_and_no_earlier_posting(two_paths):
    one, other = two_paths

    midnight = datetime.combine(FIRST_OF_MAY, time())
    before = rows_before(one, midnight)
    assert len(before) > 1_000
    assert before == rows_before(other, midnight)
    assert postings_before(one, FIRST_OF_MAY) == postings_before(other, FIRST_OF_MAY)


def test_decisions_on_a_day_do_not_depend_on_later_prices(two_paths):
    one, other = map(decisions, two_paths)

    for day in (START, FIRST_OF_MAY):
        assert one[day] == other[day]


def test_decisions_depend_on_the_prices_of_the_month_before_the_decision(two_paths):
    """The prices of May differ enough between the two runs to change the next decision."""
    one, other = (decisions(run)[date(2022, 6, 1)] for run in two_paths)

    assert one.seen_days == other.seen_days == 31
    assert one.hits_usd < other.hits_usd
    assert (one.planned_result_usd, one.planned_volume_usd) != (
        other.planned_result_usd,
        other.planned_volume_usd,
    )


@pytest.mark.parametrize("closure", CLOSURES)
def test_fills_and_entries_of_a_morning_do_not_depend_on_prices_after_noon(executed, closure):
    """The world has customers on margin, pledged loans, pools, lenders and a bank run.

    The prices of the two runs differ after noon. If volumes are recorded, the volume of the next
    day differs too.
    """
    one, other = (noon_world(executed, closure, parted) for parted in (False, True))

    assert len(rows_before(one, NOON)) > 100
    assert rows_before(one, NOON) == rows_before(other, NOON)
    assert entries_before(one, NOON) == entries_before(other, NOON)
    assert rows_before(one, NOON + ONE_HOUR) != rows_before(other, NOON + ONE_HOUR)


def noon_world(executed, closure: str, parted: bool) -> RunFolder:
    (whole,) = (each.model_dump(exclude_none=True) for each in load(str(EVERYTHING)).markets)
    if closure == "recorded":
        whole["volume"] = whole.pop("demand")
    if parted:
        *before, last = whole["price"]["anchors"]
        whole["price"] |= {"anchors": [*before, last | {"price_usd": 9_000}]}
    if parted and closure == "recorded":
        whole["volume_of_days"] = [{"day": date(2022, 6, 1), "usd": 80_000_000}]
    return executed(EVERYTHING, demand={"closure": closure}, markets=[whole])


def entries_before(run: RunFolder, moment: datetime) -> list[tuple]:
    """Return the postings before a moment, without the opening balances of the party `Outside`.

    `Outside` begins with all dollars that it pays during the run. So its opening balance depends on
    later prices, but no decision uses this balance.
    """
    return run.select(
        "SELECT * FROM postings WHERE time < ? AND NOT (entity = 'Outside' AND tag = 'opening') "
        "ORDER BY seq, line",
        [moment],
    )


def test_a_recorded_volume_has_an_effect_from_the_first_hour_of_its_day_on_but_not_before(executed):
    usual, busy = (
        executed(
            MONTHS,
            run={"start": START, "end": date(2022, 4, 27), "settle_s": 3600, "day_ledgers": []},
            maker={"quoting": POLICIES["growth"]},
            demand={"closure": "recorded"},
            markets=[market("growth", "recorded", parted=False) | {"volume_of_days": days}],
        )
        for days in ([], [{"day": date(2022, 4, 26), "usd": 90_000_000}])
    )
    midnight = datetime(2022, 4, 26)

    assert rows_before(usual, midnight) == rows_before(busy, midnight)
    in_an_hour = len(rows_before(busy, midnight + ONE_HOUR)) - len(rows_before(busy, midnight))
    assert len(rows_before(usual, midnight + ONE_HOUR)) - len(rows_before(usual, midnight)) < (
        in_an_hour / 3
    )
