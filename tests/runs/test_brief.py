"""The short form of a table fits a screen, keeps the totals, and counts the rows left out."""

import re
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ledger.reports.table import Table
from runs.brief import DOTS, LINES, ROWS, WIDTH, brief, rows_that_fit
from runs.cli.main import main
from runs.printing import Answered, render

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
def test_the_short_form_of_any_table_fits_a_screen(table: Table):
    lines = brief(table).splitlines()

    assert max(map(len, lines)) <= WIDTH
    headings = max(name.count("_") + 2 for name in table.columns)
    assert len(lines) <= 2 + headings + 1 + ROWS + 2


def long_table(rows: int) -> Table:
    listed = [(f"use {i}", Decimal(i)) for i in range(rows)]
    return Table("uses", "Uses", ("use", "cost_usd"), [*listed, ("all uses", Decimal(777))])


def test_the_short_form_of_a_table_has_the_first_rows_the_total_and_the_number_of_other_rows():
    text = brief(long_table(60))

    shown = [int(found) for found in re.findall(r"^use (\d+)", text, re.MULTILINE)]
    assert shown[:5] == [0, 1, 2, 3, 4]
    assert re.search(r"^all uses +777.00$", text, re.MULTILINE)
    left_out = int(re.search(r"\((\d+) more rows: --table uses\)", text)[1])
    assert left_out + len(shown) == 60


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(0, 3))
def test_every_row_is_shown_or_counted_and_if_several_rows_are_shown_they_fit_a_screen(
    heights, last
):
    rows = [["\n".join([str(i)] * height)] for i, height in enumerate(heights)]
    found, left_out = rows_that_fit(rows, last=last)

    shown = [row for row in found if row != [DOTS]]
    assert len(shown) + left_out == len(rows)
    assert ([DOTS] in found) == (left_out > 0)
    assert len(shown) == 1 or sum(row[0].count("\n") + 1 for row in found) <= ROWS


def test_a_table_that_fits_a_screen_is_printed_completely():
    assert "more row" not in brief(long_table(ROWS - 1))
    assert "more row" in brief(long_table(ROWS))


def test_columns_that_do_not_fit_are_left_out_and_counted():
    columns = tuple(f"a_rather_long_name_{i}" for i in range(20))
    text = brief(Table("wide", "Wide", columns, [tuple(range(20))]))

    left_out = int(re.search(r"\((\d+) more columns: --table wide\)", text)[1])
    (values,) = re.findall(r"^ *0 .*$", text, re.MULTILINE)
    assert list(map(int, values.split())) == list(range(20 - left_out))
    assert max(map(len, text.splitlines())) <= WIDTH


def test_words_are_wrapped_at_a_smaller_width_only_if_all_columns_then_fit():
    words = "a figure with a definition of many words"
    row = (words, *[Decimal(1)] * 20)
    narrow, wide = (
        brief(Table("t", "T", ("what", *(f"c{i}_usd" for i in range(n))), [row[: n + 1]]))
        for n in (9, 20)
    )

    assert "more column" not in narrow
    assert words not in narrow
    assert "more column" in wide  # even with the narrowest text the columns do not fit
    assert words in wide


@pytest.mark.parametrize(
    ("largest", "unit", "told"),
    [
        ("6509700000.00", "USD m", "6,509.7"),
        ("10000000.00", "USD m", "10.0"),
        ("9999999.00", "USD k", "10,000.0"),
        ("9999.99", "USD", "9,999.99"),
    ],
)
def test_the_largest_amount_determines_the_unit_and_the_heading_states_this_unit(
    largest, unit, told
):
    text = brief(Table("t", "T", ("kind", "hole_usd"), [("x", Decimal(largest)), ("y", None)]))

    assert re.search(rf"^ +{re.escape(unit)}$", text, re.MULTILINE)
    assert told in text


def test_an_amount_that_rounds_to_zero_has_no_minus_sign():
    rows = [("x", Decimal("-1.00")), ("y", Decimal("50000000.00"))]

    assert "-0.0" not in brief(Table("t", "T", ("kind", "usd"), rows))


