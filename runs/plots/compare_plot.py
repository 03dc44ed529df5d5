"""A picture of a run and the record: each outcome in dollars beside its recorded range."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from runs.plots.paper import EDGE, MARKS, PlotError, canvas, short, style
from runs.record.compared import AmountRow, Row, when

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INCH_PER_ROW = 0.24
INSIDE, OUTSIDE = MARKS[0][1], "white"


def compare_figure(outcomes: Sequence[Row]) -> "Figure":
    """Draw a row for each outcome: its recorded range as a bar, the run's figure as a mark.

    Args:
        outcomes: rows of `compare`. Only outcomes in dollars are drawn.

    Raises:
        PlotError: matplotlib is not installed, or no outcome in dollars is on record.
    """
    rows = drawn(outcomes)
    if not rows:
        raise PlotError("none of this run's outcomes in dollars is on record; nothing to draw")
    with style():
        figure = canvas(9, 1.3 + INCH_PER_ROW * len(rows))
        axes = figure.subplots()
        for place, row in enumerate(rows):
            low, high = map(float, row.fact.amounts or ())
            axes.plot(
                [low, high],
                [place, place],
                color="#9db4c0",
                linewidth=7,
                solid_capstyle="butt",
                marker="|",
                markersize=9,
                markeredgecolor="#9db4c0",
            )
            colour = OUTSIDE if row.is_off else INSIDE
            axes.scatter([float(row.told)], [place], 30, facecolor=colour, zorder=3, **EDGE)
        axes.set_yticks(range(len(rows)), [_named(row) for row in rows])
        axes.invert_yaxis()
        axes.xaxis.set_major_formatter(short)
        axes.set_xlabel("USD")
        axes.set_title("How does the run compare with the public record?")
        axes.scatter(
            [], [], 30, facecolor=INSIDE, label="run: in the recorded range, or near", **EDGE
        )
        axes.scatter(
            [],
            [],
            30,
            facecolor=OUTSIDE,
            label="run: outside the recorded range by more than 10 %",
            **EDGE,
        )
        axes.plot([], [], color="#9db4c0", linewidth=7, label="recorded range")
        axes.legend(loc="lower right")
    return figure


def _named(row: AmountRow) -> str:
    return f"{row.what}, {when(row.fact.first, row.fact.last)}"


def drawn(outcomes: Sequence[Row]) -> Sequence[AmountRow]:
    """Return the outcomes in dollars that are on record, the largest recorded amount first."""
    rows = [
        row
        for row in outcomes
        if isinstance(row, AmountRow) and row.fact.unit == "USD" and row.fact.amounts
    ]
    return sorted(rows, key=lambda row: -max(row.fact.amounts or (0,)))
