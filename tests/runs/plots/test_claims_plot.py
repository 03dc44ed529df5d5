"""Each statement has a mark in the picture, in its tweet's row and its verdict's column."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import matplotlib
import pytest
from matplotlib.figure import Figure

from runs.claims.claims import Claims, judged_thread
from runs.claims.statement import Value, load_thread
from runs.claims.verdicts import StatementVerdict
from runs.plots.claims_plot import claims_figure
from runs.plots.paper import save

SOME: Mapping[str, Value] = {
    "hole": Decimal(10**10),
    "stale-of-spread": Decimal(120),
    "quotes-of-hole": Decimal(1),
    "stakes-of-hole": Decimal(40),
}
OTHER = {**SOME, "quotes-of-hole": Decimal(80)}


def judged(*runs: Mapping[str, Value]) -> Claims:
    return judged_thread(load_thread(), ["a life"] * len(runs), [each.get for each in runs])


def marks(figure: Figure) -> list[tuple[int, int, bool]]:
    """Return the column and the row of each mark, and whether the mark is hollow."""
    found = []
    for each in figure.axes[0].collections:
        (x, y), *_ = each.get_offsets()
        hollow = tuple(each.get_facecolor()[0]) == (1, 1, 1, 1)
        found.append((int(x), int(y), hollow))
    return found


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(matplotlib.text.Text))


def test_each_statement_has_one_mark_in_the_row_of_its_tweet():
    found = judged(SOME)

    rows = Counter(row for _, row, _ in marks(claims_figure(found)))
    assert rows == Counter(each.statement.tweet for each in found.judged)


def test_each_column_has_the_marks_of_one_verdict_and_a_heading_with_the_number_of_marks():
    found = judged(SOME)
    figure = claims_figure(found)
    columns = Counter(column for column, _, _ in marks(figure))

    assert columns[0] == found.counts[StatementVerdict.SUPPORTED] == 2
    assert columns[1] == found.counts[StatementVerdict.ONLY_IF] == 1
    assert columns[2] == found.counts[StatementVerdict.NOT] == 1
    assert "supported\n2" in words(figure)
    assert "depends" not in words(figure)


def test_the_mark_of_a_statement_is_hollow_if_an_input_decides_the_statement():
    assert {mark for mark in marks(claims_figure(judged(SOME))) if mark[0] < 3} == {
        (0, 1, True),
        (0, 10, False),
        (1, 2, True),
        (2, 18, False),
    }


def test_statements_on_which_runs_disagree_have_a_column_of_their_own():
    figure = claims_figure(judged(SOME, OTHER))

    assert (2, 18, False) in marks(figure)
    assert "runs differ\n1" in words(figure)


def test_the_central_statement_has_a_label_and_the_picture_has_the_subject_of_every_tweet():
    told = words(claims_figure(judged(SOME)))

    assert told.count("the central statement") == 1
    assert all(about in told for about in load_thread().about)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_two_pictures_of_the_same_verdicts_are_identical(tmp_path: Path, suffix: str):
    first, second = tmp_path / f"first{suffix}", tmp_path / f"second{suffix}"
    save(claims_figure(judged(SOME)), first)
    save(claims_figure(judged(SOME)), second)

    assert first.read_bytes() == second.read_bytes()
