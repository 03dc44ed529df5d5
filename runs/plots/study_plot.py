"""A picture of a study: for each life, the mechanism's share of the hole, and the missed facts."""

from typing import TYPE_CHECKING

import numpy as np

from runs.plots.paper import EDGE, LEGEND_PAD, TYPICAL, ZERO_LINE, canvas, style
from runs.study.plausible import facts_missed
from runs.study.study_report import StudyReport
from runs.study.would_have_to_be import HALF

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STEPS = 9  # the number of places, side by side, for lives that miss the same number of facts
STEP = 0.09  # distance of two such places; one more missed fact is a distance of 1
SHADE = "#e8eef2"
# If a life has a larger share, its mark is drawn at this height, and the share is written above the
# mark.
TOP_PCT = 100


def study_figure(found: StudyReport) -> "Figure":
    """Draw a mark for each life of a study and of its search. Lives without a hole are left out.

    Args:
        found: the result of `study`.

    Raises:
        PlotError: matplotlib is not installed.
    """
    searched = found.searched
    members = searched.members if searched else found.members
    judged = searched.judged if searched else found.judged
    share = 100 * (searched.share if searched else found.would_have_to_be.share)
    of_search = searched.of_search if searched else np.zeros(len(share), bool)
    missed = facts_missed(judged)
    with style():
        figure = canvas(8.4, 4.8)
        axes = figure.subplots()
        allowed = members.study.nth_largest - 1
        _frame(axes, allowed)
        for which, label, marker, colour in (
            (~of_search, "lives with random inputs", "o", "#1b4965"),
            (of_search, "lives of the search near lives that fit", "^", "#f2a541"),
        ):
            drawn = which & np.isfinite(share)
            if drawn.any():
                x = missed[drawn] + _beside(missed[drawn], share[drawn])
                y = np.minimum(share[drawn], TOP_PCT)
                mark = {"marker": marker, "facecolor": colour, **EDGE}
                axes.scatter(x, y, TYPICAL / 2, label=label, zorder=2, **mark)
                _name_larger(axes, x, share[drawn])
        axes.set_xlim(-0.5, max(float(missed.max()), allowed + 1) + 0.5)
        axes.set_xlabel(f"recorded facts that the life misses, of {len(judged)}")
        axes.set_ylabel("loss from the thread's causes, % of the hole of the same life")
        axes.set_xticks(range(int(missed.max()) + 1))
        axes.set_title(
            f"Are the thread's causes half of the hole? {len(share)} simulated lives",
            pad=LEGEND_PAD,
        )
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
    return figure


def _frame(axes: "Axes", allowed: int) -> None:
    """Draw a line at half of the hole, and shade the area of lives that fit the record.

    Args:
        axes: the panel.
        allowed: the most facts that a plausible life may miss.
    """
    axes.axhline(0, **{**ZERO_LINE, "zorder": 1})
    axes.axhline(100 * HALF, color="black", linewidth=0.8, linestyle="--", zorder=1)
    axes.axvspan(-0.5, allowed + 0.5, color=SHADE, linewidth=0, zorder=0)
    axes.annotate(
        "lives that\nfit the record",
        (-0.4, 0.02),
        xycoords=("data", "axes fraction"),
        fontsize=8,
        va="bottom",
    )
    axes.annotate(
        "half of the hole",
        (0.995, 100 * HALF),
        (0, 2),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        fontsize=8,
        ha="right",
        va="bottom",
    )


def _name_larger(axes: "Axes", x: np.ndarray, share: np.ndarray) -> None:
    """Write the share above each mark whose share is larger than TOP_PCT."""
    for place, percent in zip(x, share, strict=True):
        if percent > TOP_PCT:
            axes.annotate(
                f"{percent:.0f} %",
                (place, TOP_PCT),
                (0, 4),
                textcoords="offset points",
                fontsize=8,
                ha="center",
                va="bottom",
            )


def _beside(missed: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return small horizontal offsets, so that lives with nearly equal shares do not overlap."""
    rank = np.empty(len(share), int)
    for number in np.unique(missed):
        (places,) = np.nonzero(missed == number)
        rank[places[np.argsort(share[places], kind="stable")]] = np.arange(len(places))
    offsets: np.ndarray = STEP * (rank % STEPS - STEPS // 2)
    return offsets
