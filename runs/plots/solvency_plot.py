"""A picture of the group's balance sheet: a column of assets and a column of liabilities."""

from typing import TYPE_CHECKING

from ledger.reports.life.balance_sheet import Side
from ledger.reports.life.solvency import GroupLine, Solvency
from runs.plots.paper import EDGE, PlotError, canvas, short, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHADES = ("#1b4965", "#9db4c0", "#f2a541", "#e8e8e8", "#888888", "white")
NARROW = 0.03  # the least distance of two names, as a share of the higher column's height


def solvency_figure(found: Solvency) -> "Figure":
    """Draw the group's assets, with tokens at mark, beside its liabilities.

    Args:
        found: the result of `solvency`.

    Raises:
        PlotError: matplotlib is not installed, or the group has no assets and no debts.
    """
    columns = {
        side: sorted(
            (line for line in found.group_lines if line.side is side and line.at_mark_usd > 0),
            key=lambda line: -line.at_mark_usd,
        )
        for side in (Side.ASSETS, Side.LIABILITIES)
    }
    highest = max(sum(float(line.at_mark_usd) for line in lines) for lines in columns.values())
    if not highest:
        raise PlotError(f"the group owns and owes nothing on {found.day}; nothing to draw")
    with style():
        figure = canvas(9, 5)
        axes = figure.subplots()
        for place, lines in enumerate(columns.values()):
            _stack(axes, place, lines, highest)
        axes.set_xticks(range(2), ["owns, at market prices", "owes"])
        axes.set_xlim(-0.5, 2.1)
        axes.set_ylim(0, 1.02 * highest)
        axes.yaxis.set_major_formatter(short)
        axes.set_ylabel("USD")
        axes.set_title(f"Could {' and '.join(found.group)} pay on {found.day}?")
        net = float(found.consolidated.net_at_mark_usd)
        word = "left over" if net >= 0 else "lacking"
        figure.supxlabel(f"{word}, at market prices: {short(abs(net))} USD", fontsize=9)
    return figure


def _stack(axes: "Axes", place: int, lines: list[GroupLine], highest: float) -> None:
    """Draw the parts of a column, the first at the bottom, each with its name and amount."""
    bottom, last = 0.0, 0.0
    for n, line in enumerate(lines):
        usd = float(line.at_mark_usd)
        axes.bar(place, usd, 0.5, bottom, color=SHADES[n % len(SHADES)], **EDGE)
        # If parts are thin, names are moved up, so that they do not overlap.
        last = max(bottom + usd / 2, last + NARROW * highest if n else 0.0)
        axes.annotate(
            f"{line.line} {short(usd)}",
            (place + 0.25, bottom + usd / 2),
            (place + 0.29, last),
            va="center",
            fontsize=8,
            arrowprops={"arrowstyle": "-", "linewidth": 0.4},
        )
        bottom += usd
