"""The command line: one command for each question, and one line for whatever goes wrong."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click
import duckdb

from des.defi.pool import PoolRangeError
from des.price.lead_price import PriceRangeError
from ledger.reports.trail.both_tiers import TrailError
from ledger.reports.trail.entity_books import UnknownEntityError
from ledger.reports.trail.query import QueryError
from ledger.reports.trail.sql import SqlError
from ledger.run_folder import RunFolderError
from runs import __version__
from runs.cli.book_commands import (
    books_command,
    day_command,
    query_command,
    sql_command,
    trail_command,
)
from runs.cli.compare_command import compare_command
from runs.cli.diagnose_command import diagnose_command
from runs.cli.market_commands import (
    beliefs_command,
    firms_command,
    illusion_command,
    leadlag_command,
)
from runs.cli.money_commands import cage_command, liquidations_command, where_command
from runs.cli.pool_command import pools_command
from runs.cli.printing import TableChoiceError
from runs.cli.run_commands import audit_command, run_command
from runs.cli.story_commands import (
    answer_command,
    counterfactual_command,
    solvency_command,
    timeline_command,
    valuation_command,
)
from runs.counterfactual import CounterfactualError
from runs.execute import RunRefusedError
from runs.plots import PlotError
from runs.scenarios import ScenarioError
from runs.workers import SchedulerError

# In the order in which the help lists them.
COMMANDS = (
    run_command,
    where_command,
    firms_command,
    illusion_command,
    cage_command,
    beliefs_command,
    leadlag_command,
    liquidations_command,
    answer_command,
    timeline_command,
    solvency_command,
    valuation_command,
    counterfactual_command,
    diagnose_command,
    pools_command,
    compare_command,
    books_command,
    trail_command,
    query_command,
    sql_command,
    day_command,
    audit_command,
)

# What a user can do about it says the message; a traceback would not.
MISTAKES = (
    PriceRangeError,
    PoolRangeError,
    ScenarioError,
    RunRefusedError,
    RunFolderError,
    UnknownEntityError,
    TrailError,
    QueryError,
    SqlError,
    TableChoiceError,
    SchedulerError,
    PlotError,
    CounterfactualError,
)

MISTAKEN = 2
INTERRUPTED = 130  # as a shell reports a program that Ctrl-C ended
UNREAD = 141  # as a shell reports a program whose reader left


class OneLineErrors(click.Group):
    """A group of commands, in the order in which they are given, that say mistakes in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands as the help lists them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, whose reader may leave."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # `| head` has seen enough. What is left in the buffer must not fail at exit either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(UNREAD)

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> None:
        """Run a command and end the process with its exit code."""
        try:
            code = super().main(args, prog_name or self.name, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            code = MISTAKEN
        except click.UsageError as error:
            about = f" Try '{error.ctx.command_path} --help'." if error.ctx else ""
            code = _complain(f"{error.format_message()}{about}")
        except click.Abort:
            code = _complain("interrupted", INTERRUPTED)
        except MISTAKES as error:
            code = _complain(str(error))
        except duckdb.Error as error:
            code = _complain(
                f"the fills can't be read ({str(error).splitlines()[0]}); audit the run"
            )
        except OSError as error:
            code = _complain(f"{error.filename or 'input or output'}: {error.strerror or error}")
        sys.exit(code)


def _complain(message: str, code: int = MISTAKEN) -> int:
    click.echo(f"moneytrail: {' '.join(message.split())}", err=True)
    return code


@click.group(cls=OneLineErrors, name="moneytrail", commands=COMMANDS)
@click.version_option(__version__)
def main() -> None:
    """Where did the money go? Simulate an exchange, keep its books, ask the books.

    \b
      moneytrail run may-2021
      moneytrail where runs/out/may-2021-seed1
      moneytrail trail runs/out/may-2021-seed1 --kind PickOff
      moneytrail audit runs/out/may-2021-seed1

    A run is a folder. Every report is computed from the books in it, which any Beancount tool
    opens as well: bean-check, bean-query or Fava on its main.beancount.

    Exit codes: 0 is well, 1 an audit that found something, 2 a mistake in what was asked (one
    line says which), 130 an interruption.
    """
