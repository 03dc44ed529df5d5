"""The command that judges each statement of the thread."""

import click

from ledger.run_folder import RunFolder
from runs.claims.claims import TABLES, Claims, claims
from runs.cli.parameters import RUN, plotted
from runs.plots.claims_plot import claims_figure
from runs.reporting import report


@click.command("claims")
@click.argument("run", type=RUN, nargs=-1, required=True)
@click.option(
    "--study",
    metavar="NAME",
    help=(
        "Also use the members of a study to judge the statements. NAME is a built-in study, or "
        "the folder of a study's sealed result."
    ),
)
@report(*TABLES, instead={"study": (*TABLES, "study")})
@plotted(claims_figure)
def claims_command(run: tuple[RunFolder, ...], study: str | None) -> Claims:
    """Which statements of the thread do the books support?

    \b
      moneytrail claims runs/out/tiny-seed1
      moneytrail claims runs/out/tiny-seed1 --table statements
      moneytrail claims runs/out/tiny-seed1 --plot claims.svg
      moneytrail claims runs/out/tiny-seed1 --study life --table study

    The report gives each statement in our own words. It compares a figure of the books with a
    threshold that follows from these words. The books support the statement, or do not support it,
    or support it only under a condition. If the run or the record can't decide a statement, the
    report gives the reason. For several runs with different seeds or inputs, the report has the
    least and the greatest value of each figure. If the verdicts of the runs differ, the verdict is
    "depends on the run".
    """
    if study is None:
        return claims(run)
    from runs.claims.over_study import over_study  # a slow import that few calls need

    return claims(run, over_study(study))
