"""Finds the inputs that a counterfactual takes from the books of its base run.

A run computes some inputs from its own events, so they change if a cause is removed. But some of
these inputs represent facts outside the simulation, which do not depend on the cause. The
counterfactual keeps the values that these inputs have in the base run.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from des.custody.custody import HALTED
from des.scenario import Scenario, months_between
from ledger.accounts import expense
from ledger.kinds import Kind
from ledger.notes import Decision, UnpaidUse
from ledger.reports.dollars import ZERO, spoken
from ledger.reports.market.wanted_demand import wanted_usd
from ledger.run_folder import RunFolder
from runs.scenario_files import extended
from runs.scenario_places import place_of

BOOKED = "as booked in the base run of this counterfactual"


class Held(NamedTuple):
    """The inputs that a counterfactual keeps, as sentences and as changes of the scenario."""

    how: tuple[str, ...] = ()
    overrides: Mapping[str, Any] = {}


class OfMarkets(NamedTuple):
    """An input of markets that a counterfactual keeps: its key, and its value in each market."""

    how: str
    key: tuple[str, ...]
    by_market: Mapping[str, list[dict[str, Any]]]


def held_inputs(run: RunFolder, scenario: Scenario, sizes: bool) -> Held:
    """Return the inputs that a counterfactual keeps, with their values in the base run.

    Args:
        run: the base run.
        scenario: the scenario of the base run.
        sizes: whether the counterfactual also keeps the half-spreads and sizes of quotes that the
            maker decided.
    """
    costs, demand = _costs(run, scenario), _demand(run)
    decided = _sizes(run, scenario) if sizes else None
    of_markets = [each for each in (demand, decided) if each]
    how = costs.how + tuple(each.how for each in of_markets)
    return Held(how, extended(costs.overrides, _in_markets(scenario, of_markets)))


# ------------------------------------------------------------------------------- costs


def _costs(run: RunFolder, scenario: Scenario) -> Held:
    group = scenario.group
    if group is None or group.costs_follow_fees:
        return Held()
    if not (group.house_cost_share or group.house_costs):
        return Held()
    costs, house = _house_costs(run, scenario), run.chart.parties.house
    if not costs:
        return Held()
    how = (
        f"The operating cost of {house} is as in the run: "
        f"{spoken(sum(costs.values(), ZERO))} in total (number of months: {len(costs)}). A part is "
        "due on the first day of each month. The cost does not fall if fees fall."
    )
    table = [{"date": day, "usd": float(usd)} for day, usd in costs.items()]
    sources = {"group.house_costs": BOOKED}
    return Held((how,), {"group": {"house_costs": table}, "sources": sources})


def _house_costs(run: RunFolder, scenario: Scenario) -> dict[date, Decimal]:
    """Return the house's operating costs by due day, paid or not, until withdrawals are halted."""
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


# ----------------------------------------------------------------------------- markets


def _demand(run: RunFolder) -> OfMarkets | None:
    """Return the hourly demand of noise traders in the base run, or None if it is not booked.

    If a counterfactual computed the demand again, orders of noise traders would replace the hits
    that no longer happen.
    """
    wanted = wanted_usd(run)
    if not wanted:
        return None
    days = {
        market: [{"day": day, "usd_of_hours": usd} for day, usd in of_days.items()]
        for market, of_days in wanted.items()
    }
    all_usd = Decimal(sum(sum(usd) for of_days in wanted.values() for usd in of_days.values()))
    how = (
        f"The demand of uninformed customers is as in the run, hour by hour, {spoken(all_usd)} in "
        "total. This demand does not rise if there are fewer hits or forced orders."
    )
    return OfMarkets(how, ("wanted_of_days",), days)


def _sizes(run: RunFolder, scenario: Scenario) -> OfMarkets | None:
    """Return the quotes that a policy decided, or None if the scenario states the quotes."""
    maker = scenario.maker
    if maker.quoting.policy == "stated":
        return None
    decided: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for day, note in run.dated_notes(Decision):
        quotes = {
            "half_spread_bps": float(note.half_spread_bps) / maker.spread_times,
            "displayed_usd": float(note.shown_usd),
        }
        decided[note.market].append({"since": day, **quotes})
    how = (
        f"{maker.name} quotes the half-spreads and sizes that it decided in the run, month by "
        "month."
    )
    return OfMarkets(how, ("quoter", "decided"), decided)


def _in_markets(scenario: Scenario, held: Sequence[OfMarkets]) -> Mapping[str, Any]:
    """Return all markets with their kept inputs, and the sources of the markets' values.

    All markets are returned because a change of a scenario replaces the whole list of markets.
    """
    if not held:
        return {}
    markets: list[Mapping[str, Any]] = []
    sources = {place: why for place, why in scenario.sources.items() if "markets[" in place}
    for i, market in enumerate(scenario.markets):
        table: Mapping[str, Any] = market.model_dump(exclude_none=True)
        for each in held:
            value: Any = each.by_market.get(market.name, [])
            for key in reversed(each.key):
                value = {key: value}
            table = extended(table, value)
            sources[place_of(("markets", i, *each.key))] = BOOKED
        markets.append(table)
    return {"markets": markets, "sources": sources}
