"""Sets single values of a scenario by dotted keys, as in ``maker.credit_line_usd=0``."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

import tomli_w

from runs.scenario_files import ScenarioError, with_tuples
from runs.scenario_places import Keys, holds, keys_of, place_of, shown, value_at

CANDLES = ("price", "candles")
IN_PLACE_OF_CANDLES = ("anchors", "volatility")
BARE_KEY = re.compile("[A-Za-z0-9_-]+")  # a key that TOML reads without quotes
OPTION = "--set"  # error messages name it as the place of a wrong setting


def read_settings(texts: Iterable[str]) -> dict[str, Any]:
    """Read settings from the command line. A setting is a key, an equals sign and a TOML value.

    A value that is not TOML is read as text, since a shell removes quotation marks.

    Raises:
        ScenarioError: a setting does not have this form, or a key is set twice.
    """
    settings: dict[str, Any] = {}
    for text in texts:
        place, equals, value = text.partition("=")
        place = place.strip()
        if not equals or not keys_of(place):
            raise ScenarioError(
                OPTION, "", f"{shown(text)} is not KEY=VALUE, such as maker.credit_line_usd=0"
            )
        if place in settings:
            raise ScenarioError(OPTION, place, "is set twice; give it once")
        settings[place] = read_value(value)
    return settings


def read_value(text: str) -> Any:
    """Read a TOML value, or return the text if it is not TOML."""
    try:
        data = tomllib.loads(f"value = {text.strip()}")
    except (ValueError, RecursionError):  # ValueError: not TOML, or too many digits
        return text.strip()
    return with_tuples(data["value"]) if len(data) == 1 else text.strip()


def setting_text(place: str, value: Any) -> str:
    """Write a setting on one line. `read_settings` reads the same value from this line."""
    if isinstance(value, str) and (read_value(value) != value or not value.isprintable()):
        return f"{place}={_quoted(value)}"
    return f"{place}={_value_text(value)}"


def with_settings(data: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario's data with the values of the settings.

    If a value is replaced, its source is removed from the table `sources`. Missing tables are
    created. This function does not check whether a key is allowed. If a setting gives candles to a
    market, the anchors and the volatility of this market are removed.

    Args:
        data: a scenario's data, with lists as tuples.
        settings: values by dotted key.

    Raises:
        ScenarioError: a key does not have the form ``markets[0].lot``, or names a list entry that
            does not exist, or names a key inside a value that is not a table.
    """
    changed: Any = dict(data)
    for place, value in settings.items():
        keys = keys_of(place)
        if not keys:
            raise ScenarioError(OPTION, "", f"{shown(place)} is not a key like markets[0].lot")
        changed = _with_value(changed, keys, with_tuples(value), ())
        replaced = [keys]
        if keys[-2:] == CANDLES:
            replaced += [(*keys[:-1], name) for name in IN_PLACE_OF_CANDLES]
            changed = _without(changed, replaced[1:])
        sources = changed.get("sources")
        if isinstance(sources, Mapping) and keys[0] != "sources":
            kept = {
                key: text
                for key, text in sources.items()
                if not any(_overlap(each, keys_of(key)) for each in replaced)
            }
            changed = {**changed, "sources": kept}
    return changed


def _without(data: Any, places: Iterable[Keys]) -> Any:
    """Return *data* without the values at *places*. A place may have no value."""
    for keys in places:
        above = value_at(data, keys[:-1])
        kept = {key: value for key, value in above.items() if key != keys[-1]}
        data = _with_value(data, keys[:-1], kept, ())
    return data


def setting_at(settings: Mapping[str, Any], keys: Keys) -> str | None:
    """Return the key of the setting that gives the value at *keys*. None: there is no setting."""
    for place in settings:
        own = keys_of(place)
        if keys[: len(own)] == own:
            return place
    return None


def _with_value(data: Any, keys: Keys, value: Any, passed: Keys) -> Any:
    """Return *data* with *value* at *keys*.

    *passed* has the keys from the top of the scenario to *data*. Error messages state them.
    """
    key, *rest = keys
    here = (*passed, key)
    fits = isinstance(data, tuple) if isinstance(key, int) else isinstance(data, Mapping)
    if not fits:
        raise ScenarioError(
            OPTION, place_of(here), f"does not exist; {place_of(passed)} is {shown(data)}"
        )
    if isinstance(key, int):
        if not holds(data, key):
            entries = "1 entry" if len(data) == 1 else f"{len(data)} entries"
            raise ScenarioError(
                OPTION,
                place_of(here),
                f"does not exist; the list has {entries}, numbered from [0]",
            )
        inner = _with_value(data[key], tuple(rest), value, here) if rest else value
        return (*data[:key], inner, *data[key + 1 :])
    inner = value
    if rest:
        empty: Any = () if isinstance(rest[0], int) else {}
        inner = _with_value(data.get(key, empty), tuple(rest), value, here)
    return {**data, key: inner}


def _overlap(one: Keys, other: Keys) -> bool:
    """Return whether two places are equal, or one place is a table or list around the other."""
    common = min(len(one), len(other))
    return common > 0 and one[:common] == other[:common]


def _value_text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case date() | time() | datetime():
            return value.isoformat()
        case tuple() | list():
            return f"[{', '.join(map(_quoted, value))}]"
        case Mapping():
            return f"{{ {', '.join(f'{_key(k)} = {_quoted(v)}' for k, v in value.items())} }}"
        case _:
            return repr(value)


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else _quoted(key)


def _quoted(value: Any) -> str:
    """Write a value as TOML. A text has quotes."""
    if isinstance(value, str):
        return tomli_w.dumps({"value": value}).removeprefix("value = ").removesuffix("\n")
    return _value_text(value)
