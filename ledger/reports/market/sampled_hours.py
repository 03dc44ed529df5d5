"""The sampling error of a sum over fills, if only some hours are simulated.

A stratum is a set of *n* hours. One hour of each stratum is simulated, and its orders are *n* times
as large. So each stratum has only one observation. The variance within strata is estimated from the
differences between neighbouring strata. Days on which all hours are simulated add no variance. The
variance between seeds is not included.

A stratum contains either consecutive hours, or hours with similar predicted losses. Strata of
consecutive hours are sorted by time. Strata of hours with similar predicted losses are sorted by
these losses within blocks of 90 days. There are blocks because the sizes of quotes and the
volatility change over time. A stratum of one hour has no error.

Source: the estimator of successive differences, Wolter (2007), Introduction to Variance Estimation,
section 8.2.1. The usual correction for a finite number of hours is not needed, because the
differences between estimates for whole strata already contain it. If neighbouring strata have
different means, the estimated error is too large rather than too small.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ledger.hours_drawn import HoursDrawn
from ledger.motives import Motive
from ledger.notes import EdgeOfHours
from ledger.proof.edge_notes import edge_in_fills
from ledger.reports.dollars import CENT
from ledger.reports.once import once
from ledger.run_folder import SCENARIO, RunFolder
from ledger.times import HOUR_US, HOURS_PER_DAY, day_of

EPOCH = date(1970, 1, 1)
NEIGHBOURS_DAYS = 90


@dataclass(frozen=True, slots=True)
class SampledHours:
    """The sampling of a run's hours, described as strata of consecutive hours.

    If hours are not grouped by predicted loss, one hour of each stratum is simulated. On full days
    all hours are simulated.
    """

    one_in: int  # the number of hours in a stratum
    strata: tuple[int, ...]  # the numbers of the strata outside full days, counted from 1970

    @classmethod
    def of(cls, played: dict[str, Any]) -> "SampledHours":
        """Read the sampling from the table `run` of a scenario."""
        one_in, full = played.get("one_hour_in", 1), set(played.get("full_days", ()))
        first, last = ((played[end] - EPOCH).days * HOURS_PER_DAY for end in ("start", "end"))
        hours = range(first - first % one_in, last, one_in)
        return cls(one_in, tuple(h // one_in for h in hours if day_of(h * HOUR_US) not in full))


def sampled_hours(run: RunFolder) -> SampledHours | None:
    """Return the sampling of a run's hours.

    Return None if all hours were simulated, or if the run folder does not state which hours were
    simulated.
    """
    if not run.has_fills or not (run.path / SCENARIO).is_file():
        return None
    played = run.scenario["run"]
    return SampledHours.of(played) if played.get("one_hour_in", 1) > 1 else None


def strata_of_groups(drawn_of_days: Iterable[tuple[date, HoursDrawn]]) -> list[int]:
    """Return the simulated hour of each stratum of two or more hours, as hours since 1970.

    The strata are sorted first by block of 90 days, and then by predicted loss.
    """
    groups = []
    for day, note in drawn_of_days:
        days = (day - EPOCH).days
        drawn = zip(note.weight_of_hours, note.group_cents_of_hours, strict=True)
        for hour, (weight, loss_cents) in enumerate(drawn, start=days * HOURS_PER_DAY):
            if weight > 1:
                groups.append((days // NEIGHBOURS_DAYS, loss_cents, hour))
    return [hour for _, _, hour in sorted(groups)]


@once
def sampling_error_usd(run: RunFolder, motive: Motive) -> Decimal | None:
    """Return the standard error of takers' gains from fills with one motive.

    It contains only the error from the sampling of hours. The result is None if all hours were
    simulated, if there are fewer than two strata, or if the run folder does not state which hours
    were simulated.
    """
    sampled = sampled_hours(run)
    if sampled is None:
        return None
    by_hour = cents_by_hour(run, motive)
    groups = strata_of_groups(run.dated_notes(HoursDrawn))
    if groups:
        estimates = [by_hour.get(hour, 0) for hour in groups]
    else:
        by_stratum: Counter[int] = Counter()
        for hour, cents in by_hour.items():
            by_stratum[hour // sampled.one_in] += cents
        estimates = [by_stratum[stratum] for stratum in sampled.strata]
    error = standard_error(estimates)
    return None if error is None else Decimal(error / 100).quantize(CENT)


def cents_by_hour(run: RunFolder, motive: Motive) -> Mapping[int, int]:
    """Return takers' gains in cents from fills with one motive, by hour since 1970.

    If the books have notes on these gains, the notes are read. Otherwise the fills are read.
    """
    noted: Counter[int] = Counter()
    for day, note in run.dated_notes(EdgeOfHours):
        if note.motive == motive.word:
            first = (day - EPOCH).days * HOURS_PER_DAY
            for hour, cents in enumerate(note.cents_of_hours):
                noted[first + hour] += cents
    if noted:
        return noted
    return {hour: cents for (_, hour), cents in edge_in_fills(run, [motive.word]).items()}


def standard_error(totals: Sequence[int]) -> float | None:
    """Return the standard error of the sum of *totals*, which has one estimate for each stratum.

    Similar strata should be next to each other. The result is None for fewer than two strata.
    """
    n = len(totals)
    if n < 2:
        return None
    squares = sum((b - a) ** 2 for a, b in pairwise(totals))
    return math.sqrt(n / (2 * (n - 1)) * squares)
