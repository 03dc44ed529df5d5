"""The Parquet files of fills and of postings state the units of their numbers as metadata."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ledger import fill_store, parquet_metadata, posting_store
from ledger.fills import Fill, Names, new_rows
from ledger.money import Contract
from ledger.proof.copy_check import wrong_copies
from ledger.run_folder import RunFolder

NAMES = Names(("FTX",), ("BTC-PERP",), ("FTX", "Alameda"))


def metadata(path: Path) -> dict:
    with duckdb.connect() as connection:
        told = parquet_metadata.read(connection, path)
    return {key: json.loads(value) for key, value in told.items()}


def first(run: RunFolder, folder: str) -> Path:
    return sorted((run.path / folder).glob("*.parquet"))[0]


def test_the_edge_of_a_fill_follows_from_the_lot_and_tick_in_the_metadata(busy_run):
    path = first(busy_run, "fills")
    contracts = {(c["venue"], c["market"]): c for c in metadata(path)["contracts"]}

    stored = busy_run.select(
        "SELECT venue, market, lots, price, edge_cents, lead FROM rows WHERE motive = 'pickoff'"
    )

    assert stored
    for venue, market, lots, price, edge_cents, lead in stored:
        about = contracts[venue, market]
        quantity, tick = lots * Decimal(about["lot"]), Decimal(about["tick_usd"])
        edge_usd = (lead - price) * tick * quantity * about["stands_for"]
        assert edge_usd == Decimal(edge_cents) / 100


def test_the_metadata_state_the_unit_of_each_commodity(tokens_run):
    about = metadata(first(tokens_run, posting_store.FOLDER))["commodities"]

    units = dict(tokens_run.select("SELECT DISTINCT commodity, unit FROM postings"))

    assert units
    assert {commodity: Decimal(about[commodity]) for commodity in units} == units


def test_the_metadata_state_the_unit_of_each_numeric_column_that_is_not_an_identifier(tiny_run):
    for folder, kinds in (("fills", "BIGINT"), (posting_store.FOLDER, "DECIMAL")):
        path = first(tiny_run, folder)
        described = duckdb.sql(f"DESCRIBE FROM read_parquet('{path}')").fetchall()
        numbers = {name for name, kind, *_ in described if kind.startswith(kinds)}

        assert numbers - {"seq", "holder"} <= metadata(path)["units"].keys()
    assert parquet_metadata.FILL_UNITS.keys() <= {*Fill._fields, "time"}
    assert parquet_metadata.POSTING_UNITS.keys() <= {name for name, *_ in posting_store.COLUMNS}


def test_a_name_with_an_apostrophe_is_read_back_unchanged(tmp_path):
    path = tmp_path / "fills.parquet"
    contract = Contract("BTC-PERP", "Trader's", "0.01", "0.5", stands_for=3)
    fill_store.write(path, new_rows(0), NAMES, [contract])

    assert metadata(path)["contracts"] == [
        {
            "venue": "Trader's",
            "market": "BTC-PERP",
            "lot": "0.01",
            "tick_usd": "0.5",
            "stands_for": 3,
        }
    ]


@pytest.mark.parametrize("folder", ["fills", posting_store.FOLDER])
def test_the_audit_finds_a_wrong_unit_in_the_metadata(tiny_run, tmp_path, folder):
    copied = tmp_path / "run"
    shutil.copytree(tiny_run.path, copied)
    run = RunFolder.at(copied)
    path = first(run, folder)
    true = "0.01"
    with duckdb.connect() as connection:
        said = parquet_metadata.read(connection, path)
        false = {name: value.replace(true, "0.1") for name, value in said.items()}
        assert false != said
        connection.execute(f"CREATE TABLE kept AS FROM read_parquet('{path}')")
        connection.execute(
            f"COPY kept TO '{path}' (FORMAT parquet{parquet_metadata.option(false)})"
        )

    assert [problem for problem in wrong_copies(run) if "metadata" in problem]
    assert not list(wrong_copies(tiny_run))


def test_the_check_of_the_parquet_copy_accepts_a_fill_file_without_metadata(tiny_run, tmp_path):
    copied = tmp_path / "run"
    shutil.copytree(tiny_run.path, copied)
    path = first(RunFolder(copied), "fills")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE kept AS FROM read_parquet('{path}')")
        connection.execute(f"COPY kept TO '{path}' (FORMAT parquet)")

    assert metadata(path) == {}
    assert not list(wrong_copies(RunFolder.at(copied)))
