"""Nobody decides by what is still to come: another path after a day moves nothing before it."""

from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ledger.notes import Decision
from ledger.run_folder import RunFolder
from runs.scenarios import load

MONTHS = Path(__file__).parent / "worlds" / "months.toml"
POLICIES: dict[str, dict[str, Any]] = {
    "stated": {"policy": "stated"},
    "growth": {"policy": "growth", "target_share": 0.9},
    "believed": {"policy": "believed"},
}
FIRST_OF_MAY = date(2022, 5, 1)  # an anchor of both paths, which part there
AFTER = {
    "price": [{"at": date(2022, 6, 3), "price_usd": 75_000}],
    "law": [{"since": FIRST_OF_MAY, "annual": 3.0}],
}


@cache
def market(policy: str, parted: bool) -> dict[str, Any]:
    """Return the market of the world, for a policy, on the one path or the other."""
    (whole,) = (each.model_dump(exclude_none=True) for each in load(str(MONTHS)).markets)
    if policy == "stated":
        del whole["quoter"]["most_displayed_usd"]
    if parted:
        price = whole["price"]
        anchors = [each for each in price["anchors"] if each["at"] <= FIRST_OF_MAY]
        whole["price"] = price | {
            "anchors": [*anchors, *AFTER["price"]],
            "volatility": [*price["volatility"], *AFTER["law"]],
        }
    return whole


@pytest.fixture(scope="module", params=POLICIES)
def two_paths(request, executed) -> tuple[RunFolder, RunFolder]:
    """Return the books of the world on two paths that part on the first of May."""
    quoting = POLICIES[request.param]
    one, other = (
        executed(MONTHS, maker={"quoting": quoting}, markets=[market(request.param, parted)])
        for parted in (False, True)
    )
    return one, other


def rows_before(run: RunFolder, day: date) -> list[tuple]:
    return run.select(
        "SELECT * FROM rows WHERE time < ? ORDER BY ALL", [datetime.combine(day, time())]
    )


def postings_before(run: RunFolder, day: date) -> list[tuple]:
    return run.select("SELECT * FROM postings WHERE date < ? ORDER BY seq, line", [day])


def decisions(run: RunFolder) -> dict[date, Decision]:
    return dict(run.dated_notes(Decision))


def test_no_fill_and_no_posting_before_a_day_moves_with_prices_after_it(two_paths):
    one, other = two_paths

    before = rows_before(one, FIRST_OF_MAY)
    assert len(before) > 1_000
    assert before == rows_before(other, FIRST_OF_MAY)
    assert postings_before(one, FIRST_OF_MAY) == postings_before(other, FIRST_OF_MAY)


def test_what_is_decided_on_a_day_does_not_move_with_prices_after_it(two_paths):
    one, other = map(decisions, two_paths)

    for day in (date(2022, 3, 20), date(2022, 4, 1), FIRST_OF_MAY):
        assert one[day] == other[day]


def test_what_is_decided_a_month_later_has_seen_them(two_paths):
    """So the paths do part, and what is judged from them is not judged from nothing."""
    one, other = (decisions(run)[date(2022, 6, 1)] for run in two_paths)

    assert one.seen_days == other.seen_days == 31
    assert one.hits_usd < other.hits_usd
    assert (one.planned_result_usd, one.planned_volume_usd) != (
        other.planned_result_usd,
        other.planned_volume_usd,
    )
