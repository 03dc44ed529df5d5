"""Writes the errors of a scenario in words, each with its correction."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic_core import ErrorDetails

from des.scenario import Scenario
from runs.scenario_places import Keys, holds, shown, value_at


def faults_of(details: Iterable[ErrorDetails], data: Mapping[str, Any]) -> dict[Keys, str]:
    """Return one problem for each wrong key.

    If a table contains a wrong key, only the problem of this key is returned.

    Unknown keys come first, because a misspelt key may cause two errors: an unknown key and a
    missing key. If a key accepts several types and its value has none of them, the innermost error
    is returned. For example, a key accepts the text "all" or a list of dates. For ["2021-05-01"]
    the error is that the date is in quotation marks.
    """
    faults: dict[Keys, str] = {}
    for detail in sorted(details, key=lambda detail: detail["type"] != "extra_forbidden"):
        keys = _keys_at_fault(detail, data)
        faults.setdefault(keys, _problem(detail, keys, data))
    outer = {keys[:i] for keys in faults for i in range(len(keys))}
    return {keys: problem for keys, problem in faults.items() if keys not in outer}


def _keys_at_fault(detail: ErrorDetails, data: Mapping[str, Any]) -> Keys:
    """Return the place of the error, without pydantic's type names."""
    keys: Keys = ()
    for step in detail["loc"]:
        if holds(value_at(data, keys), step):
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
            return f"has {len(value_at(data, keys))} entries; give {_wanted(_schema_at(keys))}"
        case _:
            return f"is {shown(value_at(data, keys))}; give {_wanted(_schema_at(keys))}"


def wanted_at(keys: Keys) -> str:
    """Return the allowed values of a key in words, such as 'a number from 0 to 3_600'."""
    return _wanted(_schema_at(keys))


def _did_you_mean(keys: Keys) -> str:
    known = _schema_at(keys[:-1])["properties"]
    close = get_close_matches(keys[-1], known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"the keys are {', '.join(known)}"


@cache
def _schema() -> dict[str, Any]:
    return Scenario.model_json_schema()


def _schema_at(keys: Keys) -> dict[str, Any]:
    """Return the schema of a key that the scenario can have."""
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
    """Return a schema, or its target if the schema is a reference.

    The type null is ignored, because TOML has no null.
    """
    types = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(types) == 1:
        (schema,) = types
    if "$ref" in schema:
        schema = _schema()["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def _wanted(schema: Mapping[str, Any]) -> str:
    """Return a schema's allowed values in words, such as 'a number from 0 to 3_600'."""
    match schema:
        case {"anyOf": types}:
            return ", or ".join(_wanted(one) for one in types if one != {"type": "null"})
        case {"const": bool() as value}:
            return str(value).lower()  # TOML writes true and false without quotation marks
        case {"const": text}:
            return f"'{text}'"
        case {"enum": texts}:
            return " or ".join(f"'{text}'" for text in texts)
        case {"format": "date"}:
            return "a date without quotation marks, such as 2021-05-01"
        case {"format": "date-time"}:
            return "a time without quotation marks, such as 2021-05-01T13:00:00Z"
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
    """Write a bound in the syntax of TOML."""
    return f"{int(bound):_}" if bound == int(bound) else f"{bound:g}"
