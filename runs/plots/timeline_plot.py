"""A picture of the group over time, in three panels: claims, the hole, and assets."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from ledger.reports.life.milestones import First
from ledger.reports.life.timeline import Timeline
from runs.plots.line_labels import LineEnd, label_ends
from runs.plots.paper import ABOVE, DAYS_LABELLED, ZERO_LINE, canvas, short, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The three panels: the label of each panel, and the name and the style of each of its lines.
LIFE: Sequence[tuple[str, Mapping[str, tuple[str, Mapping[str, Any]]]]] = (
    (
        "claims and assets, USD",
        {
            "house_cash_usd": ("cash of the exchange", {"color": "#b0b0b0", "linewidth": 5}),
            "claims_usd": (
                "claims of customers",
                {"color": "black", "linestyle": ":", "linewidth": 1.5},
            ),
            "queue_usd": ("queued withdrawals", {"color": "#a93226", "linewidth": 1.2}),
        },
    ),
    (
        "missing and borrowed, USD",
        {
            "hole_of_exchange_usd": (
                "hole of the exchange",
                {"color": "#a93226", "linewidth": 2.6},
            ),
            "hole_usd": (
                "hole of the group",
                {"color": "black", "linestyle": (0, (5, 1.5)), "linewidth": 1.4},
            ),
            "credit_drawn_usd": ("credit drawn", {"color": "black", "linewidth": 0.9}),
            "loans_usd": ("loans", {"color": "#1b4965", "linestyle": "-.", "linewidth": 1.4}),
        },
    ),
    (
        "at mark, USD",
        {
            "paper_usd": ("paper: tokens at mark", {"color": "#f2a541", "linewidth": 2.6}),
            "at_cost_usd": (
                "ventures at cost",
                {"color": "#1b4965", "linestyle": "-.", "linewidth": 1.4},
            ),
            "net_at_mark_usd": (
                "net worth at mark",
                {"color": "black", "linestyle": (0, (5, 1.5)), "linewidth": 1.4},
            ),
        },
    ),
)
DOTTED = 24  # a line with at most this many points has a mark at each point
LETTERS_PAD = 18  # distance of the first panel from its title, in points, so that letters fit
# If milestones are closer together than this share of the axis, their letters are in one place.
NEAR = 0.03


def timeline_figure(found: Timeline) -> "Figure":
    """Draw three panels (claims, the hole, assets), and mark the days of milestones.

    Args:
        found: the result of `timeline`.

    Raises:
        PlotError: matplotlib is not installed.
    """
    days = [at.day for at in found.shown]
    dots = {"marker": "o", "markersize": 2.5} if len(days) <= DOTTED else {}
    with style():
        figure = canvas(9, 9)
        panels = figure.subplots(3, sharex=True)
        for axes, (label, lines) in zip(panels, LIFE, strict=True):
            axes.axhline(0, **ZERO_LINE)
            ends = []
            for figure_usd, (name, line) in lines.items():
                amounts = [float(getattr(at, figure_usd)) for at in found.shown]
                if any(amounts):
                    axes.plot(days, amounts, **line, **dots)
                    ends.append(LineEnd(name, amounts[-1]))
            axes.yaxis.set_major_formatter(short)
            axes.set_ylabel(label)
            label_ends(axes, days[-1], ends)
        figure.align_ylabels(panels)
        panels[0].set_title("Claims, cash and the hole over time", pad=LETTERS_PAD)
        labelled = days[:: ceil(len(days) / DAYS_LABELLED)]
        panels[2].set_xticks(labelled, [f"{day}" for day in labelled])
        _mark_firsts(panels, list(found.firsts.values()))
    return figure


def _mark_firsts(panels: Sequence["Axes"], firsts: Sequence[First]) -> None:
    """Draw a line and a letter at each milestone's first day, and list the milestones below."""
    from matplotlib.dates import date2num

    came = sorted(
        ((first.day, _dated(first)) for first in firsts if first.day), key=lambda each: each[0]
    )
    letters = dict(zip("abcdefghijklmnopqrstuvwxyz", came, strict=False))
    told = [f"{letter}: {dated}" for letter, (_, dated) in letters.items()]
    told += [f"never: {first.what}" for first in firsts if not first.day]
    low, high = panels[0].get_xlim()
    groups: list[list[str]] = []
    for letter, (day, _) in letters.items():
        for axes in panels:
            axes.axvline(
                date2num(day), color="black", linewidth=0.8, linestyle=(0, (1, 3)), zorder=0
            )
        if groups and (day - letters[groups[-1][0]][0]).days < NEAR * (high - low):
            groups[-1].append(letter)
        else:
            groups.append([letter])
    for names in groups:
        day, _ = letters[names[0]]
        panels[0].annotate("".join(names), (date2num(day), 1), (0, 4), ha="left", **ABOVE)
    panels[0].figure.supxlabel("\n".join(told), x=0.08, ha="left", fontsize=8)


def _dated(first: First) -> str:
    """Name a milestone, its first day, and the day from which it lasts until the end, if any."""
    said, since = f"{first.what}, first on {first.day}", first.continuous_since
    return f"{said}, and on every day from {since}" if since and since != first.day else said
