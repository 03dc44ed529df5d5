"""The life of the group: what was owed and there, what was missing, what it was worth."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from ledger.reports.table import Table
from runs.plots.paper import (
    DAYS_LABELLED,
    LEGEND_PAD,
    ZERO_LINE,
    Row,
    canvas,
    rows,
    short,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# By panel and column of the tables: what a line is called, and how it is drawn.
LIFE: Sequence[tuple[str, str, Mapping[str, tuple[str, Mapping[str, Any]]]]] = (
    (
        "timeline",
        "owed and there, USD",
        {
            "house_cash_usd": ("cash of the exchange", {"color": "#b0b0b0", "linewidth": 5}),
            "claims_usd": (
                "claims of customers",
                {"color": "black", "linestyle": ":", "linewidth": 1.5},
            ),
            "queue_usd": ("withdrawals that wait", {"color": "#a93226", "linewidth": 1.2}),
        },
    ),
    (
        "timeline",
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
        "worth",
        "at mark, USD",
        {
            "paper_usd": ("paper: tokens at mark", {"color": "#f2a541", "linewidth": 2.6}),
            "at_cost_usd": (
                "ventures at cost",
                {"color": "#1b4965", "linestyle": "-.", "linewidth": 1.4},
            ),
            "net_at_mark_usd": (
                "what is left of all once all are paid",
                {"color": "black", "linestyle": (0, (5, 1.5)), "linewidth": 1.4},
            ),
        },
    ),
)
DOTTED = 24  # with so many points or fewer, each is marked
NEAR = 0.03  # of the axis: dates closer than that share a line of letters


def timeline_figure(tables: Sequence[Table]) -> "Figure":
    """Draw what is owed and there, what is missing, and paper wealth, with the days of firsts.

    Args:
        tables: those of `timeline`.

    Raises:
        PlotError: there is no matplotlib.
    """
    days = [row["day"] for row in rows(tables, "timeline")]
    dots = {"marker": "o", "markersize": 2.5} if len(days) <= DOTTED else {}
    with style():
        figure = canvas(9, 9)
        panels = figure.subplots(3, sharex=True)
        for axes, (table, label, lines) in zip(panels, LIFE, strict=True):
            drawn = rows(tables, table)
            axes.axhline(0, **ZERO_LINE)
            for column, (name, line) in lines.items():
                amounts = [float(row[column]) for row in drawn]
                if any(amounts):
                    axes.plot(days, amounts, label=name, **line, **dots)
            axes.yaxis.set_major_formatter(short)
            axes.set_ylabel(label)
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.2)
        figure.align_ylabels(panels)
        panels[0].set_title("What was owed, what was there, and since when", pad=2 * LEGEND_PAD)
        labelled = days[:: ceil(len(days) / DAYS_LABELLED)]
        panels[2].set_xticks(labelled, [f"{day}" for day in labelled])
        _mark_firsts(panels, rows(tables, "firsts"))
    return figure


def _mark_firsts(panels: Sequence["Axes"], firsts: Sequence[Row]) -> None:
    """Draw a line at each first day, letter them in their order, and say below what they were."""
    came = sorted((row for row in firsts if row["day"]), key=lambda row: row["day"])
    letters = dict(zip("abcdefghijklmnopqrstuvwxyz", came, strict=False))
    told = [f"{letter}: {row['what']}, first on {row['day']}" for letter, row in letters.items()]
    told += [f"never: {row['what']}" for row in firsts if not row["day"]]
    low, high = panels[0].get_xlim()
    groups: list[list[str]] = []
    for letter, row in letters.items():
        for axes in panels:
            axes.axvline(row["day"], color="black", linewidth=0.8, linestyle=(0, (1, 3)), zorder=0)
        near = groups and (row["day"] - letters[groups[-1][0]]["day"]).days < NEAR * (high - low)
        groups[-1].append(letter) if near else groups.append([letter])
    above = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
    for names in groups:
        day = letters[names[0]]["day"]
        panels[0].annotate("".join(names), (day, 1), (0, LEGEND_PAD), ha="left", **above)
    panels[0].figure.supxlabel("\n".join(told), x=0.08, ha="left", fontsize=8)
