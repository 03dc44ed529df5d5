"""Describes every key of scenarios: its meaning, its allowed values, and the files that read it.

The models of `des/scenario/` have types, ranges and defaults, and `meanings.toml` has the meanings.
The help, the JSON Schema and the reference page are made from the models and the meanings.
"""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo

import des
from des.scenario import Scenario
from des.scenario.quantities import Part
from runs.scenario_faults import wanted_at
from runs.scenario_places import Keys

UNITS = {
    "usd": "dollars",
    "usd_per_bp": "dollars for each basis point",
    "usd_per_day": "dollars a day",
    "usd_per_minute": "dollars a minute",
    "usd_per_hour": "dollars an hour",
    "bps": "basis points",
    "bps_per_day": "basis points a day",
    "pct": "percent",
    "pct_per_year": "percent a year",
    "ms": "milliseconds",
    "s": "seconds",
    "h": "hours",
    "days": "days",
    "per_day": "a day",
    "per_s": "a second",
}
# Words that may follow a unit in a key's name.
QUALIFIERS = ("median", "mean", "min", "max", "busy", "target")
# These files read all keys in the same way, so they are not listed as readers.
NO_READERS = ("scenario_keys.py", "scenario_schema.py", "scenario_reference.py")


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a scenario may have.

    Attributes:
        keys: the key's place, such as ("markets", 0, "lot"). A 0 stands for any entry of a list.
        table: the model of the table that contains the key.
        field: the field of the model for the key.
        meaning: the key's meaning, in a sentence.
    """

    keys: Keys
    table: type[Part]
    field: FieldInfo
    meaning: str

    @property
    def place(self) -> str:
        """Return the key's place, such as markets[].lot."""
        steps = ("[]" if isinstance(key, int) else f".{key}" for key in self.keys)
        return "".join(steps).removeprefix(".")

    @property
    def name(self) -> str:
        """Return the last part of the key's place, such as lot."""
        return str(self.keys[-1])

    @property
    def model(self) -> type[Part] | None:
        """Return the model of the tables in the key's value, or None if it contains no table."""
        return _model_in(self.field.annotation)

    @property
    def is_list(self) -> bool:
        """Return whether the key's value is a list of tables."""
        return self.model is not None and _is_list(self.field.annotation)

    @property
    def wanted(self) -> str:
        """Return the key's allowed values in words, such as 'a number from 0 to 3_600'."""
        if self.model is None:
            return wanted_at(self.keys)
        return "a list of tables" if self.is_list else "a table"

    @property
    def unit(self) -> str:
        """Return the unit that the key's name states, in words. It is empty if there is no unit."""
        if "number" not in self.wanted:
            return ""
        words = self.name.split("_")
        while words[-1] in QUALIFIERS:
            words.pop()
        stems = ["_".join(words[i:]) for i in range(len(words))]
        return next((UNITS[stem] for stem in stems if stem in UNITS), "")

    @property
    def default(self) -> str:
        """Return the key's default value, in words."""
        if self.field.is_required():
            return "none, so the key must be given"
        value = self.field.default
        if value is None:
            return "left out"
        if isinstance(value, Part):
            return "a table with its own defaults"
        if isinstance(value, tuple | dict):
            return "an empty list" if isinstance(value, tuple) else "an empty table"
        return repr(value).lower() if isinstance(value, bool) else repr(value)


@cache
def all_keys() -> tuple[Key, ...]:
    """Return every key. A table's own keys come before the keys of its inner tables."""
    return tuple(_keys_of(Scenario, ()))


@cache
def meanings() -> Mapping[str, Mapping[str, str]]:
    """Return the meaning of each key: first by the model's name, then by the key's name."""
    text = files("des.scenario").joinpath("meanings.toml").read_text("utf-8")
    return tomllib.loads(text)


def meaning_of(table: type[Part], name: str) -> str:
    """Return the meaning of a table's key. The key may be inherited from a base model.

    Raises:
        KeyError: des/scenario/meanings.toml has no line for the key.
    """
    for model in table.__mro__:
        if (said := meanings().get(model.__name__, {}).get(name)) is not None:
            return said
    raise KeyError(f"{table.__name__}.{name}: add its meaning to des/scenario/meanings.toml")


def about(table: type[Part]) -> str:
    """Return the first paragraph of the docstring of a table's model."""
    return " ".join((table.__doc__ or "").partition("\n\n")[0].split())


def readers(key: Key) -> tuple[str, ...]:
    """Return the files that read a key, directly or by a public method of the table's model.

    The search is by name. If several tables have a key of this name, a file is returned only if it
    also contains the name of the table's model, or the name of a key that contains the table.
    """
    return _readers(key.table, key.name, frozenset(map(str, key.keys[:-1])))


@cache
def _readers(table: type[Part], name: str, around: frozenset[str]) -> tuple[str, ...]:
    words = {name, *_properties_with(table, name)}
    shared = sum(name in each.model_fields for each in _tables()) > 1
    about_it = {table.__name__, *around}
    found = (
        path
        for path, attributes, names in _sources()
        if attributes & words and (not shared or names & about_it)
    )
    return tuple(found)


def _keys_of(table: type[Part], above: Keys) -> Iterator[Key]:
    own = [
        Key((*above, name), table, field, meaning_of(table, name))
        for name, field in table.model_fields.items()
    ]
    yield from own
    for key in own:
        if key.model is not None:
            yield from _keys_of(key.model, (*key.keys, 0) if key.is_list else key.keys)


def _model_in(annotation: Any) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    found = (_model_in(each) for each in get_args(annotation))
    return next((each for each in found if each is not None), None)


def _is_list(annotation: Any) -> bool:
    return "tuple" in str(getattr(annotation, "__origin__", "")) or any(
        _is_list(each) for each in get_args(annotation)
    )


@cache
def _tables() -> frozenset[type[Part]]:
    return frozenset(key.table for key in all_keys())


def _properties_with(table: type[Part], name: str) -> set[str]:
    """Return the names of a model's public methods that read the key, directly or indirectly."""
    tree = ast.parse(_text_of(table))
    methods = {
        each.name: {node.attr for node in ast.walk(each) if isinstance(node, ast.Attribute)}
        for parent in ast.walk(tree)
        if isinstance(parent, ast.ClassDef) and parent.name == table.__name__
        for each in parent.body
        if isinstance(each, ast.FunctionDef) and not each.name.startswith("_")
    }
    found: set[str] = set()
    while more := {m for m, read in methods.items() if read & {name, *found}} - found:
        found |= more
    return found


def _text_of(table: type[Part]) -> str:
    home = table.__module__.removeprefix("des.").replace(".", "/")
    return (_world() / f"{home}.py").read_text("utf-8")


def _world() -> Path:
    return Path(str(des.__path__[0]))


@cache
def _sources() -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Return three values for each file that may read keys.

    They are the path, the names of all attributes in the file, and all names in the file.
    """
    found = []
    home = _world().parent
    for path in (*sorted(_world().rglob("*.py")), *sorted((home / "runs").rglob("*.py"))):
        if path.parent.name == "scenario" or path.name in NO_READERS:
            continue
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        attributes = frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute))
        names = frozenset(node.id for node in nodes if isinstance(node, ast.Name)) | attributes
        found.append((path.relative_to(home).as_posix(), attributes, names))
    return tuple(found)
