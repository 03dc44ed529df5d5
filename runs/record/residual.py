"""Computes the residual by date: the captive maker's debts minus its assets and its uses.

The residual is computed from the captive maker's balance sheet for two reasons. First, the record
has the maker's debts less its assets on three days. Second, losses on quotes, liquidations and a
portfolio would be in the maker's books. Claims of customers are not used, because the record values
customers' coins at the price of each day and does not say how many coins were deposited. So a fall
of prices would look like money that was paid back.

In a run's books the same subtraction gives exactly the losses of all kinds that are not uses. So
the residual of the record can be compared with the residual of a run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from ledger.claimed import Claimed
from ledger.reports.dollars import ZERO, speaker
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from runs.record.carried import CARRIERS, maker_sheet
from runs.record.compared import BILLION, billions
from runs.record.exchange_gap import ExchangeGap, exchange_gaps
from runs.record.facts import Record
from runs.record.measured_books import MeasuredBooks, Span
from runs.record.residual_day import ResidualDay, Vanished, middle, vanished
from runs.record.residual_tables import (
    carriers_table,
    exchange_table,
    lines_table,
    notes_on,
    residual_table,
    sources_of_lines,
)

SHEETS = Path(__file__).with_name("maker_sheets.toml")


@dataclass(frozen=True, slots=True)
class Residual:
    """The maker's residual by day, on record and in a run, and the exchange's unexplained gap."""

    maker: str
    run_days: Span
    days: tuple[ResidualDay, ...]
    exchange: tuple[ExchangeGap, ...]

    @property
    def told(self) -> list[ResidualDay]:
        """Return the days with enough facts on record."""
        return [day for day in self.days if day.why_not is None]

    def answer(self) -> str:
        """Return sentences on the recorded residual, its largest rise, and the run."""
        if not self.told:
            return "No day has enough facts on record."
        most = max(self.told, key=lambda day: middle(day.unexplained))
        low, high = most.unexplained
        said = (
            f"Of the amount that {self.maker} owed on {most.day}, no source explains "
            f"{billions(middle(most.unexplained))} dollars (the middle of the range "
            f"{low / BILLION:,.1f} to {high / BILLION:,.1f})"
        )
        periods = vanished(self.told)[1:]
        if not periods:
            return f"{said}.{self._outside()}"
        went = max(periods, key=lambda period: period.middle_usd)
        low, high = went.recorded
        said += (
            f". The largest rise was {billions(went.middle_usd)} in {half_year(went.until)} "
            f"(from {went.since} to {went.until}, range {low / BILLION:,.1f} to "
            f"{high / BILLION:,.1f}). "
        )
        return said + self._carry(went) + self._outside()

    def _carry(self, went: Vanished) -> str:
        """Return sentences on the run's losses between two recorded days.

        They state the loss of each group of kinds in CARRIERS, and the loss on stale quotes.
        """
        if went.lost_usd is None:
            first, last = self.run_days
            return f"This run goes from {first} to {last} and does not cover that time."
        stale_usd = went.stale_usd or ZERO
        say = speaker(stale_usd, *(went.lost_usd[carrier] for carrier in CARRIERS))
        # Tokens that pools lost count as zero here, so the result of pools is only their fees.
        names = {carrier: f"{carrier}" for carrier in CARRIERS}
        names[Claimed.ON_CHAIN] += " (fees alone)"
        parts = [f"{name} {_lost(went.lost_usd[each], say)}" for each, name in names.items()]
        stale = _lost(stale_usd, say)
        return f"Results of this run in that time: {'; '.join(parts)}. Stale quotes alone {stale}."

    def _outside(self) -> str:
        """Return a sentence for each day on which the run is outside the recorded range."""
        said = (_beyond(self.maker, each) for each in self.told)
        return "".join(f" {sentence}" for sentence in said if sentence)

    def tables(self) -> list[Table]:
        """Return the tables `residual`, `carriers`, `lines`, `the-exchange` and `sources`."""
        periods = vanished(self.told)
        notes = notes_on(self.days, self.run_days, self.exchange)
        return [
            residual_table(self.maker, self.days, periods, notes),
            carriers_table(self.maker, periods),
            lines_table(self.days),
            exchange_table(self.exchange),
            sources_of_lines(self.days),
        ]


def residual(run: RunFolder, sheets: Record, record: Record) -> Residual:
    """Compute the residual by day, on record and in a run's books.

    Args:
        run: the run whose books are read.
        sheets: the maker's recorded balance sheets, in the form of `maker_sheets.toml`.
        record: the public record, which has the claims on the exchange and its assets.
    """
    books = MeasuredBooks(run)
    days = []
    for day in sorted({fact.first for fact in sheets.fact}):
        facts = tuple(fact for fact in sheets.fact if fact.first == day)
        has_day = books.days.first <= day <= books.days.last
        days.append(ResidualDay(day, facts, maker_sheet(books, day) if has_day else None))
    gaps = tuple(exchange_gaps(books, sheets, record))
    return Residual(run.chart.parties.maker, books.days, tuple(days), gaps)


def _beyond(maker: str, day: ResidualDay) -> str | None:
    """Return a sentence on the distance of the run's residual from the recorded range.

    Return None if the residual is inside the range, or if the run does not have the day.
    """
    run_usd = day.sheet.unexplained_usd if day.sheet else None
    low, high = day.unexplained
    if run_usd is None or low <= run_usd <= high:
        return None
    is_richer = run_usd < low
    end = low if is_richer else high
    limit = "at most" if is_richer == (end < 0) else "at least"
    say = speaker(run_usd, end, run_usd - end)
    return (
        f"On {day.day} {maker} is {say(abs(run_usd - end))} "
        f"{'richer' if is_richer else 'poorer'} in this run than the record allows. Apart from "
        f"uses of money, its result is a {'loss' if run_usd > 0 else 'gain'} of "
        f"{say(abs(run_usd))} in the run, and a {'loss' if end >= 0 else 'gain'} of {limit} "
        f"{say(abs(end))} on record."
    )


def half_year(day: date) -> str:
    """Return the name of a day's half-year."""
    return f"the {'first' if day.month <= 6 else 'second'} half of {day.year}"


def _lost(usd: Decimal, say: Callable[[Decimal], str]) -> str:
    if not usd:
        return "lost nothing"
    return f"{'lost' if usd > 0 else 'earned'} {say(abs(usd))}"
