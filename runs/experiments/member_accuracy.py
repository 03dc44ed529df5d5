"""How accurate are the members of the study `life`? Three members, each also as a whole life.

    python -m runs.experiments.member_accuracy        (or: make member-accuracy)

A member has the simplifications of `fidelity` in the study's file. The whole life has the same
inputs, hours and seed, and the settlements of the study's base.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np

from ledger.reports.table import Cell, Table
from runs.experiments.docs_page import PAGE, fill
from runs.experiments.experiment import run_cases
from runs.experiments.shipped_study import shipped
from runs.reporting import report
from runs.study.design import members_of
from runs.study.member_figures import HITS, HOLE, MECHANISM
from runs.study.nearest import amounts_near, dollar_outcomes
from runs.study.play import play
from runs.study.study_file import load_study, study_path
from runs.study.study_report import StudyReport

MN = 10**6
FIGURES: Mapping[str, str] = {
    "pickoff_usd": "loss on stale quotes",
    "use Spread": "spread (earned: negative)",
    "use Hedging": "hedges",
    "use VariationMargin": "variation margin",
    HITS: "volume of hits on stale quotes",
    MECHANISM: "the mechanism",
    HOLE: "the hole",
}


class PlayedMember(NamedTuple):
    """A member of the study, played as a member or as a whole life."""

    number: int
    is_whole: bool


def outcome(case: PlayedMember) -> dict[str, float]:
    """Play one case, and return its figures in USD."""
    study = load_study(study_path("life"))
    if case.is_whole:
        study = study.model_copy(update={"fidelity": {}})
    told: dict[str, float] = play(study, members_of(study)[case.number])["figures"]
    return told


def chosen(found: StudyReport) -> list[int]:
    """Return the numbers of three members.

    The first is the nearest to the record. The second has the largest loss on stale quotes of all
    plausible members, and the third of all members.
    """
    members = found.members
    numbers = members.numbers[~members.is_base]
    near = dollar_outcomes(members)
    lost = members.drawn("pickoff_usd")
    places = (
        int(np.argmax([amounts_near(near, i) for i in range(len(numbers))])),
        int(np.argmax(np.where(found.is_plausible, lost, -np.inf))),
        int(np.argmax(lost)),
    )
    return [int(numbers[place]) for place in places]


def accuracy(numbers: Sequence[int], outcomes: Mapping[PlayedMember, Mapping[str, float]]) -> Table:
    """Return the figures of each member beside those of the whole life.

    Args:
        numbers: the members' numbers.
        outcomes: the figures in USD of each member, played both ways.
    """
    cases = [PlayedMember(number, is_whole) for number in numbers for is_whole in (True, False)]
    rows: list[tuple[Cell, ...]] = [
        (words, *(_mn(outcomes[case].get(name, 0.0)) for case in cases))
        for name, words in FIGURES.items()
    ]
    heads = (f"{each.number} as {'a life' if each.is_whole else 'a member'}" for each in cases)
    return Table(
        "accuracy",
        "Three members, each played as a life and as a member, in millions of dollars",
        ("figure", *heads),
        rows,
        ("Hedges are part of the mechanism, and variation margin is not.",),
    )


def _mn(usd: float) -> Decimal:
    return Decimal(f"{usd / MN:.1f}") + 0


@click.command()
@PAGE
@report("accuracy")
def main(page: Path | None) -> list[Table]:
    """Print the figures of three members as members and as lives."""
    numbers = chosen(shipped())
    cases = [PlayedMember(number, is_whole) for is_whole in (True, False) for number in numbers]
    tables = [accuracy(numbers, run_cases(outcome, cases))]
    if page:
        fill(page, tables)
    return tables


if __name__ == "__main__":
    main()
