"""A picture of tracing: a Sankey diagram for each tracing rule."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ledger.reports.tracing.rules import TracingRule
from ledger.reports.tracing.trace import Trace
from runs.plots.paper import PlotError, canvas, short, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FOLLOWED, OTHER = "#1b4965", "#b0b0b0"
BAR = 0.02  # width of a bar, as a share of the distance between sources and uses
GAP = 0.02  # distance of two bars, as a share of the sum of the heights of one side's bars
SMALL = 0.02  # a source or a use of at most this share of the total is merged into REST
REST = "others"
LEFT = "left"

Ribbons = Mapping[tuple[str, str], int]  # by source and use, the amount in cents


def trace_figure(found: Trace) -> "Figure":
    """Draw flows from sources to uses, in one panel for each rule.

    Money that returned to its own source is left out. Its wide band would make other bands thin.

    Args:
        found: the result of `trace`.

    Raises:
        PlotError: matplotlib is not installed, or all money returned to its own source.
    """
    by_rule = {rule: _ribbons(found, rule) for rule in TracingRule}
    if not any(by_rule.values()):
        raise PlotError("all money returned to its own source; nothing to draw")
    with style():
        figure = canvas(9, 12)
        panels = list(figure.subplots(3, 2).flat)
        for axes, (rule, ribbons) in zip(panels, by_rule.items(), strict=False):
            axes.set_title(rule.plain)
            _draw(axes, ribbons, found)
        for axes in panels:
            axes.axis("off")
        figure.suptitle(
            f"Uses of money by source. Dark: {found.question.spoken}. Repayments to the source "
            "itself are left out."
        )
    return figure


def _ribbons(found: Trace, rule: TracingRule) -> Ribbons:
    """Return the cents of each source for each use. Cash that is left is a use.

    Small sources are merged into one source, and small uses into one use. Cash that is left is not
    merged.
    """
    traced = found.by_rule[rule]
    cents: dict[tuple[str, str], int] = {}
    for (source, use), paid in traced.paid.items():
        if source != use:
            cents[source, use] = paid.cents
    for (source, _), left in traced.left_cents.items():
        cents[source, LEFT] = cents.get((source, LEFT), 0) + left
    whole = sum(cents.values())
    of_source, of_use = _sums(cents, 0), _sums(cents, 1)
    merged: dict[tuple[str, str], int] = {}
    for (source, use), part in cents.items():
        from_ = source if of_source[source] > SMALL * whole else REST
        to = use if of_use[use] > SMALL * whole or use == LEFT else REST
        merged[from_, to] = merged.get((from_, to), 0) + part
    return merged


def _sums(cents: Ribbons, end: int) -> dict[str, int]:
    """Return the sum of each source (end 0) or of each use (end 1), the largest first.

    REST comes after the other sources or uses. LEFT, the cash that is left, comes last.
    """
    sums: dict[str, int] = {}
    for way, part in cents.items():
        sums[way[end]] = sums.get(way[end], 0) + part
    return dict(sorted(sums.items(), key=lambda each: (each[0] == LEFT, each[0] == REST, -each[1])))


def _draw(axes: "Axes", ribbons: Ribbons, found: Trace) -> None:
    """Draw bars on both sides and a ribbon for each flow between them."""
    whole = sum(ribbons.values())
    left, right = (_bars(axes, _sums(ribbons, end), whole, end) for end in (0, 1))
    order = list(left), list(right)
    for source, use in sorted(
        ribbons, key=lambda way: (order[0].index(way[0]), order[1].index(way[1]))
    ):
        height = ribbons[source, use] / whole
        left[source] -= height
        right[use] -= height
        shown = source in found.followed
        _ribbon(axes, left[source], right[use], height, FOLLOWED if shown else OTHER)
    axes.set_xlim(-0.65, 1.65)


def _bars(axes: "Axes", sums: Mapping[str, int], whole: int, end: int) -> dict[str, float]:
    """Draw the bars of one side from the top down, and return the top of each bar."""
    tops = {}
    top = 1.0
    for name, cents in sums.items():
        tops[name] = top
        height = cents / whole
        axes.bar(end, height, BAR, top - height, color="black")
        axes.annotate(
            f"{name} {short(cents / 100)}",
            (end, top - height / 2),
            (6 if end else -6, 0),
            textcoords="offset points",
            ha="left" if end else "right",
            va="center",
            fontsize=7,
        )
        top -= height + GAP
    return tops


def _ribbon(axes: "Axes", from_: float, to: float, height: float, colour: str) -> None:
    """Draw a band of thickness *height*, whose lower edge goes from *from_* to *to*."""
    import numpy as np

    x = np.linspace(BAR / 2, 1 - BAR / 2, 40)
    bottom = from_ + (to - from_) * (3 * x**2 - 2 * x**3)
    axes.fill_between(x, bottom, bottom + height, color=colour, alpha=0.6, linewidth=0)
