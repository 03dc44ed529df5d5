"""Proposes the lives of a search.

A search looks for plausible lives in which the mechanism is a larger part of the hole. Members that
are drawn at random show what is usual. A life has many unknown inputs, so few members are near the
ends of the plausible region. A search proposes lives that may be nearer to these ends. The method
is differential evolution. A new life starts with the inputs of a plausible life in which the
mechanism is a large part of the hole. The search adds a fraction of the difference between the
inputs of two other plausible lives, and a small random change. If two inputs are usually large
together in plausible lives, the difference usually changes both inputs in the same direction. A
later generation can also start from the plausible lives of earlier generations.

Sources: Storn & Price (1997), Differential evolution, Journal of Global Optimization 11, 341-359;
    ter Braak (2006), A Markov chain Monte Carlo version of the genetic algorithm differential
    evolution, Statistics and Computing 16, 239-249: the factor `2.38 / sqrt(2 d)`, and the small
    random change.
"""

from dataclasses import replace

import numpy as np

from runs.study.design import Member, seed_of
from runs.study.member_table import Members
from runs.study.plausible import judge, plausible
from runs.study.study_file import StudyError
from runs.study.would_have_to_be import share_of_hole

GENERATION = 20  # number of lives that are proposed from the same plausible lives
PARENTS_MIN = 4  # the least number of plausible lives for a search
SIDESTEP_SD = 0.01  # standard deviation of the small random change, in quantiles


def generation(members: Members, first: int) -> list[Member]:
    """Propose GENERATION lives. The same arguments give the same proposals.

    Args:
        members: the members of a study, and all lives of its search so far.
        first: the number of the first proposed life.

    Raises:
        StudyError: fewer than PARENTS_MIN lives are plausible.
    """
    study = members.study
    found = plausible(judge(members), study.nth_largest)
    if found.sum() < PARENTS_MIN:
        raise StudyError(
            f"a search needs {PARENTS_MIN} plausible members, and the study has {found.sum()}; "
            "play more members first"
        )
    points, share = members.points[found], np.nan_to_num(share_of_hole(members), nan=-np.inf)[found]
    parents = np.argsort(-share, kind="stable")[: (len(points) + 1) // 2]
    generator = np.random.default_rng((study.seed, first))
    proposed = [_proposed(points, parents, generator) for _ in range(GENERATION)]
    return [
        Member(
            number,
            seed_of(study, number),
            {each.name: each.at(float(u)) for each, u in zip(study.unknown, point, strict=True)},
        )
        for number, point in enumerate(proposed, first)
    ]


def _proposed(
    points: np.ndarray, parents: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Return the inputs of a new life as quantiles, shape (unknowns,).

    Args:
        points: the inputs of the plausible lives as quantiles, shape (lives, unknowns).
        parents: the rows of *points* from which a new life may start.
        generator: draws three plausible lives and the small random change.
    """
    lives, unknowns = points.shape
    start = int(generator.choice(parents))
    one, other = generator.choice(np.delete(np.arange(lives), start), 2, replace=False)
    step = 2.38 / np.sqrt(2 * unknowns) * (points[one] - points[other])
    return _inside(points[start] + step + SIDESTEP_SD * generator.standard_normal(unknowns))


def _inside(point: np.ndarray) -> np.ndarray:
    """Reflect quantiles below 0 or above 1 back into the range from 0 to 1."""
    folded: np.ndarray = 1 - np.abs(1 - np.mod(point, 2))
    return folded


def lives_of(searched: Members) -> list[Member]:
    """Return the lives of a sealed search, so that they can be played again."""
    names = [unknown.name for unknown in searched.study.unknown]
    return [
        Member(number, seed_of(searched.study, number), dict(zip(names, inputs, strict=True)))
        for number, inputs in zip(searched.numbers.tolist(), searched.inputs.tolist(), strict=True)
    ]


def joined(members: Members, searched: Members) -> Members:
    """Return the members of a study, followed by the lives of a search.

    Raises:
        StudyError: the search is of another study.
    """
    if searched.study != members.study:
        raise StudyError("the search is of another study; search again")
    names = members.figures.keys() | searched.figures.keys()
    columns = {
        name: np.concatenate([_column(each, name) for each in (members, searched)])
        for name in sorted(names)
    }
    return replace(
        members,
        numbers=np.concatenate((members.numbers, searched.numbers)),
        inputs=np.concatenate((members.inputs, searched.inputs)),
        figures=columns,
    )


def _column(members: Members, name: str) -> np.ndarray:
    return members.figures.get(name, np.full(len(members.numbers), np.nan))
