"""SimPy's clock counts whole microseconds since 1970-01-01 UTC."""

from datetime import UTC, date, datetime, timedelta

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US
YEAR_S = 365 * 86_400  # volatility is annualised over 365 days, since crypto venues trade every day

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def midnight_us(day: date) -> int:
    """Return the time at which *day* begins, in microseconds since 1970."""
    return (day - _EPOCH.date()).days * DAY_US


def instant_us(moment: datetime) -> int:
    """Return *moment* in microseconds since 1970. A time without a zone is in UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def microseconds(seconds: float) -> int:
    """Convert *seconds* to whole microseconds, rounded."""
    return round(seconds * SECOND_US)
