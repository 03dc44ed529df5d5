"""Reads a TOML file as a checked scenario, and writes the scenario of a run as TOML.

    question = "What does one fast firm take from a slow quoter in a day?"
    extends = "trading-firms"     # a built-in name, or a path from this file's folder
    without = ["firms.capital"]   # keys of the base that this scenario does not have

    [maker]
    depth_share = 0.3             # replaces this key; the base's other keys of [maker] stay

    [sources]
    "house.fee_tiers" = "where that figure is from"

A list replaces the whole list of the base. An error is reported in one line, with the file, the
key, the value and the correction.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from des.candles.candle_error import CandleError
from des.clock import midnight_us
from des.price.candles import read_candles
from des.scenario import Run, Scenario
from ledger.times import day_of
from runs.scenario_faults import faults_of
from runs.scenario_files import (
    Layer,
    ScenarioError,
    extended,
    laid_over,
    layers_of,
    origin_of,
    path_of,
    with_tuples,
)
from runs.scenario_places import Keys, keys_of, place_of, value_at
from runs.scenario_settings import OPTION, setting_at, setting_text, with_settings

READ = "candles_read"
REMARK_CHARACTERS = 1_000  # a longer remark is cut; the type `Remark` has the same limit


@dataclass(frozen=True, slots=True)
class Layered:
    """The origin of a scenario's values: its files, and the settings that replace their values."""

    layers: Sequence[Layer]
    settings: Mapping[str, Any]

    def blamed(self, keys: Keys) -> str:
        """Return the origin of a key: the option --set, or the file that set the key.

        After the file, the text lists all settings, since a setting may have caused the error.
        """
        if setting_at(self.settings, keys) is not None:
            return OPTION
        told = [f"{OPTION} {setting_text(*each)}" for each in self.settings.items()]
        return " ".join([str(origin_of(self.layers, keys)), *(["with", *told] if told else [])])

    def folder(self, keys: Keys) -> Path:
        """Return the folder from which the relative path at *keys* starts.

        This is the folder of the file that gives the value. If a setting gives the value, this is
        the working folder.
        """
        if setting_at(self.settings, keys) is not None:
            return Path()
        return origin_of(self.layers, keys).parent


def load(
    name_or_path: str, overrides: Mapping[str, Any] = {}, settings: Mapping[str, Any] = {}
) -> Scenario:
    """Read a scenario, the files that it extends and its candles, and check the whole scenario.

    Args:
        name_or_path: a built-in name, such as ``may-2021``, or a path. A path ends in .toml or has
            a separator.
        overrides: data that extends the file, such as ``{"run": {"seed": 3}}``.
        settings: values by dotted key, such as ``{"markets[0].quoter.latency_s": 0.5}``. They
            replace values of the file and of *overrides*.

    Returns:
        The scenario. Its markets have anchors and volatility instead of candles.

    Raises:
        ScenarioError: the first error. If keys are wrong, it also states how many more are wrong.
    """
    origins, data = data_of(name_or_path, overrides, settings)
    scenario = _validated(origins, data)
    with_candles = [i for i, each in enumerate(scenario.markets) if each.price.candles is not None]
    for i in with_candles:
        keys = ("markets", i, "price", "candles")
        try:
            data = with_series(origins, data, scenario, i)
        except CandleError as error:
            raise ScenarioError(
                origins.blamed(keys), place_of(keys), f"cannot be used: {error}"
            ) from error
    if with_candles:
        scenario = _validated(origins, data)
    for place in scenario.sources:
        if fault := bad_source(origins, data, place):
            raise fault
    return scenario


def data_of(
    name_or_path: str, overrides: Mapping[str, Any] = {}, settings: Mapping[str, Any] = {}
) -> tuple[Layered, dict[str, Any]]:
    """Return the origin of a scenario's values, and the merged values before any check.

    Raises:
        ScenarioError: a file can't be read, or the list ``without`` names a key that the base does
            not have, or the place of a setting does not exist.
    """
    layers = layers_of(path_of(name_or_path))
    data: Mapping[str, Any] = {}
    for layer in reversed(layers):
        data = laid_over(data, layer)
    data = extended(data, with_tuples(overrides))
    return Layered(layers, settings), with_settings(data, settings)


def name(name_or_path: str) -> str:
    """Return a scenario's short name for a run's folder. It has only a-z, 0-9 and dashes."""
    stem = Path(name_or_path).name.removesuffix(".toml").lower()
    return re.sub(r"[^a-z0-9]+", "-", stem)[:60].strip("-") or "scenario"


def dump(scenario: Scenario) -> str:
    """Return a scenario as TOML, with all defaults. `load` reads an equal scenario from it."""
    return tomli_w.dumps(scenario.model_dump(exclude_none=True))


def _validated(origins: Layered, data: Mapping[str, Any]) -> Scenario:
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        faults = faults_of(error.errors(include_input=False, include_url=False), data)
    (keys, problem), *others = faults.items()
    more = f" (and {len(others)} more)" if others else ""
    raise ScenarioError(origins.blamed(keys), place_of(keys), problem + more)


def bad_source(origins: Layered, data: Mapping[str, Any], place: str) -> ScenarioError | None:
    """Return an error if *place*, the key of a source note, is not a key of the scenario."""
    keys = keys_of(place)
    if keys and value_at(data, keys) is not None:
        return None
    return ScenarioError(
        origins.blamed(("sources", place)),
        place_of(("sources", place)),
        "names no key of this scenario; write a key like 'markets[0].lot', or delete the source",
    )


# ---------------------------------------------------------------------- candles


def with_series(
    origins: Layered, data: Mapping[str, Any], scenario: Scenario, i: int
) -> dict[str, Any]:
    """Replace a market's candle file by anchors and volatility that are computed from the candles.

    Raises:
        CandleError: the candles can't be used.
    """
    keys = ("markets", i, "price", "candles")
    markets, sources = list(data["markets"]), dict(data.get("sources", {}))
    price = markets[i]["price"]
    series = _series(origins.folder(keys) / price["candles"], scenario.run)
    kept = {key: value for key, value in price.items() if key not in ("candles", READ)}
    markets[i] = {**markets[i], "price": {**kept, **series}}
    if place_of(keys) in sources:
        text = sources.pop(place_of(keys))
        sources |= {place_of((*keys[:-1], key)): text for key in series if key != READ}
    return {**data, "markets": tuple(markets), "sources": sources}


def _series(path: Path, run: Run) -> dict[str, Any]:
    """Return the anchors and volatility for the time of the run, and remarks on the candles."""
    candles = read_candles(path)
    times_us = [anchor.time_us for anchor in candles.anchors]
    start_us, end_us = midnight_us(run.start), midnight_us(run.end)
    if start_us < times_us[0] or times_us[-1] < end_us:
        first, last = candles.anchors[0].at, candles.anchors[-1].at
        raise CandleError(
            path,
            None,
            f"goes from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}, but the run goes from "
            f"{run.start} to {run.end}; add candles or shorten the run",
        )
    begin = bisect_right(times_us, start_us) - 1
    end = bisect_left(times_us, end_us)
    since = [level.since for level in candles.volatility]
    found_out = {READ: "; ".join(candles.said)[:REMARK_CHARACTERS]} if candles.said else {}
    return {
        **found_out,
        "anchors": candles.anchors[begin : end + 1],
        "volatility": candles.volatility[
            bisect_right(since, run.start) - 1 : bisect_right(since, day_of(times_us[end]))
        ],
    }
