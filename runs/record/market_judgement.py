"""Compares each market with the record: volume, maker's share, fees, order cost and elasticity.

A simulated figure is random. Its sampling error is computed from the figures of single days. The
figure is outside the recorded range only if its whole 95 % interval is outside.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from ledger.notes import TradedDay
from ledger.reports.dollars import MILLION, ZERO
from ledger.reports.market.market_days import MarketDay, market_days
from ledger.reports.market.order_cost import filled_cost_bps
from ledger.reports.table import Cell, LaterTable, Table
from ledger.run_folder import RunFolder
from runs.record.day_blocks import Estimate
from runs.record.facts import Range, Record, verdict
from runs.record.market_figures import (
    FIGURES,
    ORDER_COST,
    ORDER_USD,
    SHARE,
    Days,
    Inputs,
    MarketFigure,
    by_month,
)
from runs.record.volume_elasticity import elasticity

ELASTICITY, OF_OTHERS = "elasticity-of-volume-to-range", "elasticity-of-binance-volume-to-range"
ELASTICITY_DIGITS = 3
# A recorded cost of one day is compared with the run's mean cost over all days that are at most
# this far away.
NEAR = timedelta(days=7)
WHOLE_FROM = 10_000  # figures from this size on are printed without decimals
VENUE = "all markets"
VENUE_VOLUME = "volume-of-ftx-over-time"
AS_GIVEN, SILENT = "as given", "silent"
BY_MONTH = ("volume", "share", "fees", "cost_10m")
COLUMNS = ("low", "high", "rec_min", "rec_max", "verdict")


class Judged(NamedTuple):
    """A figure of one market in one period, and its recorded range."""

    figure: str
    market: str
    period: str
    digits: int
    found: Estimate
    recorded: Range[Decimal] | None
    is_given: bool

    @property
    def verdict(self) -> str:
        """Return the verdict.

        If the interval and the recorded range overlap, the verdict of an outcome is "inside", and
        the verdict of an input is "as given". Otherwise the verdict is "below" or "above", or
        "silent" if there is no recorded range.
        """
        low, high = (self._told(end) for end in self.found.ends)
        if self.recorded and low <= self.recorded.high and self.recorded.low <= high:
            return AS_GIVEN if self.is_given else "inside"
        return verdict(low, self.recorded)

    def cells(self) -> tuple[Cell, ...]:
        """Return the cells of a row: figure, interval, recorded range, and verdict."""
        error = self.found.error or (None, None)
        recorded = self.recorded or (None, None)
        ends = (end if end is None else self._told(end) for end in (*error, *recorded))
        return (self._told(self.found.figure), *ends, self.verdict)

    def _told(self, figure: float | Decimal) -> Decimal:
        digits = 0 if abs(self.found.figure) >= WHOLE_FROM else self.digits
        # Adding zero turns a rounded -0 into 0.
        return Decimal(f"{figure:.{digits}f}") + 0


@dataclass(frozen=True, slots=True)
class MarketJudgement:
    """The comparison of a run's markets with the record."""

    days: Mapping[str, Days]  # the days of each market
    record: Record
    inputs: Inputs

    def tables(self) -> list[Table]:
        """Return a table of all recorded figures, and a monthly table for each of BY_MONTH."""
        is_on_record = any(row.verdict != SILENT for row in self.on_record())
        return [
            LaterTable("markets", self._markets_table, has_rows=is_on_record),
            *map(self._by_month_later, BY_MONTH),
        ]

    def _markets_table(self) -> Table:
        rows = [row for row in self.on_record() if row.verdict != SILENT]
        return Table(
            "markets",
            "Each market of this run compared with the record, with 95 % intervals for the "
            "sampling error",
            ("figure", "market", "period", "run", *COLUMNS),
            [(row.figure, row.market, row.period, *row.cells()) for row in rows],
            (self._answer(rows), *_NOTES, *self._costs_taken()),
        )

    def _by_month_later(self, name: str) -> Table:
        has_rows = any(self.by_month(name, FIGURES[name]))
        return LaterTable(_slug(name), lambda: self._by_month_table(name), has_rows)

    def by_month(self, name: str, figure: MarketFigure) -> Iterator[Judged]:
        """Yield a row of one figure for each month and market that has the figure."""
        parts = (
            (month, market, of_month)
            for market, days in self.days.items()
            for month, of_month in by_month(days)
        )
        for month, market, days in sorted(parts, key=lambda part: part[:2]):
            yield from self._judged(name, figure, market, month, days)

    def on_record(self) -> Iterator[Judged]:
        """Yield rows for each year (volume and fee yield), and rows for each recorded period.

        A recorded cost of one day is compared with the run's mean cost over all days that are at
        most seven days (NEAR) away.
        """
        for market, days in self.days.items():
            years = [(year, list(each)) for year, each in groupby(days, lambda d: f"{d.day:%Y}")]
            for year, of_year in years:
                for name in ("volume", "yield"):
                    yield from self._judged(name, FIGURES[name], market, year, of_year)
            if market == VENUE:
                yield from self._over_time(days)
            for fact in self.record.of(SHARE):
                within = [day for day in days if fact.first <= day.day <= fact.last]
                if within:
                    period = f"{within[0].day:%Y}"
                    yield from self._judged("share", FIGURES["share"], market, period, within)
            for fact in self.record.of(ORDER_COST, market):
                near = [day for day in days if abs(day.day - fact.first) <= NEAR]
                if fact.first in {day.day for day in near}:
                    cost = FIGURES["cost_10m"]
                    day = str(fact.first)
                    yield from self._judged("cost_10m", cost, market, day, near, fact.amounts)
            yield from self._elasticities(market, days)

    def _over_time(self, days: Days) -> Iterator[Judged]:
        """Yield a row of the venue's volume for each recorded period that the run covers."""
        for fact in self.record.of(VENUE_VOLUME):
            within = [day for day in days if fact.first <= day.day <= fact.last]
            if len(within) == (fact.last - fact.first).days + 1:
                period = f"{fact.first:%Y-%m} to {fact.last:%Y-%m}"
                millions = fact.amounts and Range(*(usd / MILLION for usd in fact.amounts))
                volume = FIGURES["volume"]
                yield from self._judged("volume", volume, VENUE, period, within, millions)

    def _elasticities(self, market: str, days: Days) -> Iterator[Judged]:
        for fact in self.record.of(ELASTICITY, market):
            within = [day for day in days if fact.first <= day.day <= fact.last]
            of_others = self.record.on(fact.first, OF_OTHERS, market)
            if not within or not of_others:
                continue
            middle = float(of_others.low + of_others.high) / 2
            found = elasticity(within, middle, self.inputs.has_recorded_volume)
            if found:
                year = f"{fact.first:%Y}"
                yield Judged(
                    "elasticity", market, year, ELASTICITY_DIGITS, found, fact.amounts, False
                )

    def _judged(
        self,
        name: str,
        figure: MarketFigure,
        market: str,
        period: str,
        days: Days,
        known: Range[Decimal] | None = None,
    ) -> Iterator[Judged]:
        """Yield a row of the figure, if the run has it.

        If *known* is given, it is the recorded range.
        """
        found = figure.found(days)
        if found:
            recorded = known or figure.recorded(days, self.record)
            is_given = recorded is not None and figure.is_given(self.inputs, market)
            yield Judged(
                f"{name}_{figure.unit}",
                market,
                period,
                figure.digits,
                found,
                recorded,
                is_given,
            )

    def _answer(self, rows: Sequence[Judged]) -> str:
        if not rows:
            return "No figure of a market is both in this run and on record."
        given = [row.verdict for row in rows if row.is_given]
        found = [row.verdict for row in rows if not row.is_given]
        outside = ", ".join(
            f"{row.figure} of {row.market} in {row.period} ({row.verdict})"
            for row in rows
            if row.verdict not in {"inside", AS_GIVEN}
        )
        return (
            f"Within the sampling error, {found.count('inside')} of {len(found)} outcomes are "
            f"inside the recorded range, and {given.count(AS_GIVEN)} of {len(given)} inputs are "
            f"as given. Outside: {outside or 'none'}."
        )

    def _by_month_table(self, name: str) -> Table:
        return Table(
            _slug(name),
            f"{_TITLES[name]}, by month and market",
            ("month", "market", f"{name}_{FIGURES[name].unit}", *COLUMNS),
            [(row.period, row.market, *row.cells()) for row in self.by_month(name, FIGURES[name])],
            (_MONTH_NOTES[name],),
        )

    def _costs_taken(self) -> list[str]:
        """Return a note on a large order's cost. In the model, other makers fill any quantity."""
        costs = [
            filled_cost_bps(day.book, ORDER_USD)
            for days in self.days.values()
            for day in days
            if day.book
        ]
        if not costs:
            return []
        return [
            "Cost of an order: beyond the last displayed price, the mean depth of the displayed "
            "book is assumed. But in the model the other makers fill any quantity at a single "
            "price. There, buying and then selling 10 million USD would cost "
            f"{min(costs):.1f} to {max(costs):.1f} bps."
        ]


