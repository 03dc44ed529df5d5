"""The command line: one command for each question, and one line for whatever goes wrong."""

import os
import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click
import duckdb
from tqdm import tqdm

from des.defi.pool import PoolRangeError
from des.price.lead_price import PriceRangeError
from ledger.audit import audit
from ledger.day_ledger import render_day
from ledger.reports.beliefs import beliefs
from ledger.reports.books import UnknownEntityError, books, books_text
from ledger.reports.both_tiers import SHOWN, TrailError
from ledger.reports.cage import cage
from ledger.reports.firms import firms
from ledger.reports.illusion import illusion
from ledger.reports.leadlag import leadlag
from ledger.reports.liquidations import liquidations
from ledger.reports.quarters import where_by_quarter
from ledger.reports.query import QueryError, query
from ledger.reports.sql import SqlError, schema, sql
from ledger.reports.table import Table
from ledger.reports.trail import trail
from ledger.reports.trail_up import trail_up
from ledger.reports.where import where
from ledger.run_folder import RunFolder, RunFolderError
from runs.compare import compare_command
from runs.counterfactual import CounterfactualError
from runs.diagnose import diagnose_command
from runs.execute import RunRefusedError, execute
from runs.life import (
    answer_command,
    counterfactual_command,
    solvency_command,
    timeline_command,
    valuation_command,
)
from runs.plots import (
    PlotError,
    cage_figure,
    firms_figure,
    illusion_figure,
    liquidations_figure,
)
from runs.pools import pools_command
from runs.printing import TableChoiceError, render
from runs.record.facts import load_record
from runs.record.liquidations import beside_record
from runs.reporting import DAY, RUN, plotted, report
from runs.scenarios import ScenarioError, load, name
from runs.workers import SchedulerError, cores, dask_workers, local_processes

OUT = Path("runs/out")
PROBLEMS_SHOWN = 20

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

AUDIT_FAILED = 1
MISTAKEN = 2
INTERRUPTED = 130  # as a shell reports a program that Ctrl-C ended
UNREAD = 141  # as a shell reports a program whose reader left


class OneLineErrors(click.Group):
    """A group of commands, in the order of their definition, that say mistakes in one line."""

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


def _version() -> str:
    try:
        return version("moneytrail")
    except PackageNotFoundError:
        return "unknown: not installed"


@click.group(cls=OneLineErrors, name="moneytrail")
@click.version_option(_version())
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


@main.command("run")
@click.argument("scenario")
@click.option("--seed", type=int, help="Another seed than the scenario's.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The run's folder.  [default: runs/out/SCENARIO-seedN]",
)
@click.option("--force", is_flag=True, help="Replace an older run in that folder.")
@click.option("--every-quote", is_flag=True, help="Quote by quote: slower, and the same bytes.")
def run_command(
    scenario: str, seed: int | None, out: Path | None, force: bool, every_quote: bool
) -> None:
    """Simulate a SCENARIO: a built-in name, or the path of a .toml file.

    \b
      moneytrail run tiny
      moneytrail run my-world.toml --seed 2 --out /tmp/my-world

    The last line of the output is the run's folder, for the other commands. One scenario and
    seed always give the same bytes. A built-in scenario is a good example of how to write one;
    every run keeps its scenario, with all defaults, in scenario.toml.
    """
    loaded = load(scenario, {} if seed is None else {"run": {"seed": seed}})
    target = out or OUT / f"{name(scenario)}-seed{loaded.run.seed}"
    days = (loaded.run.end - loaded.run.start).days
    # Silent for two seconds, and wherever nobody watches.
    with tqdm(total=days, unit="day", delay=2, disable=None, leave=False) as bar:
        execute(loaded, target, force, bar.update, every_quote)
    click.echo(target)


@main.command("where")
@click.argument("run", type=RUN)
@click.option("--by", type=click.Choice(("quarter",)), help="The hole by kind, quarter by quarter.")
@report
def where_command(run: RunFolder, by: str | None) -> list[Table]:
    """Where did the money go? The hole by kind, cash by receiver, and the bridge.

    \b
      moneytrail where runs/out/tiny-seed1
      moneytrail where runs/out/tiny-seed1 --by quarter

    The hole is what customers outside the house group are owed, less what the group could pay
    with. Kinds above zero used money, kinds below zero brought it; they sum to the hole to the
    cent. A claim is not cash: who won a hundred may have been paid ten, so cash is told apart,
    and the bridge leads from the claims at first to those that are left. What must be zero is
    printed with it.
    """
    return where_by_quarter(run) if by else where(run)


