"""The conditions under which the mechanism is half of the hole, and the facts against them."""

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
from runs.study.study_file import figure_name

HALF = 0.5
ONE_DAY = timedelta(days=1)
VOLUME_EVER = "volume-of-ftx-over-time"


class Contradicted(NamedTuple):
    """A recorded fact that a member is outside of."""

    figure: str
    unit: str
    model: float
    low: float
    high: float

    @property
    def beyond(self) -> float:
        """Return the distance from the nearer end, in the fact's unit."""
        return self.model - (self.low if self.model < self.low else self.high)

    @property
    def times_range(self) -> float | None:
        """Return that distance over the record's width; None if the record has one figure."""
        width = self.high - self.low
        return abs(self.beyond) / width if width else None

    @property
    def times_end(self) -> float | None:
        """Return the figure over the nearer end; None if that is zero, or signs differ."""
        end = self.low if self.model < self.low else self.high
        return self.model / end if end * self.model > 0 else None


class Bound(NamedTuple):
    """The volume of hits that half of the hole needs, at the loss per dollar of hits.

    The captive maker's share is on record for some years only. Hits cannot exceed its volume.
    """

    worst_bps: float  # the largest loss per dollar of hits, of all members
    most_hit_bps: float  # the loss per dollar of hits of the member with the most hits
    half_hole_usd: float
    ever_usd: float  # the venue's total volume, at the upper end of the record
    allowed_usd: float  # the maker's largest part in years with a recorded share
    silent_usd: float  # the largest volume in the other years

    @property
    def needed_usd(self) -> float:
        """Return the required volume of hits at the worst loss."""
        return self.half_hole_usd / (self.worst_bps / 10_000) if self.worst_bps > 0 else np.inf

    @property
    def of_volume_pct(self) -> float:
        """Return it in per cent of the venue's total volume."""
        return 100 * self.needed_usd / self.ever_usd

    @property
    def of_silent_pct(self) -> float:
        """Return the rest for the other years, in per cent of their volume."""
        return 100 * max(self.needed_usd - self.allowed_usd, 0.0) / self.silent_usd


@dataclass(frozen=True)
class WouldHaveToBe:
    """The members in which the mechanism is at least half of the hole, or the nearest member."""

    share: np.ndarray  # share of the hole by drawn member; NaN without a hole
    reached: np.ndarray  # True for drawn members that reach HALF
    chosen: int  # the one nearest to the record; if none reaches, the largest share
    inputs: Mapping[str, float]  # the inputs of the chosen member
    contradicted: tuple[Contradicted, ...]  # the chosen member contradicts them; worst first
    bound: Bound


def would_have_to_be(members: Members, judged: Sequence[Judgement]) -> WouldHaveToBe:
    """Find the members whose mechanism is half of the hole."""
    hole, mechanism = members.drawn(HOLE), members.drawn(MECHANISM)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(hole > 0, mechanism / hole, np.nan)
    reached = np.nan_to_num(share) >= HALF
    far = [np.square(each.implausibility) for each in judged] or [np.zeros(len(share))]
    distance = np.sqrt(np.mean(far, axis=0))
    if reached.any():
        among = np.flatnonzero(reached)
        chosen = int(
            among[np.argmin(distance[among])]
        )  # this chooses a member even if all are infinitely far
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


def contradicted_by(members: Members, drawn: int) -> Iterator[Contradicted]:
    """Yield the recorded facts that one member contradicts, without inputs of scenarios."""
    for fact in load_record().fact:
        name = figure_name(fact.key, fact.market, fact.last)
        if fact.role != "outcome" or fact.amounts is None or name not in members.figures:
            continue
        low, high = map(float, fact.amounts)
        model = float(members.drawn(name)[drawn])
        if not np.isnan(model) and not low <= model <= high:
            yield Contradicted(name, fact.unit, model, low, high)


def _badness(each: Contradicted) -> float:
    scale = max(abs(each.low), abs(each.high), each.high - each.low) or 1.0
    return -abs(each.beyond) / (each.high - each.low or scale)


def bound(members: Members) -> Bound:
    """Return the volume that half of the base's hole needs, and the largest possible one."""
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
    """Return in USD: total volume, the maker's maximum in recorded years, and other years' volume.

    Volumes are at the upper end of the record. A span without a recorded volume has the rest of
    total volume.
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
    """Add up recorded volumes that cover a span without gaps; None if they do not."""
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
