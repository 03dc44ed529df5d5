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
@report()  # no fixed names: only an entity with tokens or coins has the table `tokens`
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
@click.option("--entity", help="The entity whose books are searched. [default: the house group]")
@click.option("--since", type=DAY, help="Leave out entries before this day.")
@click.option("--until", type=DAY, help="Leave out entries after this day.")
@click.option("--seq", type=int, help="Start from the fill or entry with this number.")
@click.option("--link", help="Start from the entries and payments with this link.")
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

    Without --seq and --link the command starts from a figure, such as a figure of `where`. It lists
    the entries of the general ledger that sum to this figure, and the fills behind the closing
    entries. The sum of the closing entries less the sum of their fills must be 0.00.

    The options --kind, --party, --entity, --since and --until choose the figure. Without these
    options it is the whole hole in dollars. With --entity alone there are two cases. For the
    exchange or its maker, the figure is the part of the hole in the books of this entity. For any
    other entity, the figure is the entity's net worth, including its opening capital. Costs are
    positive in this figure, and gains and capital are negative. So a positive net worth has a minus
    sign.

    With --seq the command starts from a fill or an entry. Tables show the number of a fill or entry
    in the column `seq`. The output has the postings, the closing entry of a fill, and the fills of
    a closing entry. With --link the command starts from all entries that have the link. If the link
    names a settlement or a liquidated account (such as liq-r-0011), the command also starts from
    its fills and payments. Both options show each part of the hole that changes: its amount before
    the change, after the change, and at the end of the run.
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
    help="Show the columns of a view, and exit. Without a name it is the view `fills`.",
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

    The view `fills` has one row for each fill, and for each payment that trading causes, such as
    variation margin. Its figures are in dollars and contracts. The view `rows` has the same data in
    whole lots, ticks, cents and microseconds, as the run stores them. The view `postings` has one
    row for each posting of the general ledger, which has only daily sums of fills. The views
    `notes`, `events`, `prices` and `opens` have other directives of the general ledger. For each
    contract the table `contracts` has the size of a lot and of a tick. The statement must be a
    single SELECT. It cannot change the run.
    """
    return [sql(run, statement, rows_max)]
