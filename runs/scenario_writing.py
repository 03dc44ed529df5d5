"""Writes a new scenario file with the values of another scenario.

Comments explain tables and keys at their first use. The table `sources` and the keys of inline
tables have no comments.
"""

import re
import textwrap
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

import tomli_w

from runs.scenario_files import ScenarioError
from runs.scenario_keys import Key, about, all_keys
from runs.scenario_schema import SCHEMA_FILE
from runs.scenarios import Layered, data_of, load

WIDTH = 100
_TABLE = re.compile(r"\[{1,2}([\w.]+)\]{1,2}")
_KEY = re.compile(r"(\w+) = ")


def write_scenario(target: Path, like: str) -> None:
    """Write a scenario file with the values of another scenario.

    Args:
        target: the new file, which must not exist.
        like: the built-in name or the path of the other scenario.

    Raises:
        ScenarioError: *target* exists or can't be written, or *like* can't be read.
    """
    load(like)
    text = scenario_text(like)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ScenarioError(target, "", "exists already; give another name") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(target, "", f"can't be written ({reason}); check the path") from None


def scenario_text(like: str) -> str:
    """Return the text of a new scenario file with all values of another scenario."""
    origins, data = data_of(like)
    text = tomli_w.dumps(_in_order(_with_whole_paths(origins, data)))
    lines = _commented(text, set(_places(data)))
    return f"#:schema {SCHEMA_FILE.as_posix()}\n" + "\n".join(lines) + "\n"


def _with_whole_paths(origins: Layered, data: Mapping[str, Any]) -> dict[str, Any]:
    """Make the paths of candle files absolute, so that they are valid in the new file."""
    markets = list(data["markets"])
    for i, market in enumerate(markets):
        if "candles" in market["price"]:
            folder = origins.folder(("markets", i, "price", "candles")).resolve()
            price = {**market["price"], "candles": (folder / market["price"]["candles"]).as_posix()}
            markets[i] = {**market, "price": price}
    return {**data, "markets": tuple(markets)}


def _in_order(data: Mapping[str, Any]) -> dict[str, Any]:
    """Sort the top level's keys and tables in the order of docs/scenario.md."""
    order = [key.name for key in all_keys() if len(key.keys) == 1]
    return {name: data[name] for name in order if name in data}


def _places(value: Any, above: str = "") -> Iterator[str]:
    """Yield the places of all tables and keys in a value. Places have no list indices."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            place = f"{above}.{name}".removeprefix(".")
            yield place
            yield from _places(inner, place)
    elif isinstance(value, tuple):
        for entry in value:
            yield from _places(entry, above)


def _commented(text: str, given: Container[str]) -> Iterator[str]:
    """Yield the lines of a file, with explanations of tables and keys at their first use.

    Args:
        text: the text of the file.
        given: the places of all tables and keys in the file.
    """
    known = {key.place.replace("[]", ""): key for key in all_keys()}
    told: set[str] = set()
    table = ""
    for line in text.splitlines():
        if found := _TABLE.fullmatch(line):
            table = found[1]
            yield line
            if table in known and table not in told:
                told.add(table)
                yield from _about_table(known[table], given)
        elif found := _KEY.match(line):
            place = f"{table}.{found[1]}".removeprefix(".")
            if place in known and place not in told:
                told.add(place)
                yield from _comment(_meaning(known[place]))
            yield line
        else:
            yield line


def _meaning(key: Key) -> str:
    """Return a key's meaning, and its range or its choices if it has them."""
    bounded = key.model is None and ("number" in key.wanted or key.wanted.startswith("'"))
    return f"{key.meaning} ({key.wanted})" if bounded else key.meaning


def _about_table(table: Key, given: Container[str]) -> Iterator[str]:
    """Yield a comment on a table, and a list of its optional keys that the file does not give."""
    if table.model is None:
        return
    yield from _comment(about(table.model))
    place = table.place.replace("[]", "")
    optional = [
        name
        for name, field in table.model.model_fields.items()
        if not field.is_required() and f"{place}.{name}" not in given
    ]
    if optional:
        yield from _comment(f"Further keys that this table may have: {', '.join(optional)}.")


def _comment(said: str) -> Iterator[str]:
    return (f"# {line}" for line in textwrap.wrap(said, WIDTH - 2, break_on_hyphens=False))
