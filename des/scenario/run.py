"""The time span of a run, its settlements, and the hours that are played."""

from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from des.scenario.quantities import YEARS, ContradictionError, Part, check_span, moment_us
from ledger.times import day_of

DAYS_MAX = 2_000


class Window(Part):
    """A period with its own time between settlements, such as a day on which prices move fast."""

    since: date | datetime
    until: date | datetime  # the first moment after the period
    settle_s: Annotated[int, Field(ge=1, le=3_600)]

    @model_validator(mode="after")
    def _span(self) -> Self:
        check_span(self.since, self.until)
        return self


class Run(Part):
    """The start and end of a run, the times of its settlements, and the sampling of its hours."""

    start: date
    end: date  # the day after the last simulated day
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 1
    settle_s: Annotated[int, Field(ge=1, le=3_600)] = 300
    windows: Annotated[tuple[Window, ...], Field(max_length=1_000)] = ()
    # The number of hours that a played hour represents. If hours are drawn in groups: the largest
    # number of hours in a group.
    one_hour_in: Annotated[int, Field(ge=1, le=24)] = 1
    # A group of two or more hours has at most this predicted loss. One hour of each group is
    # played, see `des.hour_groups`. None: there are no groups, and one random hour of every
    # `one_hour_in` consecutive hours is played.
    group_loss_usd_max: Annotated[float, Field(gt=0, le=1e9)] | None = None
    # Days on which all hours are played.
    full_days: Annotated[tuple[date, ...], Field(max_length=DAYS_MAX)] = ()
    full_days_settle_s: Annotated[int, Field(ge=1, le=3_600)] | None = None  # None: settle_s
    # The largest number of idle hours that pass in one step. None: each idle hour is a step.
    idle_hours_at_once: Annotated[int, Field(ge=2, le=24)] | None = None
    # Seconds from one hedge of the captive maker to the next. None: it hedges at every settlement.
    hedge_s: Annotated[int, Field(ge=1, le=86_400)] | None = None
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
        return self

    @model_validator(mode="after")
    def _beats(self) -> Self:
        places: list[tuple[str | int, ...]] = [
            ("windows", i, "settle_s") for i in range(len(self.windows))
        ]
        beats = [self.settle_s, *(window.settle_s for window in self.windows)]
        places = [("settle_s",), *places]
        if self.full_days_settle_s is not None:
            places.append(("full_days_settle_s",))
            beats.append(self.full_days_settle_s)
        for place, settle_s in zip(places, beats, strict=True):
            if 3_600 % settle_s:
                raise ContradictionError(
                    place,
                    f"is {settle_s}; give a divisor of 3600, since funding is paid every full hour",
                )
            if self.hedge_s is not None and (self.hedge_s % settle_s or 86_400 % self.hedge_s):
                raise ContradictionError(
                    ("hedge_s",),
                    f"is {self.hedge_s}; give a divisor of 86_400 (a day) that is also a multiple "
                    f"of settle_s, {settle_s}",
                )
        for i, (before, window) in enumerate(pairwise(self.windows), start=1):
            if moment_us(window.since) < moment_us(before.until):
                raise ContradictionError(
                    ("windows", i, "since"),
                    f"is {window.since}; give {before.until}, the end of the previous window, or "
                    "later",
                )
        return self

    @model_validator(mode="after")
    def _idle_hours(self) -> Self:
        for key in ("idle_hours_at_once", "group_loss_usd_max"):
            value = getattr(self, key)
            if value is not None and self.one_hour_in == 1:
                raise ContradictionError(
                    (key,),
                    f"is {value:_g}; leave it out, since one_hour_in is 1 and no hour is idle",
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

    @model_validator(mode="after")
    def _full_days(self) -> Self:
        """Refuse full days that are out of order, and keys that do not fit the list of full days.

        If there are full days, `one_hour_in` must divide 24, so that no group of consecutive hours
        crosses midnight. Full days outside the run are allowed. So a shorter run can keep the list.
        """
        for i, (before, day) in enumerate(pairwise(self.full_days), start=1):
            if not before < day:
                raise ContradictionError(
                    ("full_days", i), f"is {day}; give a day after {before}, the previous entry"
                )
        if self.full_days_settle_s is not None and not self.full_days:
            raise ContradictionError(
                ("full_days_settle_s",),
                f"is {self.full_days_settle_s}; leave it out, since there are no full_days",
            )
        if self.full_days and 24 % self.one_hour_in:
            raise ContradictionError(
                ("one_hour_in",),
                f"is {self.one_hour_in}; give a divisor of 24, since there are full_days",
            )
        return self

    def settle_s_at(self, time_us: int) -> int:
        """Return the length in seconds of the settlement interval that begins at *time_us*."""
        for window in self.windows:
            if moment_us(window.since) <= time_us < moment_us(window.until):
                return window.settle_s
        if self.full_days_settle_s is not None and day_of(time_us) in self.full_days:
            return self.full_days_settle_s
        return self.settle_s


def months_between(start: date, end: date) -> list[str]:
    """Return the months, such as 2021-05, with a day from *start* on and before *end*."""
    months = []
    year, month = start.year, start.month
    while date(year, month, 1) < end:
        months.append(f"{year:04}-{month:02}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months
