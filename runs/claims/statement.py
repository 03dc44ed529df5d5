"""A statement of the thread in our own words, with the figure that decides it.

    [[statement]]
    tweet = 10
    says = "Stale quotes lose more than the spread earns."   # our own words
    shown_by = "losses on stale quotes, in percent of spread"
    command = "moneytrail where RUN --table views"
    given = "what the scenario states"     # an input that strongly affects the verdict
    elsewhere = "make ranges"              # the command to use if the run lacks the figure

    [statement.decides]
    figure = "stale-of-spread"             # a key of `figures.FIGURES`
    above = 100                            # or at_least, at_most, below: a number or a day
    because = "why this threshold decides"

    [statement.only_if]                    # a weaker form, judged if the statement is not supported
    condition = "hedges and spread are left out"    # and its figure, threshold, reason

A statement that can't be decided has `unsaid` and `by`, but no threshold. `unsaid` is the reason.
`by` names what lacks the evidence: the run or the record.
"""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from des.scenario import ContradictionError, Part

STATEMENTS = Path(__file__).with_name("statements.toml")
TWEETS = 23

Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+\z", max_length=160)]
Few = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+\z", max_length=46)]
Bound = Annotated[float, Field(ge=-1e15, le=1e15)] | date
Value = Decimal | date


class Threshold(Part):
    """The bounds within which a figure supports a statement, and the reason for these bounds."""

    figure: Line
    at_least: Bound | None = None
    at_most: Bound | None = None
    above: Bound | None = None
    below: Bound | None = None
    because: Line

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if not self.bounds:
            raise ContradictionError(
                ("figure",), "has no threshold; give at_least, at_most, above or below"
            )
        return self

    @property
    def bounds(self) -> dict[str, Bound]:
        """Return the bounds that are given, by name."""
        ends = {
            "at least": self.at_least,
            "at most": self.at_most,
            "above": self.above,
            "below": self.below,
        }
        return {name: end for name, end in ends.items() if end is not None}

    @property
    def plain(self) -> str:
        """Return the threshold in words, such as "at least 50" or "1 to 4"."""
        if self.at_least is not None and self.at_most is not None:
            return f"{_told(self.at_least)} to {_told(self.at_most)}"
        return ", ".join(f"{name} {_told(end)}" for name, end in self.bounds.items())

    def holds(self, value: Value) -> bool:
        """Return whether a value is within all bounds.

        Raises:
            TypeError: an amount is compared with a day.
        """
        return all(_TESTS[name](value, _exact(end)) for name, end in self.bounds.items())


class Condition(Threshold):
    """A weaker form of a statement, judged if the statement itself is not supported."""

    condition: Line


class Statement(Part):
    """A statement of the thread, with the threshold that decides it, or why nothing decides it."""

    tweet: Annotated[int, Field(ge=1, le=TWEETS)]
    says: Few
    shown_by: Line
    command: Line
    decides: Threshold | None = None
    only_if: Condition | None = None
    unsaid: Line | None = None
    by: Literal["run", "record"] | None = None
    given: Line | None = None
    elsewhere: Line | None = None
    is_central: bool = False

    @model_validator(mode="after")
    def _decided_or_unsaid(self) -> Self:
        if (self.decides is None) == (self.unsaid is None):
            raise ContradictionError(("decides",), "or `unsaid` must be given, and not both")
        if (self.unsaid is None) != (self.by is None):
            raise ContradictionError(
                ("by",),
                "belongs to `unsaid`; give both keys or neither (`by` has the value run or record)",
            )
        if self.only_if is not None and self.decides is None:
            raise ContradictionError(
                ("only_if",), "needs `decides`, because `only_if` is a weaker form of `decides`"
            )
        return self


class Thread(Part):
    """All statements in the order of the thread, and the subject of each tweet."""

    about: tuple[Few, ...]
    statement: tuple[Statement, ...]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        tweets = [each.tweet for each in self.statement]
        if tweets != sorted(tweets):
            raise ContradictionError(("statement",), "must be in the order of the tweets")
        if len(self.about) != TWEETS or set(tweets) != set(range(1, TWEETS + 1)):
            raise ContradictionError(
                ("statement",),
                f"must cover each of {TWEETS} tweets, and `about` must have {TWEETS} subjects",
            )
        if sum(each.is_central for each in self.statement) != 1:
            raise ContradictionError(
                ("statement",), "must have one statement with is_central = true"
            )
        return self


@cache
def load_thread(path: Path = STATEMENTS) -> Thread:
    """Read the statements.

    Raises:
        pydantic.ValidationError: the file has an error; the message names the place.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Thread.model_validate(
        {"about": tuple(data["about"]), "statement": tuple(data["statement"])}
    )


def _exact(end: Bound) -> Value:
    return end if isinstance(end, date) else Decimal(str(end))


def _told(end: Bound) -> str:
    """Return a bound in short form: 10 m for ten million, 50 bn for fifty billion."""
    if isinstance(end, date):
        return str(end)
    scales = ((1e9, " bn"), (1e6, " m"))
    per, unit = next((each for each in scales if abs(end) >= each[0]), (1, ""))
    return f"{end / per:,g}{unit}"


def _same_type(value: Value, end: Value) -> None:
    if isinstance(value, date) != isinstance(end, date):
        raise TypeError(f"{value} can't be compared with {end}")


def _at_least(value: Value, end: Value) -> bool:
    _same_type(value, end)
    return value >= end  # type: ignore[operator]  # both are amounts or days


def _above(value: Value, end: Value) -> bool:
    return _at_least(value, end) and value != end


_TESTS: Mapping[str, Callable[[Value, Value], bool]] = {
    "at least": _at_least,
    "at most": lambda value, end: not _above(value, end),
    "above": _above,
    "below": lambda value, end: not _at_least(value, end),
}
