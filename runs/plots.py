"""Pictures of reports, drawn from their tables alone: what isn't printed there isn't drawn here.

All read in black and white: shapes and line styles tell things apart, colours only help. The same
tables always give the same bytes, for one version of matplotlib; the extra `plot` installs it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import cycle
from math import ceil, floor, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.reports.course import HELD, LEAD, RESULT
from ledger.reports.league import ALL, NO_CLASS
from ledger.reports.liquidations import CAPTIVE
from ledger.reports.table import Cell, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Row = Mapping[str, Cell]

# By suffix, what a file would say of when it was written; then no two would be the same.
DATES: Mapping[str, Mapping[str, None]] = {
    ".png": {},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}

STYLE = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "savefig.dpi": 150,
    "svg.hashsalt": "moneytrail",
}

# The quickest class first: no two neighbours share a shape, and dark and light alternate.
MARKS = (("o", "#1b4965"), ("s", "#f2a541"), ("^", "white"), ("D", "#888888"), ("v", "black"))
EDGE = {"edgecolor": "black", "linewidth": 0.6}
ZERO_LINE = {"color": "black", "linewidth": 0.6, "zorder": 0}
MINUS = "\N{MINUS SIGN}"

AT_ONCE_MS = 0.1  # where who reacts in no time stands: a logarithmic axis has no zero
TYPICAL = 45  # a mark's size, in square points
LARGEST, SMALLEST = 500, 12  # where a mark's size is capital: the most, and so little as is seen
LEGEND_PAD = 24  # points between a panel and its title, where a legend stands
DAYS_LABELLED = 7  # at most
WIDE = 30  # on a linear axis, what is so many times smaller than the largest is nothing
DECADES = 100  # what is so many times smaller than the largest is linear on such an axis
SHORT = {9: " bn", 6: " M", 3: " k", 0: ""}  # by power of ten

# By column of the table: what a line is called, and how it is drawn. Where two run together the
# cash shows on both sides of the other.
LINES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "house_cash_usd": ("liquid cash of the house", {"color": "#b0b0b0", "linewidth": 5}),
    "claims_usd": ("all claims on it", {"color": "black", "linestyle": ":", "linewidth": 1.5}),
    "firms_claims_usd": ("firms' claims on it", {"color": "#a93226", "linestyle": "-."}),
    "firms_profit_usd": (
        "firms' profit since the start",
        {"color": "#a93226", "linestyle": "--", "linewidth": 2.2},
    ),
    "credit_drawn_usd": ("credit drawn by the maker", {"color": "black", "linewidth": 0.8}),
}

# By market, in the order of the books.
PRICES: Sequence[Mapping[str, Any]] = (
    {"color": "black", "linewidth": 0.9},
    {"color": "#f2a541", "linewidth": 2.4},
    {"color": "#1b4965", "linewidth": 1.4, "linestyle": (0, (5, 1))},
    {"color": "#a93226", "linewidth": 1.4, "linestyle": (0, (1, 1))},
    {"color": "#888888", "linewidth": 1.2, "linestyle": "-."},
)
# By column of the cascade: what a customer's position came to, and how a bar of it is filled.
WAYS_OUT: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "in_book_usd": ("in the book", {"facecolor": "#d9d9d9"}),
    "backstop_usd": ("by backstops", {"facecolor": "#1b4965"}),
    "deleveraged_usd": ("against the other side", {"facecolor": "white", "hatch": "/////"}),
}
# The captive provider is thick, the others are thin.
CAPTIVE_LINE: Mapping[str, Any] = {"color": "black", "linewidth": 2.4}
OTHER_LINES: Sequence[Mapping[str, Any]] = (
    {"color": "#a93226", "linewidth": 1.1, "linestyle": (0, (5, 1.5))},
    {"color": "#1b4965", "linewidth": 1.1, "linestyle": (0, (1, 1))},
    {"color": "#777777", "linewidth": 1.1},
)


class PlotError(Exception):
    """A picture can't be drawn, or not where it is wanted."""


def save(figure: "Figure", path: Path) -> None:
    """Write a picture in the format that the file's suffix names.

    Raises:
        PlotError: there is no such format here, or the file can't be written.
    """
    suffix = path.suffix.lower()
    if suffix not in DATES:
        raise PlotError(f"{path}: no format of a picture; give a name with {', '.join(DATES)}")
    try:
        with _style():
            figure.savefig(path, metadata=DATES[suffix])
    except OSError as error:
        raise PlotError(f"{path}: {error.strerror}") from error


