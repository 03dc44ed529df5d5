"""A test of studies: do the intervals contain the true values of ten hidden members?

    python -m runs.experiments.study_recovery        (or: make study-recovery)

Plays the study `recovery`, and hides ten members one by one. Four figures of a hidden member are
known: the volume, the maker's share, the fees and the spread income. The table counts how often the
90 % interval of the plausible members contains the hidden member's inputs and loss.
"""

import tempfile
from decimal import Decimal
from pathlib import Path

import click

from ledger.reports.table import Cell, Table
from runs.experiments.docs_page import PAGE, fill
from runs.reporting import report
from runs.study.member_table import Members, read_members
from runs.study.play import StudyFolder
from runs.study.recovery import recovery
from runs.study.study_file import study_path
from runs.workers import cores, local_processes

HIDDEN, NTH = 10, 1
MOMENTS = ("volume_usd", "share-of-maker-in-volume to 2022-11-11", "use Fees", "use Spread")
OUTCOMES = ("quotes_usd", "pickoff_usd", "hits_usd", "hole_usd")


def played() -> Members:
    """Play the study in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as scratch:
        folder = StudyFolder(study_path("recovery"), Path(scratch))
        with local_processes(cores()) as executor:
            folder.play(executor)
        return read_members(folder.seal())


def recovery_table(members: Members) -> Table:
    """Return a table that shows how well the inputs and results of hidden members are estimated."""
    rows: list[tuple[Cell, ...]] = [
        (
            each.quantity,
            each.hidden,
            each.covered,
            *(Decimal(f"{figure:.2f}") for figure in (each.width, each.bias, each.bias_error)),
        )
        for each in recovery(members, MOMENTS, OUTCOMES, HIDDEN, NTH)
    ]
    return Table(
        "recovery",
        f"How many of {HIDDEN} hidden values are in the 90 % interval of the plausible members",
        ("quantity", "hidden", "covered", "width", "bias_sd", "bias_error_sd"),
        rows,
        (
            "Width: mean width of the interval, divided by the width for all members. Bias: mean "
            "error of the middle of the interval, in standard deviations over all members, with "
            "the standard error of this mean.",
        ),
    )


@click.command()
@PAGE
@report("recovery")
def main(page: Path | None) -> list[Table]:
    """Print how well the inputs and losses of hidden members are estimated."""
    tables = [recovery_table(played())]
    if page:
        fill(page, tables)
    return tables


if __name__ == "__main__":
    main()
