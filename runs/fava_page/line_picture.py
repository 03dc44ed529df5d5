"""Draws amounts by day as lines. The name at a line's right end may be a link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil, floor, inf, log10
from typing import NamedTuple

from runs.fava_page.links import entries_of_day
from runs.plots.paper import short

WIDTH, HEIGHT = 900, 260  # size of the picture, in pixels
LEFT, RIGHT, TOP, BOTTOM = 60, 730, 24, 230  # sides of the panel, in pixels from left and top
NEAR = 14  # the least distance of two labels, in pixels
STEPS = 5  # the most steps on the axis of amounts
DAYS_NAMED = 6


class Line(NamedTuple):
    """The name of a line, its amount on each day, and its link, which may be empty."""

    name: str
    usd: Sequence[Decimal]
    link: str = ""


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A drawn line, with its name at the right end."""

    name: str
    told: str  # the last amount, as text
    link: str
    points: str  # the points in the syntax of SVG
    end_y: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, its label, and its link, which may be empty."""

    at: float
    told: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class LinePicture:
    """A picture with lines. All places are in pixels."""

    width: int
    height: int
    panel: tuple[int, int, int, int]  # left, right, top and bottom side
    lines: tuple[DrawnLine, ...]
    amounts: tuple[Tick, ...]
    days: tuple[Tick, ...]
    marks: tuple[Tick, ...]  # the marked days, numbered from 1


def line_picture(
    days: Sequence[date], lines: Sequence[Line], marked: Sequence[date]
) -> LinePicture:
    """Draw lines with one amount per day, and number the *marked* days."""
    amounts = [float(usd) for line in lines for usd in line.usd]
    low, high = min(0.0, *amounts), max(0.0, *amounts)
    high = high if high > low else low + 1

    def x(day: date) -> float:
        whole = max((days[-1] - days[0]).days, 1)
        return round(LEFT + (RIGHT - LEFT) * (day - days[0]).days / whole, 1)

    def y(usd: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (usd - low) / (high - low), 1)

    ends = [y(float(line.usd[-1])) for line in lines]
    drawn = tuple(
        DrawnLine(
            line.name,
            short(float(line.usd[-1])),
            line.link,
            " ".join(f"{x(day)},{y(float(usd))}" for day, usd in zip(days, line.usd, strict=True)),
            end_y,
            label_y,
        )
        for line, end_y, label_y in zip(lines, ends, _apart(ends), strict=True)
    )
    return LinePicture(
        WIDTH,
        HEIGHT,
        (LEFT, RIGHT, TOP, BOTTOM),
        drawn,
        tuple(Tick(y(usd), short(usd)) for usd in _round_amounts(low, high)),
        tuple(Tick(x(day), day.isoformat(), entries_of_day(day)) for day in _named(days)),
        tuple(Tick(x(day), str(n)) for n, day in enumerate(marked, 1)),
    )


def _round_amounts(low: float, high: float) -> list[float]:
    """Return at most STEPS + 1 round amounts from *low* to *high*."""
    least = (high - low) / STEPS
    power = 10 ** floor(log10(least))
    step = next(n * power for n in (1, 2, 5, 10) if n * power >= least * 0.999)
    return [n * step for n in range(ceil(low / step), floor(high / step) + 1)]


def _named(days: Sequence[date]) -> list[date]:
    """Return the days with labels: the first day, the last day, and some days in between."""
    most = min(DAYS_NAMED, len(days)) - 1
    return [days[round((len(days) - 1) * n / most)] for n in range(most + 1)] if most else [days[0]]


def _apart(wanted: Sequence[float]) -> list[float]:
    """Move labels down until none overlap, then up until no label is below the panel."""
    placed = list(wanted)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    lowest = -inf
    for i in order:
        placed[i] = lowest = max(placed[i], lowest + NEAR)
    highest = float(BOTTOM + NEAR)
    for i in reversed(order):
        placed[i] = highest = min(placed[i], highest - NEAR)
    return placed
