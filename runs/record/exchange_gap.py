"""The part of the exchange's gap that the recorded debt of its maker does not explain.

The gap is customers' claims less the cash and the coins that the exchange itself has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from runs.record.facts import Range, Record
from runs.record.measured_books import MeasuredBooks, Span
from runs.record.residual_day import minus
from runs.record.sheet_lines import owed_by_maker

CLAIMS, CASH, BY_MAKER = "claims-of-customers", "cash-of-the-exchange", "source-house"


@dataclass(frozen=True, slots=True)
class ExchangeGap:
    """Customers' claims, the exchange's own assets, and its maker's debt to it, on one day."""

    day: date
    owed: Range[Decimal]
    held: Range[Decimal]
    by_maker: Range[Decimal] | None  # None: the record is silent
    run_usd: Decimal | None  # the run's gap minus the maker's debt; None: the run lacks the day

    @property
    def lacked(self) -> Range[Decimal] | None:
        """Return the gap minus the maker's debt, or None if the debt is not on record."""
        return minus(minus(self.owed, self.held), self.by_maker) if self.by_maker else None


def exchange_gaps(books: MeasuredBooks, sheets: Record, record: Record) -> Iterator[ExchangeGap]:
    """Yield the gap on each day on which claims and the exchange's own assets are on record."""
    for fact in record.of(CASH):
        day, held, owed = fact.last, fact.amounts, record.on(fact.last, CLAIMS)
        if held is None or owed is None:
            continue
        has_day = books.days.first <= day <= books.days.last
        ours = None
        if has_day:
            lacks = books.standing(day).hole_of_exchange_usd
            ours = lacks - owed_by_maker(books, Span(day, day))
        yield ExchangeGap(day, owed, held, sheets.on(day, BY_MAKER), ours)
