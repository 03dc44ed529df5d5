"""Finds the members nearest to the record.

A member with more amounts inside or near the recorded ranges is nearer to the record.
"""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from ledger.reports.table import Table
from runs.record.compared import TENTH, AmountRow
from runs.study.member_figures import HOLE, MECHANISM
from runs.study.member_table import Members
from runs.study.plausible import CUT, Judgement, facts_missed
from runs.study.recorded_outcomes import RecordedOutcome, recorded_outcomes
from runs.study.study_tables import digits

SHOWN = 10  # number of members in the table


def dollar_outcomes(members: Members) -> list[RecordedOutcome]:
    """Return the recorded outcomes that are amounts in dollars."""
    return [each for each in recorded_outcomes(members) if each.fact.unit == "USD"]


def amounts_near(outcomes: Sequence[RecordedOutcome], drawn: int) -> int:
    """Return how many of one member's amounts are inside or near their recorded ranges.

    An amount is near its range if it is outside by at most a tenth of the nearer end.

    Args:
        outcomes: the recorded outcomes in dollars.
        drawn: the index of the member among the drawn members.
    """
    rows = (
        AmountRow(each.fact, Decimal(float(each.drawn[drawn])))
        for each in outcomes
        if np.isfinite(each.drawn[drawn])
    )
    return sum(row.verdict in ("inside", TENTH) for row in rows)


def by_nearness(members: Members, judged: Sequence[Judgement]) -> list[int]:
    """Return the indices of the drawn members. The member nearest to the record is first.

    Of two members, the nearer is the one with more amounts inside or near their recorded ranges.
    If both have the same number of such amounts, the nearer is the one that misses fewer of the
    facts that judge members.
    """
    outcomes, missed = dollar_outcomes(members), facts_missed(judged)
    near = [amounts_near(outcomes, i) for i in range(len(missed))]
    return sorted(range(len(missed)), key=lambda i: (-near[i], missed[i], i))


def nearest_table(members: Members, judged: Sequence[Judgement], found: np.ndarray) -> Table:
    """Return a table of the nearest members, with their mechanism, hole and loss on stale quotes.

    Args:
        members: the members of a study.
        judged: the comparison of the members with each judging fact.
        found: for each drawn member, whether it is plausible.
    """
    outcomes = dollar_outcomes(members)
    missed = facts_missed(judged)
    numbers = members.numbers[~members.is_base]
    first = by_nearness(members, judged)[:SHOWN]
    usd = [members.drawn(name) for name in (MECHANISM, HOLE, "pickoff_usd")]
    return Table(
        "nearest",
        f"The {len(first)} members nearest to the record, the nearest first",
        (
            "member",
            "plausible",
            "amounts_near",
            "facts_missed",
            "mechanism_usd",
            "hole_usd",
            "stale_quotes_usd",
        ),
        [
            (
                int(numbers[i]),
                "yes" if found[i] else "no",
                amounts_near(outcomes, i),
                int(missed[i]),
                *(digits(float(amounts[i])) for amounts in usd),
            )
            for i in first
        ],
        (
            f"Amounts near: the number of recorded outcomes in dollars (of {len(outcomes)}) for "
            "which the member's amount is inside or near the recorded range. An amount is near the "
            "range if its distance from the nearer end is at most a tenth of this end (as in "
            "`compare`). Some of these outcomes may also judge members. "
            f"Facts missed: the number of judging facts (of {len(judged)}) from which the member "
            f"is more than {CUT:g} standard deviations away, or for which the member has no "
            "figure.",
            "The option --replay MEMBER FOLDER of this command writes the books of a member.",
        ),
    )
