"""The commands that open the books: one entity's, one day's, along a trail, or by a query."""

from datetime import date
from typing import Any

import click

from ledger.day_ledger import render_day
from ledger.reports.table import Table
from ledger.reports.trail.both_tiers import SHOWN
from ledger.reports.trail.entity_books import books, books_text
from ledger.reports.trail.query import query
from ledger.reports.trail.sql import schema, sql
from ledger.reports.trail.trail_down import trail
from ledger.reports.trail.trail_up import trail_up
from ledger.run_folder import RunFolder
from runs.cli.printing import render
from runs.cli.reporting import DAY, RUN, report


@click.command("books")
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


@click.command("trail")
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


@click.command("query")
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


@click.command("sql")
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
      moneytrail sql runs/out/tiny-seed1 "FROM fills WHERE motive = 'pickoff' ORDER BY seq LIMIT 5"
      moneytrail sql runs/out/tiny-seed1 \\
        "SELECT taker, count(*), sum(edge_usd) FROM fills WHERE motive = 'pickoff' GROUP BY 1"

    The view fills has one row per fill and per settlement payment, in dollars and contracts; the
    view rows has the same in integers, as stored. One SELECT, which can neither change nor reach
    anything else.
    """
    return [sql(run, statement)]


@click.command("day")
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