@contextmanager
def _style() -> Iterator[None]:
    """Set all that a picture's bytes depend on, whatever the user's own settings are."""
    try:
        from matplotlib import style
    except ImportError as error:
        raise PlotError("no matplotlib here; pip install 'moneytrail[plot]' brings it") from error
    with style.context(STYLE, after_reset=True):
        yield


def _canvas(width_in: float, height_in: float) -> "Figure":
    # Not through pyplot, which would keep every figure and look for a screen.
    from matplotlib.figure import Figure

    return Figure((width_in, height_in), layout="constrained")


# ------------------------------------------------------------------------------ firms


def firms_figure(tables: Sequence[Table]) -> "Figure":
    """Draw what the house let each firm keep against how fast it is.

    Args:
        tables: those of `firms`.

    Raises:
        PlotError: there is no matplotlib, or the books don't say how fast the firms are.
    """
    timed = [row for row in _rows(tables, "league") if row["reaction_ms"] is not None]
    firms = [row for row in timed if row["status"] != "waiting"]  # who never came
    if not firms:
        raise PlotError("the books of this run don't say how fast its firms are; nothing to draw")
    capital_usd = {r["firm"]: float(r["opening_capital_usd"]) for r in _rows(tables, "capital")}
    largest_usd = max(capital_usd[row["firm"]] for row in firms)
    kept_usd = {r["firm"]: float(r["edge_less_fees_usd"]) for r in _rows(tables, "league")}
    of_class_usd = {r["class"]: r["edge_less_fees_usd"] for r in _rows(tables, "classes")}
    with _style():
        from matplotlib.ticker import LogLocator

        figure = _canvas(8, 4.6)
        axes = figure.subplots()
        axes.set_xscale("log")
        _scale(axes, "y", [kept_usd[row["firm"]] for row in firms])
        axes.axhline(0, **ZERO_LINE)
        for name, mark, members in _by_class(tables, firms):
            axes.scatter(
                [max(float(row["reaction_ms"]), AT_ONCE_MS) for row in members],
                [kept_usd[row["firm"]] for row in members],
                [_size(capital_usd[row["firm"]] / largest_usd) for row in members],
                **mark,
            )
            whole_usd = _short(float(of_class_usd.get(name, kept_usd[ALL])))
            label = f"{name}: {len(members)} with {whole_usd} USD"
            axes.scatter([], [], TYPICAL, label=label, **mark)
        round_usd = 10.0 ** floor(log10(largest_usd))
        for usd in (round_usd, round_usd / 10):
            size, label = _size(usd / largest_usd), f"capital of {_short(usd)} USD"
            axes.scatter([], [], size, marker="o", label=label, facecolor="none", **EDGE)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter("")
        axes.set_xlabel("reaction time (ms)")
        axes.set_ylabel("edge less fees at the house (USD)")
        axes.set_title("Who wins at the house: is it the fast?")
        figure.legend(loc="outside right upper", labelspacing=1.3)
    return figure


# --------------------------------------------------------------------------- illusion


def illusion_figure(tables: Sequence[Table]) -> "Figure":
    """Draw each firm's house against its elsewhere, and classes with the quoter on and off.

    Args:
        tables: those of `illusion`. Without whole days on and off there is no second panel.

    Raises:
        PlotError: there is no matplotlib.
    """
    compared = _rows(tables, "quoter-by-class")
    with _style():
        figure = _canvas(10 if compared else 6, 4.6)
        panels = figure.subplots(1, 2 if compared else 1, squeeze=False)[0]
        _draw_places(panels[0], tables)
        if compared:
            _draw_quoter(panels[1], compared)
        for axes in panels:
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.2)
        figure.supxlabel(_rank_caption(_rows(tables, "rank-correlation")[0]), fontsize=8)
    return figure


