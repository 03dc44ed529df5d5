"""The command that judges the thread, statement by statement."""

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
        "Also judge the statements by the members of a study. NAME is a built-in study, or the "
        "folder of a sealed result."
    ),
)
@report(*TABLES, instead={"study": (*TABLES, "study")})
@plotted(claims_figure)
def claims_command(run: tuple[RunFolder, ...], study: str | None) -> Claims:
    """Which statements of the thread do the books support, and which do they not?

    \b
      moneytrail claims runs/out/tiny-seed1
      moneytrail claims runs/out/tiny-seed1 --table statements
      moneytrail claims runs/out/tiny-seed1 --plot claims.svg
      moneytrail claims runs/out/tiny-seed1 --study life --table study

    Each statement, in our own words, is judged by a figure of the books and a threshold that
    follows from its words. The books support it, or do not, or only under a condition. If the run
    or the record can't decide a statement, the reason is given. Several runs with other seeds or
    assumptions give a least and a greatest value. If their verdicts differ, the statement depends
    on the run.
    """
    if study is None:
        return claims(run)
    from runs.claims.over_study import over_study  # a slow import that few calls need

    return claims(run, over_study(study))
