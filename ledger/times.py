"""Instants as the books write them: integer microseconds since 1970-01-01 UTC, read as text."""

from datetime import date, timedelta

DAY_US = 86_400_000_000

_EPOCH = date(1970, 1, 1)


def day_of(time_us: int) -> date:
    """Return the day in which *time_us* falls."""
    return _EPOCH + timedelta(days=time_us // DAY_US)


def time_of_day(time_us: int) -> str:
    """Write the time within the day, as ``10:14:07.412000``."""
    seconds, micros = divmod(time_us % DAY_US, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}.{micros:06}"


def settlement_link(time_us: int) -> str:
    """Name the settlement that ends with the microsecond *time_us*, as in the links.

    A settlement is stamped with the last microsecond of its interval, so that the one at
    midnight belongs to the day it closes: it is called ``24-00-00``.
    """
    seconds = time_us % DAY_US // 1_000_000 + 1
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"settlement-{day_of(time_us)}-{hour:02}-{minute:02}-{second:02}"
