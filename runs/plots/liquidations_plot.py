"""A picture of a liquidation cascade: prices, liquidations, and the backstops."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from ledger.reports.liquidations.backstop_results import ProviderKind
from ledger.reports.liquidations.cascade import CascadeHour
from ledger.reports.liquidations.course import CourseStep
from ledger.reports.liquidations.liquidation_results import Liquidations
from runs.plots.paper import (
    DAYS_LABELLED,
    LEGEND_PAD,
    WIDE,
    ZERO_LINE,
    PlotError,
    canvas,
    short,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The styles of the markets' price lines, in the order in which the books list the markets.
PRICES: Sequence[Mapping[str, Any]] = (
    {"color": "black", "linewidth": 0.9},
    {"color": "#f2a541", "linewidth": 2.4},
    {"color": "#1b4965", "linewidth": 1.4, "linestyle": (0, (5, 1))},
    {"color": "#a93226", "linewidth": 1.4, "linestyle": (0, (1, 1))},
    {"color": "#888888", "linewidth": 1.2, "linestyle": "-."},
)
# For each column of the cascade: a label that says how positions were closed, and the style of the
# column's bars.
WAYS_OUT: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "in_book_usd": ("in the book", {"facecolor": "#d9d9d9"}),
    "backstop_usd": ("by backstops", {"facecolor": "#1b4965"}),
    "deleveraged_usd": ("against opposite positions", {"facecolor": "white", "hatch": "/////"}),
}
# The line of a captive backstop is thick. The lines of other backstops are thin.
CAPTIVE_LINE: Mapping[str, Any] = {"color": "black", "linewidth": 2.4}
OTHER_LINES: Sequence[Mapping[str, Any]] = (
    {"color": "#a93226", "linewidth": 1.1, "linestyle": (0, (5, 1.5))},
    {"color": "#1b4965", "linewidth": 1.1, "linestyle": (0, (1, 1))},
    {"color": "#777777", "linewidth": 1.1},
)


def liquidations_figure(found: Liquidations) -> "Figure":
    """Draw prices, liquidations, and the backstops' positions and results.

    Args:
        found: the result of `liquidations`.

    Raises:
        PlotError: matplotlib is not installed, or the run has no customers on margin.
    """
    standing = {each.provider: each.standing for each in found.backstops}
    if not standing:
        raise PlotError("no customer trades on margin in this run; nothing to draw")
    course = found.course.steps
    times = np.array([step.until for step in course], dtype=object)
    with style():
        figure = canvas(9, 9.5)
        panels = figure.subplots(4, sharex=True, height_ratios=(4, 4, 3, 3))
        _draw_prices(panels[0], times, course)
        _draw_cascade(panels[1], times, found.hours)
        # The largest position in a step is drawn over the whole step, and the result at its end.
        held = [step.held_usd for step in course]
        _draw_backstops(panels[2], times, held, standing, "steps-pre")
        _draw_backstops(panels[3], times, [step.result_usd for step in course], standing)
        panels[2].set_ylabel("largest position of\nbackstops, USD, long > 0")
        panels[3].set_ylabel("result of backstops\nso far, USD")
        figure.align_ylabels(panels)
        panels[0].set_title("Who was liquidated, and what did the backstops earn?", pad=LEGEND_PAD)
        for axes in panels[:3]:
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=5, borderaxespad=0.2)
        midnights = [at for at in times if at.time() == at.time().min]
        labelled = midnights[:: ceil(len(midnights) / DAYS_LABELLED)]
        panels[3].set_xticks(labelled, [f"{at:%Y-%m-%d}" for at in labelled])
        panels[3].set_xlim(times[0], times[-1])
    return figure


def _draw_prices(axes: "Axes", times: np.ndarray, course: Sequence[CourseStep]) -> None:
    first = {market: usd for market, usd in course[0].lead_usd.items() if usd}
    indices = {
        market: [100 * float(step.lead_usd[market] / usd) for step in course]
        for market, usd in first.items()
    }
    for (market, index), line in zip(indices.items(), cycle(PRICES), strict=False):
        axes.plot(times, index, label=market, **line)
    lowest = min((min(index) for index in indices.values()), default=100)
    highest = max((max(index) for index in indices.values()), default=100)
    if highest > WIDE * lowest:
        axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_ylabel("lead price,\n% of the first")


def _draw_cascade(axes: "Axes", times: np.ndarray, cascade: Sequence[CascadeHour]) -> None:
    """Draw the liquidated amounts as stacked bars, one bar for each step between two *times*."""
    step = times[1] - times[0]
    begins = times[:-1]
    base = [0.0] * len(begins)
    for column, (label, bar) in WAYS_OUT.items():
        heights = [0.0] * len(begins)
        for hour in cascade:
            heights[(hour.at - times[0]) // step] += float(getattr(hour, column))
        axes.bar(
            begins,
            heights,
            np.full(len(begins), step),
            base,
            align="edge",
            label=label,
            edgecolor="black",
            linewidth=0.4,
            **bar,
        )
        base = [below + height for below, height in zip(base, heights, strict=True)]
    axes.yaxis.set_major_formatter(short)
    each = "hour" if step < timedelta(days=1) else "day"
    axes.set_ylabel(f"liquidated, USD\nper {each}")


def _draw_backstops(
    axes: "Axes",
    times: np.ndarray,
    course: Sequence[Mapping[str, Decimal]],
    standing: Mapping[str, ProviderKind],
    drawn: str = "default",
) -> None:
    """Draw a line for each backstop: its positions, or its results so far."""
    axes.axhline(0, **ZERO_LINE)
    others = cycle(OTHER_LINES)
    for name, what in standing.items():
        line = CAPTIVE_LINE if what == ProviderKind.CAPTIVE else next(others)
        label = f"{name} (captive)" if what == ProviderKind.CAPTIVE else name
        amounts = [float(usd[name]) for usd in course]
        axes.plot(times, amounts, label=label, drawstyle=drawn, **line)
    axes.yaxis.set_major_formatter(short)
