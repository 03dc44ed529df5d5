"""A picture of the verdicts on the thread: a mark for each statement, in its verdict's column."""

from collections import defaultdict
from typing import TYPE_CHECKING

from runs.claims.claims import Claims
from runs.claims.verdicts import UNDECIDED, JudgedStatement, StatementVerdict
from runs.plots.paper import canvas, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CANT_SAY = "can't say"
# The column and the shape of a mark show the verdict, so that a reader does not need colours.
COLUMNS = {
    StatementVerdict.SUPPORTED.value: "o",
    StatementVerdict.ONLY_IF.value: "D",
    StatementVerdict.DEPENDS.value: "^",
    StatementVerdict.NOT.value: "X",
    CANT_SAY: "$?$",
}
STEP = 0.14  # distance of two marks in one cell, as a share of a column's width
STRIPE = "#f0f0f0"
INK = "#1b4965"
SIZE = 60  # the size of a mark, in square points


def claims_figure(found: Claims) -> "Figure":
    """Draw a row for each tweet and a column for each verdict, with a mark for each statement.

    A hollow mark is a statement whose verdict depends strongly on an input of the scenario. A
    question mark is a statement that no run can decide.

    Args:
        found: the result of `claims`.

    Raises:
        PlotError: matplotlib is not installed.
    """
    columns = [name for name in COLUMNS if name != StatementVerdict.DEPENDS or len(found.runs) > 1]
    with style():
        figure = canvas(9, 7.6)
        axes = figure.subplots()
        _rows(axes, found, len(columns))
        _headings(axes, found, columns)
        _marks(axes, found, columns)
        over = found.runs[0] if len(found.runs) == 1 else f"{len(found.runs)} runs"
        figure.suptitle(
            f"Does the thread hold? Its {len(found.judged)} statements by tweet, judged by the "
            f"books of {over}.\nSolid: the run decides. Hollow: an input of the scenario "
            "decides the statement, or has a large effect on it. ?: no run decides.",
            x=0.01,
            ha="left",
            fontsize=10,
        )
    return figure


def _rows(axes: "Axes", found: Claims, columns: int) -> None:
    """Write the subject and the number of each tweet, and shade every second row."""
    tweets = range(1, len(found.about) + 1)
    for tweet in tweets:
        if tweet % 2:
            axes.axhspan(tweet - 0.5, tweet + 0.5, color=STRIPE, linewidth=0, zorder=0)
    axes.set_yticks(
        list(tweets), [f"{about}  {i}" for i, about in zip(tweets, found.about, strict=True)]
    )
    axes.set_ylim(len(found.about) + 0.5, 0.5)
    axes.set_xlim(0, columns)
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _headings(axes: "Axes", found: Claims, columns: list[str]) -> None:
    """Write the verdict and the number of statements above each column."""
    counts = [sum(_column(each) == name for each in found.judged) for name in columns]
    axes.xaxis.tick_top()
    axes.set_xticks(
        [i + STEP / 2 for i in range(len(columns))],
        [f"{_heading(name)}\n{count}" for name, count in zip(columns, counts, strict=True)],
        ha="left",
        fontsize=10,
    )
    for i in range(1, len(columns)):
        axes.axvline(i - STEP / 2, color="white", linewidth=3, zorder=1)


def _heading(name: str) -> str:
    """Return the heading of a column. The heading "depends on the run" would be too wide."""
    return "runs differ" if name == StatementVerdict.DEPENDS else name


def _marks(axes: "Axes", found: Claims, columns: list[str]) -> None:
    """Draw a mark for each statement, and label the central statement."""
    cells: dict[tuple[int, str], list[JudgedStatement]] = defaultdict(list)
    for each in found.judged:
        cells[each.statement.tweet, _column(each)].append(each)
    for (tweet, name), members in cells.items():
        for i, each in enumerate(members):
            at = columns.index(name) + (i + 0.5) * STEP, tweet
            face = "white" if each.is_given and name != CANT_SAY else INK
            axes.scatter(*at, s=SIZE, marker=COLUMNS[name], facecolor=face, edgecolor=INK, zorder=2)
            if each.statement.is_central:
                axes.annotate(
                    "the central statement",
                    at,
                    (0, 7),
                    textcoords="offset points",
                    fontsize=7,
                    ha="left",
                    va="bottom",
                )


def _column(judged: JudgedStatement) -> str:
    return CANT_SAY if judged.verdict in UNDECIDED else judged.verdict.value
