"""Figures of a market on the house venue, from the record and from a run.

The figures are the volume, the captive maker's share of it, the fees, the fees divided by the
volume, and the cost of a large order. A figure is computed for one market, over one or more days. A
run's figure has a sampling error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple, Self

import numpy as np

from ledger.reports.dollars import MILLION
from ledger.reports.market.market_days import MarketDay
from ledger.reports.market.order_cost import shown_cost_bps
from ledger.run_folder import RunFolder
from runs.record.day_blocks import Estimate, of_sums
from runs.record.facts import Range, Record, product

ORDER_USD = 10_000_000.0
SHARE, YIELD = "share-of-maker-in-volume", "fee-yield"
ORDER_COST = "cost-of-a-ten-million-order"

Days = Sequence[MarketDay]  # one or more days of one market, in order


@dataclass(frozen=True, slots=True)
class Inputs:
    """The recorded figures that a scenario has as inputs.

    If a run agrees with them, this proves nothing.
    """

    has_recorded_volume: bool  # True: customers' volume = recorded volume - hits - forced orders
    with_recorded_depth: frozenset[str]  # the markets whose depth is an input
    aims_at_share: bool = False  # True: the captive maker aims at a share of the volume

    @classmethod
    def of(cls, run: RunFolder) -> Self:
        """Read the inputs from the scenario in the run's folder."""
        scenario = run.scenario
        deep = (market["name"] for market in scenario["markets"] if market.get("depth"))
        return cls(
            scenario["demand"]["closure"] == "recorded",
            frozenset(deep),
            scenario["maker"]["quoting"]["policy"] == "growth",
        )


class MarketFigure(NamedTuple):
    """How one figure of a market is found in a run and in the record."""

    unit: str
    digits: int
    found: Callable[[Days], Estimate | None]  # None: the run has no figure for these days
    recorded: Callable[[Days, Record], Range[Decimal] | None]  # None: the record is silent
    is_given: Callable[[Inputs, str], bool]  # True: the figure is an input for this market


def by_month(days: Days) -> list[tuple[str, list[MarketDay]]]:
    """Split days by month."""
    return [(month, list(each)) for month, each in groupby(days, lambda d: f"{d.day:%Y-%m}")]


# ------------------------------------------------------------------------ figures of a run


def _volume(days: Days) -> Estimate:
    return _of_days(days, lambda day: (day.all_usd / MILLION,), lambda sums: sums[..., 0])


def _share(days: Days) -> Estimate | None:
    return _ratio(days, 100, lambda day: (day.maker_usd, day.all_usd))


def _fees(days: Days) -> Estimate:
    return _of_days(days, lambda day: (day.fees_usd / MILLION,), lambda sums: sums[..., 0])


def _fee_yield(days: Days) -> Estimate | None:
    return _ratio(days, 10_000, lambda day: (day.fees_usd, day.all_usd))


def _order_cost(days: Days) -> Estimate | None:
    """Return the mean of the daily costs, or None if there are none or one of them is too high."""
    costs = {day.day: shown_cost_bps(day.book, ORDER_USD) for day in days if day.book}
    if not costs or None in costs.values():
        return None
    each = np.array([[cost or 0.0] for cost in costs.values()])
    return of_sums([("days", each)], lambda sums: sums[..., 0] / len(each))


def _ratio(
    days: Days, times: int, parts: Callable[[MarketDay], tuple[Decimal, Decimal]]
) -> Estimate | None:
    if not sum(parts(day)[1] for day in days):
        return None
    return _of_days(days, parts, lambda sums: times * sums[..., 0] / sums[..., 1])


def _of_days(
    days: Days,
    quantities: Callable[[MarketDay], Sequence[Decimal]],
    figure: Callable[[np.ndarray], np.ndarray],
) -> Estimate:
    months = [
        (month, np.array([[float(each) for each in quantities(day)] for day in of_month]))
        for month, of_month in by_month(days)
    ]
    return of_sums(months, figure)


# -------------------------------------------------------------------- figures on record


def recorded_volume(days: Days, _: Record) -> Range[Decimal] | None:
    """Return the recorded volume in million dollars, or None if a day has no recorded volume."""
    told = [day.traded.recorded_usd for day in days]
    known = [usd for usd in told if usd is not None]
    if len(known) < len(told):
        return None
    return Range(*2 * [sum(known, Decimal(0)) / MILLION])


def _recorded_share(days: Days, record: Record) -> Range[Decimal] | None:
    return record.on(days[0].day, SHARE)


def _recorded_yield(days: Days, record: Record) -> Range[Decimal] | None:
    return record.on(days[0].day, YIELD)


def _recorded_fees(days: Days, record: Record) -> Range[Decimal] | None:
    """Return the recorded volume times the recorded fee yield of the whole exchange.

    The record has no fee yield of a single market.
    """
    volume, fees_bps = recorded_volume(days, record), _recorded_yield(days, record)
    if not volume or not fees_bps:
        return None
    return product(volume, Range(*(end / 10_000 for end in fees_bps)))


def _recorded_cost(days: Days, record: Record) -> Range[Decimal] | None:
    seen = {day.day for day in days}
    facts = [fact for fact in record.of(ORDER_COST, days[0].market) if fact.first in seen]
    known = [fact.amounts for fact in facts if fact.amounts]
    return Range(min(r.low for r in known), max(r.high for r in known)) if known else None


# ------------------------------------------------------------------------------------- all


def _never(_: Inputs, __: str) -> bool:
    return False


def _if_recorded(inputs: Inputs, _: str) -> bool:
    return inputs.has_recorded_volume


def _if_aimed_at(inputs: Inputs, _: str) -> bool:
    return inputs.aims_at_share


def _if_deep(inputs: Inputs, market: str) -> bool:
    return market in inputs.with_recorded_depth


FIGURES: Mapping[str, MarketFigure] = {
    "volume": MarketFigure("usd_m", 2, _volume, recorded_volume, _if_recorded),
    "share": MarketFigure("pct", 1, _share, _recorded_share, _if_aimed_at),
    "fees": MarketFigure("usd_m", 4, _fees, _recorded_fees, _never),
    "yield": MarketFigure("bps", 2, _fee_yield, _recorded_yield, _never),
    "cost_10m": MarketFigure("bps", 1, _order_cost, _recorded_cost, _if_deep),
}
