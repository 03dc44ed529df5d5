"""Ends of addresses below that of the books in Fava: a page, and a filter."""

from datetime import date
from urllib.parse import quote, urlencode


def entries_of_kind(kind: str, time: str | None = None) -> str:
    """Return the journal of entries that touch an account of a kind, in a time if one is given.

    A time is a day, an ISO week, a month or a year, as Fava reads it: 2022-05-09, 2022-w19,
    2022-05 or 2022.
    """
    asked = {"account": f"^[A-Za-z]+:[^:]+:{kind}(:|$)"}
    return f"journal/?{urlencode(asked if time is None else {**asked, 'time': time})}"


def entries_of_time(time: str) -> str:
    """Return the journal of a day, a week, a month or a year."""
    return f"journal/?{urlencode({'time': time})}"


def entries_of_day(day: date) -> str:
    """Return the journal of a day."""
    return entries_of_time(day.isoformat())


def account_page(account: str) -> str:
    """Return Fava's page of an account."""
    return f"account/{quote(account)}/"
