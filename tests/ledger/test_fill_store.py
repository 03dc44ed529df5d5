"""Fills are read back unchanged from Parquet, and the same rows give the same bytes."""

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from ledger import fill_store
from ledger.fills import ABSENT, NULLABLE, ROW, Names, Trigger
from ledger.motives import Motive

ENTITIES = ("FTX", "Alameda", "Firm01", "Outside")
NAMES = Names(("FTX", "Binance"), ("BTC-PERP", "SOL-PERP"), ENTITIES)
CHOICES = {
    "motive": len(Motive),
    "venue": len(NAMES.venues),
    "market": len(NAMES.markets),
    "taker": len(NAMES.entities),
    "maker": len(NAMES.entities),
    "trigger": len(Trigger),
}
NOON_US = 1_652_097_600_000_000


def some_rows(n: int, seed: int = 1) -> np.ndarray:
    """Draw rows with all names, both signs, large numbers, and missing values where allowed."""
    draws = np.random.default_rng(seed)
    rows = np.empty(n, dtype=ROW)
    for column in ROW.names:
        if column in CHOICES:
            rows[column] = draws.integers(CHOICES[column], size=n)
        else:
            rows[column] = draws.integers(-(2**62), 2**62, size=n)
    rows["seq"] = np.arange(1, n + 1)
    rows["time_us"] = NOON_US + np.arange(n)
    for column in NULLABLE:
        rows[column] = np.where(draws.random(n) < 0.5, ABSENT, draws.integers(2**40, size=n))
    return rows


def stored(path: Path, names: Names = NAMES) -> np.ndarray:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return fill_store.read(connection, f"read_parquet('{path}')", names)


@pytest.mark.parametrize("n", [0, 1, 5_000])
def test_stored_rows_are_read_back_unchanged(tmp_path, n):
    rows = some_rows(n)
    fill_store.write(tmp_path / "fills.parquet", rows, NAMES)

    assert np.array_equal(stored(tmp_path / "fills.parquet"), rows)


def test_stored_rows_are_read_back_in_the_order_of_seq(tmp_path):
    rows = some_rows(50)
    fill_store.write(tmp_path / "fills.parquet", rows[::-1], NAMES)

    assert np.array_equal(stored(tmp_path / "fills.parquet"), rows)


def test_the_same_rows_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        # These rows need more than one row group of the file.
        fill_store.write(tmp_path / name, some_rows(fill_store.ROW_GROUP + 10), NAMES)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_month_has_the_same_bytes_if_it_is_stored_day_by_day_and_if_it_is_stored_at_once(
    tmp_path,
):
    month = fill_store.MonthOfFills()
    for name, n in (("may", fill_store.ROW_GROUP + 10), ("june", 5_000)):
        rows = some_rows(n, seed=n)
        fill_store.write(tmp_path / name, rows, NAMES)

        for day in (rows[:0], rows[:1], rows[1 : n // 2], rows[n // 2 :]):
            columns = month.add(day)
            assert all(np.array_equal(columns[name], day[name]) for name in ROW.names)
        fill_store.write(tmp_path / f"{name} by day", month.end(), NAMES)

        assert (tmp_path / f"{name} by day").read_bytes() == (tmp_path / name).read_bytes()


def test_the_file_contains_names_and_timestamps_and_nulls_in_place_of_codes(tmp_path):
    rows = some_rows(1)
    rows["motive"], rows["taker"], rows["holder"] = Motive.PICKOFF, 2, ABSENT
    fill_store.write(tmp_path / "fills.parquet", rows, NAMES)

    found = duckdb.sql(
        f"SELECT motive::VARCHAR, taker::VARCHAR, holder, time::VARCHAR "
        f"FROM read_parquet('{tmp_path}/fills.parquet')"
    ).fetchall()

    assert found == [("pickoff", "Firm01", None, "2022-05-09 12:00:00")]


def test_a_path_may_contain_an_apostrophe(tmp_path):
    fill_store.write(tmp_path / "o'clock.parquet", some_rows(1), NAMES)

    assert (tmp_path / "o'clock.parquet").is_file()


def test_a_fill_of_a_party_that_the_books_do_not_list_is_refused(tmp_path):
    rows = some_rows(10)
    rows["taker"] = 2
    fill_store.write(tmp_path / "fills.parquet", rows, NAMES)
    fewer = replace(NAMES, entities=("FTX", "Alameda", "Outside"))

    with pytest.raises(ValueError, match="Firm01"):
        stored(tmp_path / "fills.parquet", fewer)


@pytest.mark.parametrize(
    ("column", "forged"),
    [
        ("edge_cents", "edge_cents + 0.4"),
        ("fee_cents", "fee_cents::DOUBLE"),
        ("lots", "CASE WHEN seq % 7 = 0 THEN NULL ELSE lots END"),
        ("holder", "coalesce(holder, -1)"),
    ],
)
def test_a_column_of_a_wrong_type_or_with_missing_or_unexpected_nulls_is_refused(
    column, forged, tmp_path
):
    """If such a column were accepted, the audit and SQL would read different values in it."""
    rows = some_rows(50)
    rows["holder"][::2] = ABSENT
    fill_store.write(tmp_path / "fills.parquet", rows, NAMES)
    duckdb.sql(
        f"COPY (SELECT * REPLACE ({forged} AS {column}) FROM "
        f"read_parquet('{tmp_path}/fills.parquet')) TO '{tmp_path}/forged.parquet'"
    )

    with pytest.raises(ValueError, match=column):
        stored(tmp_path / "forged.parquet")


# ---------------------------------------------------------------------- the control total


@pytest.mark.parametrize("column", ROW.names)
def test_a_change_in_any_field_changes_the_control_total(column):
    rows = some_rows(20)
    changed = rows.copy()
    changed[column][7] = (rows[column][7] + 1) % CHOICES.get(column, 2**62)

    assert fill_store.control_total(changed, NAMES) != fill_store.control_total(rows, NAMES)


def test_the_control_total_depends_on_the_order_of_rows():
    rows = some_rows(20)

    assert fill_store.control_total(rows[::-1], NAMES) != fill_store.control_total(rows, NAMES)


def test_the_control_total_depends_on_names_and_not_on_codes():
    rows = some_rows(20)
    turned = replace(NAMES, entities=ENTITIES[::-1])
    recoded = rows.copy()
    for side in ("taker", "maker"):
        recoded[side] = len(NAMES.entities) - 1 - rows[side]

    assert fill_store.control_total(recoded, turned) == fill_store.control_total(rows, NAMES)
