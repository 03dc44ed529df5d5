"""Finds the members in which the mechanism is at least half of the hole, and chooses one member.

Also finds the recorded outcomes that the chosen member contradicts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from runs.record.facts import Fact, Record, load_record
from runs.record.market_figures import SHARE
from runs.study.member_figures import HITS, HOLE, MECHANISM
from runs.study.member_table import Members
from runs.study.plausible import Judgement
from runs.study.recorded_outcomes import recorded_outcomes

HALF = 0.5
ONE_DAY = timedelta(days=1)
VOLUME_EVER = "volume-of-ftx-over-time"


class Contradicted(NamedTuple):
    """A recorded outcome whose range does not contain the member's figure."""

    figure: str
    unit: str
    model: float
    low: float
    high: float

    @property
    def beyond(self) -> float:
        """Return the member's figure minus the nearer end of the range, in the fact's unit."""
        return self.model - (self.low if self.model < self.low else self.high)

    @property
    def times_range(self) -> float | None:
        """Return the figure's distance from the nearer end, divided by the width of the range.

        The result is None if the width is zero.
        """
        width = self.high - self.low
        return abs(self.beyond) / width if width else None

    @property
    def times_end(self) -> float | None:
        """Return the figure divided by the nearer end of the range.

        The result is None if one of the two is zero or if their signs differ.
        """
        end = self.low if self.model < self.low else self.high
        return self.model / end if end * self.model > 0 else None


class Bound(NamedTuple):
    """The volume of hits that would cost half of the base's hole, and the volume on record.

    Hits can't exceed the maker's volume. The maker's share of the volume is on record for some
    years only.
    """

    worst_bps: float  # the largest loss per dollar of hits in any member
    most_hit_bps: float  # the loss per dollar of hits in the member with the most hits
    half_hole_usd: float  # half of the median hole of the base's members
    ever_usd: float  # the venue's total volume, at the upper end of the record
    allowed_usd: float  # the maker's largest possible volume in years with a recorded share
    silent_usd: float  # the venue's largest possible volume in the other years

    @property
    def needed_usd(self) -> float:
        """Return the volume of hits that costs `half_hole_usd` at a loss of `worst_bps`.

        The volume is infinite if no member loses on hits.
        """
        return self.half_hole_usd / (self.worst_bps / 10_000) if self.worst_bps > 0 else np.inf

    @property
    def of_volume_pct(self) -> float:
        """Return `needed_usd` in percent of the venue's total volume."""
        return 100 * self.needed_usd / self.ever_usd

    @property
    def of_silent_pct(self) -> float:
        """Return the least part of `needed_usd` in years without a record of the maker's share.

        The result is in percent of the venue's volume in these years. In the other years, the
        maker's volume is assumed to be as large as the record allows, and to consist of hits only.
        """
        return 100 * max(self.needed_usd - self.allowed_usd, 0.0) / self.silent_usd


@dataclass(frozen=True)
class WouldHaveToBe:
    """The members in which the mechanism is at least half of the hole, and one chosen member."""

    share: np.ndarray  # the result of `share_of_hole`
    reached: np.ndarray  # for each drawn member, whether this share is at least HALF
    # The index of the chosen member among the drawn members. If some members reach HALF, the one of
    # them with the smallest root mean square of implausibilities is chosen (the nearest to the
    # record). If none reaches HALF, the member with the largest share is chosen.
    chosen: int
    inputs: Mapping[str, float]  # the inputs of the chosen member
    # The recorded outcomes that the chosen member contradicts. The largest contradiction is first.
    contradicted: tuple[Contradicted, ...]
    bound: Bound