def _draw_places(axes: "Axes", tables: Sequence[Table]) -> None:
    axes.axhline(0, **ZERO_LINE)
    axes.axvline(0, **ZERO_LINE)
    firms = [row for row in _rows(tables, "illusion") if row["house_bps_per_day"] is not None]
    for which, place in (("x", "house"), ("y", "elsewhere")):
        _scale(axes, which, [float(row[f"{place}_bps_per_day"]) for row in firms])
    for name, mark, members in _by_class(tables, firms):
        axes.scatter(
            [float(row["house_bps_per_day"]) for row in members],
            [float(row["elsewhere_bps_per_day"]) for row in members],
            TYPICAL,
            label=name,
            **mark,
        )
    axes.set_xlabel("house (bps of opening capital per day)")
    axes.set_ylabel("elsewhere (bps of opening capital per day)")
    axes.set_title("Does who wins at the house win elsewhere?", pad=LEGEND_PAD)


def _draw_quoter(axes: "Axes", groups: Sequence[Row]) -> None:
    """Draw results with their intervals from top to bottom: quoter on, below it off."""
    figures = [row[f"{state}_bps_per_day"] for row in groups for state in ("on", "off")]
    _scale(axes, "x", [float(bps) for bps in figures if bps is not None])
    axes.axvline(0, **ZERO_LINE)
    for state, shift, fill in (("on", -0.15, "black"), ("off", 0.15, "white")):
        drawn = [row for row in groups if row[f"{state}_bps_per_day"] is not None]
        heights = [groups.index(row) + shift for row in drawn]
        known = [row for row in drawn if row[f"{state}_low_bps"] is not None]
        axes.hlines(
            [groups.index(row) + shift for row in known],
            [float(row[f"{state}_low_bps"]) for row in known],
            [float(row[f"{state}_high_bps"]) for row in known],
            color="black",
            linewidth=1.2,
        )
        axes.scatter(
            [float(row[f"{state}_bps_per_day"]) for row in drawn],
            heights,
            TYPICAL / 2,
            label=f"quoter {state}",
            facecolor=fill,
            zorder=3,
            **EDGE,
        )
    axes.set_yticks(range(len(groups)), [f"{row['class']}, {row['place']}" for row in groups])
    axes.invert_yaxis()
    axes.set_xlabel("result (bps of opening capital per day), 95% over days")
    axes.set_title("What is left while the quoter is off?", pad=LEGEND_PAD)


def _rank_caption(row: Row) -> str:
    if row["spearman"] is None:
        return "No rank correlation: in one of the places all results are the same."
    ends = [
        f"{row[f'over_{what}_low']} to {row[f'over_{what}_high']} over {what}"
        for what in ("firms", "days")
        if row[f"over_{what}_low"] is not None
    ]
    found = f"Rank correlation of house and elsewhere, {row['firms']} firms: {row['spearman']}"
    return f"{found}\n(95%: {', '.join(ends) or 'too few for it'})".replace("-", MINUS)


# ------------------------------------------------------------------------------- cage


def cage_figure(tables: Sequence[Table]) -> "Figure":
    """Draw the firms' profit and all claims beside the cash, and what it covers of them.

    Args:
        tables: those of `cage`.

    Raises:
        PlotError: there is no matplotlib.
    """
    closes = _rows(tables, "cage")
    days = [row["day"] for row in closes]
    with _style():
        figure = _canvas(9, 5.4)
        money, cover = figure.subplots(2, sharex=True, height_ratios=(3, 1))
        amounts = {column: [float(row[column]) for row in closes] for column in LINES}
        for column, (label, line) in LINES.items():
            if any(amounts[column]):
                never = "" if max(amounts[column]) > 0 else ", never above zero"
                money.plot(days, amounts[column], label=label + never, **line)
        peaks = [peak for usd in amounts.values() if (peak := max(map(abs, usd)))]
        wide = min(peaks, default=0) * WIDE < max(peaks, default=0)
        if wide:
            money.set_yscale("log", nonpositive="mask")
        money.yaxis.set_major_formatter(_short)
        money.set_ylabel(f"{'above zero, ' if wide else ''}USD at the day's close")
        money.set_title("Since when could the chips no longer be cashed?", pad=LEGEND_PAD)
        covers = [pct if pct is None else float(pct) for pct in (r["cover_pct"] for r in closes)]
        cover.plot(days, covers, color="black")
        cover.axhline(100, **ZERO_LINE)
        cover.set_ylim(0, 1.1 * max([100, *(pct for pct in covers if pct is not None)]))
        cover.set_ylabel("cash, % of\nall claims")
        labelled = days[:: ceil(len(days) / DAYS_LABELLED)]
        cover.set_xticks(labelled, [f"{day}" for day in labelled])
        _mark_dates((money, cover), _rows(tables, "dates"))
        figure.legend(loc="outside right upper")
    return figure


