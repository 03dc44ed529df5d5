"""Finds the file of a scenario by name, and merges it with the files that it extends."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from ledger.mistake import MistakeError
from runs.scenario_places import Keys, keys_of, one_line, place_of, shown, value_at

BUILT_IN = Path(__file__).resolve().parent
BYTES_MAX = 10_000_000
EXTENDS_MAX = 5
# Former names of built-in scenarios. They still work, but are not listed.
FORMER_NAMES = {"marks": "trading-firms"}

# The built-in scenarios by topic, in the order of `scenario list`.
TOPICS: Mapping[str, tuple[str, ...]] = {
    "Begin": ("first-hole", "tiny", "commingled"),
    "The life of the exchange": (
        "ftx-sampled",
        "ftx",
        "ftx-low",
        "ftx-high",
        "ftx-in-kind",
        "ftx-invested",
        "as-told",
    ),
    "A volatile month, and crashes": ("may-2021", "march-2020", "may-19", "luna"),
    "Other causes of a hole": ("ventures-only", "boondoggle", "bad-loans", "leveraged-longs"),
}
OTHER_TOPICS = "Experiments"  # the topic of all scenarios that are not in TOPICS


class ScenarioError(MistakeError):
    """An error in a scenario file or in the option --set.

    Attributes:
        path: the place of the error, as text: a file, or the option --set.
        key: the key with the error, such as ``markets[0].quoter.latency_s``. It is empty if the
            error belongs to the whole file.
        problem: the value, the error and its correction, in one line.
    """

    def __init__(self, path: Path | str, key: str, problem: str) -> None:
        self.path, self.key, self.problem = one_line(str(path)), key, one_line(problem)
        place = f"{self.path}: {key}" if key else self.path
        super().__init__(f"{place} {self.problem}")


@dataclass(frozen=True, slots=True)
class Layer:
    """The data of one file without the keys ``extends`` and ``without``. Lists are tuples."""

    path: Path
    data: Mapping[str, Any]
    without: tuple[Keys, ...] = ()  # tables and keys of the base that the file leaves out


def built_ins() -> dict[str, Path]:
    """Return the files of the scenarios that come with the package, by name."""
    return {path.stem: path for path in sorted(BUILT_IN.glob("*.toml"), key=lambda path: path.stem)}


def grouped(names: Sequence[str]) -> dict[str, list[str]]:
    """Return the names of scenarios by topic: first the names in TOPICS, then all other names."""
    found = {topic: [name for name in group if name in names] for topic, group in TOPICS.items()}
    told = {name for group in found.values() for name in group}
    return {**found, OTHER_TOPICS: [name for name in names if name not in told]}


def path_of(name_or_path: str) -> Path:
    """Return the file of a scenario that is given by a built-in name, a former name or a path.

    Raises:
        ScenarioError: no built-in scenario has this name.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path or os.sep in name_or_path:
        return Path(name_or_path)
    files = built_ins()
    name = FORMER_NAMES.get(name_or_path, name_or_path)
    if name not in files:
        known = ", ".join(files)
        raise ScenarioError(
            name_or_path,
            "",
            f"is not a built-in scenario; give one of {known}, or a path that ends in .toml",
        )
    return files[name]


def layers_of(path: Path) -> list[Layer]:
    """Read a file and all files that it extends. The file itself is first in the result."""
    layers: list[Layer] = []
    data = _read(path)
    while True:
        extends = data.pop("extends", None)
        without = _left_out(path, data.pop("without", ()))
        layers.append(Layer(path, data, without))
        if extends is None:
            if without:
                raise ScenarioError(
                    path, "without", "needs a base; add the key extends, or delete this key"
                )
            return layers
        if len(layers) > EXTENDS_MAX:
            raise ScenarioError(
                path,
                "extends",
                f"continues a chain of more than {EXTENDS_MAX} files; join some of the files",
            )
        if not isinstance(extends, str):
            raise ScenarioError(
                path, "extends", f"is {shown(extends)}; give a built-in name or a path, in quotes"
            )
        try:
            base = path.parent / path_of(extends)  # the path of a built-in scenario is absolute
            data = _read(base)
        except ScenarioError as error:
            raise ScenarioError(path, "extends", f"cannot be followed: {error}") from error
        if any(os.path.samefile(base, layer.path) for layer in layers):
            raise ScenarioError(path, "extends", f"leads back to {base}; name another base")
        path = base


