"""Writes the names of lines at their right ends, so that a reader needs no legend."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from runs.plots.paper import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

APART = 0.11  # the least distance of two labels, as a share of a panel's height
BESIDE = 1.03  # left end of the labels, as a share of a panel's width


class LineEnd(NamedTuple):
    """A line's name, and the last amount of the line."""

    name: str
    usd: float


def label_ends(axes: "Axes", last: date, ends: Sequence[LineEnd]) -> None:
    """Write each line's name and last amount to the right of a panel, the highest first.

    Args:
        axes: the panel, with its lines drawn.
        last: the last day of the lines.
        ends: the name and the last amount of each line.
    """
    low, high = axes.get_ylim()
    ordered = sorted(ends, key=lambda end: -end.usd)
    heights = spread([(end.usd - low) / (high - low) for end in ordered])
    for end, height in zip(ordered, heights, strict=True):
        axes.annotate(
            f"{end.name} {short(end.usd)}",
            xy=(last, end.usd),
            xytext=(BESIDE, height),
            textcoords="axes fraction",
            va="center",
            fontsize=8,
            arrowprops={"arrowstyle": "-", "color": "#999999", "linewidth": 0.6},
            annotation_clip=False,
        )


def spread(heights: Sequence[float]) -> list[float]:
    """Move heights until they are at least `APART` apart. Their order and their mean do not change.

    Args:
        heights: shares of a panel's height, the largest first.
    """
    groups: list[list[float]] = []  # a group has the heights of labels that would overlap
    for height in heights:
        groups.append([height])
        while len(groups) > 1 and _places(groups[-2])[-1] - _places(groups[-1])[0] < APART:
            groups[-2:] = [groups[-2] + groups[-1]]
    return [place for group in groups for place in _places(group)]


def _places(group: Sequence[float]) -> list[float]:
    """Return heights that are `APART` apart and have the same mean as the group."""
    top = sum(group) / len(group) + APART * (len(group) - 1) / 2
    return [top - APART * n for n in range(len(group))]
