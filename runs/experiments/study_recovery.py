"""Tests the method of studies: do intervals contain the true values of ten hidden members?

    python -m runs.experiments.study_recovery        (or: make study-recovery)

Plays the study `recovery`, and hides ten members one by one. Four figures of the hidden member
replace the record: the volume, the maker's share, the fees and the spread income. For each input
and each outcome, the table counts how often the 90 % interval of the plausible members contains the
hidden member's value.
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
    """Return a table of how well the inputs and outcomes of hidden members are estimated."""
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
        f"How often the 90 % interval contains the hidden value, for {HIDDEN} hidden members",
        ("quantity", "hidden", "covered", "width", "bias_sd", "bias_error_sd"),
        rows,
        (
            "Width: the mean width of the interval, divided by the width of the interval of all "
            "members. Bias: the mean, over hidden members, of the estimate minus the hidden value. "
            "The estimate is the median of the plausible members. The unit is the standard "
            "deviation over all members. Bias error: the standard error of the bias.",
        ),
    )


@click.command()
@PAGE
@report("recovery")
def main(page: Path | None) -> list[Table]:
    """Print how well the inputs and outcomes of hidden members are estimated."""
    tables = [recovery_table(played())]
    if page:
        fill(page, tables)
    return tables


if __name__ == "__main__":
    main()
