"""Facts of the public record: figures with a range and a source, and how a run's stand to them.

    [[fact]]
    key = "liquidations-of-all-venues"
    day = 2022-05-09                    # or since and until, both included
    value = 1_050_000_000               # none where somebody looked and found nothing
    low = 1_000_000_000                 # where sources disagree
    high = 1_100_000_000
    unit = "USD"                        # a value in "date" is a day itself
    role = "outcome"                    # or input: scenarios may be given it; it proves nothing
    source = "who says so"
    provenance = "found: where"

The record says what was reported, which need not be what happened.
"""

import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from des.scenario import ContradictionError, MarketName, Part

FACTS = Path(__file__).with_name("facts.toml")

Key = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z-]*[a-z])?\z", max_length=60)]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+\z", max_length=500)]
Provenance = Annotated[str, StringConstraints(pattern=r"^(found|recalled): \S", max_length=500)]
Figure = Annotated[float, Field(ge=-1e15, le=1e15)]


class RecordError(Exception):
    """A file of facts that cannot be used; says in one line where and why."""


class Range(NamedTuple):
    """Within which the record leaves a figure, or a day, open."""

    low: Decimal | date
    high: Decimal | date

    def times(self, other: "Range") -> "Range":
        """Return within which the product of two figures is, neither below zero nor days."""
        return Range(self.low * other.low, self.high * other.high)


class Fact(Part):
    """One figure of the record, or the record's silence about it."""

    key: Key
    market: MarketName | None = None  # None: of no single one
    day: date | None = None
    since: date | None = None
    until: date | None = None
    value: Figure | date | None = None
    low: Figure | date | None = None
    high: Figure | date | None = None
    unit: Literal["USD", "pct", "bps", "s", "date"]
    role: Literal["input", "outcome"]
    source: Text
    provenance: Provenance
    note: Text | None = None

    @model_validator(mode="after")
    def _dates(self) -> Self:
        span = (self.since, self.until)
        if (self.day is None) == (span == (None, None)) or (self.day is None and None in span):
            raise ContradictionError(("day",), "or else since and until must be there")
        if self.first > self.last:
            raise ContradictionError(("until",), f"is {self.until}, before since, {self.since}")
        return self

    @model_validator(mode="after")
    def _figures(self) -> Self:
        ends = (self.low, self.high)
        for key, figure in zip(("value", "low", "high"), (self.value, *ends), strict=True):
            if figure is not None and isinstance(figure, date) != (self.unit == "date"):
                raise ContradictionError((key,), f"is {_told(figure)}, in {self.unit}")
        if (None in ends) != (ends == (None, None)):
            raise ContradictionError(("low",), "and high stand together or not at all")
        if self.value is None and None not in ends:
            raise ContradictionError(("value",), "is missing, and there is a range around it")
        if None not in ends and not self.low <= self.value <= self.high:
            raise ContradictionError(
                ("value",),
                f"is {_told(self.value)}, outside of {_told(self.low)} to {_told(self.high)}",
            )
        return self

    @property
    def first(self) -> date:
        """Return the first day of which it holds."""
        return self.day or self.since

    @property
    def last(self) -> date:
        """Return the last day of which it holds."""
        return self.day or self.until

    @property
    def range(self) -> Range | None:
        """Return what the record leaves open; None where it is silent."""
        if self.value is None:
            return None
        ends = (self.value, self.value) if self.low is None else (self.low, self.high)
        return Range(*(end if isinstance(end, date) else Decimal(str(end)) for end in ends))


def _told(figure: float | date) -> str:
    return str(figure) if isinstance(figure, date) else f"{figure:g}"


class Record(Part):
    """All facts."""

    fact: Annotated[tuple[Fact, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _once(self) -> Self:
        seen = set()
        for i, each in enumerate(self.fact):
            what = (each.key, each.market, each.first, each.last)
            if what in seen:
                raise ContradictionError(("fact", i, "key"), f"is '{each.key}' a second time")
            seen.add(what)
        return self

    def of(self, key: str, market: str | None = None) -> Iterator[Fact]:
        """Yield the facts of one key."""
        return (each for each in self.fact if (each.key, each.market) == (key, market))

    def on(self, day: date, key: str, market: str | None = None) -> Range | None:
        """Return what is recorded of a day; None where the record is silent."""
        found = (each.range for each in self.of(key, market) if each.first <= day <= each.last)
        return next(found, None)


def verdict(figure: Decimal | date, recorded: Range | None) -> str:
    """Say how a run's figure stands to what is recorded: below, inside, above; or silent."""
    if recorded is None:
        return "silent"
    if figure < recorded.low:
        return "below"
    return "above" if figure > recorded.high else "inside"


@cache
def load_record(path: Path = FACTS) -> Record:
    """Read a file of facts.

    Raises:
        RecordError: the first thing that is wrong with it.
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
