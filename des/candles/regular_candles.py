"""Brings candles into regular form: the oldest first, and all with the same length in whole hours.

Trading venues leave out candles without a trade. So gaps between candles are allowed, if no gap is
too long and all gaps together last at most half of the file's time. In a gap the price moves at
random from the last close to the next open. Gaps are counted and reported.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from des.candles.candle_error import RowError
from des.clock import DAY_US, HOUR_US, SECOND_US

MINUTE_US = 60 * SECOND_US
LENGTH_US_MAX = 7 * DAY_US  # longer candles contain too little information about single days
GAP_US_MAX = 4 * DAY_US  # the longest allowed gap, enough for a long weekend
TOO_FEW = "has fewer than two candles, so their length is unknown; add candles for the run's time"
GAPS_SHARE_MAX = 0.5  # gaps may be at most this share of the time from the first open to the last


@dataclass(frozen=True, slots=True)
class Candle:
    """The prices of one period, in dollars."""

    row: int
    opens_us: int
    open: float
    high: float
    low: float
    close: float


@dataclass(frozen=True, slots=True)
class Regular:
    """Candles of equal length in order of time, with remarks on the corrections."""

    candles: Sequence[Candle]
    length_us: int
    said: Sequence[str]


def regular(candles: Sequence[Candle], counted: str = "line") -> Regular:
    """Bring candles into the form that the module describes.

    Args:
        candles: the candles in the order of the file.
        counted: what the row numbers count, such as lines.

    Raises:
        RowError: candles are out of order, too long, too far apart or too few, have different
            lengths, or do not open on whole hours.
    """
    if len(candles) < 2:
        raise RowError(None, TOO_FEW)
    said: list[str] = []
    found = list(candles)
    if found[0].opens_us > found[-1].opens_us:
        found.reverse()
        said.append("newest first, read backwards")
    found = list(_once(found, counted, said))
    if len(found) < 2:
        raise RowError(None, TOO_FEW)
    length_us = _length_us(found)
    _check_steps(found, length_us)
    found = _stamped_by_open(found, length_us, said)
    if length_us % HOUR_US:
        found, length_us = _of_hours(found, length_us, said)
    for candle in found:
        if candle.opens_us % HOUR_US:
            raise RowError(
                candle.row, "the candle does not open on a whole hour UTC; use candles that do"
            )
    said += _bridged(found, length_us)
    return Regular(found, length_us, said)


def _once(candles: Sequence[Candle], counted: str, said: list[str]) -> Iterator[Candle]:
    """Drop repeated candles. They occur in files that were joined from several files."""
    yield candles[0]
    repeated = 0
    for before, candle in pairwise(candles):
        if candle.opens_us < before.opens_us:
            raise RowError(
                candle.row,
                f"the candle is earlier than {counted} {before.row}; sort the file by time",
            )
        if candle.opens_us > before.opens_us:
            yield candle
        elif replace(candle, row=before.row) == before:
            repeated += 1
        else:
            raise RowError(
                candle.row,
                f"the candle has the same time as {counted} {before.row}, but other prices; delete "
                "one of the two",
            )
    if repeated:
        said.append(f"repeated candles left out: {repeated}")


def _length_us(candles: Sequence[Candle]) -> int:
    """Return the most common time from the opening of one candle to the opening of the next.

    If several times are equally common, return the shortest of them.
    """
    steps = Counter(later.opens_us - one.opens_us for one, later in pairwise(candles))
    most = max(steps.values())
    length_us = min(step for step, times in steps.items() if times == most)
    if length_us > LENGTH_US_MAX:
        raise RowError(
            candles[1].row,
            f"the candle opens {_told(length_us)} after the previous candle; fill the gap, or use "
            "candles of at most a week",
        )
    if length_us % MINUTE_US:
        raise RowError(
            candles[1].row,
            f"candles of {length_us / SECOND_US:g} s; use candles of whole minutes",
        )
    return length_us


def _check_steps(candles: Sequence[Candle], length_us: int) -> None:
    for before, candle in pairwise(candles):
        step_us = candle.opens_us - before.opens_us
        if step_us % length_us:
            raise RowError(
                candle.row,
                f"the candle opens {_told(step_us)} after the previous candle, but this time must "
                f"be a multiple of {_told(length_us)}; use candles of one length",
            )


def _stamped_by_open(candles: list[Candle], length_us: int, said: list[str]) -> list[Candle]:
    """Replace times just before the close, such as 23:59:59, by the candles' opening times."""
    past_us = candles[0].opens_us % MINUTE_US
    if not past_us:
        return candles
    if past_us < MINUTE_US - SECOND_US:
        raise RowError(
            candles[0].row, "the candle does not open on a whole minute; use candles that do"
        )
    back_us = length_us - (MINUTE_US - past_us)
    said.append("times are the ends of candles")
    return [replace(candle, opens_us=candle.opens_us - back_us) for candle in candles]


