"""Tokens sold for customers who lacked margin: how many, their worth, and what they brought."""

from decimal import Decimal

import duckdb

from ledger.fills import Motive
from ledger.money import Contract
from ledger.reports.table import Table
from ledger.run_folder import RunFolder

CENT = Decimal("0.01")


def seized(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> Table:
    """Return a line for each token that customers brought."""
    rows = [
        (token.commodity, *_sales(connection, token.contract)) for token in run.chart.collateral
    ]
    return Table(
        "seized",
        "Tokens sold for customers who lacked margin",
        ("token", "accounts", "quantity", "worth_usd", "brought_usd", "markdown_usd"),
        rows,
        (
            "They are sold to the other makers before anything else is done: what they were worth "
            "is by the lead price, and the mark-down is what those gained.",
        ),
    )


def _sales(
    connection: duckdb.DuckDBPyConnection, contract: Contract
) -> tuple[int, Decimal, Decimal, Decimal, Decimal]:
    accounts, lots, worth, brought = connection.execute(
        """
        SELECT count(DISTINCT holder), coalesce(-sum(lots), 0),
               coalesce(-sum(lots * lead), 0) * ?, coalesce(sum(edge_cents), 0)
        FROM rows WHERE motive = ? AND market = ?
        """,
        [contract.cents_per_lot_tick, Motive.SEIZURE.word, contract.market],
    ).fetchone()
    worth_usd, brought_usd = (Decimal(int(cents)) * CENT for cents in (worth, brought))
    quantity = int(lots) * Decimal(contract.lot)
    return accounts, quantity, worth_usd, brought_usd, worth_usd - brought_usd
