"""Debts, cash and the hole at the end of each day, as lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil, floor, log10

from runs.plots.paper import short

WIDTH, HEIGHT = 900, 260  # pixels
LEFT, RIGHT, TOP, BOTTOM = 60, 730, 24, 230  # of the panel
NEAR = 14  # pixels: labels of lines are no closer
STEPS = 5  # of the axis, at most
DAYS_NAMED = 6


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line, named at its end."""

    name: str
    points: str  # as SVG writes them
    label_y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, and its label."""

    at: float
    told: str


@dataclass(frozen=True, slots=True)
class TimelinePicture:
    """The picture, in pixels."""

    width: int
    height: int
    panel: tuple[int, int, int, int]  # left, right, top and bottom
    lines: tuple[DrawnLine, ...]
    amounts: tuple[Tick, ...]
    days: tuple[Tick, ...]
    marks: tuple[Tick, ...]  # the named days, by number


def timeline_picture(
    days: Sequence[date], lines: Mapping[str, Sequence[Decimal]], marked: Sequence[date]
) -> TimelinePicture:
    """Draw one line for each name in *lines*, with an amount for each day."""
    amounts = [float(usd) for line in lines.values() for usd in line]
    low, high = min(0.0, *amounts), max(0.0, *amounts)
    high = high if high > low else low + 1

    def x(day: date) -> float:
        whole = max((days[-1] - days[0]).days, 1)
        return round(LEFT + (RIGHT - LEFT) * (day - days[0]).days / whole, 1)

    def y(usd: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (usd - low) / (high - low), 1)

    ends = _apart({name: y(float(line[-1])) for name, line in lines.items()})
    drawn = tuple(
        DrawnLine(
            name,
            " ".join(f"{x(day)},{y(float(usd))}" for day, usd in zip(days, line, strict=True)),
            ends[name],
        )
        for name, line in lines.items()
    )
    return TimelinePicture(
        WIDTH,
        HEIGHT,
        (LEFT, RIGHT, TOP, BOTTOM),
        drawn,
        tuple(Tick(y(usd), short(usd)) for usd in _round_amounts(low, high)),
        tuple(Tick(x(day), day.isoformat()) for day in _named(days)),
        tuple(Tick(x(day), str(n)) for n, day in enumerate(marked, 1)),
    )


def _round_amounts(low: float, high: float) -> list[float]:
    """Choose at most STEPS + 1 round amounts from *low* to *high*."""
    least = (high - low) / STEPS
    power = 10 ** floor(log10(least))
    step = next(n * power for n in (1, 2, 5, 10) if n * power >= least * 0.999)
    return [n * step for n in range(ceil(low / step), floor(high / step) + 1)]


def _named(days: Sequence[date]) -> list[date]:
    """Choose the labelled days: the first, the last, and some in between."""
    most = min(DAYS_NAMED, len(days)) - 1
    return [days[round((len(days) - 1) * n / most)] for n in range(most + 1)] if most else [days[0]]


def _apart(ends: Mapping[str, float]) -> dict[str, float]:
    """Move labels down until no two overlap."""
    placed: dict[str, float] = {}
    for name, at in sorted(ends.items(), key=lambda each: each[1]):
        placed[name] = max(at, max(placed.values()) + NEAR) if placed else at
    return placed