def _of_hours(
    candles: Sequence[Candle], length_us: int, said: list[str]
) -> tuple[list[Candle], int]:
    """Join candles into the shortest candles that last whole hours.

    Incomplete candles at the start and at the end of the file are dropped.
    """
    whole_us = math.lcm(length_us, HOUR_US)
    base_us = next((c.opens_us for c in candles if not c.opens_us % HOUR_US), None)
    if base_us is None:
        raise RowError(None, "no candle opens on a whole hour UTC; use candles that do")
    parts = [
        list(part) for _, part in groupby(candles, lambda c: (c.opens_us - base_us) // whole_us)
    ]
    first = parts[0][0].opens_us
    left_out = 0
    if (first - base_us) % whole_us:
        left_out += len(parts.pop(0))
    if parts and (parts[-1][-1].opens_us + length_us - base_us) % whole_us:
        left_out += len(parts.pop())
    missing = sum(whole_us // length_us - len(part) for part in parts)
    joined = [_joined(part, base_us, whole_us) for part in parts]
    if len(joined) < 2:
        raise RowError(None, f"fewer than two whole candles of {_told(whole_us)}; add candles")
    said.append(f"candles of {_told(length_us)} combined into {_told(whole_us)}")
    if left_out:
        said.append(
            f"candles left out at the ends, since they do not fill {_told(whole_us)}: {left_out}"
        )
    if missing:
        said.append(f"missing candles, which count as candles without a trade: {missing}")
    return joined, whole_us


def _joined(part: Sequence[Candle], base_us: int, whole_us: int) -> Candle:
    first, last = part[0], part[-1]
    return Candle(
        row=first.row,
        opens_us=base_us + (first.opens_us - base_us) // whole_us * whole_us,
        open=first.open,
        high=max(candle.high for candle in part),
        low=min(candle.low for candle in part),
        close=last.close,
    )


def _bridged(candles: Sequence[Candle], length_us: int) -> list[str]:
    """Return a remark on the gaps.

    Refuse a gap that is too long. Also refuse candles whose gaps together are more than half of the
    whole time.
    """
    gaps: list[int] = []
    for before, candle in pairwise(candles):
        gap_us = candle.opens_us - before.opens_us - length_us
        if gap_us > GAP_US_MAX:
            raise RowError(
                candle.row,
                f"before this candle there is a gap of {_told(gap_us)}, and a gap may last at "
                f"most {_told(GAP_US_MAX)}; fill the gap",
            )
        if gap_us:
            gaps.append(gap_us)
    if not gaps:
        return []
    span_us = candles[-1].opens_us - candles[0].opens_us
    if sum(gaps) > GAPS_SHARE_MAX * span_us:
        raise RowError(
            None,
            f"{_told(sum(gaps))} of {_told(span_us)} are gaps; give candles for at least half of "
            "the time",
        )
    return [f"gaps bridged: {len(gaps)}, {_told(sum(gaps))} in all, the longest {_told(max(gaps))}"]


def _told(us: int) -> str:
    """Write a length of time in hours if it is whole hours, else in minutes."""
    return f"{us // HOUR_US} h" if not us % HOUR_US else f"{us / MINUTE_US:g} min"