def _slug(name: str) -> str:
    return f"{name.replace('_', '-')}-by-month"


def market_judgement(run: RunFolder, record: Record) -> MarketJudgement:
    """Prepare the comparison of each market of a run, and of the sum of all markets."""
    by_market: dict[str, list[MarketDay]] = {}
    together: dict[date, list[MarketDay]] = defaultdict(list)
    for day in market_days(run):
        together[day.day].append(day)
        # Days without volume are left out, such as days before a market opens.
        if day.all_usd or day.traded.recorded_usd:
            by_market.setdefault(day.market, []).append(day)
    if len(by_market) > 1:
        by_market[VENUE] = [_whole(day, of_day) for day, of_day in together.items()]
    return MarketJudgement(by_market, record, Inputs.of(run))


def _whole(day: date, markets: Sequence[MarketDay]) -> MarketDay:
    """Sum the figures of one day over all markets.

    The sum has a recorded volume only if each market has one.
    """
    of_each = [each.traded for each in markets]
    recorded = [traded.recorded_usd for traded in of_each if traded.recorded_usd is not None]
    return MarketDay(
        day,
        TradedDay(
            VENUE,
            sum((traded.captive_usd for traded in of_each), ZERO),
            sum((traded.others_usd for traded in of_each), ZERO),
            sum((traded.hits_usd for traded in of_each), ZERO),
            sum((traded.forced_usd for traded in of_each), ZERO),
            sum(recorded, ZERO) if len(recorded) == len(of_each) else None,
        ),
        sum((each.maker_usd for each in markets), ZERO),
        sum((each.fees_usd for each in markets), ZERO),
        price=None,
        book=None,
    )


