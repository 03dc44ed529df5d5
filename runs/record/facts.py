"""The facts of the public record, and the verdicts of a comparison with a run's figures.

A fact in a file looks like this. Keys that it does not need are left out.

    [[fact]]
    key = "liquidations-of-all-venues"
    ids = "L900"                        # the numbers by which reports cite the fact
    counts = "forced orders, in USD"    # the definition in a few words
    day = 2022-05-09                    # or since and until, both included
    value = 1_050_000_000               # left out if a search found nothing
    low = 1_000_000_000                 # low and high: if sources disagree
    high = 1_100_000_000
    unit = "USD"                        # if the unit is "date", value is a day
    role = "outcome"                    # or "input": a scenario may state the figure
    source = "the publication"
    provenance = "found: where"
    unsaid = "the reason"               # if no run can have such a figure

The record contains reports, which may be wrong. If a run agrees with the record on an input, this
proves nothing.
"""

import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Generic, Literal, NamedTuple, Self, TypeVar

from pydantic import Field, StringConstraints, ValidationError, model_validator

from des.scenario import ContradictionError, MarketName, Part
from runs.record.record_edition import FACTS

Key = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z-]*[a-z])?\z", max_length=60)]
Ids = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{3}(, [A-Z]\d{3})*\z", max_length=100)]
Words = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+\z", max_length=44)]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+\z", max_length=500)]
Provenance = Annotated[
    str, StringConstraints(pattern=r"^(found|recalled|derived): \S", max_length=500)
]
Figure = Annotated[float, Field(ge=-1e15, le=1e15)]
End = TypeVar("End", Decimal, date)


class RecordError(Exception):
    """A file of facts is invalid. The message states the place and the reason in one line."""


class Range(NamedTuple, Generic[End]):
    """The recorded range of an amount or of a day."""

    low: End
    high: End


def product(one: Range[Decimal], other: Range[Decimal]) -> Range[Decimal]:
    """Multiply two ranges of amounts. No amount may be below zero."""
    return Range(one.low * other.low, one.high * other.high)


class Fact(Part):
    """One figure of the record, or a note that a search found no figure."""

    key: Key
    ids: Ids | None = None
    counts: Words | None = None
    market: MarketName | None = None  # None: the fact is about the whole exchange
    day: date | None = None
    since: date | None = None
    until: date | None = None
    value: Figure | date | None = None
    low: Figure | date | None = None
    high: Figure | date | None = None
    unit: Literal["USD", "pct", "bps", "s", "none", "date"]
    role: Literal["input", "outcome"]
    source: Text
    provenance: Provenance
    unsaid: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _dates(self) -> Self:
        if self.day is not None and (self.since, self.until) != (None, None):
            raise _dated_otherwise()
        if self.first > self.last:
            raise ContradictionError(("until",), f"is {self.until}, but since is {self.since}")
        return self

    @model_validator(mode="after")
    def _figures(self) -> Self:
        ends = (self.low, self.high)
        for key, figure in zip(("value", "low", "high"), (self.value, *ends), strict=True):
            if figure is not None and isinstance(figure, date) != (self.unit == "date"):
                raise ContradictionError((key,), f"is {_told(figure)}, but unit is {self.unit}")
        if (None in ends) != (ends == (None, None)):
            raise ContradictionError(("low",), "and high must be given together")
        if self.low is None or self.high is None:
            return self
        if self.value is None:
            raise ContradictionError(("value",), "is missing, but low and high are given")
        in_order = [self.low, self.value, self.high]
        if sorted(in_order) != in_order:
            raise ContradictionError(
                ("value",),
                f"is {_told(self.value)}, outside of {_told(self.low)} to {_told(self.high)}",
            )
        return self

    @property
    def first(self) -> date:
        """Return the fact's first day."""
        return _either(self.day, self.since)

    @property
    def last(self) -> date:
        """Return the fact's last day."""
        return _either(self.day, self.until)

    @property
    def amounts(self) -> Range[Decimal] | None:
        """Return the recorded range of an amount, or None if no amount is recorded."""
        ends = [Decimal(str(end)) for end in self._ends if not isinstance(end, date)]
        return Range(*ends) if ends else None

    @property
    def days(self) -> Range[date] | None:
        """Return the earliest and the latest recorded date, or None if no date is recorded."""
        ends = [end for end in self._ends if isinstance(end, date)]
        return Range(*ends) if ends else None

    @property
    def _ends(self) -> tuple[float | date, ...]:
        if self.value is None:
            return ()
        if self.low is None or self.high is None:
            return (self.value, self.value)
        return (self.low, self.high)


def _either(day: date | None, end: date | None) -> date:
    first = day or end
    if first is None:
        raise _dated_otherwise()
    return first


def _dated_otherwise() -> ContradictionError:
    return ContradictionError(
        ("day",), "is missing or is given twice; give either 'day', or 'since' and 'until'"
    )


def _told(figure: float | date) -> str:
    return str(figure) if isinstance(figure, date) else f"{figure:g}"


class Record(Part):
    """All facts of one file, such as the public record."""

    fact: Annotated[tuple[Fact, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _once(self) -> Self:
        seen = set()
        for i, each in enumerate(self.fact):
            what = (each.key, each.market, each.first, each.last)
            if what in seen:
                problem = f"repeats '{each.key}' for the same market and the same days"
                raise ContradictionError(("fact", i, "key"), problem)
            seen.add(what)
        return self

    def of(self, key: str, market: str | None = None) -> Iterator[Fact]:
        """Yield the facts with this key and market. Market None means the whole exchange."""
        return (each for each in self.fact if (each.key, each.market) == (key, market))

    def on(self, day: date, key: str, market: str | None = None) -> Range[Decimal] | None:
        """Return the recorded range of a figure on a day, or None if the record is silent."""
        found = (each.amounts for each in self.of(key, market) if each.first <= day <= each.last)
        return next(found, None)


def verdict(figure: End, recorded: Range[End] | None) -> str:
    """Return the verdict on a run's figure: below, inside, above, or silent."""
    if recorded is None:
        return "silent"
    if figure < recorded.low:
        return "below"
    return "above" if figure > recorded.high else "inside"


def nearer_end(figure: End, recorded: Range[End] | None) -> End | None:
    """Return the end of the recorded range that is nearer to the figure.

    Return None if the figure is inside the range, or if there is no range.
    """
    if recorded is None or recorded.low <= figure <= recorded.high:
        return None
    return recorded.low if figure < recorded.low else recorded.high


@cache
def load_record(path: Path = FACTS) -> Record:
    """Read a file of facts.

    Raises:
        RecordError: a key or a value is wrong. The message states the first error.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return Record.model_validate({**data, "fact": tuple(data.get("fact", ()))})
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
    keys, problem = detail["loc"], detail["msg"]
    if detail["type"] == "value_error":
        wrong = detail["ctx"]["error"]
        keys, problem = keys + wrong.keys, wrong.problem
    place = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)
    raise RecordError(f"{path}: {place.removeprefix('.')} {problem}")
