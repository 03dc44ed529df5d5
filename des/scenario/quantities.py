"""Types for the values in a scenario, the base class of its tables, and checks of its tables.

Names in a scenario become parts of account names and of commodity names, so they must be valid in
both. A type's description completes the sentence "give ..." in an error message.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from des.clock import HOUR_US, instant_us, midnight_us

YEARS = (1990, 2100)

# Patterns use Rust's syntax. Its \z is the very end of a text, so a name cannot end with a newline.
# The last character is never a dash, since Beancount allows no commodity that ends with a dash.
Entity = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]([A-Za-z0-9-]*[A-Za-z0-9])?\z", max_length=24),
    Field(
        description="a name of at most 24 letters, digits and dashes that begins with a capital "
        "letter and does not end with a dash, such as 'Firm07'"
    ),
]
MarketName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z][A-Z0-9-]*[A-Z0-9]\z", max_length=16),
    Field(
        description="a name of 2 to 16 capital letters, digits and dashes that begins with a "
        "letter and does not end with a dash, such as 'BTC-PERP'"
    ),
]
TokenName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z][A-Z0-9]*[A-Z0-9]\z", max_length=12),
    Field(
        description="a name of 2 to 12 capital letters and digits that begins with a letter, such "
        "as 'SOL'"
    ),
]
NOT_TOKENS = ("USD", "NULL", "TRUE", "FALSE")  # the currency, and reserved words of Beancount
Month = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])\z"),
    Field(description="a month in quotes, such as '2021-05'"),
]
Step = Annotated[
    str,
    StringConstraints(pattern=r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,8})?\z"),
    Field(description="a decimal in quotes, below a million, such as '0.01'"),
]
FilePath = Annotated[
    str,
    StringConstraints(pattern=r"^[^\p{Cc}\p{Zl}\p{Zp}]+\z", max_length=1_000),
    Field(description="a path in quotes, relative to the scenario's folder"),
]
SourceText = Annotated[
    str,
    Field(description="a text, after a key in quotes: 'house.fee_tiers' = 'the fee page of 2021'"),
]
Remark = Annotated[
    str,
    StringConstraints(pattern=r"^[^\p{Cc}\p{Zl}\p{Zp}]+\z", max_length=1_000),
    Field(description="a text of one line, of at most 1,000 characters"),
]
Usd = Annotated[float, Field(ge=0, le=1e12)]
PositiveUsd = Annotated[float, Field(ge=0.01, le=1e12)]  # at least one cent
Bps = Annotated[float, Field(ge=0, le=1_000)]
Milliseconds = Annotated[float, Field(ge=0, le=60_000)]
Seconds = Annotated[float, Field(ge=0, le=3_600)]
# At most ten minutes, since the author of a larger number probably meant milliseconds.
Latency = Annotated[float, Field(ge=0, le=600)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Volatility = Annotated[float, Field(ge=0, le=100)]
LogSd = Annotated[float, Field(ge=0, le=3)]
Category = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]([a-z-]*[a-z])?\z", max_length=16),
    Field(description="a word in small letters, such as 'mid-tier'"),
]
LeverageRatio = Annotated[float, Field(gt=0, le=100)]
HoldingDays = Annotated[float, Field(ge=0.1, le=10_000)]  # the mean time until a position is closed


class Part(BaseModel):
    """A table of a scenario file. Unknown keys, wrong types, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class ContradictionError(ValueError):
    """A value is within its range, but breaks another rule or contradicts another value.

    Attributes:
        keys: the location of the fault in the checked table, such as ("fee_tiers", 2,
            "volume_usd").
        problem: the words that follow the key in the message: the error and its correction.
    """

    def __init__(self, keys: tuple[str | int, ...], problem: str) -> None:
        super().__init__(f"{'.'.join(map(str, keys))} {problem}")
        self.keys, self.problem = keys, problem


def moment_us(at: date | datetime) -> int:
    """Return a time in microseconds since 1970.

    A date means the first moment of the day. A time without a zone is in UTC.
    """
    return instant_us(at) if isinstance(at, datetime) else midnight_us(at)


def check_full_hour(key: str, at: date | datetime) -> None:
    """Refuse a time that is outside the supported years or is not a full hour.

    Raises:
        ContradictionError: the time is refused. The error names *key*.
    """
    if not YEARS[0] <= at.year <= YEARS[1]:
        raise ContradictionError((key,), f"is {at}; give a time from {YEARS[0]} to {YEARS[1]}")
    if moment_us(at) % HOUR_US:
        raise ContradictionError((key,), f"is {at}; give a full hour, or a date")


def check_span(since: date | datetime, until: date | datetime) -> None:
    """Refuse an end that is not after the start, and all times that `check_full_hour` refuses.

    Raises:
        ContradictionError: a time is refused. The error names "since" or "until".
    """
    check_full_hour("since", since)
    check_full_hour("until", until)
    if not moment_us(since) < moment_us(until):
        raise ContradictionError(
            ("until",), f"is {until}; give a time after {since}, the value of since"
        )


def check_shares(key: str, shares: Iterable[float]) -> None:
    """Refuse shares whose sum is above 1.

    Raises:
        ContradictionError: the sum is above 1. In the message the list has the name *key*.
    """
    total = math.fsum(shares)
    if total > 1 + 1e-9:
        raise ContradictionError(
            (key,), f"have shares of {total:g} in all; give shares that sum to at most 1"
        )


def check_distinct(key: str, field: str, values: Sequence[str]) -> None:
    """Refuse a list in which two entries have the same value of *field*.

    Args:
        key: the name of the list.
        field: the key of the value in each entry of the list.
        values: the values, in the order of the list.

    Raises:
        ContradictionError: two entries have the same value.
    """
    for i, value in enumerate(values):
        if value in values[:i]:
            raise ContradictionError(
                (key, i, field), f"is '{value}', which is taken; give another {field}"
            )


def check_commodity(name: str, thing: str) -> None:
    """Refuse a name that has a fixed meaning in the books: USD, or a reserved word of Beancount.

    Args:
        name: the name of a market, token or coin.
        thing: what the name stands for, in the words of the error message, such as "token".

    Raises:
        ContradictionError: the name is refused.
    """
    if name in NOT_TOKENS:
        raise ContradictionError(
            ("name",), f"is '{name}', a reserved word in the books; give the {thing} another name"
        )
