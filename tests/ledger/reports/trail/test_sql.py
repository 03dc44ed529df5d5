"""Queries in SQL and BQL give the amounts of the ledger and cannot change the ledger."""

from collections import defaultdict
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data
from beanquery.query import run_query
from folder_contents import contents

from ledger import directive_store
from ledger.copy_of_text import directives
from ledger.entries import Entries
from ledger.fill_store import read
from ledger.fills import Fill
from ledger.reports.trail.query import QueryError, query
from ledger.reports.trail.sql import POSTINGS, SCHEMA, SqlError, schemas, sql
from ledger.run_folder import RunFolder


def booked(run: RunFolder) -> dict[str, Decimal]:
    balances: dict[str, Decimal] = defaultdict(Decimal)
    for entry in run.transactions:
        for p in entry.postings:
            if p.units.currency == "USD" and "fills" in entry.meta:
                balances[p.account] += p.units.number
    return balances


# -------------------------------------------------------------------------------- sql


def test_sums_over_the_fills_agree_with_the_general_ledger(run: RunFolder):
    found = sql(run, "SELECT taker, motive, sum(edge_usd), sum(fee_usd) FROM fills GROUP BY ALL")
    edges: dict[str, Decimal] = defaultdict(Decimal)
    house_fees = Decimal()
    for taker, motive, edge, fee in found.rows:
        kind = {"pickoff": "PickOff", "spread": "Spread"}.get(motive)
        if kind:
            edges[f"Income:{taker}:{kind}"] -= edge
            house_fees -= fee

    assert found.columns == ("taker", "motive", "sum(edge_usd)", "sum(fee_usd)")
    assert len(edges) >= 2
    for account, usd in edges.items():
        assert booked(run)[account] == usd
    assert booked(run)[f"Income:{run.chart.parties.house}:Fees"] == house_fees


def test_edge_and_fee_and_notional_of_every_fill_follow_from_its_prices_and_quantity_and_fee_rate(
    run: RunFolder,
):
    ((trades, edges, fees, notionals),) = sql(
        run,
        """
        SELECT count(*),
               count(*) FILTER (edge_usd = (lead_usd - price_usd) * quantity),
               count(*) FILTER (fee_usd = round(notional_usd * fee_bps / 10000, 2)),
               count(*) FILTER (notional_usd = abs(quantity) * price_usd)
        FROM fills WHERE motive NOT IN ('variation-margin', 'funding')
        """,
    ).rows

    assert trades == edges == fees == notionals > 100


def test_a_row_of_the_view_of_fills_has_the_values_of_its_entry_in_the_day_ledger(
    run: RunFolder,
):
    with run.connect() as connection:
        rows = read(connection, "rows", run.names)[::37]
    entries = Entries(run.chart, run.names)
    seqs = ", ".join(map(str, rows["seq"].tolist()))
    view = sql(run, f"FROM fills WHERE seq IN ({seqs}) ORDER BY seq")

    for fill, row in zip(map(Fill._make, rows.tolist()), view.rows, strict=True):
        seen = dict(zip(view.columns, row, strict=True))
        told = entries.of_row(fill)
        meta = dict(told.meta)
        assert seen["quantity"] == Decimal(meta["quantity"])
        assert seen["price_usd"] == Decimal(meta["price"])
        assert seen["lead_usd"] == Decimal(meta["lead"])
        assert seen["lead_when_quoted_usd"] == (
            Decimal(meta["lead-when-quoted"]) if "lead-when-quoted" in meta else None
        )
        assert seen["quote_age_s"] == (
            Decimal(meta["quote-age-s"]) if "quote-age-s" in meta else None
        )
        assert seen["holder"] == (meta["holder"].strip('"') if "holder" in meta else None)
        assert (seen["motive"], seen["trigger"]) == (told.tag, seen["trigger"] or None)


@pytest.mark.parametrize(("view", "told"), [("fills", SCHEMA), ("postings", POSTINGS)])
def test_the_documented_schema_agrees_with_the_views(run: RunFolder, view, told):
    described = sql(run, f"DESCRIBE {view}").rows

    assert [name for name, *_ in described] == [name for name, *_ in told]
    for (_, found, *_), (_, kind, _) in zip(described, told, strict=True):
        assert found.startswith(kind)
    assert told == schemas()[view].rows


def test_sums_over_the_postings_agree_with_beancount(run: RunFolder):
    found = sql(
        run,
        "SELECT account, sum(amount) FROM postings "
        "WHERE commodity = 'USD' AND (meta->>'fills') IS NOT NULL GROUP BY ALL",
    )

    assert dict(found.rows) == booked(run)


