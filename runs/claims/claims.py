"""Judges the statements of the thread by the books of one run or of several runs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from ledger.reports.dollars import listed
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from runs.claims.claims_tables import (
    commands_table,
    figures_table,
    given_table,
    measures_table,
    reasons_table,
    runs_table,
    statements_table,
    thresholds_table,
    tweets_table,
)
from runs.claims.evidence import RunEvidence
from runs.claims.figures import FIGURES
from runs.claims.spoken_values import spoken_span
from runs.claims.statement import Thread, Value, load_thread
from runs.claims.verdicts import UNDECIDED, JudgedStatement, StatementVerdict, ValueOf, judge

if TYPE_CHECKING:
    from runs.claims.over_study import OverStudy

TABLES = (
    "tweets",
    "statements",
    "measures",
    "figures",
    "thresholds",
    "reasons",
    "given",
    "commands",
    "runs",
)


@dataclass(frozen=True, slots=True)
class Claims:
    """Each statement of the thread, judged by one run or by several."""

    about: tuple[str, ...]
    runs: tuple[str, ...]
    judged: tuple[JudgedStatement, ...]
    study: "OverStudy | None" = None

    @property
    def central(self) -> JudgedStatement:
        """Return the central statement, which answers the thread's question."""
        return next(each for each in self.judged if each.statement.is_central)

    @property
    def counts(self) -> Counter[StatementVerdict]:
        """Return the number of statements with each verdict."""
        return Counter(each.verdict for each in self.judged)

    def answer(self) -> str:
        """State how many statements have each verdict, and judge the central statement."""
        counts = self.counts
        unsaid = sum(counts[each] for each in UNDECIDED)
        told = [
            f"{counts[StatementVerdict.SUPPORTED]} are supported",
            f"{counts[StatementVerdict.ONLY_IF]} are supported only under a condition",
            f"{counts[StatementVerdict.NOT]} are not supported",
        ]
        if len(self.runs) > 1:
            told.append(f"{counts[StatementVerdict.DEPENDS]} depend on the run")
        told.append(f"{unsaid} can't be decided")
        given = sum(
            each.is_given and each.verdict is StatementVerdict.SUPPORTED for each in self.judged
        )
        over = f" over {len(self.runs)} runs" if len(self.runs) > 1 else ""
        return (
            f"Verdicts on the thread's {len(self.judged)} statements{over}: {listed(told)}. "
            f"{given} of the supported statements depend on an input of the scenario. "
            f"{self._on_the_central_one()}{self._over_study()}"
        )

    def _over_study(self) -> str:
        held = self.study.holds_in_pct(self.central) if self.study else None
        if self.study is None or held is None:
            return ""
        return f" {held} % of {self.study.lives} support the central statement."

    def _on_the_central_one(self) -> str:
        central = self.central
        said = f'The central statement, "{central.statement.says}", '
        decides = central.statement.decides
        if central.span is None or decides is None:
            return f"{said}can't be decided. {central.reason}"
        verdict = {
            StatementVerdict.DEPENDS: "depends on the run",
            StatementVerdict.ONLY_IF: f"is supported only if {_condition(central)}",
        }.get(central.verdict, f"is {central.verdict}")
        value = spoken_span(central.span, FIGURES[decides.figure].unit)
        return (
            f"{said}{verdict}. Its measure is {central.statement.shown_by}: {value}. A value of "
            f"{decides.plain} would support the statement."
        )

    def tables(self) -> list[Table]:
        """Return the tables that are listed in TABLES, and a table of the study if there is one."""
        return [
            tweets_table(self.about, self.judged, len(self.runs)),
            statements_table(self.judged),
            measures_table(self.judged),
            figures_table(self.judged),
            thresholds_table(self.judged),
            reasons_table(self.judged),
            given_table(self.judged),
            commands_table(self.judged),
            runs_table(self.runs, self.judged),
            *([self.study.table(self.judged)] if self.study else []),
        ]


def claims(runs: RunFolder | Sequence[RunFolder], study: "OverStudy | None" = None) -> Claims:
    """Judge all statements of the thread by the books of runs.

    Args:
        runs: a run, or several runs. With several, a figure has a least and a greatest value.
        study: a study whose members also judge the statements.
    """
    runs = [runs] if isinstance(runs, RunFolder) else runs
    found = judged_thread(
        load_thread(), [run.path.resolve().name for run in runs], list(map(figures_of, runs))
    )
    return replace(found, study=study)


def judged_thread(thread: Thread, names: Sequence[str], runs: Sequence[ValueOf]) -> Claims:
    """Judge each statement of a thread by the figures of the named runs."""
    numbers = Counter[int]()
    judged = []
    for statement in thread.statement:
        numbers[statement.tweet] += 1
        number = f"{statement.tweet}.{numbers[statement.tweet]}"
        judged.append(judge(number, statement, runs))
    return Claims(thread.about, tuple(names), tuple(judged))


def _condition(judged: JudgedStatement) -> str:
    weaker = judged.statement.only_if
    return weaker.condition if weaker else ""


def figures_of(run: RunFolder) -> ValueOf:
    """Return a function that takes a figure's key, and returns the figure of the run."""
    evidence = RunEvidence(run)

    @cache
    def value_of(key: str) -> Value | None:
        return FIGURES[key].of(evidence)

    return value_of
