"""When a world runs."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from des.scenario.values import YEARS, ContradictionError, Part

DAYS_MAX = 2_000


class Run(Part):
    """When the world starts and ends, how often it settles, how its books are closed."""

    start: date
    end: date  # the first day that is not simulated
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 1
    settle_s: Annotated[int, Field(ge=1, le=3_600)] = 300
    hedge_s: Annotated[int, Field(ge=1, le=86_400)] | None = None  # None: at every settlement
    day_ledgers: Literal["all"] | tuple[date, ...] = ()

    @model_validator(mode="after")
    def _span(self) -> Self:
        if self.start.year < YEARS[0]:
            raise ContradictionError(("start",), f"is {self.start}; give a day from {YEARS[0]} on")
        if self.end.year > YEARS[1]:
            raise ContradictionError(("end",), f"is {self.end}; give a day until {YEARS[1]}")
        if not self.start < self.end:
            raise ContradictionError(
                ("end",), f"is {self.end}; give a day after start {self.start}"
            )
        if (self.end - self.start).days > DAYS_MAX:
            raise ContradictionError(
                ("end",), f"is {self.end}; give a day at most {DAYS_MAX} days after {self.start}"
            )
        if 3_600 % self.settle_s:
            raise ContradictionError(
                ("settle_s",),
                f"is {self.settle_s}; give a divisor of 3600, since funding is paid on the hour",
            )
        if self.hedge_s is not None and (self.hedge_s % self.settle_s or 86_400 % self.hedge_s):
            raise ContradictionError(
                ("hedge_s",),
                f"is {self.hedge_s}; give a multiple of settle_s, {self.settle_s}, that divides a "
                "day",
            )
        return self

    @model_validator(mode="after")
    def _days_of_the_run(self) -> Self:
        if self.day_ledgers == "all":
            return self
        for i, day in enumerate(self.day_ledgers):
            if not self.start <= day < self.end:
                raise ContradictionError(
                    ("day_ledgers", i),
                    f"is {day}; give a day from {self.start} on and before {self.end}",
                )
            if day in self.day_ledgers[:i]:
                raise ContradictionError(("day_ledgers", i), f"repeats {day}; give each day once")
        return self


def months_between(start: date, end: date) -> list[str]:
    """List the months, as 2021-05, that have a day in [start, end)."""
    months = []
    year, month = start.year, start.month
    while date(year, month, 1) < end:
        months.append(f"{year:04}-{month:02}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months
