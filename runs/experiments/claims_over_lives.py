"""Judges the thread by five lives of the exchange, with several seeds and shares of the volume.

    python -m runs.experiments.claims_over_lives        (or: make claims)

Plays `ftx` with three seeds, and `ftx-low` and `ftx-high` with the first seed. In `ftx-low` the
maker aims at the smallest recorded share of the volume, and in `ftx-high` at the largest. All lives
have the sampled hours of `ftx-sampled`. A life takes about two minutes on one core. Only the
figures that can decide a statement are kept. The run of each life is deleted.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import click

from des.scenario import Scenario
from runs.claims.claims import TABLES, Claims, figures_of, judged_thread
from runs.claims.figures import FIGURES
from runs.claims.statement import Value, load_thread
from runs.experiments.experiment import books_of, run_cases
from runs.experiments.played_hours import hours_as_in
from runs.plots.claims_plot import claims_figure
from runs.plots.paper import save
from runs.reporting import report
from runs.scenarios import load

SAMPLED = "ftx-sampled"


class SeededLife(NamedTuple):
    """A life of the exchange: the name of its scenario, and a seed."""

    scenario: str
    seed: int


LIVES = (
    SeededLife("ftx", 1),
    SeededLife("ftx", 2),
    SeededLife("ftx", 3),
    SeededLife("ftx-low", 1),
    SeededLife("ftx-high", 1),
)


def scenario_of(life: SeededLife) -> Scenario:
    """Return the scenario of a life, with the sampled hours of `ftx-sampled`."""
    return load(life.scenario, {"run": {**hours_as_in(SAMPLED), "seed": life.seed}})


def outcome(life: SeededLife) -> dict[str, Value | None]:
    """Play one life and return its figures, by the keys of FIGURES."""
    with books_of(scenario_of(life)) as run:
        value_of = figures_of(run)
        return {key: value_of(key) for key in FIGURES}


def claims_of(outcomes: Mapping[SeededLife, Mapping[str, Value | None]]) -> Claims:
    """Judge the thread by the figures of all lives."""
    names = [f"{life.scenario} seed {life.seed}" for life in outcomes]
    return judged_thread(load_thread(), names, [each.__getitem__ for each in outcomes.values()])


@click.command()
@report(*TABLES)
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), help="Also draw the verdicts."
)
def main(plot: Path | None) -> Claims:
    """Print the verdicts of all lives together."""
    found = claims_of(run_cases(outcome, LIVES))
    if plot:
        lives = ", ".join(f"{life.scenario} seed {life.seed}" for life in LIVES)
        save(
            claims_figure(found),
            plot,
            f"lives of the exchange with the sampled hours of {SAMPLED}: {lives}",
        )
    return found


if __name__ == "__main__":
    main()
