"""Functions that change a valid scenario, and a check of error messages.

A place is the path to a value in parsed TOML: a sequence of keys and list positions.
"""

import copy
import tomllib
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

from runs.scenario_files import ScenarioError
from runs.scenarios import dump, load

Place = tuple[str | int, ...]

WORLD = Path(__file__).parents[1] / "worlds" / "everything.toml"
EVERYTHING = tomllib.loads(dump(load(str(WORLD))))  # a world that has every table


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Yield the place of every key and of every list entry in parsed TOML."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for step, under in inner:
        yield (*at, step)
        if isinstance(under, dict | list):
            yield from places(under, (*at, step))


def value_at(data: Any, place: Place) -> Any:
    """Return the value at a place."""
    return reduce(getitem, place, data)


def replaced(data: Any, place: Place, value: Any) -> Any:
    """Return a copy with another value at a place."""
    changed = copy.deepcopy(data)
    value_at(changed, place[:-1])[place[-1]] = value
    return changed


def removed(data: Any, place: Place) -> Any:
    """Return a copy without the key or list entry at a place."""
    changed = copy.deepcopy(data)
    del value_at(changed, place[:-1])[place[-1]]
    return changed


def written(place: Place) -> str:
    """Write a place as in error messages. An example is ``firms.members[1].name``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return "".join(steps).removeprefix(".")


def assert_helpful(error: ScenarioError, path: Path, key: str) -> None:
    """Assert that the message is one line with the file, the key, the error and a correction."""
    message = str(error)
    assert message.splitlines() == [message]
    assert message.isprintable()
    assert len(message) < 700
    assert error.path == str(path)
    assert error.key == key
    assert message.startswith(f"{path}: {key} " if key else f"{path} ")
    what_is_wrong, semicolon, what_to_do = error.problem.partition("; ")
    assert what_is_wrong
    assert semicolon
    assert what_to_do
