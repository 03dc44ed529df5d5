"""The parts that all pictures share: style, axes and files.

All pictures can be read in black and white, because shapes, line styles or shades differ, not only
colours. With the same version of matplotlib, the same report always gives the same bytes.
`pip install 'moneytrail[plot]'` installs matplotlib.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from math import floor, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ledger.mistake import MistakeError
from ledger.reports.firms.league import ALL, NO_CLASS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Member = TypeVar("Member")

# The metadata that contain the time of writing, by the suffix of the file. They are left out, so
# that the same picture always has the same bytes.
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

# Marks of the firms' classes, the fastest class first. All differ in shape and in shade.
MARKS = (("o", "#1b4965"), ("s", "#f2a541"), ("^", "white"), ("D", "#888888"), ("v", "black"))
EDGE: Mapping[str, Any] = {"edgecolor": "black", "linewidth": 0.6}
ZERO_LINE: Mapping[str, Any] = {"color": "black", "linewidth": 0.6, "zorder": 0}
# The place of a label: x in units of the axis, and y as a share of the panel's height. The label is
# moved from this place by a number of points.
ABOVE: Mapping[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
MINUS = "\N{MINUS SIGN}"

TYPICAL = 45  # a mark's size, in square points
# The vertical position of the top of the source's text, as a share of the picture's height. A
# negative position is below the picture.
SOURCE_GAP = -0.01
SOURCE_CHARACTERS = 170  # the most characters in a line of the source's text
LEGEND_PAD = 24  # distance of a panel from its title, in points, so that a legend fits
DAYS_LABELLED = 7  # the most days that have a label
WIDE = 30  # an amount is invisible beside an amount that is more than this many times as large
# Near zero a logarithmic axis is linear, up to 10**n / DECADES. Here 10**n is the largest power of
# ten that is not above the largest amount.
DECADES = 100
SHORT = {9: " bn", 6: " M", 3: " k", 0: ""}  # by exponent of ten


class PlotError(MistakeError):
    """A picture can't be drawn or written."""


def save(figure: "Figure", path: Path, source: str = "") -> None:
    """Write a picture in the format that the file's suffix names.

    Args:
        figure: the picture.
        path: the file.
        source: a text below the picture, which names the run.

    Raises:
        PlotError: the format is unknown, or the file can't be written.
    """
    suffix = path.suffix.lower()
    if suffix not in DATES:
        raise PlotError(f"{path}: not a picture format; give a name with {', '.join(DATES)}")
    try:
        with style():
            if source:
                told = textwrap.fill(f"Source: {source}", SOURCE_CHARACTERS)
                figure.text(0.01, SOURCE_GAP, told, fontsize=6.5, va="top")
            figure.savefig(path, metadata=DATES[suffix], bbox_inches="tight" if source else None)
    except OSError as error:
        raise PlotError(f"{path}: {error.strerror}") from error


@contextmanager
def style() -> Iterator[None]:
    """Use STYLE and matplotlib's defaults, so that the user's own settings have no effect."""
    try:
        from matplotlib import style
    except ImportError as error:
        brings = "`make tools` (in a clone) or `pip install 'moneytrail[plot]'` installs it"
        without = "`moneytrail report RUN` needs no matplotlib"
        raise PlotError(f"matplotlib is not installed; {brings}; {without}") from error
    with style.context(STYLE, after_reset=True):
        yield


def canvas(width_in: float, height_in: float) -> "Figure":
    """Return an empty picture."""
    # pyplot is not used, because it keeps every figure in memory and looks for a screen.
    from matplotlib.figure import Figure

    return Figure((width_in, height_in), layout="constrained")


def scale(axes: "Axes", which: str, figures: Sequence[float]) -> None:
    """Make an axis (x or y) logarithmic except near zero, if `is_wide` holds for its figures."""
    axis, set_scale = {
        "x": (axes.xaxis, axes.set_xscale),
        "y": (axes.yaxis, axes.set_yscale),
    }[which]
    if is_wide(figures):
        decade = floor(log10(max(map(abs, figures))))
        # The factor prevents an extra label, since matplotlib computes log10(1000) as less than 3.
        set_scale("symlog", linthresh=1.0001 * 10**decade / DECADES)
    axis.set_major_formatter(short)


def is_wide(amounts: Sequence[float]) -> bool:
    """Return whether more than a quarter of the amounts are invisible beside the largest amount.

    Amounts of zero are left out.
    """
    sizes = sorted(abs(usd) for usd in amounts if usd)
    return bool(sizes) and sizes[len(sizes) // 4] * WIDE < sizes[-1]


def short(usd: float, _position: float | None = None) -> str:
    """Return an amount in the short form of an axis, such as 1.5 M."""
    rounded = float(f"{usd:.4g}")
    power = next((power for power in SHORT if abs(rounded) >= 10**power), 0)
    return f"{rounded / 10**power:.4g}{SHORT[power]}".replace("-", MINUS)


def by_class(
    classes: Iterable[str], firms: Sequence[tuple[str | None, Member]]
) -> Iterator[tuple[str, dict[str, Any], list[Member]]]:
    """Yield each class's name, mark and firms. Without classes, all firms are one class."""
    names = [name for name in dict.fromkeys(classes) if name != ALL] or [ALL]
    for name, (marker, colour) in zip(names, cycle(MARKS), strict=False):
        members = [firm for of, firm in firms if name in (ALL, of or NO_CLASS)]
        yield name, {"marker": marker, "facecolor": colour, **EDGE}, members
