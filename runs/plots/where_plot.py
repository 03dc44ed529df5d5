"""A picture of uses and sources of money. Uses mentioned in the thread have their own colour."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from ledger.kinds import KINDS
from ledger.reports.money.hole import Hole
from runs.plots.paper import EDGE, ZERO_LINE, PlotError, canvas, short, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 14  # how many of the largest uses have their own bars
SOURCES = 5
REST, CLAIMED, SOURCE = "#9db4c0", "#a93226", "white"
INCH_PER_BAR = 0.24


class Bar(NamedTuple):
    """A bar for one kind, or for several small kinds. Uses are positive, sources negative."""

    name: str
    usd: float
    claimed: str | None  # the part of the mechanism to which the kind belongs


def where_figure(found: Hole) -> "Figure":
    """Draw uses to the right and sources to the left. The hole is uses minus sources.

    Args:
        found: the hole, with the amount of each kind.

    Raises:
        PlotError: matplotlib is not installed, or the run has no uses and no sources of money.
    """
    drawn = bars(found)
    if not drawn:
        raise PlotError("this run has no uses and no sources of money; nothing to draw")
    whole_usd = float(sum(found.uses_usd.values()))
    with style():
        from matplotlib.patches import Patch

        figure = canvas(9, 1.4 + INCH_PER_BAR * len(drawn))
        axes = figure.subplots()
        places = range(len(drawn))
        axes.barh(places, [bar.usd for bar in drawn], color=[_colour(bar) for bar in drawn], **EDGE)
        axes.set_yticks(places, [_label(bar) for bar in drawn])
        axes.invert_yaxis()
        axes.axvline(0, **ZERO_LINE)
        axes.margins(x=0.2)
        axes.xaxis.set_major_formatter(short)
        axes.set_xlabel("uses (right) and sources (left), USD")
        for place, bar in zip(places, drawn, strict=True):
            share = f", {100 * bar.usd / whole_usd:.1f} %" if bar.usd > 0 else ""
            axes.annotate(
                f"{short(abs(bar.usd))}{share}",
                (bar.usd, place),
                (4 if bar.usd > 0 else -4, 0),
                textcoords="offset points",
                ha="left" if bar.usd > 0 else "right",
                va="center",
                fontsize=8,
            )
        amount = short(abs(float(found.hole_usd)))
        word = "missing" if found.hole_usd > 0 else "left over"
        axes.set_title(f"{amount} USD is {word}. Where did the money go?")
        keys = {"claimed by the thread": CLAIMED, "other uses": REST, "sources": SOURCE}
        axes.legend(
            handles=[Patch(facecolor=colour, label=key, **EDGE) for key, colour in keys.items()],
            loc="lower right",
        )
    return figure


def bars(found: Hole) -> list[Bar]:
    """Return the bars of uses, the largest first, then the bars of sources, the largest first.

    One bar shows the sum of the small uses that are not mentioned in the thread. Another bar shows
    the sum of the small sources.
    """
    uses = _bars(found.uses_usd)
    claimed = [bar for bar in uses if bar.claimed]
    own = {bar.name for bar in (*uses[:MOST], *claimed)}
    sources = _bars(found.sources_usd)[::-1]
    return [
        *(bar for bar in uses if bar.name in own),
        *_rest([bar for bar in uses if bar.name not in own], "use"),
        *sources[:SOURCES],
        *_rest(sources[SOURCES:], "source"),
    ]


def _bars(kinds_usd: Mapping[str, Decimal]) -> list[Bar]:
    return [
        Bar(kind, float(usd), KINDS[kind].entry.claimed if kind in KINDS else None)
        for kind, usd in kinds_usd.items()
        if round(usd)
    ]


def _rest(bars_left_out: Sequence[Bar], what: str) -> list[Bar]:
    if not bars_left_out:
        return []
    usd = sum(bar.usd for bar in bars_left_out)
    return [Bar(f"{len(bars_left_out)} more {what}{'s' * (len(bars_left_out) > 1)}", usd, None)]


def _label(bar: Bar) -> str:
    return f"{bar.name} ({bar.claimed})" if bar.claimed and bar.usd > 0 else bar.name


def _colour(bar: Bar) -> str:
    if bar.usd < 0:
        return SOURCE
    return CLAIMED if bar.claimed else REST
