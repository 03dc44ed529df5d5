"""The first difference between two files is reported with its line, or its row and column."""

from pathlib import Path

import duckdb
import pytest

from ledger.proof.first_difference import line_that_differs, row_that_differs
from ledger.proof.folders_compared import differences

GIVER = "the scenario gives"
ROWS = "VALUES (1, 'Firm01'), (2, 'Firm02'), (3, NULL)"


def parquet(path: Path, rows: str, names: str = "seq, taker") -> Path:
    duckdb.sql(f"COPY (FROM ({rows}) t({names})) TO '{path}' (FORMAT parquet)")
    return path


def test_equal_texts_have_no_difference():
    assert list(line_that_differs("a.txt", "one\ntwo\n", "one\ntwo\n", GIVER)) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("one\ntoo\n", "a.txt:2: found 'too', but the scenario gives 'two'"),
        ("one\n", "a.txt:2: found '', but the scenario gives 'two'"),
        ("", "a.txt:1: found '', but the scenario gives 'one'"),
        ("one\ntwo\n\n", "a.txt:4: found '', but the scenario gives nothing"),
    ],
)
def test_the_first_line_that_differs_is_reported(found, said):
    assert list(line_that_differs("a.txt", found, "one\ntwo\n", GIVER)) == [said]


def test_lines_that_differ_only_in_spaces_at_their_ends_are_shown_with_these_spaces():
    (said,) = line_that_differs("a.txt", "  one \n", "  one\n", GIVER)

    assert said == "a.txt:1: found '  one ', but the scenario gives '  one'"


def test_only_the_text_near_the_first_difference_of_two_long_lines_is_shown():
    (said,) = line_that_differs("a.txt", "x" * 500 + "here", "x" * 500 + "there", GIVER)

    assert "xhere'" in said
    assert "xthere'" in said
    assert len(said) < 250


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (ROWS.replace("'Firm02'", "'Firm03'"), "row 2, column taker: found 'Firm03', but "),
        (ROWS.replace("(3, NULL)", "(3, 'Firm01')"), "row 3, column taker: found 'Firm01', but "),
        (ROWS.replace("(2", "(9"), "row 2, column seq: found '9', but the scenario gives '2'"),
        (ROWS.replace(", (3, NULL)", ""), "its number of rows is not 3, the number "),
        (f"{ROWS}, (4, 'x')", "its number of rows is not 3, the number that the scenario gives"),
    ],
)
def test_the_first_row_that_differs_or_a_wrong_number_of_rows_is_reported(tmp_path, rows, said):
    found, due = parquet(tmp_path / "found.parquet", rows), parquet(tmp_path / "due.parquet", ROWS)

    (problem,) = row_that_differs("fills/2022-05.parquet", found, due, GIVER)

    assert problem.startswith(f"fills/2022-05.parquet: {said}")


def test_a_file_with_other_columns_and_an_unreadable_file_are_reported(tmp_path):
    due = parquet(tmp_path / "due.parquet", ROWS)
    found = parquet(tmp_path / "found.parquet", ROWS, "seq, maker")
    (tmp_path / "text.parquet").write_text("no table", encoding="utf-8")

    (columns,) = row_that_differs("a.parquet", found, due, GIVER)
    (unreadable,) = row_that_differs("a.parquet", tmp_path / "text.parquet", due, GIVER)

    assert columns == "a.parquet: its columns are not the columns that the scenario gives"
    assert unreadable.startswith("a.parquet: this file can't be read (")


def test_differences_between_two_folders_are_sorted_by_month_and_the_manifests_are_not_compared(
    tmp_path,
):
    for folder, text in (("found", "a"), ("due", "b")):
        (tmp_path / folder / "fills").mkdir(parents=True)
        for name in ("2022-06.beancount", "2022-05.beancount", "group.beancount", "manifest.json"):
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
    (tmp_path / "found" / "fills" / "2022-05.parquet").write_text("", encoding="utf-8")
    (tmp_path / "due" / "scenario.toml").write_text("", encoding="utf-8")

    found = list(differences(tmp_path / "found", tmp_path / "due", GIVER))

    assert [each.split(":")[0] for each in found] == [
        "scenario.toml",
        "2022-05.beancount",
        "fills/2022-05.parquet",
        "2022-06.beancount",
        "group.beancount",
    ]


@pytest.mark.parametrize(
    ("found", "due"), [(b"one\r\n", b"one\n"), (b"\xff", b"\xfe"), (b"\xff", b"\\xff")]
)
def test_a_difference_in_line_endings_or_in_undecodable_bytes_is_reported(tmp_path, found, due):
    for folder, content in (("found", found), ("due", due)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "main.beancount").write_bytes(content)

    (said,) = differences(tmp_path / "found", tmp_path / "due", GIVER)

    assert said.startswith("main.beancount:1: found '")
