"""SQL queries on the books. Fills, payments and postings are rows.

A query is written in DuckDB's dialect of SQL. It can read these views and tables:

    postings   the general ledger, as documented in `POSTINGS`
    fills      the fills in contracts and dollars, as documented in `SCHEMA`
    rows       the fills as they are stored: in whole lots, ticks, cents and microseconds
    contracts  the lot, the tick and the number of similar markets of each contract
    opens, notes, events, prices    other directives of the general ledger

A statement cannot change a run. DuckDB can limit a statement to a list of files, but it cannot
forbid writing to these files, since a COPY can be hidden in a SELECT. So a statement works on a
copy of the files.
"""

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ledger import duckdb_session, posting_store
from ledger.mistake import MistakeError
from ledger.money import Contract
from ledger.motives import PAYMENTS
from ledger.reports.table import Cell, Table, cell_of
from ledger.run_folder import RunFolder

# Increase this number if a change of the views could break an existing query.
SCHEMA_VERSION = 2

POSTINGS: tuple[tuple[str, str, str], ...] = (
    *posting_store.COLUMNS,
    ("amount", "DECIMAL", "units x unit: the amount of the commodity that moves"),
    ("month", "VARCHAR", "month of the date, such as 2022-05"),
)

SCHEMA: tuple[tuple[str, str, str], ...] = (
    ("seq", "BIGINT", "number in the order of all events"),
    ("time", "TIMESTAMP", "UTC, to the microsecond"),
    ("motive", "VARCHAR", "pickoff, spread, ...; in a payment: variation-margin, ..."),
    ("venue", "VARCHAR", "the venue of the trade or payment"),
    ("market", "VARCHAR", "the contract, such as BTC-PERP"),
    ("taker", "VARCHAR", "the sender of the order; in a payment: the receiver of edge_usd"),
    ("maker", "VARCHAR", "the other party; in a payment, the other party can be the venue"),
    ("holder", "VARCHAR", "retail customer, such as r-0011; NULL if none takes part"),
    ("quantity", "DECIMAL", "> 0 if the taker buys; in a payment: position, tokens or 0"),
    ("price_usd", "DECIMAL", "of one contract; in a payment: mark, token's price or 0"),
    ("lead_usd", "DECIMAL", "lead price at the time of the row"),
    ("lead_when_quoted_usd", "DECIMAL", "lead price used for the captive maker's quote, else NULL"),
    ("quote_age_s", "DECIMAL", "age of lead_when_quoted_usd in seconds, or NULL"),
    ("trigger", "VARCHAR", "posting: stale when posted; tick: stale later; or NULL"),
    ("fee_bps", "DECIMAL", "fee rate in basis points of the notional"),
    ("edge_usd", "DECIMAL(18,2)", "taker's gain (see below); in a payment: amount received"),
    ("fee_usd", "DECIMAL(18,2)", "fee that the taker paid to the venue"),
    ("notional_usd", "DECIMAL(18,2)", "|quantity| x price_usd x stands_for; NULL for a payment"),
    ("stands_for", "BIGINT", "number of similar markets, each of which trades the quantity"),
)

# DuckDB multiplies decimals exactly, and reports an error if a product is too large.
_PAYMENTS = "', '".join(motive.word for motive in PAYMENTS)
_FILLS = f"""
CREATE TEMP VIEW fills AS SELECT
    seq, time, motive, venue, market, taker, maker,
    printf('r-%04d', holder) AS holder,
    lots::DECIMAL(18, 0) * lot AS quantity,
    price::DECIMAL(18, 0) * tick_usd AS price_usd,
    lead::DECIMAL(18, 0) * tick_usd AS lead_usd,
    lead_when_quoted::DECIMAL(18, 0) * tick_usd AS lead_when_quoted_usd,
    quote_age_us::DECIMAL(18, 0) * 0.000001 AS quote_age_s,
    nullif("trigger", '') AS "trigger",
    fee_e6::DECIMAL(18, 0) * 0.01 AS fee_bps,
    edge_cents::DECIMAL(18, 0) * 0.01 AS edge_usd,
    fee_cents::DECIMAL(18, 0) * 0.01 AS fee_usd,
    CASE WHEN motive NOT IN ('{_PAYMENTS}')
        THEN (abs(lots) * price * cents_per_lot_tick)::DECIMAL(18, 0) * 0.01
    END AS notional_usd,
    stands_for
-- A row of an unknown contract is kept. Its quantity, prices, notional and stands_for are empty.
FROM rows LEFT JOIN contracts USING (venue, market)
"""


class SqlError(MistakeError, ValueError):
    """DuckDB refuses a statement, or the text is not one SELECT statement."""


def sql(run: RunFolder, statement: str, rows_max: int | None = None) -> Table:
    """Return the result of one statement that only reads (SELECT, FROM, DESCRIBE, SUMMARIZE).

    Args:
        run: the run whose books are queried.
        statement: the statement.
        rows_max: the largest number of rows to read. Further rows are only counted. None: all
            rows are read.

    Raises:
        SqlError: the text is not one statement that only reads, or DuckDB refuses it.
    """
    try:
        with _sandbox(run) as connection:
            found = connection.extract_statements(statement)
            if [one.type for one in found] != [duckdb.StatementType.SELECT]:
                raise SqlError("give one SELECT statement; a query can only read")
            columns, rows, count = _answer(connection, found[0], rows_max)
    except duckdb.Error as error:
        raise SqlError(_first_line(error)) from error
    title = f"{count:,} row{'' if count == 1 else 's'} from the books of {run.path.name}"
    return Table("sql", title, columns, rows, more_rows=count - len(rows))


