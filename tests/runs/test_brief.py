"""A table for reading fits a screen, loses no total, and says what it leaves out."""

import re
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ledger.reports.table import Table
from runs.brief import ROWS, WIDTH, brief
from runs.cli.main import main

CELLS = {
    "day": st.dates(date(2019, 1, 1), date(2022, 12, 31)),
    "kind": st.text("abc de", min_size=1, max_size=60),
    "hole_usd": st.decimals(-(10**12), 10**12, places=2),
    "share_pct": st.decimals(0, 100, places=1),
    "fills": st.integers(0, 10**9),
}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=14))
    columns = tuple(f"c{i}_{kind}" for i, kind in enumerate(kinds))
    rows = draw(st.lists(st.tuples(*(st.none() | CELLS[kind] for kind in kinds)), max_size=40))
    return Table("t", "Title", columns, rows)


@given(tables())
def test_every_table_fits_a_screen(table: Table):
    lines = brief(table).splitlines()

    assert max(map(len, lines)) <= WIDTH
    headings = max(name.count("_") + 2 for name in table.columns)
    assert len(lines) <= 2 + headings + 1 + ROWS + 2


def long_table(rows: int) -> Table:
    listed = [(f"use {i}", Decimal(i)) for i in range(rows)]
    return Table("uses", "Uses", ("use", "cost_usd"), [*listed, ("all uses", Decimal(777))])


def test_of_a_long_table_the_first_rows_and_the_total_are_shown_and_the_rest_is_counted():
    text = brief(long_table(60))

    shown = [int(found) for found in re.findall(r"^use (\d+)", text, re.MULTILINE)]
    assert shown[:5] == [0, 1, 2, 3, 4]
    assert re.search(r"^all uses +777.00$", text, re.MULTILINE)
    left_out = int(re.search(r"\((\d+) more rows: --table uses\)", text)[1])
    assert left_out + len(shown) == 60


def test_a_table_that_fits_leaves_nothing_out():
    assert "more row" not in brief(long_table(ROWS - 1))
    assert "more row" in brief(long_table(ROWS))


def test_columns_that_do_not_fit_are_counted():
    columns = tuple(f"a_rather_long_name_{i}" for i in range(20))
    text = brief(Table("wide", "Wide", columns, [tuple(range(20))]))

    left_out = int(re.search(r"\((\d+) more columns: --table wide\)", text)[1])
    (values,) = re.findall(r"^ *0 .*$", text, re.MULTILINE)
    assert list(map(int, values.split())) == list(range(20 - left_out))
    assert max(map(len, text.splitlines())) <= WIDTH


@pytest.mark.parametrize(
    ("largest", "unit", "told"),
    [
        ("6509700000.00", "USD m", "6,509.7"),
        ("10000000.00", "USD m", "10.0"),
        ("9999999.00", "USD k", "10,000.0"),
        ("9999.99", "USD", "9,999.99"),
    ],
)
def test_amounts_are_rounded_in_one_unit_that_the_heading_names(largest, unit, told):
    text = brief(Table("t", "T", ("kind", "hole_usd"), [("x", Decimal(largest)), ("y", None)]))

    assert re.search(rf"^ +{re.escape(unit)}$", text, re.MULTILINE)
    assert told in text


def test_what_rounds_to_nothing_has_no_sign():
    rows = [("x", Decimal("-1.00")), ("y", Decimal("50000000.00"))]

    assert "-0.0" not in brief(Table("t", "T", ("kind", "usd"), rows))


def examples() -> list[list[str]]:
    """Return a command line for each report, with the words that it needs."""
    needed = {"solvency": ["2022-05-10"], "books": ["Alameda"], "trail": ["--kind", "PickOff"]}
    raw = {"run", "audit", "sign", "rebuild", "day", "query", "sql", "counterfactual"}
    # These ask no run, or write a page.
    others = {"scenario", "sweep", "study", "report"}
    return [[name, *needed.get(name, [])] for name in main.commands if name not in raw | others]


@pytest.mark.parametrize("line", examples(), ids=lambda line: line[0])
def test_each_report_answers_first_and_fits_a_screen(tiny_run, line: list[str]):
    command, *words = line
    lines = CliRunner().invoke(main, [command, str(tiny_run.path), *words]).stdout.splitlines()

    assert max(map(len, lines)) <= 100
    assert len(lines) <= 45
    assert re.match(r"[A-Z0-9].*", lines[0])
    assert ". " in " ".join(lines[:4]) + " "
    assert re.search(r"seed 1, seal [0-9a-f]{12}, every hour simulated$", lines[-1])
