"""A Sankey diagram: sources of money on the left, the group in the middle, uses on the right.

The height of each band is proportional to its amount. All money passes through the group, so the
picture does not say which source paid for which use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from runs.plots.paper import short

# In pixels: the picture's width, and the sum of the heights of all bands on one side.
WIDTH, BANDS_HEIGHT = 900, 260
GAP = 17  # vertical distance of two bands at their outer ends, in pixels, so that labels fit
TOP, BAR = 26, 12
LEFT, MIDDLE, RIGHT = 270, 444, 618  # left ends of the bars, in pixels
TEXT_PAD = 6


class Band(NamedTuple):
    """A source or use of money."""

    name: str
    usd: Decimal  # positive
    link: str


@dataclass(frozen=True, slots=True)
class DrawnBand:
    """A drawn band: a shape, a bar at its outer end, and a label."""

    name: str
    told: str  # the amount, as text
    link: str
    path: str  # the outline of the shape, in the syntax of SVG
    bar: tuple[float, float, float]  # x, y and height
    label: tuple[float, float]
    is_source: bool


@dataclass(frozen=True, slots=True)
class Sankey:
    """The Sankey diagram. All places and sizes are in pixels."""

    width: int
    height: float
    group: str
    told: str  # the sum of all uses, as text
    middle: tuple[float, float, float]  # the group's bar: x, y and height
    bands: tuple[DrawnBand, ...]


def sankey(sources: Sequence[Band], uses: Sequence[Band], group: str) -> Sankey:
    """Draw sources and uses, whose sums must be equal.

    Raises:
        ValueError: the sums differ, or are zero.
    """
    brought, used = (sum(band.usd for band in side) for side in (sources, uses))
    if brought != used or not used:
        raise ValueError(f"sources of {brought} and uses of {used} must be equal and above zero")
    spread = BANDS_HEIGHT + GAP * max(len(sources), len(uses))
    top = TOP + (spread - BANDS_HEIGHT) / 2
    scale = BANDS_HEIGHT / float(used)
    return Sankey(
        width=WIDTH,
        height=TOP + spread,
        group=group,
        told=short(float(used)),
        middle=(MIDDLE, top, BANDS_HEIGHT),
        bands=(
            *_side(sources, scale, top, spread, is_source=True),
            *_side(uses, scale, top, spread, is_source=False),
        ),
    )


def _side(
    bands: Sequence[Band], scale: float, top: float, spread: float, is_source: bool
) -> list[DrawnBand]:
    inner = top
    outer = TOP + (spread - BANDS_HEIGHT - GAP * (len(bands) - 1)) / 2
    bar, outer_x = (LEFT, LEFT + BAR) if is_source else (RIGHT, RIGHT)
    inner_x = MIDDLE if is_source else MIDDLE + BAR
    label = LEFT - TEXT_PAD if is_source else RIGHT + BAR + TEXT_PAD
    drawn = []
    for band in bands:
        height = float(band.usd) * scale
        drawn.append(
            DrawnBand(
                band.name,
                short(float(band.usd)),
                band.link,
                _shape(outer_x, outer, inner_x, inner, height),
                (bar, round(outer, 2), round(max(height, 0.5), 2)),
                (label, round(outer + height / 2, 2)),
                is_source,
            )
        )
        outer, inner = outer + height + GAP, inner + height
    return drawn


def _shape(outer_x: float, outer: float, inner_x: float, inner: float, height: float) -> str:
    half = (outer_x + inner_x) / 2
    return (
        f"M{outer_x},{outer:.2f} C{half},{outer:.2f} {half},{inner:.2f} {inner_x},{inner:.2f} "
        f"V{inner + height:.2f} C{half},{inner + height:.2f} {half},{outer + height:.2f} "
        f"{outer_x},{outer + height:.2f} Z"
    )
