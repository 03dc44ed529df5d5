"""A picture of skill: each firm's result at the house, and its result elsewhere."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ledger.reports.firms.skill import QuoterOnAndOff, RankCorrelation, Skill
from runs.plots.paper import (
    EDGE,
    LEGEND_PAD,
    MINUS,
    TYPICAL,
    ZERO_LINE,
    by_class,
    canvas,
    scale,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def skill_figure(found: Skill) -> "Figure":
    """Draw a mark for each firm. Its x is the result at the house, its y the result elsewhere.

    A second panel shows the results of each class on days with the maker's quotes, and on days
    without. It needs days on which the maker quotes all day, and days on which it never quotes.

    Args:
        found: the result of `skill`.

    Raises:
        PlotError: matplotlib is not installed.
    """
    compared = found.quoter_by_class
    with style():
        figure = canvas(10 if compared else 6, 4.6)
        panels = figure.subplots(1, 2 if compared else 1, squeeze=False)[0]
        _draw_places(panels[0], found)
        if compared:
            _draw_quoter(panels[1], compared)
        for axes in panels:
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.2)
        figure.supxlabel(_rank_caption(found.ranks[0]), fontsize=8)
    return figure


def _draw_places(axes: "Axes", found: Skill) -> None:
    axes.axhline(0, **ZERO_LINE)
    axes.axvline(0, **ZERO_LINE)
    places = [
        (each.class_, (float(each.house_bps_per_day), float(each.elsewhere_bps_per_day)))
        for each in found.firms
        if each.house_bps_per_day is not None and each.elsewhere_bps_per_day is not None
    ]
    scale(axes, "x", [house_bps for _, (house_bps, _) in places])
    scale(axes, "y", [elsewhere_bps for _, (_, elsewhere_bps) in places])
    for name, mark, members in by_class([each.class_ for each in found.classes], places):
        axes.scatter(
            [house_bps for house_bps, _ in members],
            [elsewhere_bps for _, elsewhere_bps in members],
            TYPICAL,
            label=name,
            **mark,
        )
    axes.set_xlabel("house (bps of opening capital per day)")
    axes.set_ylabel("elsewhere (bps of opening capital per day)")
    axes.set_title("Do the winners at the house win elsewhere too?", pad=LEGEND_PAD)


def _draw_quoter(axes: "Axes", groups: Sequence[QuoterOnAndOff]) -> None:
    """Draw two results in each row, with intervals. The upper one is for days with quotes."""
    figures = [getattr(row, f"{state}_bps_per_day") for row in groups for state in ("on", "off")]
    scale(axes, "x", [float(bps) for bps in figures if bps is not None])
    axes.axvline(0, **ZERO_LINE)
    for state, label, shift, fill in (
        ("on", "with quotes", -0.15, "black"),
        ("off", "without quotes", 0.15, "white"),
    ):
        drawn = [row for row in groups if getattr(row, f"{state}_bps_per_day") is not None]
        heights = [groups.index(row) + shift for row in drawn]
        known = [row for row in drawn if getattr(row, f"{state}_low_bps") is not None]
        axes.hlines(
            [groups.index(row) + shift for row in known],
            [float(getattr(row, f"{state}_low_bps")) for row in known],
            [float(getattr(row, f"{state}_high_bps")) for row in known],
            color="black",
            linewidth=1.2,
        )
        axes.scatter(
            [float(getattr(row, f"{state}_bps_per_day")) for row in drawn],
            heights,
            TYPICAL / 2,
            label=label,
            facecolor=fill,
            zorder=3,
            **EDGE,
        )
    axes.set_yticks(range(len(groups)), [f"{row.who}, {row.place}" for row in groups])
    axes.invert_yaxis()
    axes.set_xlabel("result (bps of opening capital per day),\nwith 95% intervals over days")
    axes.set_title("Results with and without the maker's quotes", pad=LEGEND_PAD)


def _rank_caption(found: RankCorrelation) -> str:
    if found.spearman is None:
        return (
            "No rank correlation: all results at the house, or all results elsewhere, are the same."
        )
    ends = [
        f"{low} to {high} over {what}"
        for what, low, high in (
            ("firms", found.over_firms_low, found.over_firms_high),
            ("days", found.over_days_low, found.over_days_high),
        )
        if low is not None
    ]
    told = (
        "Rank correlation of results at the house and results elsewhere, "
        f"{found.firms} firms: {found.spearman}"
    )
    return f"{told}\n(95%: {', '.join(ends) or 'too few firms and days for an interval'})".replace(
        "-", MINUS
    )
