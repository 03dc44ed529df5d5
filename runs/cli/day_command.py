"""The command that prints the ledger of one day."""

from datetime import date

import click

from ledger.day_ledger import render_day
from ledger.run_folder import RunFolder
from runs.cli.parameters import DAY, RUN


@click.command("day")
@click.argument("run", type=RUN)
@click.argument("day", metavar="DATE", type=DAY)
def day_command(run: RunFolder, day: date) -> None:
    """Print the ledger of one day, with every fill and every movement of cash.

    \b
      moneytrail day runs/out/tiny-seed1 2022-05-10 > day.beancount
      bean-check day.beancount

    The output is a complete ledger. It begins with the closing balances of the previous day, and
    asserts the closing balances of this day. The same day always gives the same bytes.
    """
    click.echo(render_day(run, day), nl=False)