def test_the_view_of_fills_has_no_quantity_for_a_contract_that_main_beancount_does_not_list(
    tiny_run, tmp_path
):
    (tmp_path / "run").mkdir()
    for path in tiny_run.path.rglob("*"):
        target = tmp_path / "run" / path.relative_to(tiny_run.path)
        if path.is_dir():
            target.mkdir()
        elif path.name == "main.beancount":
            target.write_text(path.read_text().replace('"BTC-PERP"\n  venue', '"X-PERP"\n  venue'))
        else:
            target.write_bytes(path.read_bytes())
    copy = tmp_path / "run" / directive_store.FILE
    copy.unlink()
    directive_store.write(copy, directives(RunFolder(tmp_path / "run").entries))
    count = "SELECT count(*), sum(edge_usd), count(quantity) FROM fills"

    ((rows, edges, quantities),) = sql(RunFolder.at(tmp_path / "run"), count).rows

    assert (rows, edges) == sql(tiny_run, count).rows[0][:2]
    assert quantities == 0


WRITES = (
    "COPY (SELECT 1) TO '{there}'",
    "COPY (SELECT 1) TO '{fills}' (USE_TMP_FILE false)",
    "WITH x AS (COPY (SELECT 1) TO '{there}') FROM x",
    "WITH x AS (COPY (SELECT 1) TO '{fills}' (USE_TMP_FILE false)) FROM x",
    "FROM json_execute_serialized_sql(json_serialize_sql("
    "'WITH x AS (COPY (SELECT 1) TO ''{fills}'' (USE_TMP_FILE false)) FROM x'))",
    "ATTACH '{there}'",
    "EXPORT DATABASE '{there}'",
    "CREATE TABLE mine AS SELECT 1",
    "DROP VIEW fills",
    "CALL enable_logging(storage = 'file', storage_path = '{there}')",
    "FROM enable_profiling(save_location = '{there}')",
    "PREPARE mine AS SELECT 1",
    "SET temp_directory = '{there}'",
    "SELECT 1; COPY (SELECT 1) TO '{there}'",
)


@pytest.mark.parametrize("statement", WRITES)
def test_a_statement_that_writes_is_refused(tiny_run: RunFolder, tmp_path: Path, statement: str):
    (fills,) = tiny_run.fill_files
    before = contents(tiny_run.path)

    with pytest.raises(SqlError):
        sql(tiny_run, statement.format(there=tmp_path / "written", fills=fills))

    assert contents(tiny_run.path) == before
    assert not list(tmp_path.iterdir())


def test_a_statement_that_turns_on_logging_writes_no_file(tiny_run: RunFolder, tmp_path: Path):
    before = contents(tiny_run.path)
    there = tmp_path / "written"

    with suppress(SqlError):  # DuckDB 2 refuses this statement. DuckDB 1.5 returns no rows.
        sql(tiny_run, f"FROM enable_logging(storage = 'file', storage_path = '{there}')")

    assert contents(tiny_run.path) == before
    assert not list(tmp_path.iterdir())


def test_an_sql_statement_can_write_only_to_a_temporary_copy(tiny_run, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = contents(tiny_run.path)
    # A query can read the path of the temporary copy.
    ((copy,),) = sql(tiny_run, "SELECT current_setting('allowed_paths')[1]").rows
    assert Path(copy).is_relative_to(tmp_path)

    # DuckDB 1.5 refuses this statement. DuckDB 2 accepts it as a query.
    with suppress(SqlError):
        sql(
            tiny_run,
            "WITH x AS (COPY (SELECT 1) TO (current_setting('allowed_paths')[1]) "
            "(FORMAT parquet, USE_TMP_FILE false)) FROM x",
        )

    assert contents(tiny_run.path) == before
    assert not list(tmp_path.iterdir())


READS = (
    "FROM read_text('{secret}')",
    "FROM read_csv('{secret}')",
    "FROM '{secret}'",
    "FROM read_text('{main}')",
    "FROM read_parquet('{elsewhere}')",
    "FROM glob('{secret}*')",
    "SELECT getenv('HOME')",
    "FROM tiny_run",
    "INSTALL httpfs",
    "SET enable_external_access = true",
)


@pytest.mark.parametrize("statement", READS)
def test_an_sql_statement_can_read_no_files_except_the_parquet_files_of_the_run(
    tiny_run: RunFolder, busy_run: RunFolder, tmp_path: Path, statement: str
):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\na secret word\n")
    main, elsewhere = tiny_run.path / "main.beancount", busy_run.fill_files[0]

    with pytest.raises(SqlError) as refused:
        sql(tiny_run, statement.format(secret=secret, main=main, elsewhere=elsewhere))

    assert "a secret word" not in str(refused.value)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT nosuch FROM fills", '"nosuch" not found'),
        ("FROM fils", 'Did you mean "fills"'),
        ("SELECT 'a'::INT", "Could not convert"),
        ("", "give one SELECT"),
        ("SELECT 1; SELECT 2", "give one SELECT"),
        ("SELECT $1", "parameters"),
    ],
)
def test_the_error_for_a_failed_sql_statement_states_the_reason_in_one_line(
    tiny_run, statement, problem
):
    with pytest.raises(SqlError) as refused:
        sql(tiny_run, statement)

    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_values_of_several_types_are_converted_exactly(tiny_run: RunFolder):
    found = sql(
        tiny_run,
        "SELECT 0.1::DOUBLE, 2.50::DECIMAL(9, 2), true, NULL, [1, 2], 1701411834604692317::HUGEINT",
    )

    assert found.rows == [
        (Decimal("0.1"), Decimal("2.50"), "true", None, "[1, 2]", 1701411834604692317)
    ]