def _mark_dates(panels: Sequence["Axes"], dates: Sequence[Row]) -> None:
    """Draw a line at each day on which something came to pass, and say below what it was."""
    letters: dict[date, str] = {}
    told = []
    for letter, row in zip("abcd", dates, strict=True):
        if row["first_day"] is None:
            told.append(f"never: {row['what']}")
        else:
            letters[row["first_day"]] = letters.get(row["first_day"], "") + letter
            told.append(f"{letter}: {row['what']}, first on {row['first_day']}")
    for day, names in letters.items():
        for axes in panels:
            axes.axvline(day, color="black", linewidth=0.8, linestyle=(0, (1, 3)), zorder=0)
        above = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        panels[0].annotate(names, (day, 1), (0, 2), ha="center", **above)
    panels[0].figure.supxlabel("\n".join(told), x=0.08, ha="left", fontsize=8)


# ----------------------------------------------------------------------- liquidations


def liquidations_figure(tables: Sequence[Table]) -> "Figure":
    """Draw the prices, what was liquidated, and what backstops held of it and made of it.

    Args:
        tables: those of `liquidations`.

    Raises:
        PlotError: there is no matplotlib, or nobody trades on margin.
    """
    standing = {row["provider"]: row["standing"] for row in _rows(tables, "backstops")}
    if not standing:
        raise PlotError("nobody trades on margin in this run; nothing to draw")
    course = _rows(tables, "course")
    times = [datetime.fromisoformat(row["time"]) for row in course]
    with _style():
        figure = _canvas(9, 9.5)
        panels = figure.subplots(4, sharex=True, height_ratios=(4, 4, 3, 3))
        _draw_prices(panels[0], times, course)
        _draw_cascade(panels[1], times, _rows(tables, "cascade"))
        _draw_backstops(panels[2], times, course, HELD, standing)
        _draw_backstops(panels[3], times, course, RESULT, standing)
        panels[2].set_ylabel("held by backstops at\nmost, USD, long above 0")
        panels[3].set_ylabel("result of backstops\nso far, USD")
        figure.align_ylabels(panels)
        panels[0].set_title("Who was liquidated, and what did that bring whom?", pad=LEGEND_PAD)
        for axes in panels[:3]:
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=5, borderaxespad=0.2)
        midnights = [at for at in times if at.time() == at.time().min]
        labelled = midnights[:: ceil(len(midnights) / DAYS_LABELLED)]
        panels[3].set_xticks(labelled, [f"{at:%Y-%m-%d}" for at in labelled])
        panels[3].set_xlim(times[0], times[-1])
    return figure


def _draw_prices(axes: "Axes", times: Sequence[datetime], course: Sequence[Row]) -> None:
    columns = [name for name in course[0] if name.endswith(LEAD) and course[0][name]]
    indices = {
        name: [100 * float(row[name] / course[0][name]) for row in course] for name in columns
    }
    for (name, index), line in zip(indices.items(), cycle(PRICES), strict=False):
        axes.plot(times, index, label=name.removesuffix(LEAD), **line)
    lowest = min((min(index) for index in indices.values()), default=100)
    highest = max((max(index) for index in indices.values()), default=100)
    if highest > WIDE * lowest:
        axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_ylabel("lead price,\n% of the first")


def _draw_cascade(axes: "Axes", times: Sequence[datetime], cascade: Sequence[Row]) -> None:
    """Stack what was liquidated in each of the steps that end at *times*."""
    step = times[1] - times[0]
    begins = times[:-1]
    base = [0.0] * len(begins)
    for column, (label, bar) in WAYS_OUT.items():
        heights = [0.0] * len(begins)
        for row in cascade:
            i = (datetime.fromisoformat(row["hour"]) - times[0]) // step
            heights[i] += float(row[column])
        axes.bar(
            begins,
            heights,
            step,
            base,
            align="edge",
            label=label,
            edgecolor="black",
            linewidth=0.4,
            **bar,
        )
        base = [below + height for below, height in zip(base, heights, strict=True)]
    axes.yaxis.set_major_formatter(_short)
    each = "hour" if step < timedelta(days=1) else "day"
    axes.set_ylabel(f"liquidated, USD\nper {each}")


