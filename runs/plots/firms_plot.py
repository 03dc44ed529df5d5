"""A picture of the trading firms: each firm's edge less fees, and its reaction time."""

from math import floor, log10
from typing import TYPE_CHECKING

from ledger.reports.firms.firm_results import FirmAccounts
from runs.plots.paper import (
    EDGE,
    TYPICAL,
    ZERO_LINE,
    PlotError,
    by_class,
    canvas,
    scale,
    short,
    style,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

AT_ONCE_MS = 0.1  # shorter reaction times are drawn here, since a logarithmic axis has no zero
# A mark's area shows the firm's opening capital. Marks below the smallest area would be invisible.
LARGEST, SMALLEST = 500, 12


def firms_figure(found: FirmAccounts) -> "Figure":
    """Draw a mark for each firm. Its x is the reaction time, its y the edge less fees.

    Args:
        found: the result of `firms`.

    Raises:
        PlotError: matplotlib is not installed, or the books have no reaction time of any firm that
            entered.
    """
    firms = [
        each for each in found.results if each.profile.status != "waiting"
    ]  # without firms that never entered
    reaction_ms = {
        each.firm: float(each.profile.reaction_ms)
        for each in firms
        if each.profile.reaction_ms is not None
    }
    firms = [each for each in firms if each.firm in reaction_ms]
    if not firms:
        raise PlotError("the books have no reaction time of any firm that entered; nothing to draw")
    largest_usd = max(float(each.opening_capital_usd) for each in firms)
    of_class_usd = {each.result.firm: each.result.edge_less_fees_usd for each in found.classes}
    with style():
        from matplotlib.ticker import LogLocator

        figure = canvas(8, 4.6)
        axes = figure.subplots()
        axes.set_xscale("log")
        scale(axes, "y", [float(each.edge_less_fees_usd) for each in firms])
        axes.axhline(0, **ZERO_LINE)
        for name, mark, members in by_class(
            of_class_usd, [(each.profile.category, each) for each in firms]
        ):
            axes.scatter(
                [max(reaction_ms[each.firm], AT_ONCE_MS) for each in members],
                [float(each.edge_less_fees_usd) for each in members],
                [_size(float(each.opening_capital_usd) / largest_usd) for each in members],
                **mark,
            )
            whole_usd = short(float(of_class_usd.get(name, found.everybody.edge_less_fees_usd)))
            label = f"{name}: {len(members)} firms, edge less fees {whole_usd} USD"
            axes.scatter([], [], TYPICAL, label=label, **mark)
        round_usd = 10.0 ** floor(log10(largest_usd))
        for usd in (round_usd, round_usd / 10):
            size, label = _size(usd / largest_usd), f"capital of {short(usd)} USD"
            axes.scatter([], [], size, marker="o", label=label, facecolor="none", **EDGE)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter("")
        axes.set_xlabel("reaction time (ms)")
        axes.set_ylabel("edge less fees at the house (USD)")
        axes.set_title("Do faster firms win at the house?")
        figure.legend(loc="outside right upper", labelspacing=1.3)
    return figure


def _size(share: float) -> float:
    return max(LARGEST * share, SMALLEST)