@pytest.mark.parametrize(
    "statement", ["FROM fills ORDER BY seq", "FROM fills ORDER BY seq; -- all of them"]
)
def test_a_result_that_is_read_in_part_has_its_first_rows_and_the_number_of_the_other_rows(
    tiny_run: RunFolder, statement: str
):
    whole = sql(tiny_run, statement)
    part = sql(tiny_run, statement, rows_max=7)

    assert part.rows == whole.rows[:7]
    assert part.more_rows == len(whole.rows) - 7
    assert (part.columns, part.title) == (whole.columns, whole.title)


@pytest.mark.parametrize(("rows", "read", "more"), [(6, 6, 0), (7, 7, 0), (8, 7, 1)])
def test_the_numbers_of_rows_read_and_not_read_are_exact_near_the_limit_of_rows(
    tiny_run: RunFolder, rows: int, read: int, more: int
):
    found = sql(tiny_run, f"SELECT 1 AS a, 2 AS a FROM range({rows})", rows_max=7)

    assert (len(found.rows), found.more_rows) == (read, more)


# -------------------------------------------------------------------------------- bql


def test_a_saved_query_gives_the_same_result_as_bean_query(busy_run: RunFolder):
    entries, _, options = loader.load_file(str(busy_run.path / "main.beancount"))
    saved = [entry for entry in entries if isinstance(entry, data.Query)]
    listed = query(busy_run, ".run")

    assert [name for name, _ in listed.rows] == sorted(entry.name for entry in saved)
    for entry in saved[::2]:  # BQL is slow, so only every second query is tested
        columns, rows = run_query(entries, options, entry.query_string, numberify=True)
        found = query(busy_run, f".run {entry.name}")
        assert len(found.rows) == len(rows)
        # bean-query leaves out the column of a commodity without amounts. Our result keeps it.
        numbers = [column.name for column in columns]
        kept = [found.columns.index(name) for name in numbers]
        for row, theirs in zip(found.rows, rows, strict=True):
            assert [row[i] for i in kept] == [
                ", ".join(sorted(cell)) if isinstance(cell, frozenset | set) else cell
                for cell in theirs
            ]


def test_a_sum_of_several_commodities_has_a_column_for_each_commodity(tiny_run: RunFolder):
    found = query(
        tiny_run, "SELECT account, sum(position) AS held WHERE account ~ 'Alameda' GROUP BY account"
    )

    assert set(found.columns) == {
        "account",
        "held (USD)",
        "held (BTC-PERP.FTX)",
        "held (BTC-PERP.BINANCE)",
    }
    held = {row[0]: dict(zip(found.columns[1:], row[1:], strict=True)) for row in found.rows}
    assert held["Equity:Alameda:Opening"]["held (USD)"] == Decimal("-3000.00")
    assert held["Equity:Alameda:Opening"]["held (BTC-PERP.FTX)"] is None


def test_a_sum_of_zero_gives_an_empty_cell(tiny_run: RunFolder):
    found = query(tiny_run, ".run check-group-eliminates;")

    assert found.columns == ("must_be_empty",)
    assert found.rows == [(None,)]


@pytest.mark.parametrize(
    ("bql", "problem"),
    [
        ("SELEC account", "syntax error at 'SELEC account'"),
        ("SELECT sum(number", "syntax error at the end"),
        ("SELECT nosuch", 'column "nosuch" not found'),
        ("SELECT account WHERE account ~ '('", "unterminated subpattern"),
        ("", "empty query"),
        (".run hole-by-dya", "did you mean hole-by-day?"),
        (".run nothing-like-it", "give one of balance-sheet-of-ftx, "),
        (".reload", ".reload is not a command"),
        ("PRINT", "a query can only read"),
        ("CREATE TABLE mine (a int) USING 'csv:mine.csv'", "a query can only read"),
    ],
)
def test_the_error_for_a_failed_bql_query_states_the_reason_in_one_line(
    tiny_run, tmp_path, monkeypatch, bql, problem
):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(QueryError) as refused:
        query(tiny_run, bql)

    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not list(tmp_path.iterdir())
