"""The commands `books`, `trail` and `sql`, which show parts of the books."""

from typing import Any

import click

from ledger.reports.table import Report, Table
from ledger.reports.trail.both_tiers import SHOWN
from ledger.reports.trail.entity_books import EntityBooks, books
from ledger.reports.trail.sql import schemas, sql
from ledger.reports.trail.trail_down import trail
from ledger.reports.trail.trail_up import trail_up
from ledger.run_folder import RunFolder
from runs.cli.parameters import BOOKS, DAY, RUN
from runs.reporting import report
from runs.whole_table import brief_exact

# The tables of `trail --seq` and `trail --link`. The output for a fill, an entry or a link has some
# of these tables.
UP = ("fill", "entry", "postings", "closing", "figures", "linked", "fills", "agreement")

VIEWS = ("fills", "postings")


@click.command("books")
@click.argument("run", type=BOOKS)
@click.argument("entity")
@click.option("--beancount", is_flag=True, help="Print the entity's books as a Beancount ledger.")
@report()  # names of tables differ: contracts and tokens have tables only if the entity has them
def books_command(run: RunFolder, entity: str, beancount: bool) -> EntityBooks | str:
    """What is in the books of one ENTITY?

    \b
      moneytrail books runs/out/tiny-seed1 Alameda
      moneytrail books runs/out/tiny-seed1 Firm01 --beancount > firm01.beancount

    The books of each entity balance on their own. Signs are as in Beancount: assets and costs are
    positive, and debts, gains and capital are negative.
    """
    if not beancount:
        return books(run, entity)
    from ledger.reports.trail.entity_text import books_text  # a slow import

    return books_text(run, entity)


@click.command("trail")
@click.argument("run", type=BOOKS)
@click.option("--kind", help="The kind, which is the third word of an account, such as PickOff.")
@click.option("--party", help="The counterparty, such as Firm01.")
@click.option("--entity", help="The entity whose books are searched. [default: the house group's]")
@click.option("--since", type=DAY, help="The first day of entries.")
@click.option("--until", type=DAY, help="The last day of entries.")
@click.option("--seq", type=int, help="Start from the fill or entry with this number.")
@click.option("--link", help="Start from the entries with this link.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=SHOWN,
    show_default=True,
    help="The largest number of lines in a list.",
)
@report("entries", "fills", "sums", instead={"seq": UP, "link": UP})
def trail_command(
    run: RunFolder, seq: int | None, link: str | None, limit: int, **figure: Any
) -> Report:
    """Which entries and fills make up a figure, and which figures include a fill?

    \b
      moneytrail trail runs/out/tiny-seed1 --kind PickOff --party Firm01
      moneytrail trail runs/out/tiny-seed1 --seq 418
      moneytrail trail runs/out/tiny-seed1 --link settlement-2022-05-09-24-00-00

    Without --seq and --link the command starts from a figure of `where`. It lists the entries of
    the general ledger that sum to this figure, and the fills behind the closing entries. It
    compares the sum of the closing entries with the sum of their fills: the difference must be
    0.00. Without --kind the figure is the whole hole. If --entity is the exchange or its maker, the
    figure is the part of the hole in the books of this entity. For any other entity, the figure is
    the entity's net worth, with the opening capital. Since sources have a minus sign, a positive
    net worth has a minus sign too.

    With --seq or --link the command starts from a fill or an entry. (In lists, the number of a fill
    or entry is in the column seq.) The output has the postings, the closing entry of a fill, and
    each part of the hole that changes, with its amount before the entry, after the entry, and at
    the end of the run.
    """
    start = link if seq is None else seq
    if start is None:
        return trail(run, **figure, limit=limit)
    if any(figure.values()) or None not in (seq, link):
        raise click.UsageError("--seq and --link can't be combined with other filters.")
    return trail_up(run, start, limit)


def _print_schema(ctx: click.Context, param: click.Parameter, wanted: str | None) -> None:
    if wanted:
        click.echo(brief_exact(schemas()[wanted]))
        others = [view for view in VIEWS if view != wanted]
        click.echo("\n".join(("", *(f"Another view: moneytrail sql --schema {v}" for v in others))))
        ctx.exit()


@click.command("sql")
@click.argument("run", type=RUN)
@click.argument("statement", metavar="SQL")
@click.option(
    "--schema",
    type=click.Choice(VIEWS),
    is_flag=False,
    flag_value=VIEWS[0],
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="Show the columns of a view, and exit. Without a name the view is fills.",
)
@report("sql", cuts=True)
def sql_command(run: RunFolder, statement: str, rows_max: int | None) -> list[Table]:
    """Query the books in SQL, in DuckDB's dialect.

    \b
      moneytrail sql --schema
      moneytrail sql --schema postings
      moneytrail sql runs/out/tiny-seed1 "FROM fills WHERE motive = 'pickoff' ORDER BY seq LIMIT 5"
      moneytrail sql runs/out/tiny-seed1 \\
        "SELECT taker, count(*), sum(edge_usd) FROM fills WHERE motive = 'pickoff' GROUP BY 1"

    The view `fills` has one row per fill and per settlement payment, in dollars and contracts. The
    view `rows` has the same data in integers, as the run stores them. The view `postings` has one
    row per posting of the general ledger, which sums the fills of each day. The views `notes`,
    `events`, `prices` and `opens` have the other lines of the ledger. The view `contracts` has the
    size of a lot and of a tick. The statement must be a single SELECT. It cannot change the run.
    """
    return [sql(run, statement, rows_max)]