def _read(path: Path) -> dict[str, Any]:
    """Read the data of one file. Lists become tuples, because the frozen models need tuples."""
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
    except FileNotFoundError:
        raise ScenarioError(path, "", "does not exist; check the path") from None
    except IsADirectoryError:
        raise ScenarioError(path, "", "is a folder; give a .toml file in it") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(path, "", f"can't be opened ({reason}); check the path") from None
    if len(raw) > BYTES_MAX:
        raise ScenarioError(path, "", "is larger than 10 MB; put long price series in candle files")
    try:
        data = with_tuples(tomllib.loads(raw.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ScenarioError(path, "", f"is not UTF-8 in line {line}; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(path, "", f"is not TOML: {error}; correct it there") from None
    except ValueError:  # an integer has more digits than Python reads
        raise ScenarioError(path, "", "has a number with thousands of digits; shorten it") from None
    except RecursionError:
        raise ScenarioError(path, "", "has too many nested brackets; remove some") from None
    if not data:
        raise ScenarioError(path, "", 'is empty; begin with question = "..." or extends = "..."')
    return data


def _left_out(path: Path, places: Any) -> tuple[Keys, ...]:
    """Read the list of keys that a file leaves out of its base."""
    if not isinstance(places, tuple):
        problem = f"is {shown(places)}; give a list like ['group.portfolio']"
        raise ScenarioError(path, "without", problem)
    found = [keys_of(place) if isinstance(place, str) else () for place in places]
    for i, keys in enumerate(found):
        if not keys or any(isinstance(key, int) for key in keys):
            problem = f"is {shown(places[i])}; give a key like 'group.portfolio', without an index"
            raise ScenarioError(path, f"without[{i}]", problem)
    return tuple(found)


def with_tuples(value: Any) -> Any:
    """Turn lists into tuples, because the frozen models need tuples."""
    if isinstance(value, Mapping):
        return {key: with_tuples(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(with_tuples(inner) for inner in value)
    return value


def laid_over(base: Mapping[str, Any], layer: Layer) -> dict[str, Any]:
    """Remove from a base the keys that a file leaves out, and merge the file's data into it.

    Raises:
        ScenarioError: the file leaves out a key that the base does not have.
    """
    for i, keys in enumerate(layer.without):
        if value_at(base, keys) is None:
            problem = f"names '{place_of(keys)}', which the base does not have; delete it"
            raise ScenarioError(layer.path, f"without[{i}]", problem)
        base = _less(base, keys)
    return extended(base, layer.data)


def _less(base: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    first, rest = str(keys[0]), keys[1:]
    less = {key: value for key, value in base.items() if key != first}
    if rest:
        less[first] = _less(base[first], rest)
    sources = base.get("sources")
    if isinstance(sources, Mapping):
        less["sources"] = {
            place: text for place, text in sources.items() if keys_of(place)[: len(keys)] != keys
        }
    return less


def extended(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Merge a file's *own* data into its *base*. A changed figure loses its old source note."""
    sources = base.get("sources")
    if isinstance(sources, Mapping):
        kept = {place: text for place, text in sources.items() if not _sets(own, keys_of(place))}
        base = {**base, "sources": kept}
    return _merged(base, own)


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        both_tables = isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
        merged[key] = _merged(base[key], value) if both_tables else value
    return merged


def _sets(own: Mapping[str, Any], keys: Keys) -> bool:
    """Return whether *own* has a value at *keys*, or replaces a value that contains *keys*."""
    value: Any = own
    for key in keys:
        if not isinstance(value, Mapping):
            return True
        if key not in value:
            return False
        value = value[key]
    return bool(keys)


def origin_of(layers: Sequence[Layer], keys: Keys) -> Path:
    """Return the file that sets a key, or the first file if no file sets the key.

    A list replaces the list of the base, so all entries of a list have the same origin.
    """
    whole = tuple(takewhile(lambda key: isinstance(key, str), keys))
    setters = (layer.path for layer in layers if value_at(layer.data, whole) is not None)
    return next(setters, layers[0].path)