@main.command("firms")
@click.argument("run", type=RUN)
@report
@plotted(firms_figure)
def firms_command(run: RunFolder) -> list[Table]:
    """What did each trading firm make of slow quotes?

    \b
      moneytrail firms runs/out/tiny-seed1
      moneytrail firms runs/out/tiny-seed1 --format csv --table league

    Edge is what a firm gained by the price at its fills on the house venue; fees and hedging are
    what that cost it. Elsewhere is what its own quotes on the lead venue brought. A claim is not
    cash: what the house could pay if all withdrew at once is shared pro rata. Variation margin
    stands in a table of its own: by venue it only says where the price went.
    """
    return firms(run)


@main.command("illusion")
@click.argument("run", type=RUN)
@report
@plotted(illusion_figure)
def illusion_command(run: RunFolder) -> list[Table]:
    """Skill, or the maker's money? House against elsewhere, for each trading firm.

    \b
      moneytrail illusion runs/out/tiny-seed1
      moneytrail illusion runs/out/tiny-seed1 --table classes --plot illusion.svg

    House is edge less fees and hedges; elsewhere is what own quotes on the lead venue brought.
    Intervals are bootstrapped, over firms and separately over days. Where the quoter stops, both
    are set against each other before and after.
    """
    return illusion(run)


@main.command("cage")
@click.argument("run", type=RUN)
@report
@plotted(cage_figure)
def cage_command(run: RunFolder) -> list[Table]:
    """Since when could the chips no longer be cashed?

    \b
      moneytrail cage runs/out/tiny-seed1
      moneytrail cage runs/out/tiny-seed1 --table dates --plot cage.png

    Each day's close: what the firms made at the house so far, what all customers are owed, and
    the cash that is really there.
    """
    return cage(run)


@main.command("beliefs")
@click.argument("run", type=RUN)
@report
def beliefs_command(run: RunFolder) -> list[Table]:
    """What did the maker's own simulation promise, and what was booked?

    \b
      moneytrail beliefs runs/out/tiny-seed1
      moneytrail beliefs runs/out/tiny-seed1 --format csv --table difference

    Each month the maker plays its own quotes against orders that know nothing. What that promises
    stands beside what was booked at fills; the difference is split into what came from volume,
    what from pick-offs, and the rest. Hedging stands apart.
    """
    return beliefs(run)


@main.command("leadlag")
@click.argument("run", type=RUN)
@report
def leadlag_command(run: RunFolder) -> list[Table]:
    """Which venue leads the other, and by how long?

    \b
      moneytrail leadlag runs/out/tiny-seed1

    The lag at which the prices paid on the house venue go together most with those of the lead
    venue, day by day; above zero, the house follows. How old the quotes really were stands beside
    it: the estimate doesn't use it, and should find it.
    """
    return leadlag(run)


@main.command("liquidations")
@click.argument("run", type=RUN)
@report
@plotted(liquidations_figure)
def liquidations_command(run: RunFolder) -> list[Table]:
    """Whose margin failed, who took their positions over, and who paid?

    \b
      moneytrail liquidations runs/out/tiny-seed1

    In tiny nobody trades on margin; in luna they do.

    Hour by hour what was filled in the book, taken by backstops and closed against the other side;
    who lost and who earned; what became of what the backstops took; who paid for bankruptcies. By
    day, beside what the public record leaves open for FTX. --plot draws prices, liquidations, and
    what the backstops held and earned, one below the other.
    """
    tables = liquidations(run)
    return [*tables, beside_record(run, tables, load_record())]


main.add_command(answer_command)
main.add_command(timeline_command)
main.add_command(solvency_command)
main.add_command(valuation_command)
main.add_command(counterfactual_command)
main.add_command(diagnose_command)
main.add_command(pools_command)
main.add_command(compare_command)


@main.command("books")
@click.argument("run", type=RUN)
@click.argument("entity")
@click.option("--beancount", is_flag=True, help="Print them as a Beancount ledger of its own.")
@report
def books_command(run: RunFolder, entity: str, beancount: bool) -> list[Table] | str:
    """What do the books of one ENTITY say? They balance without anybody else's.

    \b
      moneytrail books runs/out/tiny-seed1 Alameda
      moneytrail books runs/out/tiny-seed1 Firm01 --beancount > firm01.beancount

    Signs are Beancount's: assets and costs are above zero; debts, gains and capital below.
    """
    return books_text(run, entity) if beancount else books(run, entity)


