"""The command `attribution`: how much does each cause add to the hole?"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import click
from tqdm import tqdm

from runs.attribution.attributed import Attribution, attribute, made_by, wanted
from runs.attribution.coalitions_played import checked, play, play_all
from runs.attribution.shapley import Coalition
from runs.chosen_folder import chosen_folder
from runs.cli.parameters import PROCESSES
from runs.kept_results import KeptResults
from runs.removals import REMOVALS
from runs.reporting import report
from runs.scenario_settings import read_settings
from runs.scenarios import load
from runs.workers import local_processes


@click.command("attribution")
@click.argument("scenario")
@click.option(
    "--causes",
    "names",
    required=True,
    metavar="A,B,C",
    help=f"Two or more of {', '.join(REMOVALS)}.",
)
@click.option(
    "--permutations",
    type=click.IntRange(4),
    default=16,
    show_default=True,
    help="The number of sequences to draw if there are five causes or more. It must be even.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A new value for one key, as in `run`.",
)
@PROCESSES
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Store the results of all runs in this folder, and do not compute stored results again.",
)
@report("causes", "runs")
def attribution_command(
    scenario: str,
    names: str,
    permutations: int,
    settings: tuple[str, ...],
    processes: int,
    out: Path | None,
) -> Attribution:
    """How much does each cause add to the hole, as a Shapley value?

    \b
      moneytrail attribution first-hole --causes PickOff,Ventures,Sponsorship
      moneytrail attribution first-hole --causes PickOff,Ventures --out my-causes

    The causes are added to the scenario one after the other, in every possible sequence. The value
    of a cause is the amount that it adds to the hole, on average over these sequences (its Shapley
    value). With four causes or fewer, the scenario is played with each set of the causes. With five
    causes or more, only some sequences are played. They are drawn at random, and each value has a
    standard error. All runs have the same seed. The values sum to the hole with all causes minus
    the hole without any of these causes.

    If the computation is stopped, the same command with the same --out continues it.
    """
    if permutations % 2:
        raise click.UsageError(f"--permutations {permutations} is odd; give an even number")
    world = load(scenario, {}, read_settings(settings))
    causes = checked(world, [name.strip() for name in names.split(",")])
    if len(causes) < 2:
        raise click.UsageError(
            "--causes needs two causes or more; for one cause use `counterfactual`"
        )
    with chosen_folder(out) as folder, local_processes(processes) as executor:
        kept = KeptResults(folder, made_by(world, causes))
        todo = len(wanted(causes, permutations, world.run.seed))
        with tqdm(total=todo, unit="run", disable=None, leave=False) as progress:
            played = play_all(world, causes, kept)
            progress.update()

            def play_some(asked: list[Coalition]) -> Mapping[Coalition, Fraction]:
                return play(asked, causes, kept, executor, progress.update)

            return attribute(world, causes, permutations, played, play_some)
