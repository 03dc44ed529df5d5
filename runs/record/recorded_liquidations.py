"""Compares a run's liquidations with the recorded range for FTX.

For some days the record has the total of all venues, and for a few days FTX's share of this total.
The range for FTX on a day is the total times the share of this day. If there is no share of this
day, the range of the shares within one year of the day replaces it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ledger.reports.days import calendar
from ledger.reports.dollars import ZERO
from ledger.reports.liquidations.cascade import LiquidatedDay
from ledger.reports.liquidations.liquidation_results import Liquidations, liquidations
from ledger.reports.liquidations.on_margin import days_on_margin
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from runs.record.facts import Range, Record, product, verdict

TOTAL, SHARE = "liquidations-of-all-venues", "share-of-ftx-in-liquidations"
VOLUME, PAYOUTS = "volume-of-ftx", "backstop-payouts-of-ftx"
EVERY_MARKET = "all markets of the run"
NEAR = timedelta(days=365)
PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class RecordedLiquidations:
    """A run's liquidations, and the recorded range of liquidations on FTX."""

    found: Liquidations
    beside_record: Table

    def answer(self) -> str:
        """Return sentences on liquidations, on backstops, and on loans against tokens."""
        return self.found.answer()

    def tables(self) -> list[Table]:
        """Return the tables of the run's liquidations, and the comparison with the record."""
        return [*self.found.tables(), self.beside_record]


def recorded_liquidations(run: RunFolder, record: Record) -> RecordedLiquidations:
    """Read a run's liquidations, and compare them with the record."""
    found = liquidations(run)
    return RecordedLiquidations(found, beside_record(run, found.days, record))


def beside_record(run: RunFolder, found: Sequence[LiquidatedDay], record: Record) -> Table:
    """Return a table that compares each day's liquidations with the record.

    Args:
        run: the run.
        found: liquidations by day and market.
        record: the public record.

    Returns:
        If the run or the record has liquidations on a day, the day has one row for all markets
        together. If the record has liquidations of a single market of the run on a day, this market
        has a row of its own. Days without positions on margin have no row.
    """
    parties, days = run.chart.parties, calendar(run)
    on_margin = days_on_margin(run)
    liquidated: dict[tuple[date, str | None], Decimal] = defaultdict(lambda: ZERO)
    for each in found:
        liquidated[each.day, each.market] += each.liquidated_usd
        liquidated[each.day, None] += each.liquidated_usd
    markets = (None, *(c.market for c in run.chart.contracts if c.venue == parties.house))
    rows = [
        _row(day, market, liquidated[day, market], record)
        for day in days
        for market in markets
        if day in on_margin
        and (record.on(day, TOTAL, market) or (market is None and liquidated[day, None]))
    ]
    return Table(
        "beside-the-record",
        "Liquidations in this run, and the recorded range for FTX",
        (
            "day",
            "market",
            "liquidated_usd",
            "of_ftx_volume_pct",
            "all_venues_low_usd",
            "all_venues_high_usd",
            "share_low_pct",
            "share_high_pct",
            "recorded_low_usd",
            "recorded_high_usd",
            "verdict",
        ),
        rows,
        _notes(days, record),
    )


def share(day: date, record: Record) -> Range[Decimal] | None:
    """Return FTX's recorded share on a day.

    If there is none, return the range of the recorded shares of other days, at most 365 days (NEAR)
    before or after this day. Return None if these days have no recorded share either.
    """
    of_day = record.on(day, SHARE)
    if of_day:
        return of_day
    around = (each.amounts for each in record.of(SHARE) if abs(each.first - day) <= NEAR)
    near = [recorded for recorded in around if recorded]
    return Range(min(r.low for r in near), max(r.high for r in near)) if near else None


def _row(day: date, market: str | None, usd: Decimal, record: Record) -> tuple[Cell, ...]:
    volume = record.on(day, VOLUME) if market is None else None
    total, part = record.on(day, TOTAL, market), share(day, record)
    both = product(total, Range(part.low / 100, part.high / 100)) if total and part else None
    return (
        day,
        market or EVERY_MARKET,
        usd,
        (100 * usd / volume.high).quantize(PERCENT) if volume else None,
        *_whole(total),
        *(part or (None, None)),
        *_whole(both),
        verdict(usd, both),
    )


def _whole(recorded: Range[Decimal] | None) -> tuple[int | None, int | None]:
    """Round both ends of a range to whole dollars. Without a range both are None."""
    return (round(recorded.low), round(recorded.high)) if recorded else (None, None)


def _notes(days: Sequence[date], record: Record) -> tuple[str, ...]:
    silent = (
        f"The record is silent about {each.note}."
        for each in record.fact
        if each.key == PAYOUTS and each.first <= days[-1] and days[0] <= each.last
    )
    return (
        "The recorded range is the total of all venues times FTX's share on the day. If this share "
        f"is not known, the range of the known shares within {NEAR.days} days is used. Silent: the "
        f"record has no total, or no share within {NEAR.days} days.",
        "The record is uncertain. Its totals come from one aggregator, which received incomplete "
        "data from the venues. In different press reports a day begins at different hours. The "
        "totals cover all markets of a venue, but a run has only some markets.",
        "The collateral of customers on margin is an assumption of the scenario. More collateral "
        "means larger positions and more liquidations, so each verdict depends on this assumption, "
        "not only on the model.",
        *silent,
    )
