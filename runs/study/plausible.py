"""Finds the members that are plausible by the recorded facts (history matching).

Each fact gives a member one implausibility:

    |the member's figure - middle of the recorded range| / sqrt(V_seed + V_record + V_model)

V_seed is the variance of the figure between the seeds of the base. V_record is the variance of a
uniform distribution over the recorded range. V_model is the square of the model's discrepancy,
which the study file states. If a distribution has one peak, at least 95 % of it is within CUT
standard deviations of its mean (Pukelsheim's three-sigma rule). The record or the model may be
wrong for a few facts. So a member is plausible if its n-th largest implausibility is less than CUT.
The study file states n.

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
    """The comparison of the drawn members with one recorded fact."""

    moment: RecordedMoment
    low: float  # the low end of the recorded range
    high: float
    model: np.ndarray  # the figure of each drawn member, shape (drawn members,)
    sd: float  # sqrt(V_seed + V_record + V_model)

    @property
    def implausibility(self) -> np.ndarray:
        """Return each member's implausibility. It is infinite if the member has no figure."""
        far = np.abs(self.model - (self.low + self.high) / 2) / self.sd
        return np.where(np.isnan(far), np.inf, far)

    @property
    def rules_out(self) -> np.ndarray:
        """Return for each member whether its implausibility by this fact exceeds CUT."""
        return self.implausibility > CUT


def judge(members: Members) -> list[Judgement]:
    """Compare the members with each judging fact of their study.

    Raises:
        StudyError: no member has a figure for a fact, or the variance for a fact is zero.
    """
    judged = []
    for moment in members.study.moment:
        fact = moment.recorded()
        if fact is None or fact.amounts is None or moment.name not in members.figures:
            raise StudyError(f"moment {moment.name}: no member has this figure; delete the moment")
        low, high = map(float, fact.amounts)
        variance = np.nan_to_num(members.chance_sd(moment.name)) ** 2
        sd = float(np.sqrt(variance + (high - low) ** 2 / 12 + moment.discrepancy**2))
        if not sd > 0:
            raise StudyError(
                f"moment {moment.name}: its variance is zero; give its key 'discrepancy' a value "
                "above zero"
            )
        judged.append(Judgement(moment, low, high, members.drawn(moment.name), sd))
    return judged


def facts_missed(judged: Sequence[Judgement]) -> np.ndarray:
    """Return for each member the number of facts that rule it out, shape (drawn members,)."""
    missed: np.ndarray = np.sum([each.rules_out for each in judged], axis=0)
    return missed


def nth_largest(judged: Sequence[Judgement], nth: int) -> np.ndarray:
    """Return the n-th largest implausibility of each member, shape (drawn members,).

    If there are fewer than n facts, return the smallest implausibility.
    """
    by_size = np.sort([each.implausibility for each in judged], axis=0)
    largest: np.ndarray = by_size[-min(nth, len(by_size))]
    return largest


def plausible(judged: Sequence[Judgement], nth: int) -> np.ndarray:
    """Return for each member whether it is plausible: bool, shape (drawn members,)."""
    return nth_largest(judged, nth) < CUT


@dataclass(frozen=True)
class JudgedMembers:
    """Members of a study, compared with the record."""

    members: Members

    @cached_property
    def judged(self) -> list[Judgement]:
        """The comparison of the drawn members with each judging fact."""
        return judge(self.members)

    @cached_property
    def is_plausible(self) -> np.ndarray:
        """For each drawn member, whether it is plausible."""
        return plausible(self.judged, self.members.study.nth_largest)
