"""Computes Sobol's total effects, which show how sensitive an outcome is to each unknown.

The total effect of an unknown is the share of the outcome's variance that remains, on average, if
all other unknowns are known. It is computed with an emulator, which is a statistical estimate of
the simulation (see `runs.study.emulator`).

Source: Saltelli et al. (2010), Variance based sensitivity analysis of model output, Computer
    Physics Communications 181(2), 259-270: the design of table 2, and its estimator (f).
"""

from importlib.util import find_spec
from typing import NamedTuple

import numpy as np

from runs.study.emulator import Emulator
from runs.study.member_table import Members
from runs.study.study_file import StudyError

DRAWN = 1024  # number of points in each of the two designs; a power of two
LEVEL = 0.9
RESAMPLES = 200
MEMBERS_MIN = 20  # with fewer members no emulator is fitted


class Effect(NamedTuple):
    """The total effect of one unknown on an outcome, and the ends of its bootstrap interval."""

    unknown: str
    total: float
    low: float
    high: float


class Sensitivity(NamedTuple):
    """The effects of all unknowns on one outcome, the largest first, and the emulator's quality."""

    outcome: str
    # The share of the outcome's variance that the emulator explains in cross-validation.
    explained: float
    effects: tuple[Effect, ...]


def has_effects(members: Members, outcome: str) -> bool:
    """Return whether `sensitivity` would return effects. They are not computed here."""
    libraries = ("scipy", "sklearn", "threadpoolctl")
    return _has_enough(members.drawn(outcome)) and all(map(find_spec, libraries))


def _has_enough(values: np.ndarray) -> bool:
    return len(values) >= MEMBERS_MIN and bool(np.ptp(values))


def sensitivity(members: Members, outcome: str) -> Sensitivity | None:
    """Return the effects of all unknowns on one outcome.

    The result is None if there are too few members, or if the outcome does not vary.

    Raises:
        StudyError: SciPy or scikit-learn is not installed.
    """
    points, values = members.points, members.drawn(outcome)
    if not _has_enough(values):
        return None
    try:  # imported here: the import is slow, and other tables do not need it
        from scipy.stats import qmc
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise StudyError(
            "sensitivity needs SciPy; install it with: pip install 'moneytrail[study]'"
        ) from error
    seed, k = members.study.seed, points.shape[1]
    design = qmc.Sobol(2 * k, rng=seed).random(DRAWN)
    # More threads are not faster for such small matrices.
    with threadpool_limits(1):
        emulator, explained = Emulator.checked(points, values)
        totals, low, high = _total_effects(emulator, design[:, :k], design[:, k:], seed)
    effects = [
        Effect(unknown.name, *map(float, effect))
        for unknown, *effect in zip(members.study.unknown, totals, low, high, strict=True)
    ]
    effects.sort(key=lambda effect: -effect.total)
    return Sensitivity(outcome, explained, tuple(effects))


def _total_effects(
    emulator: Emulator, one: np.ndarray, other: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each input's total effect, and the ends of its bootstrap interval.

    The bootstrap draws points of the two designs with replacement. SciPy's `sobol_indices` is not
    used, since its bootstrap does not accept a seed.

    Args:
        emulator: computes the outcome at any point.
        one: the first design, shape (points, unknowns).
        other: the second design, with the same shape. Its values replace those of the first design,
            in one input at a time.
        seed: the seed of the bootstrap.
    """
    n, k = one.shape
    at_one, at_other = emulator.at(one), emulator.at(other)
    swapped = np.repeat(one[np.newaxis], k, axis=0)
    swapped[np.arange(k), :, np.arange(k)] = other.T
    moved = (emulator.at(swapped.reshape(k * n, k)).reshape(k, n) - at_one) ** 2 / 2

    def effects(drawn: np.ndarray) -> np.ndarray:
        variance = np.var((at_one[drawn], at_other[drawn]))
        found: np.ndarray = moved[:, drawn].mean(axis=1) / variance
        return found

    resamples = np.random.default_rng(seed).integers(n, size=(RESAMPLES, n))
    again = [effects(drawn) for drawn in resamples]
    low, high = np.quantile(again, ((1 - LEVEL) / 2, (1 + LEVEL) / 2), axis=0)
    return effects(np.arange(n)), low, high
