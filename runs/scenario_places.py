"""Writes keys and values of a scenario as text, and reads keys from text."""

import math
import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

SHOWN_MAX = 40  # error messages show at most this number of characters of a value

Keys = tuple[str | int, ...]  # for example ("markets", 0, "lot"), which is markets[0].lot

_PLACE = re.compile(r"[\w-]+(\[\d{1,6}\])*(\.[\w-]+(\[\d{1,6}\])*)*", re.ASCII)
_STEP = re.compile(r"\[(\d+)\]|([\w-]+)", re.ASCII)


def value_at(data: Any, keys: Keys) -> Any:
    """Return the value at *keys*, or None if there is no value. TOML has no null."""
    for key in keys:
        if not holds(data, key):
            return None
        data = data[key]
    return data


def holds(value: Any, key: str | int) -> bool:
    """Return whether *value* is a table with this key, or a list with an entry at this index."""
    if isinstance(key, int):
        return isinstance(value, tuple) and key < len(value)
    return isinstance(value, Mapping) and key in value


def keys_of(place: str) -> Keys:
    """Return the keys of a text like ``markets[0].lot``, or () if the text has another form."""
    if not _PLACE.fullmatch(place):
        return ()
    return tuple(int(number) if number else word for number, word in _STEP.findall(place))


def place_of(keys: Keys) -> str:
    """Write keys as ``markets[0].lot``, on one line. A long or unusual key is quoted."""
    steps = (
        f"[{key}]" if isinstance(key, int) else f".{key if _bare(key) else quoted(key)}"
        for key in keys
    )
    return "".join(steps).removeprefix(".")


def _bare(key: str) -> bool:
    return len(key) <= SHOWN_MAX and re.fullmatch(r"[\w-]+", key, re.ASCII) is not None


def shown(value: object) -> str:
    """Return a short text that shows a wrong value in an error message."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case int() if abs(value) >= 10**SHOWN_MAX:
            return f"a number of about {math.log10(abs(value)):.0f} digits"
        case date() | time():
            return str(value)
        case Mapping():
            return "a table"
        case tuple():
            return "a list"
        case _:
            return repr(value)


def quoted(text: str) -> str:
    """Put a text into quotation marks. A long text is shortened."""
    return repr(text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}...")


def one_line(text: str) -> str:
    """Escape line breaks and invisible characters. An empty text becomes ''."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text) or "''"
