"""Judges statements by a study: what percentage of its members supports each statement?

A run has one value of a figure. A study has one value for each member. Only the members that agree
with the record (the plausible members) count, unless there are too few. A statement can be judged
only if its figure is stored for the members.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from ledger.reports.table import Cell, Table
from runs.claims.figures import FIGURES, PERCENT
from runs.claims.money_figures import LEVERED
from runs.claims.verdicts import JudgedStatement
from runs.study.member_figures import HITS, HOLE, USES, VOLUME
from runs.study.member_table import Members, read_members
from runs.study.plausible import judge, plausible
from runs.study.study_file import study_path
from runs.study.study_report import ENDS, FEW

MILLION = 1_000_000
OfMembers = Callable[[Members], np.ndarray]


def _of(name: str) -> OfMembers:
    return lambda members: members.drawn(name)


def _percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return *part* in percent of *whole*, or NaN if the whole is not positive."""
    return np.where(whole > 0, 100 * part / np.where(whole > 0, whole, 1), np.nan)


def _share(part: str, whole: str) -> OfMembers:
    """Return a function that computes, for each member, *part* in percent of *whole*.

    A negative part counts as zero. The result is NaN if the whole is not positive.
    """

    return lambda members: _percent(np.maximum(members.drawn(part), 0), members.drawn(whole))


def _leveraged_of_uses(members: Members) -> np.ndarray:
    """Return each member's uses of the kinds in LEVERED, in percent of all its uses.

    A kind is a use only if its amount is positive. A member without a kind's figure has no amount
    of this kind.
    """
    names = {f"use {kind}" for kind in LEVERED} & members.figures.keys()
    uses = members.drawn(USES)
    used = [np.maximum(np.nan_to_num(members.drawn(name)), 0) for name in sorted(names)]
    return _percent(np.sum([np.zeros_like(uses), *used], axis=0), uses)


# For each key of FIGURES that members can have, a function that returns the members' figures.
OVER_MEMBERS: Mapping[str, OfMembers] = {
    "hole": _of(HOLE),
    "stale-loss": _of("pickoff_usd"),
    "quotes-loss": _of("quotes_usd"),
    "liquidations-loss": _of("liquidations_usd"),
    "quotes-of-hole": _share("quotes_usd", HOLE),
    "liquidations-of-hole": _share("liquidations_usd", HOLE),
    "on-chain-of-hole": _share("on_chain_usd", HOLE),
    "hits-of-volume": _share(HITS, VOLUME),
    "leveraged-of-uses": _leveraged_of_uses,
}


@dataclass(frozen=True, slots=True)
class OverStudy:
    """The members of a study, and the choice of the members that judge the statements."""

    name: str
    members: Members
    which: np.ndarray  # the plausible drawn members, or all drawn members if few are plausible
    are_plausible: bool

    @property
    def lives(self) -> str:
        """Return a phrase with the number of members, and whether all of them are plausible."""
        kind = "plausible members" if self.are_plausible else "members, plausible or not,"
        return f"{int(self.which.sum())} {kind} of the study `{self.name}`"

    def holds_in_pct(self, judged: JudgedStatement) -> int | None:
        """Return the percentage of members that support a statement.

        Members without the statement's figure do not count. If no member has it, return None.
        """
        values = self._values(judged)
        decides = judged.statement.decides
        if values is None or decides is None:
            return None
        held = [decides.holds(_decimal(value)) for value in values.tolist()]
        return round(100 * sum(held) / len(held))

    def table(self, judged: Sequence[JudgedStatement]) -> Table:
        """Return a table of the statements whose figure is stored for each member."""
        rows = [row for each in judged if (row := self._row(each)) is not None]
        note = (
            f"Low and high enclose 90 % of the figures of {self.lives}. Held: the percentage of "
            "these members whose figure meets the threshold. A threshold for an amount is in "
            "dollars. In this table losses on liquidations exclude unpaid debts of trading firms."
        )
        columns = ("number", "statement", "unit", "low", "high", "threshold", "held_pct")
        return Table(
            "study",
            f"The statements, judged by the members of the study `{self.name}`",
            columns,
            rows,
            (note,),
        )

    def _row(self, judged: JudgedStatement) -> tuple[Cell, ...] | None:
        values, decides = self._values(judged), judged.statement.decides
        if values is None or decides is None:
            return None
        unit = FIGURES[decides.figure].unit
        per, named = (1, unit) if unit == PERCENT else (MILLION, "USD m")
        low, high = np.percentile(values, ENDS) / per
        ends = (Decimal(f"{low:.1f}"), Decimal(f"{high:.1f}"))
        said = judged.statement.says
        return (judged.number, said, named, *ends, decides.plain, self.holds_in_pct(judged))

    def _values(self, judged: JudgedStatement) -> np.ndarray | None:
        decides = judged.statement.decides
        if decides is None or decides.figure not in OVER_MEMBERS:
            return None
        values = OVER_MEMBERS[decides.figure](self.members)[self.which]
        values = values[np.isfinite(values)]
        return values if len(values) else None


def over_study(name_or_folder: str) -> OverStudy:
    """Read the sealed result of a study, given by a built-in name or by a folder.

    Raises:
        StudyError: there is no result, or it has changed since it was sealed, or the members can't
            be compared with the record.
    """
    path = Path(name_or_folder)
    is_name = path.name == name_or_folder and not path.is_dir()
    members = read_members(study_path(name_or_folder).with_suffix("") if is_name else path)
    found = plausible(judge(members), members.study.nth_largest)
    enough = int(found.sum()) >= FEW
    name = path.stem if is_name or path.name != "result" else path.parent.name
    return OverStudy(name, members, found if enough else np.ones_like(found), enough)


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.6f}")
