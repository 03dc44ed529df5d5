"""Compares three members of the study `life` with whole lives, to show how accurate members are.

    python -m runs.experiments.member_accuracy        (or: make member-accuracy)

A member is played with the simplifications that the table `fidelity` of the study's file states.
The whole life has the same inputs, hours and seed, but none of these simplifications. The shipped
study already has the figures of the members, so only the whole lives are played.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import click
import numpy as np

from ledger.reports.table import Cell, Table
from runs.experiments.docs_page import PAGE, fill
from runs.experiments.experiment import run_cases
from runs.reporting import report
from runs.study.design import members_of
from runs.study.member_figures import HITS, HOLE, MECHANISM
from runs.study.nearest import by_nearness
from runs.study.play import play
from runs.study.shipped import read_shipped
from runs.study.study_file import load_study, study_path
from runs.study.study_report import StudyReport

MN = 10**6
FIGURES: Mapping[str, str] = {
    "pickoff_usd": "loss on stale quotes",
    "use Spread": "spread (a gain is negative)",
    "use Hedging": "hedges",
    "use VariationMargin": "variation margin",
    HITS: "volume of hits on stale quotes",
    MECHANISM: "the mechanism",
    HOLE: "the hole",
}


def as_a_life(number: int) -> dict[str, float]:
    """Play a member without the study's simplifications, and return its figures in USD."""
    study = load_study(study_path("life")).model_copy(update={"fidelity": {}})
    told: dict[str, float] = play(study, members_of(study)[number])["figures"]
    return told


def chosen(found: StudyReport) -> list[int]:
    """Return the indices of three drawn members.

    The first is the nearest to the record. The second has the largest loss on stale quotes of all
    plausible members. The third has the largest loss on stale quotes of all drawn members.
    """
    lost = found.members.drawn("pickoff_usd")
    return [
        by_nearness(found.members, found.judged)[0],
        int(np.argmax(np.where(found.is_plausible, lost, -np.inf))),
        int(np.argmax(lost)),
    ]


def number_of(found: StudyReport, place: int) -> int:
    """Return the number that the drawn member at *place* has in the study."""
    return int(found.members.numbers[~found.members.is_base][place])


def accuracy(found: StudyReport, lives: Mapping[int, Mapping[str, float]]) -> Table:
    """Return the figures of each whole life beside those of the member.

    Args:
        found: the shipped study.
        lives: the figures of each whole life in USD. The key is the drawn member's index.
    """
    rows: list[tuple[Cell, ...]] = []
    for name, words in FIGURES.items():
        drawn = np.nan_to_num(found.members.drawn(name))
        pairs = ((lives[place].get(name, 0.0), drawn[place]) for place in lives)
        rows.append((words, *(_mn(usd) for pair in pairs for usd in pair)))
    numbers = [number_of(found, place) for place in lives]
    return Table(
        "accuracy",
        "The figures of three members, each played as a whole life and as a member, in millions of "
        "dollars",
        ("figure", *(f"{n} as {what}" for n in numbers for what in ("a life", "a member"))),
        rows,
        ("The mechanism includes hedges, but not variation margin.",),
    )


def _mn(usd: float) -> Decimal:
    return Decimal(f"{usd / MN:.1f}") + 0  # changes -0.0 into 0.0


@click.command()
@PAGE
@report("accuracy")
def main(page: Path | None) -> list[Table]:
    """Print the figures of three members, each played as a whole life and as a member."""
    found = read_shipped("life")
    places = chosen(found)
    lives = run_cases(as_a_life, [number_of(found, place) for place in places])
    tables = [accuracy(found, dict(zip(places, lives.values(), strict=True)))]
    if page:
        fill(page, tables)
    return tables


if __name__ == "__main__":
    main()
