"""What would have to be true for the mechanism to be half of the hole, and what contradicts it."""

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
        """Return how far it is from the nearer end, in the fact's unit."""
        return self.model - (self.low if self.model < self.low else self.high)

    @property
    def times_range(self) -> float | None:
        """Return it over the width of the record; None where one figure alone is recorded."""
        width = self.high - self.low
        return abs(self.beyond) / width if width else None

    @property
    def times_end(self) -> float | None:
        """Return the figure over the nearer end; None where that is nothing, or signs differ."""
        end = self.low if self.model < self.low else self.high
        return self.model / end if end * self.model > 0 else None


class Bound(NamedTuple):
    """What half of the hole takes by arithmetic, at the loss on a dollar of quotes that is hit.

    The record has the captive maker's share of some years and is silent about others. Nobody can
    hit more of its quotes than it traded.
    """

    worst_bps: float  # the largest loss on what is hit, of all members
    most_hit_bps: float  # that of the member of which most was hit
    half_hole_usd: float
    ever_usd: float  # all that the venue traded, at the upper end of the record
    allowed_usd: float  # of it the maker's, in years of which its share is on record, at most
    silent_usd: float  # all that was traded in the other years, at most

    @property
    def needed_usd(self) -> float:
        """Return the volume that must have been hit at the worst loss."""
        return self.half_hole_usd / (self.worst_bps / 10_000) if self.worst_bps > 0 else np.inf

    @property
    def of_volume_pct(self) -> float:
        """Return it in per cent of all that the venue ever traded."""
        return 100 * self.needed_usd / self.ever_usd

    @property
    def of_silent_pct(self) -> float:
        """Return what the record leaves for the other years, in per cent of all volume in them."""
        return 100 * max(self.needed_usd - self.allowed_usd, 0.0) / self.silent_usd


@dataclass(frozen=True)
class WouldHaveToBe:
    """The members at which the mechanism is half of the hole or more; or the one nearest to it."""

    share: np.ndarray  # of the hole, of each drawn member; NaN without a hole
    reached: np.ndarray  # which of them reach HALF
    chosen: int  # of those that reach it the nearest to the record; else that of the largest share
    inputs: Mapping[str, float]  # at the chosen one
    contradicted: tuple[Contradicted, ...]  # by it, the worst first
    bound: Bound


def would_have_to_be(members: Members, judged: Sequence[Judgement]) -> WouldHaveToBe:
    """Look among members for those at which the thread's mechanism is half of the hole."""
    hole, mechanism = members.drawn(HOLE), members.drawn(MECHANISM)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(hole > 0, mechanism / hole, np.nan)
    reached = np.nan_to_num(share) >= HALF
    far = [np.square(each.implausibility) for each in judged] or [np.zeros(len(share))]
    distance = np.sqrt(np.mean(far, axis=0))
    if reached.any():
        chosen = int(np.argmin(np.where(reached, distance, np.inf)))
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
    """Yield the recorded facts that one member is outside of, inputs of scenarios left out."""
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
    """Return what half of the base's hole takes, and what the record leaves room for."""
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
    """Return volume ever, the maker's at most where its share is on record, and the rest's, in USD.

    Volumes are at the upper end of the record. Of a span of which no volume is on record, it is
    what the others leave of all volume ever.
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
    """Add up the volumes on record that fill a span without a gap; None where they do not."""
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
