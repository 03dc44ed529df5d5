"""Reads a study file. This example shows its format:

question = "How much of the hole can the mechanism be?"
base = "ftx-sampled"            # a built-in scenario, or a path that starts from this file's folder
members = 128                   # number of lives whose unknowns are drawn
base_members = 4                # number of lives of the base itself, each with another seed
seed = 1
nth_largest = 3                 # in a plausible member, the third largest implausibility is < CUT

[fidelity.run]                  # keys of the base that are changed in all members
one_hour_in = 12

[[unknown]]
name = "latency_s"
keys = ["markets[*].quoter.latency_s"]   # the value is set in all markets
low = 0.1
high = 4
law = "log-uniform"
source = "M011; the lower end is an assumption"

[[unknown]]
name = "volume_times"
keys = ["markets[*].volume[*].usd"]
times = true                    # the value multiplies the base's value
...

[[moment]]                      # a recorded fact that judges members
fact = "revenue-of-ftx"
until = 2020-12-31              # the fact's last day
discrepancy = 5e6               # the model's error: a standard deviation, in the fact's unit
why = "fees other than trading fees are left out"
"""

import math
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from des.scenario import ContradictionError, MarketName, Part
from ledger.mistake import MistakeError
from runs.record.facts import Fact, Key, Text, load_record
from runs.scenario_files import with_tuples
from runs.scenario_places import place_of

BUILT_IN = Path(__file__).resolve().parents[1] / "studies"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z0-9_]*[a-z0-9])?\z", max_length=32)]
Place = Annotated[str, StringConstraints(pattern=r"^[\w.\-\[\]*]+\z", max_length=200)]


class StudyError(MistakeError):
    """A study can't be played or read. The message has the reason in one line."""


class Unknown(Part):
    """An input of which only the range is known."""

    name: Name
    keys: Annotated[tuple[Place, ...], Field(min_length=1)]  # `[*]` means every entry of a list
    low: float
    high: float
    law: Literal["uniform", "log-uniform"] = "uniform"
    times: bool = False  # the value multiplies the base's value
    source: Text

    @model_validator(mode="after")
    def _range(self) -> Self:
        if not self.low < self.high:
            raise ContradictionError(("high",), f"is {self.high:g}; give more than {self.low:g}")
        if self.law == "log-uniform" and self.low <= 0:
            raise ContradictionError(
                ("low",), f"is {self.low:g}; give more than 0, since the law is log-uniform"
            )
        return self

    def at(self, quantile: float) -> float:
        """Return the value at a quantile in [0, 1], rounded to six significant digits."""
        if self.law == "uniform":
            value = self.low + quantile * (self.high - self.low)
        else:
            value = self.low * (self.high / self.low) ** quantile
        return float(f"{value:.6g}")

    def quantile(self, value: float) -> float:
        """Return the quantile of a value. Apart from rounding, this is the inverse of `at`."""
        if self.law == "uniform":
            return (value - self.low) / (self.high - self.low)
        return math.log(value / self.low) / math.log(self.high / self.low)


class RecordedMoment(Part):
    """A recorded fact that judges members."""

    fact: Key
    until: date
    market: MarketName | None = None
    discrepancy: Annotated[float, Field(ge=0)] = 0.0
    why: Text

    @property
    def name(self) -> str:
        """Return the name of the figure that each member has for this fact."""
        return figure_name(self.fact, self.market, self.until)

    def recorded(self) -> Fact | None:
        """Return the recorded fact, or None if the record has no amount for it."""
        found = load_record().of(self.fact, self.market)
        return next((each for each in found if each.last == self.until and each.amounts), None)


class Study(Part):
    """The content of a study file."""

    question: Text
    base: Text
    members: Annotated[int, Field(ge=2, le=100_000)]
    base_members: Annotated[int, Field(ge=2, le=100)]
    seed: Annotated[int, Field(ge=0, le=2**31)] = 1
    nth_largest: Annotated[int, Field(ge=1, le=20)] = 3
    fidelity: dict[str, Any] = Field(default_factory=dict)
    unknown: Annotated[tuple[Unknown, ...], Field(min_length=1)]
    moment: Annotated[tuple[RecordedMoment, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _known(self) -> Self:
        for i, each in enumerate(self.moment):
            if each.recorded() is None:
                raise ContradictionError(
                    ("moment", i, "fact"),
                    f"is '{each.name}', for which facts.toml has no amount; leave it out",
                )
        for kind, names in (
            ("unknown", [each.name for each in self.unknown]),
            ("moment", [each.name for each in self.moment]),
        ):
            twice = [i for i, name in enumerate(names) if name in names[:i]]
            if twice:
                raise ContradictionError((kind, twice[0]), f"is '{names[twice[0]]}' a second time")
        return self


def figure_name(fact: str, market: str | None, last: date) -> str:
    """Return the name of the figure that members have for a recorded fact."""
    return f"{fact}{f' of {market}' if market else ''} to {last}"


def study_path(name_or_path: str) -> Path:
    """Return the path of a study file. A text that ends with .toml is a path already.

    Raises:
        StudyError: there is no built-in study of this name.
    """
    if name_or_path.endswith(".toml"):
        return Path(name_or_path)
    path = BUILT_IN / f"{name_or_path}.toml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in BUILT_IN.glob("*.toml")))
        raise StudyError(
            f"{name_or_path}: is not a built-in study; give one of {known}, or a .toml file"
        )
    return path


def load_study(path: Path) -> Study:
    """Read a study file. If the base is a relative path, it starts from the file's folder.

    Raises:
        StudyError: the file can't be read, or has an error. The message has the first error.
    """
    try:
        data = with_tuples(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise StudyError(f"{path}: can't be read ({error.strerror}); check the path") from error
    except ValueError as error:
        raise StudyError(f"{path}: is not TOML: {error}") from error
    try:
        study = Study.model_validate(data)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        keys, problem = detail["loc"], f"is wrong: {detail['msg'].lower()}"
        if detail["type"] == "value_error":
            wrong = detail["ctx"]["error"]
            keys, problem = keys + wrong.keys, wrong.problem
        raise StudyError(f"{path}: {place_of(keys)} {problem}") from error
    if study.base.endswith(".toml"):
        base = (path.resolve().parent / study.base).resolve()
        return study.model_copy(update={"base": str(base)})
    return study
