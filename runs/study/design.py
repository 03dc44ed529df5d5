"""Chooses the members of a study: the base with other seeds, then Sobol draws of the unknowns.

If more members are drawn, the first members stay the same. So a study can be continued.

Source: Owen (1998), Scrambling Sobol' and Niederreiter-Xing points, Journal of Complexity 14.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from des.scenario import Scenario
from runs.scenario_files import with_tuples
from runs.scenario_places import Keys, holds, keys_of, place_of, value_at
from runs.scenarios import load
from runs.study.study_file import Study, StudyError, Unknown

EVERY = "[*]"


class Member(NamedTuple):
    """One life of a study."""

    number: int
    seed: int
    inputs: Mapping[str, float]  # the value of each unknown by name; empty for the base

    @property
    def is_base(self) -> bool:
        """Return whether the member has the inputs of the base."""
        return not self.inputs


def unit_points(study: Study, n: int) -> np.ndarray:
    """Return n Sobol draws of the quantiles of all unknowns, in [0, 1), shape (n, unknowns).

    Raises:
        StudyError: SciPy is not installed.
    """
    try:
        from scipy.stats import qmc
    except ImportError as error:
        raise StudyError(
            "a study needs SciPy; install it with: pip install 'moneytrail[study]'"
        ) from error
    sequence = qmc.Sobol(len(study.unknown), scramble=True, rng=study.seed)
    points: np.ndarray = sequence.random_base2(int(np.ceil(np.log2(max(n, 2)))))
    return points[:n]


def members_of(study: Study) -> list[Member]:
    """Return the members in the order of their numbers. The members of the base come first."""
    drawn = [
        {each.name: each.at(float(u)) for each, u in zip(study.unknown, point, strict=True)}
        for point in unit_points(study, study.members)
    ]
    inputs: list[Mapping[str, float]] = [*({} for _ in range(study.base_members)), *drawn]
    return [Member(i, seed_of(study, i), each) for i, each in enumerate(inputs)]


def seed_of(study: Study, number: int) -> int:
    """Return the seed of a member."""
    return study.seed * 100_000 + number + 1


def scenario_of(study: Study, member: Member) -> Scenario:
    """Return the base scenario with a member's seed and inputs.

    The values in the study's table `fidelity` replace values of the base in all members.

    Raises:
        ScenarioError: the inputs contradict each other, or an unknown input has a key that
            scenarios do not have.
        StudyError: the base has no place for an unknown, or a value of the base can't be
            multiplied.
    """
    fidelity = {**study.fidelity}
    fidelity["run"] = {**fidelity.get("run", {}), "seed": member.seed}
    if member.is_base:
        return load(study.base, fidelity)
    data = with_tuples(load(study.base, fidelity).model_dump(exclude_none=True))
    settings: dict[str, float] = {}
    for unknown in study.unknown:
        settings |= settings_of(data, unknown, member.inputs[unknown.name])
    return load(study.base, fidelity, settings)


def settings_of(data: Mapping[str, Any], unknown: Unknown, value: float) -> dict[str, float]:
    """Return the values that an unknown sets, by dotted key.

    Raises:
        StudyError: every key of the unknown input has `[*]`, and the base has no list entry for any
            of these keys. Or a value can't be multiplied, since it is not a number.
    """
    settings: dict[str, float] = {}
    for key in unknown.keys:
        for keys in _expanded(data, key.split(EVERY)):
            settings[place_of(keys)] = value * _number(data, keys) if unknown.times else value
    if not settings:
        absent = ", ".join(unknown.keys)
        raise StudyError(f"input {unknown.name}: {absent} is not in the base; correct the key")
    return settings


def _expanded(data: Any, parts: Sequence[str]) -> list[Keys]:
    """Return the places of a key that is split at `[*]`: one place for each fitting list entry."""
    first, *rest = parts
    keys = keys_of(first.removeprefix("."))
    if not rest:
        return [keys]
    entries = value_at(data, keys) or ()
    return [
        (*keys, i, *inner)
        for i, entry in enumerate(entries)
        for inner in _expanded(entry, rest)
        if len(rest) > 1 or holds_parent(entry, inner)
    ]


def holds_parent(entry: Any, keys: Keys) -> bool:
    """Return whether *entry* has the table or list that contains the last of *keys*."""
    return all(holds(value_at(entry, keys[:i]), keys[i]) for i in range(len(keys) - 1))


def _number(data: Any, keys: Keys) -> float:
    found = value_at(data, keys)
    if not isinstance(found, int | float):
        raise StudyError(f"{place_of(keys)} is not a number in the base, and can't be multiplied")
    return float(found)
