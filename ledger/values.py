"""Reads the values of directives from text in Beancount's form, without importing Beancount."""

import re
from datetime import date
from decimal import Decimal

from ledger.notes import Value

_TRUTHS = {"TRUE": True, "FALSE": False}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_AMOUNT = re.compile(r"([-+]?[\d,]*\.?\d*)(?: (\S+))?")


def read_value(word: str) -> Value:
    """Read one value of a directive. Account names and quoted strings become text."""
    if word.startswith('"'):
        return unquoted(word)
    if found := _AMOUNT.fullmatch(word):  # tried early, since most values are amounts
        number = Decimal(found[1].replace(",", ""))
        return (number, found[2]) if found[2] else number
    if word in _TRUTHS:
        return _TRUTHS[word]
    if _DATE.fullmatch(word):
        return date.fromisoformat(word)
    return word


def plain(word: str) -> str:
    """Return a value as text, without quotes."""
    return unquoted(word) if word.startswith('"') else word


def unquoted(word: str) -> str:
    """Read a quoted string in Beancount's form."""
    text = word[1:-1]
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL) if "\\" in text else text
