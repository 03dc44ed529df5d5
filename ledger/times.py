"""Times as whole numbers of microseconds since 1970-01-01 UTC, and as text for the books."""

from datetime import date, timedelta
from functools import lru_cache
from typing import overload

import numpy as np

from ledger.columns import Numbers, Words

HOURS_PER_DAY = 24
HOUR_US = 3_600_000_000
DAY_US = HOURS_PER_DAY * HOUR_US

_EPOCH = date(1970, 1, 1)


def day_of(time_us: int) -> date:
    """Return the UTC day of *time_us*."""
    return _EPOCH + timedelta(days=time_us // DAY_US)


@overload
def time_of_day(time_us: int) -> str: ...
@overload
def time_of_day(time_us: np.ndarray) -> list[str]: ...
@overload
def time_of_day(time_us: Numbers) -> Words: ...
def time_of_day(time_us: Numbers) -> Words:
    """Write the time of day, such as ``10:14:07.412000``."""
    if not isinstance(time_us, np.ndarray):
        seconds, us = divmod(time_us % DAY_US, 1_000_000)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        return f"{hour:02}:{minute:02}:{second:02}.{us:06}"
    instants = np.datetime_as_string(time_us.astype("datetime64[us]"))
    return np.strings.slice(instants, len("1970-01-01T"), None).tolist()


@lru_cache(maxsize=4096)  # the many payments of a settlement have the same link
def settlement_link(time_us: int) -> str:
    """Return the link that all entries of the settlement at *time_us* have.

    The timestamp of a settlement is the last microsecond of its interval. So the settlement at
    midnight belongs to the day that ends: its link has ``24-00-00``.
    """
    seconds = time_us % DAY_US // 1_000_000 + 1
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"settlement-{day_of(time_us)}-{hour:02}-{minute:02}-{second:02}"