def _draw_backstops(
    axes: "Axes",
    times: Sequence[datetime],
    course: Sequence[Row],
    column: str,
    standing: Mapping[str, str],
) -> None:
    axes.axhline(0, **ZERO_LINE)
    # The most that was held belongs to the whole step; a result is as it stands at its end.
    drawn = "steps-pre" if column == HELD else "default"
    others = cycle(OTHER_LINES)
    for name, what in standing.items():
        line = CAPTIVE_LINE if what == CAPTIVE else next(others)
        label = f"{name} (captive)" if what == CAPTIVE else name
        amounts = [float(row[name + column]) for row in course]
        axes.plot(times, amounts, label=label, drawstyle=drawn, **line)
    axes.yaxis.set_major_formatter(_short)


# ---------------------------------------------------------------------------- strokes


def _rows(tables: Sequence[Table], name: str) -> list[dict[str, Any]]:
    table = next(table for table in tables if table.name == name)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _by_class(
    tables: Sequence[Table], firms: Sequence[Row]
) -> Iterator[tuple[str, dict[str, Any], list[Row]]]:
    """Yield each class, as `classes` lists them, with its mark and those of the firms in it."""
    told = dict.fromkeys(row["class"] for row in _rows(tables, "classes"))
    names = [name for name in told if name != ALL] or [ALL]
    for name, (marker, colour) in zip(names, cycle(MARKS), strict=False):
        members = [row for row in firms if name in (ALL, row["class"] or NO_CLASS)]
        yield name, {"marker": marker, "facecolor": colour, **EDGE}, members


def _size(share: float) -> float:
    return max(LARGEST * share, SMALLEST)


def _scale(axes: "Axes", which: str, figures: Sequence[float]) -> None:
    """Let an axis, x or y, be logarithmic off zero if a linear one would hide a fair part."""
    axis, set_scale = {
        "x": (axes.xaxis, axes.set_xscale),
        "y": (axes.yaxis, axes.set_yscale),
    }[which]
    if _is_wide(figures):
        decade = floor(log10(max(map(abs, figures))))
        # A hair above: of 1000, matplotlib takes a logarithm below 3, and labels 100 too.
        set_scale("symlog", linthresh=1.0001 * 10**decade / DECADES)
    axis.set_major_formatter(_short)


def _is_wide(amounts: Sequence[float]) -> bool:
    """Tell whether a quarter of these amounts, or more, is nothing beside the largest."""
    sizes = sorted(abs(usd) for usd in amounts if usd)
    return bool(sizes) and sizes[len(sizes) // 4] * WIDE < sizes[-1]


def _short(usd: float, _position: int | None = None) -> str:
    """Write an amount as an axis does: 1.5 M."""
    rounded = float(f"{usd:.4g}")
    power = next((power for power in SHORT if abs(rounded) >= 10**power), 0)
    return f"{rounded / 10**power:.4g}{SHORT[power]}".replace("-", MINUS)


# --------------------------------------------------------------------------- timeline

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
    days = [row["day"] for row in _rows(tables, "timeline")]
    dots = {"marker": "o", "markersize": 2.5} if len(days) <= DOTTED else {}
    with _style():
        figure = _canvas(9, 9)
        panels = figure.subplots(3, sharex=True)
        for axes, (table, label, lines) in zip(panels, LIFE, strict=True):
            rows = _rows(tables, table)
            axes.axhline(0, **ZERO_LINE)
            for column, (name, line) in lines.items():
                amounts = [float(row[column]) for row in rows]
                if any(amounts):
                    axes.plot(days, amounts, label=name, **line, **dots)
            axes.yaxis.set_major_formatter(_short)
            axes.set_ylabel(label)
            axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.2)
        figure.align_ylabels(panels)
        panels[0].set_title("What was owed, what was there, and since when", pad=2 * LEGEND_PAD)
        labelled = days[:: ceil(len(days) / DAYS_LABELLED)]
        panels[2].set_xticks(labelled, [f"{day}" for day in labelled])
        _mark_firsts(panels, _rows(tables, "firsts"))
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
