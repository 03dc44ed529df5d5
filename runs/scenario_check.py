"""Finds all errors of a scenario, not only the first.

Types and ranges are checked key by key. Methods of the models find contradictions between keys.
Pydantic stops checking a model at the first contradiction, so this module calls each method
separately.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import SchemaValidator

from des.candles.candle_error import CandleError
from des.scenario import Scenario
from des.scenario.quantities import ContradictionError, Part
from runs.scenario_faults import faults_of
from runs.scenario_files import ScenarioError, path_of
from runs.scenario_places import Keys, place_of
from runs.scenarios import Layered, bad_source, data_of, with_series

# Errors that a method may raise if it reads a value that another method rejects.
UNREADABLE = (ArithmeticError, AssertionError, LookupError, TypeError, ValueError)


def faults(name_or_path: str) -> list[ScenarioError]:
    """Return all errors of a scenario file and of the files that it extends.

    If a file can't be read, only this error is returned. Contradictions between keys are checked
    only if every key has an allowed value.

    Raises:
        ScenarioError: the scenario does not exist.
    """
    path = path_of(name_or_path)
    try:
        origins, data = data_of(name_or_path)
    except ScenarioError as error:
        if not path.is_file():
            raise
        return [error]  # for example, the file is not TOML, or its base does not exist
    found = _faults_in(origins, data)
    if not found:
        scenario = Scenario.model_validate(data)
        for i, market in enumerate(scenario.markets):
            if market.price.candles is None:
                continue
            try:
                data = with_series(origins, data, scenario, i)
            except CandleError as error:
                keys: Keys = ("markets", i, "price", "candles")
                problem = f"cannot be used: {error}"
                found.append(ScenarioError(origins.blamed(keys), place_of(keys), problem))
        found = found or _faults_in(origins, data)
    sources = data.get("sources")
    places = list(sources) if isinstance(sources, Mapping) else []
    return found + [each for place in places if (each := bad_source(origins, data, place))]


def _faults_in(origins: Layered, data: Mapping[str, Any]) -> list[ScenarioError]:
    try:
        whole = _each_key().validate_python(data)
        said = dict(_contradictions(whole, ()))
    except ValidationError as error:
        said = faults_of(error.errors(include_input=False, include_url=False), data)
    return [
        ScenarioError(origins.blamed(keys), place_of(keys), problem)
        for keys, problem in said.items()
    ]


def _contradictions(part: Part, above: Keys) -> Iterator[tuple[Keys, str]]:
    """Yield contradictions between keys. Inner tables come before the tables around them."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, Part):
            yield from _contradictions(value, (*above, name))
        elif isinstance(value, tuple):
            for i, entry in enumerate(value):
                if isinstance(entry, Part):
                    yield from _contradictions(entry, (*above, name, i))
    complained = False
    for name in type(part).__pydantic_decorators__.model_validators:
        try:
            getattr(part, name)()
        except ContradictionError as error:
            complained = True
            yield (*above, *error.keys), error.problem
        except UNREADABLE:
            if not complained:
                raise


@cache
def _each_key() -> SchemaValidator:
    """Return a validator that checks only types and ranges of single keys."""
    return SchemaValidator(_without_methods(Scenario.__pydantic_core_schema__))


def _without_methods(schema: Any) -> Any:
    if isinstance(schema, list | tuple):
        return type(schema)(_without_methods(each) for each in schema)
    if not isinstance(schema, dict):
        return schema
    inner = schema
    while inner.get("type") == "function-after" and _leads_to_a_model(inner):
        inner = {**inner["schema"], **({"ref": schema["ref"]} if "ref" in schema else {})}
    return {key: _without_methods(value) for key, value in inner.items()}


def _leads_to_a_model(schema: Mapping[str, Any]) -> bool:
    while schema.get("type") == "function-after":
        schema = schema["schema"]
    return schema.get("type") == "model"