@main.command("trail")
@click.argument("run", type=RUN)
@click.option("--kind", help="The third word of accounts, such as PickOff.")
@click.option("--party", help="Who is on the other side.")
@click.option("--entity", help="Whose books.  [default: the house group's]")
@click.option("--since", type=DAY, help="The first day.")
@click.option("--until", type=DAY, help="The last day.")
@click.option("--seq", type=int, help="Go up from this fill or entry instead.")
@click.option("--link", help="Go up from what has this link instead.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=SHOWN, show_default=True, help="Lines listed."
)
@report
def trail_command(
    run: RunFolder, seq: int | None, link: str | None, limit: int, **figure: Any
) -> list[Table]:
    """What is a figure made of, and what is a fill part of?

    \b
      moneytrail trail runs/out/tiny-seed1 --kind PickOff --party Firm01
      moneytrail trail runs/out/tiny-seed1 --seq 418
      moneytrail trail runs/out/tiny-seed1 --link settlement-2022-05-09-24-00-00

    Down, a figure of `where` leads to the entries of the general ledger that sum to it, and to
    the fills that those sum up; the two are held against each other, and the difference must be
    0.00. Without --kind, the figure is the whole hole, or the result of --entity.

    Up, a fill or an entry (its seq stands in each list) leads to its postings, the closing entry
    that sums it up, and each part of the hole that it moves: before, after, and in the end.
    """
    start = link if seq is None else seq
    if start is None:
        return trail(run, **figure, limit=limit)
    if any(figure.values()) or None not in (seq, link):
        raise click.UsageError("--seq and --link stand alone: they go up, the others down.")
    return trail_up(run, start, limit)


@main.command("query")
@click.argument("run", type=RUN)
@click.argument("bql")
@report
def query_command(run: RunFolder, bql: str) -> list[Table]:
    """Ask the general ledger in BQL, the query language of Beancount.

    \b
      moneytrail query runs/out/tiny-seed1 .run
      moneytrail query runs/out/tiny-seed1 ".run where-did-the-money-go"
      moneytrail query runs/out/tiny-seed1 "SELECT account, sum(position) GROUP BY account"

    `.run` alone lists the saved questions, `.run NAME` asks one. An account reads root : whose
    books : kind : with whom, so splitcomp(account, ':', 2) is its kind. Fills are summed in the
    general ledger; `moneytrail sql` has them one by one.
    """
    return [query(run, bql)]


def _print_schema(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(render([schema()], "table"))
        ctx.exit()


@main.command("sql")
@click.argument("run", type=RUN)
@click.argument("statement", metavar="SQL")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="Show the columns of fills, and exit.",
)
@report
def sql_command(run: RunFolder, statement: str) -> list[Table]:
    """Ask the fills in SQL, in DuckDB's dialect.

    \b
      moneytrail sql --schema
      moneytrail sql runs/out/tiny-seed1 "FROM fills WHERE motive = 'pickoff' LIMIT 5"
      moneytrail sql runs/out/tiny-seed1 \\
        "SELECT taker, count(*), sum(edge_usd) FROM fills WHERE motive = 'pickoff' GROUP BY 1"

    The view fills has one row per fill and per settlement payment, in dollars and contracts; the
    view rows has the same in integers, as stored. One SELECT, which can neither change nor reach
    anything else.
    """
    return [sql(run, statement)]


@main.command("day")
@click.argument("run", type=RUN)
@click.argument("day", metavar="DATE", type=DAY)
def day_command(run: RunFolder, day: date) -> None:
    """Print the ledger of one day: every fill, every payment, every movement of cash.

    \b
      moneytrail day runs/out/tiny-seed1 2022-05-10 > day.beancount
      bean-check day.beancount

    It stands alone: what the day touches is brought forward from the day before, and what is
    left is asserted at its close. The same day always gives the same bytes.
    """
    click.echo(render_day(run, day), nl=False)


@main.command("audit")
@click.argument("run", type=RUN)
@click.option(
    "--all", "every_day", is_flag=True, help="Have Beancount load all days, not a sample."
)
@click.option(
    "--processes",
    type=click.IntRange(1, 1_000),
    default=cores(),
    show_default="all cores",
    help="How many local processes share the work.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Use the workers of this Dask scheduler, such as tcp://127.0.0.1:8786.",
)
@click.pass_context
def audit_command(
    ctx: click.Context, run: RunFolder, every_day: bool, processes: int, scheduler: str | None
) -> None:
    """Is the run as it was sealed, and do its books hold?

    \b
      moneytrail audit runs/out/tiny-seed1
      moneytrail audit runs/out/tiny-seed1 --all --processes 2

    Step by step: the seal of every file; the general ledger through Beancount's own loader and
    the invariants; the fills, recomputed and summed; day ledgers, each by itself. A step is OK,
    or WRONG with what is wrong below it. The exit code is 1 if any is.
    """
    workers = dask_workers(scheduler) if scheduler else local_processes(processes)
    wrong = False
    with workers as executor:
        for finding in audit(run.path.resolve(), every_day, executor):
            click.echo(f"{'WRONG' if finding.problems else 'OK':<6} {finding.step}")
            for problem in finding.problems[:PROBLEMS_SHOWN]:
                click.echo(f"       {problem}")
            if len(finding.problems) > PROBLEMS_SHOWN:
                click.echo(f"       and {len(finding.problems) - PROBLEMS_SHOWN:,} more")
            wrong = wrong or bool(finding.problems)
    if wrong:
        ctx.exit(AUDIT_FAILED)
