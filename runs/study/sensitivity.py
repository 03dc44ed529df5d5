"""Sensitivity of an outcome to the unknowns: Sobol's total effects, over the emulator.

A total effect is the part of the outcome's variance that is left once all other inputs are known.

Source: Saltelli et al. (2010), Variance based sensitivity analysis of model output, Computer
    Physics Communications 181(2), 259-270; as in scipy.stats.sobol_indices.
"""

from typing import NamedTuple

import numpy as np

from runs.study.emulator import Emulator
from runs.study.member_table import Members
from runs.study.study_file import StudyError

DRAWN = 1024  # points of each of the two designs; a power of two
LEVEL = 0.9
MEMBERS_MIN = 20  # fewest members for an emulator


class Effect(NamedTuple):
    """One unknown's share of the variance of an outcome."""

    unknown: str
    total: float
    low: float
    high: float


class Sensitivity(NamedTuple):
    """All effects on one outcome, the largest first, and the emulator's quality."""

    outcome: str
    explained: float  # of members that the emulator has not seen
    effects: tuple[Effect, ...]


def sensitivity(members: Members, outcome: str) -> Sensitivity | None:
    """Return the effects of the unknowns on an outcome; None for too few members.

    Raises:
        StudyError: SciPy or scikit-learn is not installed.
    """
    points, values = members.points, members.drawn(outcome)
    if len(values) < MEMBERS_MIN or not np.ptp(values):
        return None
    try:  # here, since other tables need not wait a second for it
        from scipy.stats import sobol_indices, uniform
    except ImportError as error:
        raise StudyError(
            "sensitivity needs SciPy; install it with: pip install 'moneytrail[study]'"
        ) from error
    emulator, explained = Emulator.checked(points, values)
    found = sobol_indices(
        func=lambda drawn: emulator.at(drawn.T),
        n=DRAWN,
        dists=[uniform()] * points.shape[1],
        rng=members.study.seed,
    )
    # Its own bootstrap, at the requested level.
    interval = found.bootstrap(confidence_level=LEVEL, n_resamples=200).total_order
    ends = zip(interval.confidence_interval.low, interval.confidence_interval.high, strict=True)
    effects = [
        Effect(unknown.name, float(total), float(low), float(high))
        for unknown, total, (low, high) in zip(
            members.study.unknown, found.total_order, ends, strict=True
        )
    ]
    effects.sort(key=lambda effect: -effect.total)
    return Sensitivity(outcome, explained, tuple(effects))
