"""What would have to be true for the mechanism to be half of the hole, and what contradicts it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from runs.record.facts import load_record
from runs.study.member_figures import HITS, HOLE, MECHANISM
from runs.study.member_table import Members
from runs.study.plausible import Judgement
from runs.study.study_file import figure_name

HALF = 0.5
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
    """What needs no model but the loss on a dollar that is hit."""

    worst_bps: float  # the largest loss on what is hit, of all members
    half_hole_usd: float
    volume_ever_usd: float  # the upper end of the record

    @property
    def needed_usd(self) -> float:
        """Return the volume that must have been hit."""
        return self.half_hole_usd / (self.worst_bps / 10_000) if self.worst_bps > 0 else np.inf

    @property
    def of_volume_pct(self) -> float:
        """Return it in per cent of all that the venue ever traded."""
        return 100 * self.needed_usd / self.volume_ever_usd


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
    """Return what half of the base's hole takes at the largest loss on what is hit."""
    hits, lost = members.drawn(HITS), members.drawn("pickoff_usd")
    with np.errstate(divide="ignore", invalid="ignore"):
        bps = np.where(hits > 0, 10_000 * lost / hits, 0.0)
    ever = max(
        (fact for fact in load_record().of(VOLUME_EVER) if fact.amounts),
        key=lambda fact: fact.last - fact.first,
    )
    assert ever.amounts is not None
    return Bound(
        float(bps.max()), HALF * float(members.of_base(HOLE).mean()), float(ever.amounts.high)
    )
