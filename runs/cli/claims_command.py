"""The command that judges the thread, statement by statement."""

import click

from ledger.run_folder import RunFolder
from runs.claims.claims import TABLES, Claims, claims
from runs.cli.parameters import RUN, plotted
from runs.plots.claims_plot import claims_figure
from runs.reporting import report


@click.command("claims")
@click.argument("run", type=RUN, nargs=-1, required=True)
@report(*TABLES)
@plotted(claims_figure)
def claims_command(run: tuple[RunFolder, ...]) -> Claims:
    """Which statements of the thread do the books bear out, and which not?

    \b
      moneytrail claims runs/out/tiny-seed1
      moneytrail claims runs/out/tiny-seed1 --table statements
      moneytrail claims runs/out/tiny-seed1 --plot claims.svg

    Each statement, in our own words, has a figure of the books and a threshold that follows from
    its words: it is borne out, or not, or only under a condition. If the run or the record can't
    decide it, the reason is given. Several runs, with other seeds or assumptions, give the least
    and the greatest value; if they disagree, the statement depends on the run.
    """
    return claims(run)
