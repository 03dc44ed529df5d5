"""Finds the members that are implausible by the record, fact by fact (history matching).

The implausibility of a member by one fact is

    |model - middle of the record| / sqrt(V_seed + V_record + V_model)

V_seed is the variance of the base over its seeds, V_record the variance of a uniform distribution
over the recorded range, and V_model the square of the stated discrepancy of the model. By
Pukelsheim's three-sigma rule at least 95 % of any distribution with one peak are within CUT
standard deviations. A few facts, or their models, may be wrong. So a member's n-th largest
implausibility decides, and the study states n.

Sources: Craig, Goldstein, Seheult & Smith (1997), Pressure matching for hydrocarbon reservoirs,
    Lecture Notes in Statistics 121, 37-93; Vernon, Goldstein & Bower (2010), Galaxy formation,
    Bayesian Analysis 5(4), 619-669; Pukelsheim (1994), The three sigma rule, American Statistician
    48, 88-91.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from runs.study.member_table import Members
from runs.study.study_file import RecordedMoment, StudyError

CUT = 3.0


@dataclass(frozen=True)
class Judgement:
    """The members with drawn inputs, compared with one recorded fact."""

    moment: RecordedMoment
    low: float  # the low end of the recorded range
    high: float
    model: np.ndarray  # the figure of each drawn member, shape (drawn members,)
    sd: float  # standard deviation from seed, record and model together

    @property
    def implausibility(self) -> np.ndarray:
        """Return each member's implausibility in standard deviations, infinite without a figure."""
        far = np.abs(self.model - (self.low + self.high) / 2) / self.sd
        return np.where(np.isnan(far), np.inf, far)

    @property
    def rules_out(self) -> np.ndarray:
        """Return for each member whether its implausibility by this fact exceeds CUT."""
        return self.implausibility > CUT


def judge(members: Members) -> list[Judgement]:
    """Compare members with each moment of their study.

    Raises:
        StudyError: no member has a figure for a moment, or the variance of a moment is zero.
    """
    judged = []
    for moment in members.study.moment:
        fact = moment.recorded()
        if fact is None or fact.amounts is None or moment.name not in members.figures:
            raise StudyError(f"moment {moment.name}: no member has this figure; leave it out")
        low, high = map(float, fact.amounts)
        variance = np.nan_to_num(members.chance_sd(moment.name)) ** 2
        sd = float(np.sqrt(variance + (high - low) ** 2 / 12 + moment.discrepancy**2))
        if not sd > 0:
            raise StudyError(f"moment {moment.name}: its variance is zero; state a discrepancy")
        judged.append(Judgement(moment, low, high, members.drawn(moment.name), sd))
    return judged


def facts_missed(judged: Sequence[Judgement]) -> np.ndarray:
    """Return the number of facts that rule out each member, shape (members,)."""
    missed: np.ndarray = np.sum([each.rules_out for each in judged], axis=0)
    return missed


def nth_largest(judged: Sequence[Judgement], nth: int) -> np.ndarray:
    """Return the n-th largest implausibility of each member, shape (members,)."""
    by_size = np.sort([each.implausibility for each in judged], axis=0)
    largest: np.ndarray = by_size[-min(nth, len(by_size))]
    return largest


def plausible(judged: Sequence[Judgement], nth: int) -> np.ndarray:
    """Return for each member whether it is plausible: bool, shape (members,)."""
    return nth_largest(judged, nth) < CUT


@dataclass(frozen=True)
class JudgedMembers:
    """Members of a study, compared with the record."""

    members: Members

    @cached_property
    def judged(self) -> list[Judgement]:
        """The comparison of the members with each moment."""
        return judge(self.members)

    @cached_property
    def is_plausible(self) -> np.ndarray:
        """For each drawn member, whether it is plausible."""
        return plausible(self.judged, self.members.study.nth_largest)
