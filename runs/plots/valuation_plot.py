"""A picture of the exchange's value: monthly appraisals, and recorded values at funding rounds."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from ledger.appraisal import AS_TRADING_FIRM, BY_GROWTH, WITHOUT_MAKER
from ledger.reports.life.share_prices import HouseValuation
from runs.plots.paper import EDGE, PlotError, canvas, short, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LINES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    BY_GROWTH: ("by growth of fees", {"color": "#1b4965", "linewidth": 2.2}),
    WITHOUT_MAKER: ("without the maker's quotes", {"color": "black", "linestyle": "--"}),
    AS_TRADING_FIRM: ("as a trading firm", {"color": "#a93226", "linestyle": ":"}),
}

ENDS = ("low_usd", "high_usd")  # the values at the lowest and at the highest multiple


def valuation_figure(found: HouseValuation) -> "Figure":
    """Draw the exchange's monthly value by each method, and recorded values at funding rounds.

    Args:
        found: the result of `valuation`.

    Raises:
        PlotError: matplotlib is not installed, or the run has no appraisals.
    """
    rounds = {each.name for each in found.rounds}
    months = {name: ways for name, ways in found.priced.items() if name not in rounds}
    if not months:
        raise PlotError("the exchange is not appraised in this run; nothing to draw")
    with style():
        from matplotlib.dates import date2num

        days = {month: date2num(date.fromisoformat(f"{month}-01")) for month in months}
        figure = canvas(9, 4.6)
        axes = figure.subplots()
        for way, (label, line) in LINES.items():
            of_way = {month: ways[way] for month, ways in months.items() if way in ways}
            at = [days[month] for month in of_way]
            axes.plot(at, [float(each.middle_usd) for each in of_way.values()], label=label, **line)
            if way == BY_GROWTH:
                low, high = (
                    [float(getattr(each, end)) for each in of_way.values()] for end in ENDS
                )
                axes.fill_between(at, low, high, color="#1b4965", alpha=0.12, linewidth=0)
        sold = [each for each in found.rounds if each.recorded_usd]
        axes.scatter(
            [date2num(each.day) for each in sold],
            [float(each.recorded_usd or 0) for each in sold],
            40,
            marker="D",
            facecolor="#f2a541",
            zorder=3,
            label="recorded rounds",
            **EDGE,
        )
        axes.yaxis.set_major_formatter(short)
        axes.set_ylabel("the whole exchange, USD")
        axes.set_title(
            "At what price was the exchange valued, and why did its maker go on quoting?"
        )
        axes.xaxis_date()
        figure.legend(loc="outside right upper")
    return figure
