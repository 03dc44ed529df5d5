"""Pledged tokens that the house sold because customers lacked margin."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from ledger.money import Contract
from ledger.motives import Motive
from ledger.reports.dollars import CENT
from ledger.reports.table import Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class SeizedToken:
    """All sales of one pledged token that were made because its owners lacked margin."""

    token: str
    accounts: int
    quantity: Decimal
    worth_usd: Decimal  # the value at the lead price
    brought_usd: Decimal

    @property
    def markdown_usd(self) -> Decimal:
        """Return the gain of the makers that bought the token at a discount."""
        return self.worth_usd - self.brought_usd


def seized(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> tuple[SeizedToken, ...]:
    """Return the sales of each token that customers may pledge."""
    return tuple(
        SeizedToken(token.commodity, *_sales(connection, token.contract))
        for token in run.chart.collateral
    )


def seized_table(found: Sequence[SeizedToken]) -> Table:
    """Return a table with a row for each token."""
    return Table.of(
        "seized",
        "Pledged tokens sold because customers lacked margin",
        ("token", "accounts", "quantity", "worth_usd", "brought_usd", "markdown_usd"),
        found,
        (
            "Makers other than the captive maker buy these tokens before backstops take over the "
            "customer's position. 'Worth' is the tokens' value at the lead price, and 'brought' is "
            "the proceeds. 'Markdown' is the other makers' gain: the value less the proceeds.",
        ),
    )


def _sales(
    connection: duckdb.DuckDBPyConnection, contract: Contract
) -> tuple[int, Decimal, Decimal, Decimal]:
    ((accounts, lots, worth, brought),) = connection.execute(
        """
        SELECT count(DISTINCT holder), coalesce(-sum(lots), 0),
               coalesce(-sum(lots * lead), 0) * ?, coalesce(sum(edge_cents), 0)
        FROM rows WHERE motive = ? AND market = ?
        """,
        [contract.cents_per_lot_tick, Motive.SEIZURE.word, contract.market],
    ).fetchall()
    worth_usd, brought_usd = (Decimal(int(cents)) * CENT for cents in (worth, brought))
    quantity = int(lots) * Decimal(contract.lot)
    return accounts, quantity, worth_usd, brought_usd
