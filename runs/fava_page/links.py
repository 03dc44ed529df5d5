"""Relative addresses of pages in Fava: journals with a filter, and pages of accounts."""

from datetime import date
from urllib.parse import quote, urlencode


def entries_of_kind(kind: str, time: str | None = None) -> str:
    """Return the address of the journal with a kind's entries, for all days or for *time*.

    *time* is a day, an ISO week, a month or a year in Fava's syntax: 2022-05-09, 2022-w19, 2022-05
    or 2022.
    """
    asked = {"account": f"^[A-Za-z]+:[^:]+:{kind}(:|$)"}
    return f"journal/?{urlencode(asked if time is None else {**asked, 'time': time})}"


def entries_of_time(time: str) -> str:
    """Return the address of the journal of a day, a week, a month or a year."""
    return f"journal/?{urlencode({'time': time})}"


def entries_of_day(day: date) -> str:
    """Return the address of the journal of a day."""
    return entries_of_time(day.isoformat())


def account_page(account: str) -> str:
    """Return the address of an account's page."""
    return f"account/{quote(account)}/"
