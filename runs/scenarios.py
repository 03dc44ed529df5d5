"""Scenario files: TOML in, a checked scenario out, and the scenario as run back to TOML.

    question = "What does one fast firm take from a slow quoter in a day?"
    extends = "may-2021"          # a built-in name, or a path from this file's folder

    [maker]
    volume_share = 0.3            # tables are laid over the base's, lists replace it

    [sources]
    "house.fee_tiers" = "where that figure is from"

Whatever is wrong with a file is said in one line: the file, the key, the value, what to do.
"""

import math
import os
import re
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from des.clock import midnight_us
from des.price.candles import CandleError, read_candles
from des.scenario import Run, Scenario
from ledger.mistake import MistakeError
from ledger.times import day_of

BUILT_IN = Path(__file__).resolve().parent
BYTES_MAX = 10_000_000
EXTENDS_MAX = 5
SHOWN_MAX = 40  # characters of an offending value

Keys = tuple[str | int, ...]  # ("markets", 0, "lot"), written markets[0].lot

_PLACE = re.compile(r"[\w-]+(\[\d{1,6}\])*(\.[\w-]+(\[\d{1,6}\])*)*", re.ASCII)
_STEP = re.compile(r"\[(\d+)\]|([\w-]+)", re.ASCII)


class ScenarioError(MistakeError):
    """A scenario file that cannot be run.

    Attributes:
        path: the file at fault, as text.
        key: where in it, such as ``markets[0].quoter.latency_s``; empty for the file as a whole.
        problem: the value, what is wrong with it and what to do; one line.
    """

    def __init__(self, path: Path | str, key: str, problem: str) -> None:
        self.path, self.key, self.problem = _one_line(str(path)), key, _one_line(problem)
        place = f"{self.path}: {key}" if key else self.path
        super().__init__(f"{place} {self.problem}")


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one file says itself, its lists as tuples and without ``extends``."""

    path: Path
    data: Mapping[str, Any]


def load(name_or_path: str, overrides: Mapping[str, Any] = {}) -> Scenario:
    """Read a scenario, resolve what it extends and its candles, and check all of it.

    Args:
        name_or_path: a built-in name, such as ``may-2021``, or a path: whatever ends in .toml or
            has a separator in it.
        overrides: laid over the file as if by one that extends it: ``{"run": {"seed": 3}}``.

    Returns:
        The scenario; its markets have anchors and volatility, and no candles.

    Raises:
        ScenarioError: the first thing that is wrong, and how many more there are.
    """
    layers = _layers(_path_of(name_or_path))
    data: Mapping[str, Any] = {}
    for own in (*(layer.data for layer in reversed(layers)), _with_tuples(overrides)):
        data = _extended(data, own)
    scenario = _validated(layers, data)
    if any(market.price.candles is not None for market in scenario.markets):
        data = _with_candles(layers, data, scenario)
        scenario = _validated(layers, data)
    for place in scenario.sources:
        _check_source(layers, data, place)
    return scenario


def name(name_or_path: str) -> str:
    """Return a scenario's short name, in a-z, 0-9 and -, with which its run's folder begins."""
    stem = Path(name_or_path).name.removesuffix(".toml").lower()
    return re.sub(r"[^a-z0-9]+", "-", stem)[:60].strip("-") or "scenario"


def dump(scenario: Scenario) -> str:
    """Write the scenario as run, with its defaults; `load` reads an equal one back."""
    return tomli_w.dumps(scenario.model_dump(exclude_none=True))


def built_ins() -> dict[str, Path]:
    """Return the files of the scenarios that come with the package, by name."""
    return {path.stem: path for path in sorted(BUILT_IN.glob("*.toml"), key=lambda path: path.stem)}


# ------------------------------------------------------------------------- files


def _path_of(name_or_path: str) -> Path:
    if name_or_path.endswith(".toml") or "/" in name_or_path or os.sep in name_or_path:
        return Path(name_or_path)
    files = built_ins()
    if name_or_path not in files:
        known = ", ".join(files)
        raise ScenarioError(
            name_or_path,
            "",
            f"is not a built-in scenario; give one of {known}, or a path that ends in .toml",
        )
    return files[name_or_path]


def _layers(path: Path) -> list[_Layer]:
    """Read a file and what it extends, the file itself first."""
    layers: list[_Layer] = []
    data = _read(path)
    while True:
        extends = data.pop("extends", None)
        layers.append(_Layer(path, data))
        if extends is None:
            return layers
        if len(layers) > EXTENDS_MAX:
            raise ScenarioError(
                path, "extends", f"is one of more than {EXTENDS_MAX} in a row; join some files"
            )
        if not isinstance(extends, str):
            raise ScenarioError(
                path, "extends", f"is {_shown(extends)}; give a built-in name or a path, in quotes"
            )
        try:
            base = path.parent / _path_of(extends)  # a built-in's path is absolute
            data = _read(base)
        except ScenarioError as error:
            raise ScenarioError(path, "extends", f"cannot be followed: {error}") from error
        if any(os.path.samefile(base, layer.path) for layer in layers):
            raise ScenarioError(path, "extends", f"leads back to {base}; break the circle")
        path = base


def _read(path: Path) -> dict[str, Any]:
    """Read one file's own data; its lists become tuples, as the frozen schema has them."""
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
    except FileNotFoundError:
        raise ScenarioError(path, "", "does not exist; check the path") from None
    except IsADirectoryError:
        raise ScenarioError(path, "", "is a folder; give a .toml file in it") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(path, "", f"cannot be opened ({reason}); check it") from None
    if len(raw) > BYTES_MAX:
        raise ScenarioError(path, "", "is larger than 10 MB; put long price series into candles")
    try:
        data = _with_tuples(tomllib.loads(raw.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioError(path, "", f"is not UTF-8 in line {line}; save it as such") from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(path, "", f"is not TOML: {error}; mend it there") from None
    except ValueError:  # Python's limit on the digits of an integer
        raise ScenarioError(path, "", "has a number of thousands of digits; mend it") from None
    except RecursionError:
        raise ScenarioError(path, "", "has brackets in brackets without end; mend it") from None
    if not data:
        raise ScenarioError(path, "", 'is empty; begin with question = "..." or extends = "..."')
    return data


def _with_tuples(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_tuples(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(_with_tuples(inner) for inner in value)
    return value


# ----------------------------------------------------------------------- layers


def _extended(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a file's *own* data over its *base*; a figure that changes loses its old source."""
    sources = base.get("sources")
    if isinstance(sources, Mapping):
        kept = {place: text for place, text in sources.items() if not _sets(own, _keys_of(place))}
        base = {**base, "sources": kept}
    return _merged(base, own)


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        both_tables = isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
        merged[key] = _merged(base[key], value) if both_tables else value
    return merged


def _sets(own: Mapping[str, Any], keys: Keys) -> bool:
    """Tell whether *own* has a value there, or in place of a list or table around it."""
    value: Any = own
    for key in keys:
        if not isinstance(value, Mapping):
            return True
        if key not in value:
            return False
        value = value[key]
    return bool(keys)


def _origin(layers: Sequence[_Layer], keys: Keys) -> Path:
    """Return the file that set a key; for one that none has, the file that was asked for."""
    setters = (layer.path for layer in layers if _value_at(layer.data, keys) is not None)
    return next(setters, layers[0].path)


def _value_at(data: Any, keys: Keys) -> Any:
    """Return the value at a key, or None where there is none; TOML has no null."""
    for key in keys:
        if not _holds(data, key):
            return None
        data = data[key]
    return data


def _holds(value: Any, key: str | int) -> bool:
    if isinstance(key, int):
        return isinstance(value, tuple) and key < len(value)
    return isinstance(value, Mapping) and key in value


def _check_source(layers: Sequence[_Layer], data: Mapping[str, Any], place: str) -> None:
    """Refuse a source of a figure that the scenario does not have."""
    keys = _keys_of(place)
    if not keys or _value_at(data, keys) is None:
        raise ScenarioError(
            _origin(layers, ("sources", place)),
            _place(("sources", place)),
            "names no key of this scenario; write it like 'markets[0].lot', or delete the source",
        )


# ---------------------------------------------------------------------- candles


def _with_candles(
    layers: Sequence[_Layer], data: Mapping[str, Any], scenario: Scenario
) -> dict[str, Any]:
    """Put what candles say in the place of their name; their source goes with them."""
    markets, sources = list(data["markets"]), dict(scenario.sources)
    for i, market in enumerate(scenario.markets):
        if market.price.candles is None:
            continue
        keys = ("markets", i, "price", "candles")
        origin = _origin(layers, keys)
        try:
            series = _series(origin.parent / market.price.candles, scenario.run)
        except CandleError as error:
            raise ScenarioError(origin, _place(keys), f"cannot be used: {error}") from error
        price = {key: value for key, value in markets[i]["price"].items() if key != "candles"}
        markets[i] = {**markets[i], "price": {**price, **series}}
        if _place(keys) in sources:
            text = sources.pop(_place(keys))
            sources |= {_place((*keys[:-1], key)): text for key in series}
    return {**data, "markets": tuple(markets), "sources": sources}


def _series(path: Path, run: Run) -> dict[str, tuple[Any, ...]]:
    """Read anchors and volatility, as far as the run can feel them."""
    candles = read_candles(path)
    times_us = [anchor.time_us for anchor in candles.anchors]
    start_us, end_us = midnight_us(run.start), midnight_us(run.end)
    if start_us < times_us[0] or times_us[-1] < end_us:
        first, last = candles.anchors[0].at, candles.anchors[-1].at
        raise CandleError(
            path,
            None,
            f"goes from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}, the run from {run.start} "
            f"to {run.end}; add candles or shorten the run",
        )
    first = bisect_right(times_us, start_us) - 1
    last = bisect_left(times_us, end_us)
    since = [level.since for level in candles.volatility]
    return {
        "anchors": candles.anchors[first : last + 1],
        "volatility": candles.volatility[
            bisect_right(since, run.start) - 1 : bisect_right(since, day_of(times_us[last]))
        ],
    }


# ------------------------------------------------------- from the schema to sentences


def _validated(layers: Sequence[_Layer], data: Mapping[str, Any]) -> Scenario:
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        faults = _faults(error.errors(include_input=False, include_url=False), data)
    (keys, problem), *others = faults.items()
    more = f" (and {len(others)} more)" if others else ""
    raise ScenarioError(_origin(layers, keys), _place(keys), problem + more)


def _faults(details: Iterable[ErrorDetails], data: Mapping[str, Any]) -> dict[Keys, str]:
    """Say what is wrong at which key, one problem for each.

    Unknown keys come first: a misspelt key is also a missing one. Where a value fits none of
    several types, its innermost fault counts: of ["2021-05-01"] that the date is in quotes, not
    that the list isn't "all".
    """
    faults: dict[Keys, str] = {}
    for detail in sorted(details, key=lambda detail: detail["type"] != "extra_forbidden"):
        keys = _keys_at_fault(detail, data)
        faults.setdefault(keys, _problem(detail, keys, data))
    outer = {keys[:i] for keys in faults for i in range(len(keys))}
    return {keys: problem for keys, problem in faults.items() if keys not in outer}


def _keys_at_fault(detail: ErrorDetails, data: Mapping[str, Any]) -> Keys:
    """Return where the fault is, without the names of types that pydantic mixes in."""
    keys: Keys = ()
    for step in detail["loc"]:
        if _holds(_value_at(data, keys), step):
            keys = (*keys, step)
    if detail["type"] == "missing":
        return (*keys, detail["loc"][-1])
    if detail["type"] == "value_error":
        return keys + detail["ctx"]["error"].keys
    return keys


def _problem(detail: ErrorDetails, keys: Keys, data: Mapping[str, Any]) -> str:
    match detail["type"]:
        case "value_error":
            return detail["ctx"]["error"].problem
        case "missing":
            return f"is missing; give {_wanted(_schema_at(keys))}"
        case "extra_forbidden":
            return f"is not a key of this table; {_did_you_mean(keys)}"
        case "too_short" | "too_long":
            return f"has {len(_value_at(data, keys))} entries; give {_wanted(_schema_at(keys))}"
        case _:
            return f"is {_shown(_value_at(data, keys))}; give {_wanted(_schema_at(keys))}"


def _did_you_mean(keys: Keys) -> str:
    known = _schema_at(keys[:-1])["properties"]
    close = get_close_matches(keys[-1], known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"the keys are {', '.join(known)}"


@cache
def _schema() -> dict[str, Any]:
    return Scenario.model_json_schema()


def _schema_at(keys: Keys) -> dict[str, Any]:
    """Return what the schema says of a key that it knows."""
    schema = _schema()
    for key in keys:
        types = schema.get("anyOf", [schema])
        if isinstance(key, int):
            schema = next(one["items"] for one in types if "items" in one)
        else:
            schema = schema.get("properties", {}).get(key) or schema["additionalProperties"]
        schema = _resolved(schema)
    return schema


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, also that of a table which may be missing: TOML has no null."""
    types = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(types) == 1:
        (schema,) = types
    if "$ref" in schema:
        schema = _schema()["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def _wanted(schema: Mapping[str, Any]) -> str:
    """Put into words what a value must be: 'a number from 0 to 3_600'."""
    match schema:
        case {"anyOf": types}:
            return ", or ".join(_wanted(one) for one in types if one != {"type": "null"})
        case {"const": text}:
            return f"'{text}'"
        case {"enum": texts}:
            return " or ".join(f"'{text}'" for text in texts)
        case {"format": "date"}:
            return "a date without quotes, such as 2021-05-01"
        case {"format": "date-time"}:
            return "a time without quotes, such as 2021-05-01T13:00:00Z"
        case {"type": "string"}:
            return schema["description"]
        case {"type": "integer"}:
            return f"a whole number {_range(schema)}"
        case {"type": "number"}:
            return f"a number {_range(schema)}"
        case {"type": "boolean"}:
            return "true or false"
        case {"type": "array", "maxItems": most}:
            return f"a list of {schema.get('minItems', 0)} to {most} entries"
        case {"type": "array"}:
            return "a list"
        case _:
            return "a table"


def _range(schema: Mapping[str, Any]) -> str:
    high = _figure(schema["maximum"])
    if "exclusiveMinimum" in schema:
        return f"above {_figure(schema['exclusiveMinimum'])} and up to {high}"
    return f"from {_figure(schema['minimum'])} to {high}"


def _figure(bound: float) -> str:
    """Write a bound as TOML reads it back."""
    return f"{int(bound):_}" if bound == int(bound) else f"{bound:g}"


# ----------------------------------------------------------------- keys and values as text


def _keys_of(place: str) -> Keys:
    """Read ``markets[0].lot``; empty when it isn't written like that."""
    if not _PLACE.fullmatch(place):
        return ()
    return tuple(int(number) if number else word for number, word in _STEP.findall(place))


def _place(keys: Keys) -> str:
    """Write ``markets[0].lot``; a key that needs quotes gets them, and stays on the line."""
    steps = (
        f"[{key}]" if isinstance(key, int) else f".{key if _bare(key) else _quoted(key)}"
        for key in keys
    )
    return "".join(steps).removeprefix(".")


def _bare(key: str) -> bool:
    return len(key) <= SHOWN_MAX and re.fullmatch(r"[\w-]+", key, re.ASCII) is not None


def _shown(value: object) -> str:
    """Show an offending value in a few characters."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case int() if abs(value) >= 10**SHOWN_MAX:
            return f"a number of some {math.log10(abs(value)):.0f} digits"
        case date() | time():
            return str(value)
        case Mapping():
            return "a table"
        case tuple():
            return "a list"
        case _:
            return repr(value)


def _quoted(text: str) -> str:
    return repr(text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}...")


def _one_line(text: str) -> str:
    """Escape what would break the line or hide on it; nothing is shown as ''."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text) or "''"
