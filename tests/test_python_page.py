"""Each line of code on the page `docs/python.md` prints the output shown below it."""

import doctest
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

import moneytrail
from ledger.reports.arrow_stream import column_type
from ledger.reports.table import Table
from runs import data_frames
from runs.data_frames import PICTURES

polars = pytest.importorskip("polars")

PAGE = Path(__file__).parents[1] / "docs" / "python.md"
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def renewed(text: str) -> Iterator[str]:
    """Yield the parts of the page, with the present output of each line of code."""
    names: dict[str, object] = {}
    for part in re.split(r"(```python\n.*?```)", text, flags=re.DOTALL):
        if not BLOCK.match(part):
            yield part
            continue
        yield "```python\n"
        for example in doctest.DocTestParser().get_examples(part):
            source = example.source.splitlines()
            yield "\n".join([f">>> {source[0]}", *(f"... {line}" for line in source[1:])]) + "\n"
            yield printed(example.source, names)
        yield "\n```"


def printed(source: str, names: dict[str, object]) -> str:
    said: list[str] = []
    example = doctest.Example(source, "")
    test = doctest.DocTest([example], names, "page", None, None, None)
    runner = doctest.DocTestRunner()
    runner.report_success = lambda out, test, example, got: said.append(got)
    runner.report_failure = lambda out, test, example, got: said.append(got)
    runner.run(test, clear_globs=False)
    names.update(test.globs)
    return "".join(said)


def test_each_line_of_code_on_the_page_prints_the_output_below_it(tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text("utf-8")
    if request.config.getoption("--update-golden"):
        text = "".join(renewed(text))
        PAGE.write_text(text, "utf-8")
        return

    blocks = "\n".join(BLOCK.findall(text))
    test = doctest.DocTestParser().get_doctest(blocks, {}, PAGE.name, str(PAGE), 0)
    assert len(test.examples) >= 15
    assert doctest.DocTestRunner().run(test).failed == 0


def test_no_line_of_text_or_code_on_the_page_is_too_wide_for_a_screen():
    blocks = "\n".join(BLOCK.findall(PAGE.read_text("utf-8")))
    typed = [each.source for each in doctest.DocTestParser().get_examples(blocks)]
    prose = BLOCK.sub("", PAGE.read_text("utf-8"))

    lines = [line for text in (prose, *typed) for line in text.splitlines()]
    assert [line for line in lines if len(line) > 104] == []


def test_a_data_frame_keeps_all_digits_and_missing_values_of_a_table():
    cells = [
        (Decimal("0.1"), 2**62, None, "a"),
        (None, -1, None, None),
        (Decimal(-7), 0, None, "b"),
    ]
    given = polars.DataFrame(Table("t", "", ("usd", "n", "none", "what"), cells))

    assert given.rows() == cells


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ([], "VARCHAR"),
        ([1, None], "BIGINT"),
        ([2**63], "DECIMAL(38, 0)"),
        ([1, Decimal("0.25")], "DECIMAL(38, 2)"),
        ([Decimal("1E+3")], "DECIMAL(38, 0)"),
        ([1, "a"], "VARCHAR"),
    ],
)
def test_the_type_of_a_column_fits_all_cells_of_the_column(cells, wanted):
    assert column_type(cells) == wanted


@pytest.mark.parametrize(
    ("cells", "digits"), [([Decimal(10) ** 36, Decimal("0.01")], 39), ([Decimal("1E-50")], 50)]
)
def test_the_error_for_a_column_with_too_many_digits_states_the_number_of_digits(cells, digits):
    with pytest.raises(ValueError, match=f"needs {digits} digits"):
        column_type(cells)


def test_without_a_library_for_data_frames_the_error_says_how_to_install_one(monkeypatch):
    monkeypatch.setattr(data_frames, "_library", lambda name: None)

    with pytest.raises(moneytrail.NotebookError, match=r"moneytrail\[frames\]"):
        moneytrail.frame(Table("t", "", ("a",), [(1,)]))


def test_making_a_data_frame_from_a_path_instead_of_a_report_is_refused():
    with pytest.raises(moneytrail.NotebookError, match="has no tables; give a report"):
        moneytrail.frame(Path("runs/out/tiny-seed1"))


def test_pandas_makes_a_data_frame_with_the_same_cells_if_polars_is_missing(monkeypatch):
    pandas = SimpleNamespace(DataFrame=lambda rows, columns: (rows, columns))
    monkeypatch.setattr(data_frames, "_library", {"pandas": pandas}.get)

    made = moneytrail.frame(Table("t", "", ("usd",), [(Decimal("0.10"),)]))
    assert made == ([(Decimal("0.10"),)], ["usd"])


@pytest.mark.parametrize("ask", ["where", "timeline", "cash_coverage", "firms", "skill", "trace"])
def test_reports_with_a_picture_can_be_plotted(ask, busy_run):
    assert moneytrail.plot(getattr(moneytrail, ask)(busy_run)).axes


def test_a_report_on_claims_can_be_plotted_but_a_comparison_without_figures_cannot(busy_run):
    assert moneytrail.plot(moneytrail.claims([busy_run])).axes
    with pytest.raises(moneytrail.MistakeError, match="nothing to draw"):
        moneytrail.plot(
            moneytrail.compare(busy_run)
        )  # nothing to compare: the record has no dollar figures for the days of this run


def test_the_error_for_a_report_without_a_picture_lists_the_reports_with_pictures(tiny_run):
    with pytest.raises(moneytrail.NotebookError, match=", ".join(sorted(PICTURES))):
        moneytrail.plot(moneytrail.schedules(tiny_run))
