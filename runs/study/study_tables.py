"""Tables of a study: inputs, facts, contradictions, predictions, sensitivity and chance."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from ledger.reports.table import Cell, Table
from runs.study.emulator import TRUSTED
from runs.study.member_table import Members
from runs.study.plausible import CUT, Judgement
from runs.study.recorded_outcomes import recorded_outcomes
from runs.study.sensitivity import LEVEL, sensitivity
from runs.study.study_file import StudyError
from runs.study.would_have_to_be import WouldHaveToBe


def digits(value: float | None) -> Decimal | None:
    """Return a figure with four significant digits, or None if it is missing or not finite."""
    if value is None or not np.isfinite(value):
        return None
    return Decimal(f"{Decimal(f'{value:.4g}'):f}") + 0


def _ends(values: np.ndarray) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    known = values[~np.isnan(values)]
    if not len(known):
        return None, None, None
    low, middle, high = np.percentile(known, (5, 50, 95))
    return digits(float(low)), digits(float(middle)), digits(float(high))


def inputs_table(members: Members, found: np.ndarray) -> Table:
    """Return a table with the plausible part of each unknown's range."""
    drawn = members.inputs[~members.is_base]
    rows: list[tuple[Cell, ...]] = [
        (
            unknown.name,
            unknown.law,
            digits(unknown.low),
            digits(unknown.high),
            *_ends(drawn[found, i]),
            unknown.source,
        )
        for i, unknown in enumerate(members.study.unknown)
    ]
    return Table(
        "inputs",
        "The range of each unknown, and the plausible part of this range",
        ("unknown", "law", "from", "to", "low", "middle", "high", "source"),
        rows,
        ("For each unknown, low and high enclose the middle 90 % of plausible members.",),
    )


def moments_table(judged: Sequence[Judgement], found: np.ndarray) -> Table:
    """Return a table of the facts that judge members.

    The fact that rules out the most members is first.
    """
    rows: list[tuple[Cell, ...]] = []
    for each in sorted(judged, key=lambda one: -one.rules_out.mean()):
        only = each.rules_out & (sum(other.rules_out for other in judged) == 1)
        rows.append(
            (
                each.moment.name,
                Decimal(f"{100 * each.rules_out.mean():.1f}"),
                Decimal(f"{100 * only.mean():.1f}"),
                digits(each.low),
                digits(each.high),
                digits(each.sd),
                *_ends(each.model),
                *_ends(each.model[found]),
                each.moment.why,
            )
        )
    return Table(
        "moments",
        "The facts that judge members, sorted: the first fact rules out the most members",
        (
            "fact",
            "rules_out_pct",
            "alone_pct",
            "rec_low",
            "rec_high",
            "sd",
            "all_low",
            "all_middle",
            "all_high",
            "low",
            "middle",
            "high",
            "discrepancy_why",
        ),
        rows,
        (
            "Rules out: the percentage of members that have no figure, or whose figure is more "
            f"than {CUT:g} standard deviations away from the middle of the recorded range. The "
            "standard deviation (sd) combines the errors of chance, record and model. Alone: the "
            "percentage of members that only this fact rules out.",
        ),
    )


def would_have_to_be_table(would: WouldHaveToBe) -> Table:
    """Return a table of the recorded outcomes that the chosen member contradicts."""
    rows: list[tuple[Cell, ...]] = [
        (
            each.figure,
            each.unit,
            digits(each.model),
            digits(each.low),
            digits(each.high),
            digits(each.times_range),
            digits(each.times_end),
        )
        for each in would.contradicted
    ]
    reached = bool(would.reached.any())
    nearest = "nearest to the record among those whose mechanism is at least half of the hole"
    which = nearest if reached else "in which the mechanism's share of the hole is largest"
    return Table(
        "contradicted",
        f"Recorded outcomes that one member contradicts: the member {which}",
        ("fact", "unit", "member", "rec_low", "rec_high", "times_range", "times_end"),
        rows,
        (
            "Times range: the distance of the member's figure from the nearer end of the recorded "
            "range, divided by the width of this range. The cell is empty if the record has a "
            "single figure. Times end: the member's figure, divided by the nearer end. The cell is "
            "empty if figure and end have different signs, or if one of them is zero.",
        ),
    )


def predictions_table(members: Members, found: np.ndarray) -> Table:
    """Return a table: recorded outcomes that judge no member, with plausible members' figures."""
    judges = {moment.name for moment in members.study.moment}
    rows: list[tuple[Cell, ...]] = []
    for name, fact, ends, drawn in recorded_outcomes(members):
        low, middle, high = _ends(drawn[found])
        if name in judges or low is None or high is None:
            continue
        meets = low <= ends.high and ends.low <= high
        verdict = "met" if meets else ("below" if high < ends.low else "above")
        row = (name, fact.unit, digits(float(ends.low)), digits(float(ends.high)))
        rows.append((*row, low, middle, high, verdict))
    return Table(
        "predictions",
        "Recorded outcomes that judge no member, and the figures of plausible members",
        ("fact", "unit", "rec_low", "rec_high", "low", "middle", "high", "verdict"),
        rows,
        ("Met: the range of the middle 90 % of plausible members overlaps the recorded range.",),
    )


def sensitivity_table(members: Members, outcomes: Sequence[str]) -> Table:
    """Return a table with the total effect of each unknown on each outcome.

    If SciPy or scikit-learn is missing, a note says so.
    """
    rows: list[tuple[Cell, ...]] = []
    missing: tuple[str, ...] = ()
    for outcome in outcomes:
        try:
            found = sensitivity(members, outcome)
        except StudyError as error:
            missing = (str(error),)
            break
        if found is None:
            continue
        for effect in found.effects:
            ends = (effect.total, effect.low, effect.high)
            explained = Decimal(f"{100 * found.explained:.0f}")
            rows.append((outcome, effect.unknown, *map(_percent, ends), explained))
    return Table(
        "sensitivity",
        "The total effect of each unknown on an outcome, in percent of the outcome's variance",
        ("outcome", "unknown", "total_pct", "low_pct", "high_pct", "emulator_explains_pct"),
        rows,
        (
            "The emulator is a statistical estimate of the simulation, fitted to the members. Low "
            f"and high are the ends of a {100 * LEVEL:.0f} % interval. The interval shows only "
            "the error from the random choice of the points at which the emulator is evaluated. If "
            f"the emulator explains less than {100 * TRUSTED:.0f} % of the variance of members to "
            "which it was not fitted, the figures are not reliable, and even the order of small "
            "effects is uncertain.",
            *missing,
        ),
    )


def _percent(share: float) -> Decimal:
    return Decimal(f"{100 * share:.1f}") + 0


def errors_table(members: Members, plain: Mapping[str, str]) -> Table:
    """Return a table of each figure's variation by chance between members of the base."""
    rows: list[tuple[Cell, ...]] = []
    for name, words in plain.items():
        values = members.of_base(name)
        middle, sd = members.middle_of_base(name), members.chance_sd(name)
        told = (f"{each:.2f}" for each in (middle, sd, values.min(), values.max()))
        rows.append((words, *map(Decimal, told)))
    return Table(
        "errors",
        f"The variation by chance between {int(members.is_base.sum())} members of the base",
        ("what", "median_usd", "sd_usd", "least_usd", "greatest_usd"),
        rows,
        (
            "The members of the base differ only by their seeds. The standard deviation is the "
            "standard error of a single run of the base. It is computed from the median absolute "
            "deviation. If trading ends years early in one member, this deviation hardly changes.",
        ),
    )
