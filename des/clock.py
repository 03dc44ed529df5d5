"""Time is an integer: microseconds since 1970-01-01 UTC, in SimPy's clock and in the books."""

from datetime import UTC, date, datetime, timedelta

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US
YEAR_S = 365 * 86_400  # volatility is annualised over 365 days, as crypto venues do

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def midnight_us(day: date) -> int:
    """Return the first microsecond of *day*."""
    return (day - _EPOCH.date()).days * DAY_US


def instant_us(moment: datetime) -> int:
    """Return *moment* in microseconds; a time without a zone is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def microseconds(seconds: float) -> int:
    """Round *seconds* to whole microseconds."""
    return round(seconds * SECOND_US)
