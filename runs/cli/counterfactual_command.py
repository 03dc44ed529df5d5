"""The command that plays a run without one cause."""

from pathlib import Path

import click

from ledger.run_folder import RunFolder
from runs.cli.parameters import RUN
from runs.cli.progress import Progress
from runs.counterfactual import WithAndWithout, counterfactual
from runs.removals import REMOVALS, without
from runs.reporting import report


@click.command("counterfactual")
@click.argument("run", type=RUN)
@click.option(
    "--without", "kind", required=True, metavar="KIND", help=f"One of {', '.join(REMOVALS)}."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Store the run without the cause in this folder.  [default: delete that run]",
)
@click.option("--force", is_flag=True, help="Replace an older run in the folder of --out.")
@report("views", "difference", "hole", "firsts", "parting")
def counterfactual_command(
    run: RunFolder, kind: str, out: Path | None, force: bool
) -> WithAndWithout:
    """How would the run differ without one cause, with the same scenario and seed?

    \b
      moneytrail counterfactual runs/out/tiny-seed1 --without PickOff
      moneytrail counterfactual runs/out/tiny-seed1 --without SlowQuotes
      moneytrail counterfactual runs/out/tiny-seed1 --without CreditLine --table difference

    There are two ways to remove the cost of stale quotes. Without PickOff no firm hits stale
    quotes. Without SlowQuotes the maker's quotes are as fast as the quotes of other makers, and
    have the same sizes as in the run.

    The command reads the run's scenario.toml, removes the cause, and simulates the changed
    scenario. Some inputs are computed during a run, but do not follow from the cause. They stay as
    in the run, and the report lists them. The difference of the hole, and the difference of each
    kind, are the effect of the cause and of its consequences. The table `parting` has the first
    entries in which the two ledgers differ.
    """
    other = without(run, kind)
    with Progress() as progress:
        progress.simulates(other.scenario.run.start, other.scenario.run.end)
        return counterfactual(run, other, out, force, progress.day)