def schemas() -> dict[str, Table]:
    """Return two tables that describe the views `fills` and `postings`. The key is the view."""
    return {
        "fills": Table(
            "fills",
            f"The view `fills`, version {SCHEMA_VERSION}: one row for each fill or payment",
            ("column", "type", "meaning"),
            SCHEMA,
            (
                "A taker's gain is (lead_usd - price_usd) x quantity x stands_for.",
                "The quantity of a fill is in contracts. A quantity or a price has as many decimal "
                "places as the finest lot or tick of the run requires. An age has six decimal "
                "places, and a fee rate has two.",
                "The view `rows` has the same fills as they are stored: in whole lots, ticks, "
                "cents and microseconds. The table `contracts` has each contract's lot and tick.",
                "If `stands_for` is n, the market represents n markets: `edge_usd`, `fee_usd` and "
                "`notional_usd` are sums over these n markets.",
            ),
        ),
        "postings": Table(
            "postings",
            "The view `postings`: one row for each posting of the general ledger",
            ("column", "type", "meaning"),
            POSTINGS,
            (
                "Closing entries sum up each day's fills. The view `fills` lists the same fills "
                "one by one, so do not add fills to closing entries.",
                "Four views have other directives of the general ledger: `opens` has the accounts, "
                "`notes` has figures for reports, `events` has changes that move no money, and "
                "`prices` has the marks.",
            ),
        ),
    }


def _answer(
    connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement, rows_max: int | None
) -> tuple[tuple[str, ...], list[tuple[Cell, ...]], int]:
    """Run a statement, and stop it at once if the user interrupts.

    Returns:
        The names of the columns, the rows that were read, and the number of all rows.
    """

    def read() -> tuple[tuple[str, ...], list[tuple[object, ...]], int]:
        result = connection.execute(statement)
        columns = tuple(column[0] for column in result.description)
        if rows_max is None:
            rows = result.fetchall()
            return columns, rows, len(rows)
        rows = result.fetchmany(rows_max)
        if len(rows) < rows_max:
            return columns, rows, len(rows)
        ((count,),) = connection.query(statement.query).aggregate("count(*)").fetchall()
        # A statement with random numbers may give fewer rows the second time.
        return columns, rows, max(count, len(rows))

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(read)
        try:
            columns, rows, count = running.result()
        except KeyboardInterrupt:
            # The statement runs in another thread, since in this thread it would block Ctrl-C.
            connection.interrupt()
            raise
    return columns, [tuple(map(_cell, row)) for row in rows], count


@contextmanager
def _sandbox(run: RunFolder) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a copy of the books' Parquet files. A statement can access no other files."""
    with TemporaryDirectory(prefix="moneytrail-sql-") as folder:
        copy = RunFolder(Path(folder))
        for path in run.column_files:
            copied = copy.path / path.relative_to(run.path)
            copied.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, copied)
        with copy.connect(duckdb.connect()) as connection:
            _add_contracts(connection, run.chart.contracts)
            connection.execute(_FILLS)
            _confine(connection, copy)
            yield connection


def _add_contracts(connection: duckdb.DuckDBPyConnection, contracts: Sequence[Contract]) -> None:
    lot_digits = max(c.quantity.digits for c in contracts)
    tick_digits = max(c.price.digits for c in contracts)
    connection.execute(
        f"CREATE TABLE contracts (venue VARCHAR, market VARCHAR, lot DECIMAL(14, {lot_digits}), "
        f"tick_usd DECIMAL(14, {tick_digits}), cents_per_lot_tick BIGINT, stands_for BIGINT)"
    )
    connection.executemany(
        "INSERT INTO contracts VALUES (?, ?, ?, ?, ?, ?)",
        [
            (c.venue, c.market, c.lot, c.tick_usd, c.cents_per_lot_tick, c.stands_for)
            for c in contracts
        ],
    )


def _confine(connection: duckdb.DuckDBPyConnection, copy: RunFolder) -> None:
    """Limit the connection to the files of the copy from now on."""
    files = ", ".join(map(duckdb_session.literal, copy.column_files))
    for setting in (
        "TimeZone = 'UTC'",
        "enable_progress_bar = false",
        f"temp_directory = {duckdb_session.literal(copy.path / 'spill')}",
        f"allowed_paths = [{files}]",
        "enable_external_access = false",  # also forbids extensions
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")


def _cell(value: object) -> Cell:
    """Convert a value of DuckDB to a value of a table."""
    return Decimal(repr(value)) if isinstance(value, float) else cell_of(value)


def _first_line(error: duckdb.Error) -> str:
    """Return the error and the hint in DuckDB's message, without the quoted statement."""
    message = str(error).split("\n\nLINE ")[0]
    return " ".join(message.split())