def examples() -> list[list[str]]:
    """Return for each report the name of its command and the required arguments."""
    needed = {"solvency": ["2022-05-10"], "books": ["Alameda"], "trail": ["--kind", "PickOff"]}
    needed |= {"query": ["SELECT account, sum(position) GROUP BY account"], "sql": ["FROM fills"]}
    raw = {"run", "audit", "sign", "rebuild", "day", "counterfactual"}
    # These commands need no run, or produce a page.
    others = {"scenario", "sweep", "study", "report", "serve", "attribution"}
    return [[name, *needed.get(name, [])] for name in main.commands if name not in raw | others]


@pytest.mark.parametrize("line", examples(), ids=lambda line: line[0])
def test_each_report_begins_with_its_answer_and_fits_a_screen(tiny_run, line: list[str]):
    command, *words = line
    lines = CliRunner().invoke(main, [command, str(tiny_run.path), *words]).stdout.splitlines()

    assert max(map(len, lines)) <= 100
    assert len(lines) <= 45
    assert re.match(r"[A-Z0-9].*", lines[0])
    if command in ("query", "sql"):  # these commands print only the table of the user's query
        return
    assert ". " in " ".join(lines[:4]) + " "
    assert re.search(r"seed 1, seal [0-9a-f]{12}, every hour simulated$", lines[-1])


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["first-hole", "commingled", "leveraged-longs", "luna"])
@pytest.mark.parametrize("line", examples(), ids=lambda line: line[0])
def test_each_report_on_a_run_of_another_scenario_fits_a_screen(
    executed, scenario: str, line: list[str]
):
    command, *words = line
    run = executed(scenario)
    words = [f"{run.transactions[-1].date}" if command == "solvency" else word for word in words]
    done = CliRunner().invoke(main, [command, str(run.path), *words])

    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert len(done.stdout.splitlines()) <= 45
    assert re.match(r"[A-Z0-9].*", done.stdout)


@pytest.mark.parametrize("words", [[], ["fills"], ["postings"]])
def test_the_columns_of_a_view_and_their_meanings_fit_a_screen(words: list[str]):
    lines = CliRunner().invoke(main, ["sql", "--schema", *words]).stdout.splitlines()

    assert max(map(len, lines)) <= WIDTH
    assert len(lines) <= LINES
    assert "meaning" in lines[2]
    assert not any("more" in line for line in lines)


def test_a_table_below_a_long_answer_shows_fewer_rows_but_still_shows_its_last_row():
    rows = [(f"kind {n}", Decimal(n)) for n in range(60)]
    table = Table("t", "T", ("kind", "usd"), rows, ("A note.",))

    told = render(Answered([table], "Said. " * 300, "p"), "table").splitlines()
    assert len(told) <= LINES
    shown = sum(re.match(r"kind \d", line) is not None for line in told)
    assert shown < 24
    assert f"({60 - shown} more rows: --table t)" in told
    assert any(line.startswith("kind 59") for line in told)
    assert "kind 59" in brief(table, 1)


def test_the_result_of_a_query_has_every_digit_and_a_count_of_the_rows_left_out():
    rows = [(n, Decimal("1234567.89"), "x" * 60, "y" * 60) for n in range(60)]
    table = Table("sql", "60 rows", ("n", "edge_usd", "x", "y"), rows)

    told = render(Answered([table], is_exact=True), "table")
    assert "1,234,567.89" in told
    assert told.endswith("(36 more rows and 1 more column: use --all or --format csv)")
    assert told.count("x" * 60) == 24
    everything = render(Answered([table], is_exact=True), "table", everything=True)
    assert everything.count("y" * 60) == 60


def test_a_result_that_is_read_in_part_shows_the_first_rows_and_counts_all_other_rows():
    rows = [(n, "two\nlines") for n in range(20)]
    table = Table("sql", "1,020 rows", ("n", "x"), rows, more_rows=1_000)

    told = render(Answered([table], is_exact=True), "table")
    assert told.count("lines") == 12
    assert "...  ..." in told
    assert told.endswith("(1,008 more rows: use --all or --format csv)")
