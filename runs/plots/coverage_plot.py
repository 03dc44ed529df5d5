"""A picture of firms' profits, customers' claims, the exchange's cash and the cash coverage."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any

from ledger.reports.life.cash_coverage import CoverageByDay, FirstShort
from runs.plots.paper import (
    ABOVE,
    DAYS_LABELLED,
    LEGEND_PAD,
    WIDE,
    ZERO_LINE,
    canvas,
    short,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The figures at a day's close, each with the name and the style of its line. The line of the cash
# is thick, so that it is visible below another line.
LINES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "house_cash_usd": ("liquid cash of the house", {"color": "#b0b0b0", "linewidth": 5}),
    "claims_usd": (
        "all claims on the house",
        {"color": "black", "linestyle": ":", "linewidth": 1.5},
    ),
    "firms_claims_usd": ("firms' claims on the house", {"color": "#a93226", "linestyle": "-."}),
    "firms_profit_usd": (
        "firms' profit since the start",
        {"color": "#a93226", "linestyle": "--", "linewidth": 2.2},
    ),
    "credit_drawn_usd": ("credit drawn by the maker", {"color": "black", "linewidth": 0.8}),
}


def coverage_figure(found: CoverageByDay) -> "Figure":
    """Draw the firms' profit, the claims and the exchange's cash, and below them the cash coverage.

    Args:
        found: the result of `cash-coverage`.

    Raises:
        PlotError: matplotlib is not installed.
    """
    closes = found.closes
    days = [close.day for close in closes]
    with style():
        figure = canvas(9, 5.4)
        money, cover = figure.subplots(2, sharex=True, height_ratios=(3, 1))
        amounts = {column: [float(getattr(close, column)) for close in closes] for column in LINES}
        for column, (label, line) in LINES.items():
            if any(amounts[column]):
                never = "" if max(amounts[column]) > 0 else ", never above zero"
                money.plot(days, amounts[column], label=label + never, **line)
        peaks = [peak for usd in amounts.values() if (peak := max(map(abs, usd)))]
        wide = min(peaks, default=0) * WIDE < max(peaks, default=0)
        if wide:
            money.set_yscale("log", nonpositive="mask")
        money.yaxis.set_major_formatter(short)
        money.set_ylabel(f"{'amounts above zero, ' if wide else ''}USD at the day's close")
        money.set_title("Since when could the exchange not pay all its customers?", pad=LEGEND_PAD)
        covers = [None if (pct := close.cover_pct) is None else float(pct) for close in closes]
        cover.plot(days, covers, color="black")
        cover.axhline(100, **ZERO_LINE)
        cover.set_ylim(0, 1.1 * max([100, *(pct for pct in covers if pct is not None)]))
        cover.set_ylabel("cash, % of\nall claims")
        labelled = days[:: ceil(len(days) / DAYS_LABELLED)]
        cover.set_xticks(labelled, [f"{day}" for day in labelled])
        _mark_dates((money, cover), found.dates)
        figure.legend(loc="outside right upper")
    return figure


def _mark_dates(panels: Sequence["Axes"], dates: Sequence[FirstShort]) -> None:
    """Draw a line at the first day of each event, and write the events below the picture."""
    letters: dict[date, str] = {}
    told = []
    for letter, first in zip("abcd", dates, strict=True):
        if first.first_day is None:
            told.append(f"never: {first.what}")
        else:
            letters[first.first_day] = letters.get(first.first_day, "") + letter
            told.append(f"{letter}: {first.what}, first on {first.first_day}")
    from matplotlib.dates import date2num

    for day, names in letters.items():
        for axes in panels:
            axes.axvline(
                date2num(day), color="black", linewidth=0.8, linestyle=(0, (1, 3)), zorder=0
            )
        panels[0].annotate(names, (date2num(day), 1), (0, 2), ha="center", **ABOVE)
    panels[0].figure.supxlabel("\n".join(told), x=0.08, ha="left", fontsize=8)