_NOTES = (
    "Low and high are the ends of a 95 % interval, from 2,000 random draws of blocks of 7 days. "
    "The interval includes the error of sampled hours. Below or above: the whole interval is below "
    "or above the recorded range. A period of less than 14 days has no interval.",
    "As given: the figure agrees with the record because it follows from an input. If the scenario "
    "has recorded demand, customers trade the recorded volume minus hits and forced orders. The "
    "volume is above the record if hits and forced orders alone exceed the recorded volume. This "
    "is more frequent in a sampled run, because one volatile hour can represent many hours. If the "
    "scenario has recorded depth, this depth determines the cost of an order in a calm hour.",
    "The record has the maker's share and the fee yield only for the whole exchange. Each market, "
    "and the sum of all markets, is compared with these two figures. A market that represents n "
    "markets has the volume and the fees of all n, and the order book of one. The share is an "
    "input if the maker's policy is `growth`, which has a target share.",
    "The elasticity is the percentage by which the ratio of the house's volume to Binance's volume "
    "rises if the day's price range is 1 % larger. Binance is not simulated. The assumption is "
    "that customers' volume rises with the range as much as Binance's recorded volume. If "
    "customers trade the recorded volume minus hits and forced orders, their volume falls on days "
    "with many hits. Then the month's mean of customers' volume replaces their volume of each day.",
)
_TITLES = {
    "volume": "Volume of the house in million USD",
    "share": "The captive maker's share of the house's volume",
    "fees": "Revenue from fees in million USD",
    "cost_10m": "The cost of buying and then selling 10 million USD at the displayed quotes",
}
_MONTH_NOTES = {
    "volume": (
        "The scenario states the recorded volume of these days, and its table `sources` says where "
        "the volume comes from."
    ),
    "share": "The record has the captive maker's share only for the whole exchange, and only for "
    "two years: 40 to 50 % in 2019, and 2 to 3 % in 2022.",
    "fees": "The fees of single months and markets are not on record. So the run's fees "
    "are compared with the recorded volume times the recorded fee yield of the whole exchange, if "
    "both are known.",
    "cost_10m": (
        "The book has the quotes of all makers at the start of the day's first played hour. Beyond "
        "the last displayed price, the mean depth of the displayed order book is assumed."
    ),
}
