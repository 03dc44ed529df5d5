"""What a counterfactual holds as its run had it, because it is no consequence of the cause.

Whatever a run computes from its own course would change with the cause that is removed. What stood
for something outside the run's course is read off its books and stated to the other run.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from des.custody.custody import HALTED
from des.scenario import Scenario
from des.scenario.run import months_between
from ledger.accounts import expense
from ledger.kinds import Kind
from ledger.notes import UnpaidUse
from ledger.reports.dollars import ZERO, spoken
from ledger.run_folder import RunFolder

BOOKED = "as booked in the run of which this is a counterfactual"


class Held(NamedTuple):
    """What is held, in words and as a file that extends the scenario would say it."""

    how: tuple[str, ...]
    overrides: Mapping[str, Any]


def held_inputs(run: RunFolder, scenario: Scenario) -> Held:
    """Read off the books of *run* what the same scenario without a cause is to be given.

    Args:
        run: what was.
        scenario: it was made from.
    """
    group = scenario.group
    if group is None or group.costs_follow_fees:
        return Held((), {})
    if not (group.house_cost_share or group.house_costs):
        return Held((), {})
    costs = _house_costs(run, scenario)
    if not costs:
        return Held((), {})
    house = run.chart.parties.house
    how = (
        f"What {house} cost to run stands as it was due, {spoken(sum(costs.values(), ZERO))} on "
        f"{len(costs)} firsts of a month: it does not fall with fees.",
    )
    table = [{"date": day, "usd": float(usd)} for day, usd in costs.items()]
    return Held(how, {"group": {"house_costs": table}, "sources": {"group.house_costs": BOOKED}})


def _house_costs(run: RunFolder, scenario: Scenario) -> dict[date, Decimal]:
    """Return what was due on each first of a month until the house halted, paid or not."""
    house = run.chart.parties.house
    status = run.events(f"{house}:withdrawals")
    halted = next((day for day, value in status if value == HALTED), scenario.run.end)
    start = scenario.run.start
    firsts = (date.fromisoformat(f"{month}-01") for month in months_between(start, halted))
    due = {day: ZERO for day in firsts if day >= start}
    paid = run.select(
        "SELECT date, sum(units) * 0.01 FROM postings WHERE account = ? GROUP BY date",
        [expense(house, Kind.OPERATIONS)],
    )
    unpaid = [
        (day, note.usd) for day, note in run.dated_notes(UnpaidUse) if note.use == Kind.OPERATIONS
    ]
    for day, usd in (*paid, *unpaid):
        due[day] += usd
    return due
