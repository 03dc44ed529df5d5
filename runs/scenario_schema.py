"""Makes the JSON Schema of scenario files. Editors use it to complete keys and show ranges."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from des.scenario import Scenario
from des.scenario.quantities import Part
from runs.scenario_keys import Key, about, all_keys, meaning_of

SCHEMA_FILE = Path(__file__).resolve().parent / "scenario.schema.json"
# Elements of Rust's regular expressions that JSON Schema does not have, and their replacements.
_DIALECT = {r"\z": "$", r"\p{Cc}\p{Zl}\p{Zp}": r"\u0000-\u001f\u007f-\u009f\u2028\u2029"}
_NULL = {"type": "null"}
_EXTENDS = (
    "The scenario that this file extends: a built-in name, or a path from this file's folder."
)
_WITHOUT = "Keys of the extended scenario that this file leaves out, such as 'group.portfolio'."


def schema_text() -> str:
    """Return the text of the file SCHEMA_FILE."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scenario file.

    A file that extends a base may leave out required keys, since the base has them. So a separate
    part of the schema demands the required keys. It applies only to files without ``extends``. A
    list replaces the list of the base, so each entry of a list must have all required keys in every
    file.
    """
    models = {key.table.__name__: key.table for key in all_keys()}
    raw = Scenario.model_json_schema()
    whole = {key.model.__name__ for key in all_keys() if key.model and _in_a_list(key)}
    tables = {name: each for name, each in raw.pop("$defs").items() if name in models}
    definitions = {
        name: _table(each, models[name], required=name in whole) for name, each in tables.items()
    }
    top = _table(raw, Scenario, required=False)
    top["properties"] = {
        "extends": {"type": "string", "minLength": 1, "description": _EXTENDS},
        "without": {"type": "array", "items": {"type": "string"}, "description": _WITHOUT},
        **top["properties"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of moneytrail",
        **top,
        "if": {"not": {"required": ["extends"]}},
        "then": _must_be_given(Scenario),
        "$defs": definitions,
    }


def _in_a_list(key: Key) -> bool:
    return key.is_list or 0 in key.keys


def _table(raw: Mapping[str, Any], model: type[Part], required: bool) -> dict[str, Any]:
    """Return the schema of a table, with a description for each key."""
    properties = {
        name: {"description": _described(model, name, value), **_value(value)}
        for name, value in raw["properties"].items()
    }
    table = {
        "description": about(model),
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
    return {**table, "required": raw["required"]} if required and "required" in raw else table


def _described(model: type[Part], name: str, raw: Mapping[str, Any]) -> str:
    said = meaning_of(model, name)
    kinds = [raw, *raw.get("anyOf", ())]
    form = next((each["description"] for each in kinds if "description" in each), None)
    return said if form is None else f"{said} Write {form}."


def _value(raw: Any) -> Any:
    """Change pydantic's schema of a value so that it fits TOML and JSON Schema."""
    if isinstance(raw, list):
        return [_value(each) for each in raw]
    if not isinstance(raw, Mapping):
        return raw
    kept = {key: _value(value) for key, value in raw.items() if key not in ("title", "description")}
    if isinstance(kept.get("pattern"), str):
        for theirs, ours in _DIALECT.items():
            kept["pattern"] = kept["pattern"].replace(theirs, ours)
    if "default" in kept and kept["default"] is None:
        del kept["default"]
    if _NULL in kept.get("anyOf", ()):
        kinds = [each for each in kept.pop("anyOf") if each != _NULL]
        kept = {**kept, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})}
    return kept


def _must_be_given(model: type[Part]) -> dict[str, Any]:
    """Return a schema that demands the required keys of a table, and of its inner tables if any."""
    fields = [key for key in all_keys() if key.table is model]
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    inner = {
        key.name: _must_be_given(key.model)
        for key in fields
        if key.model is not None and not key.is_list
    }
    said: dict[str, Any] = {"required": required} if required else {}
    inner = {name: each for name, each in inner.items() if each}
    return {**said, "properties": inner} if inner else said
