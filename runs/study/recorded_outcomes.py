"""Finds the recorded outcomes for which the members of a study have a figure."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from runs.record.facts import Fact, Range, load_record
from runs.study.member_table import Members
from runs.study.study_file import figure_name


class RecordedOutcome(NamedTuple):
    """A recorded outcome, and each drawn member's figure for this outcome."""

    name: str
    fact: Fact
    amounts: Range[Decimal]
    drawn: np.ndarray  # shape (drawn members,)


def recorded_outcomes(members: Members) -> Iterator[RecordedOutcome]:
    """Yield the outcomes for which the record has an amount and the members have figures.

    The outcomes are in the order of the record.
    """
    for fact in load_record().fact:
        name = figure_name(fact.key, fact.market, fact.last)
        if fact.role == "outcome" and fact.amounts is not None and name in members.figures:
            yield RecordedOutcome(name, fact, fact.amounts, members.drawn(name))
