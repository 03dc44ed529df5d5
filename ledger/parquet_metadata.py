"""Metadata of Parquet files: the units of columns, contracts and commodities.

The metadata explain a file's whole numbers, even if the file is not in its run's folder. Each value
of the metadata is JSON. Polars reads the metadata with `read_parquet_metadata`, DuckDB with
`parquet_kv_metadata`.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from ledger import duckdb_session
from ledger.money import Contract, Scale

UNITS, CONTRACTS, COMMODITIES = "units", "contracts", "commodities"

FILL_UNITS: Mapping[str, str] = {
    "time": "UTC",
    "lots": "lots of the contract, > 0 if the taker buys; in a payment: the position, tokens or 0",
    "price": "ticks of the contract",
    "lead": "ticks of the contract",
    "lead_when_quoted": "ticks of the contract",
    "quote_age_us": "microseconds",
    "fee_e6": "millionths of the notional",
    "edge_cents": "US cents",
    "fee_cents": "US cents",
}
POSTING_UNITS: Mapping[str, str] = {
    "time": "UTC",
    "date": "UTC",
    "units": "number of the smallest units of the commodity; `unit` is the size of one",
    "unit": "the commodity",
}


def of_fills(contracts: Iterable[Contract]) -> dict[str, str]:
    """Return the metadata of a file of fills.

    Args:
        contracts: the contracts of all markets that the fills may name.
    """
    told = [
        {
            "venue": each.venue,
            "market": each.market,
            "lot": each.lot,
            "tick_usd": each.tick_usd,
            "stands_for": each.stands_for,
        }
        for each in contracts
    ]
    return {UNITS: _json(FILL_UNITS), CONTRACTS: _json(told)}


def of_postings(scales: Mapping[str, Scale]) -> dict[str, str]:
    """Return the metadata of a file of postings.

    Args:
        scales: the smallest unit of each commodity.
    """
    one = {commodity: scale.text(1) for commodity, scale in sorted(scales.items())}
    return {UNITS: _json(POSTING_UNITS), COMMODITIES: _json(one)}


def option(metadata: Mapping[str, str]) -> str:
    """Return the option that lets DuckDB's COPY write the metadata, or "" without metadata."""
    told = ", ".join(f"{key}: {duckdb_session.literal(value)}" for key, value in metadata.items())
    return f", KV_METADATA {{{told}}}" if told else ""


def read(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """Return the metadata of a file by key. The files of older runs have none.

    Raises:
        duckdb.Error: the file can't be read.
    """
    found = connection.execute(
        "SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)", [str(path)]
    ).fetchall()
    return dict(found)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