def would_have_to_be(members: Members, judged: Sequence[Judgement]) -> WouldHaveToBe:
    """Find the members in which the mechanism is at least half of the hole, and choose one."""
    share = share_of_hole(members)
    reached = np.nan_to_num(share) >= HALF
    far = [np.square(each.implausibility) for each in judged] or [np.zeros(len(share))]
    distance = np.sqrt(np.mean(far, axis=0))
    if reached.any():
        among = np.flatnonzero(reached)
        chosen = int(
            among[np.argmin(distance[among])]
        )  # `argmin` chooses a member even if all distances are infinite
    else:
        chosen = int(np.argmax(np.nan_to_num(share, nan=-np.inf)))
    row = np.flatnonzero(~members.is_base)[chosen]
    names = [unknown.name for unknown in members.study.unknown]
    return WouldHaveToBe(
        share,
        reached,
        chosen,
        dict(zip(names, members.inputs[row].tolist(), strict=True)),
        tuple(sorted(contradicted_by(members, chosen), key=_badness)),
        bound(members),
    )


def share_of_hole(members: Members) -> np.ndarray:
    """Return for each drawn member the mechanism's share of the hole, or NaN without a hole."""
    hole, mechanism = members.drawn(HOLE), members.drawn(MECHANISM)
    with np.errstate(divide="ignore", invalid="ignore"):
        share: np.ndarray = np.where(hole > 0, mechanism / hole, np.nan)
    return share


def contradicted_by(members: Members, drawn: int) -> Iterator[Contradicted]:
    """Yield the recorded outcomes that one member contradicts."""
    for each in recorded_outcomes(members):
        low, high = map(float, each.amounts)
        model = float(each.drawn[drawn])
        if not np.isnan(model) and not low <= model <= high:
            yield Contradicted(each.name, each.fact.unit, model, low, high)


def _badness(each: Contradicted) -> float:
    scale = max(abs(each.low), abs(each.high), each.high - each.low) or 1.0
    return -abs(each.beyond) / (each.high - each.low or scale)


def bound(members: Members) -> Bound:
    """Return the figures of `Bound` for the members of a study."""
    hits, lost = members.drawn(HITS), members.drawn("pickoff_usd")
    with np.errstate(divide="ignore", invalid="ignore"):
        bps = np.where(hits > 0, 10_000 * lost / hits, 0.0)
    return Bound(
        float(bps.max()),
        float(bps[np.argmax(hits)]),
        HALF * members.middle_of_base(HOLE),
        *room_for_hits(load_record()),
    )


def room_for_hits(record: Record) -> tuple[float, float, float]:
    """Return three volumes in USD, each computed from upper ends of recorded ranges.

    The first is the venue's total volume. The second is the maker's volume in the years for which
    the maker's share is on record. The third is the venue's volume in the other years. If a year
    has no recorded volume, the calculation gives it the rest of the total volume.
    """
    spans = [fact for fact in record.of(VOLUME_EVER) if fact.amounts]
    ever = max(spans, key=lambda fact: fact.last - fact.first)
    shares = sorted(record.of(SHARE), key=lambda fact: fact.first)
    volume = {
        fact.first: _volume_in(fact, [each for each in spans if each is not ever])
        for fact in shares
    }
    left = _high(ever) - sum(usd for usd in volume.values() if usd is not None)
    usd = {first: left if known is None else known for first, known in volume.items()}
    allowed = sum(usd[fact.first] * _high(fact) / 100 for fact in shares if fact.amounts)
    silent = sum(usd[fact.first] for fact in shares if not fact.amounts)
    return _high(ever), allowed, silent


def _volume_in(span: Fact, spans: Sequence[Fact]) -> float | None:
    """Return the sum of recorded volumes that cover a whole period, or None if there is a gap."""
    day, total = span.first, 0.0
    while day <= span.last:
        begun = [each for each in spans if each.first == day and each.last <= span.last]
        if not begun:
            return None
        longest = max(begun, key=lambda fact: fact.last)
        day, total = longest.last + ONE_DAY, total + _high(longest)
    return total


def _high(fact: Fact) -> float:
    return float(fact.amounts.high) if fact.amounts else 0.0
