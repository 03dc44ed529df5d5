"""Compares a recorded fact with the run's figure of the same definition, and gives a verdict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from ledger.reports.dollars import ZERO
from runs.record.facts import Fact, nearer_end, verdict
from runs.record.measured_books import Day
from runs.record.measures import NEVER

AS_GIVEN, SILENT = "as given", "silent"
TENTH = "near"  # outside the recorded range by at most 10 % of the range's nearer end
VERDICTS = ("inside", TENTH, "below", "above", NEVER, SILENT)
DIGITS = {"USD": Decimal(1), "pct": Decimal("0.1"), "bps": Decimal("0.01"), "s": Decimal("0.001")}
BILLION = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True)
class AmountRow:
    """A recorded amount, and the run's figure."""

    fact: Fact
    figure: Decimal
    counts: str = ""  # the definition of the run's figure, in words

    @property
    def what(self) -> str:
        """Return the fact's definition in words, or else the fact's key."""
        return self.fact.counts or self.fact.key

    @property
    def told(self) -> Decimal:
        """Return the run's figure, rounded as it is printed and compared."""
        # Adding zero turns a rounded -0 into 0.
        return self.figure.quantize(DIGITS[self.fact.unit]) + 0

    @property
    def verdict(self) -> str:
        """Return an outcome's verdict, or "as given" for an input."""
        if self.fact.role == "input":
            return AS_GIVEN
        end = nearer_end(self.told, self.fact.amounts)
        if end is not None and abs(self.told - end) * 10 <= abs(end):
            return TENTH
        return verdict(self.told, self.fact.amounts)

    @property
    def is_off(self) -> bool:
        """Return whether an outcome is outside the recorded range by more than 10 %.

        The percentage is of the range's nearer end.
        """
        return self.verdict in ("below", "above")

    @property
    def beyond(self) -> Decimal | None:
        """Return the run's figure less the nearer end of the recorded range.

        Return None if the figure is inside the range, or if there is no range.
        """
        end = nearer_end(self.told, self.fact.amounts)
        return None if end is None else (self.told - end).quantize(DIGITS[self.fact.unit])

    @property
    def times(self) -> Decimal | None:
        """Divide the run's figure by the nearer end of the recorded range.

        Return None if the figure is inside the range, if there is no range, or if the quotient is
        not above zero.
        """
        end = nearer_end(self.told, self.fact.amounts)
        return None if end is None or end * self.told <= 0 else self.told / end


@dataclass(frozen=True, slots=True)
class DayRow:
    """A recorded day, and the run's day."""

    fact: Fact
    figure: Day

    @property
    def what(self) -> str:
        """Return the fact's definition in words, or else the fact's key."""
        return self.fact.counts or self.fact.key

    @property
    def verdict(self) -> str:
        """Return an outcome's verdict, or "as given" for an input."""
        if self.fact.role == "input":
            return AS_GIVEN
        if isinstance(self.figure, date):
            return verdict(self.figure, self.fact.days)
        return SILENT if self.fact.days is None else NEVER

    @property
    def is_off(self) -> bool:
        """Return whether the run's day is outside the recorded range, or the event never occurs."""
        return self.verdict in ("below", "above", NEVER)

    @property
    def beyond(self) -> int | None:
        """Return the number of days from the nearer end of the recorded range to the run's day.

        A negative number means that the run's day is earlier. Return None if the run's day is
        inside the range, or if the day or the range is missing.
        """
        if not isinstance(self.figure, date):
            return None
        end = nearer_end(self.figure, self.fact.days)
        return None if end is None else (self.figure - end).days


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A recorded fact, and the reason why the run has no figure to compare with it."""

    fact: Fact
    why: str


Row = AmountRow | DayRow
AnyRow = TypeVar("AnyRow", AmountRow, Row)


def judged(rows: Iterable[AnyRow]) -> list[AnyRow]:
    """Return the rows whose verdict is not `silent`."""
    return [row for row in rows if row.verdict != SILENT]


def furthest_first(rows: Sequence[AmountRow]) -> list[AmountRow]:
    """Return the rows in dollars whose verdict is not `silent`, the largest deviation first."""
    in_dollars = [row for row in judged(rows) if row.fact.unit == "USD"]
    return sorted(in_dollars, key=lambda row: abs(row.beyond or ZERO), reverse=True)


def billions(usd: Decimal) -> str:
    """Write an amount of dollars in billions, such as "1.5 billion"."""
    return f"{usd / BILLION:,.1f} billion"


def recorded(fact: Fact) -> str:
    """Write the recorded range, with dollars in billions. Without a range the text is empty."""
    ends = fact.amounts or fact.days or ()
    if fact.unit == "USD":
        told = (f"{end / BILLION:,.1f}" for end in ends if isinstance(end, Decimal))
        return " to ".join(dict.fromkeys(told))
    return " to ".join(dict.fromkeys(str(end) for end in ends))


def when(first: date, last: date) -> str:
    """Write a period in short form, such as 2022-11-11, 2022-11, 2022, or 2022-01 to 2022-03."""
    if first == last:
        return str(first)
    after = last + timedelta(days=1)
    month, last_month = f"{first:%Y-%m}", f"{last:%Y-%m}"
    if not first.day == after.day == 1:
        return f"{first} to {last:%d}" if month == last_month else f"{first} to {last}"
    if first.replace(year=first.year + 1) == after and first.month == 1:
        return str(first.year)
    return month if month == last_month else f"{month} to {last_month}"
