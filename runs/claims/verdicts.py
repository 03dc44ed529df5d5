"""Finds the verdict on a statement from its figure, in one run or in several runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from runs.claims.statement import Statement, Value

ValueOf = Callable[[str], Value | None]  # returns a figure of a run from its key


class StatementVerdict(StrEnum):
    """The possible verdicts, in the order of tables."""

    SUPPORTED = "supported"
    ONLY_IF = "only if"
    NOT = "not supported"
    DEPENDS = "depends on the run"
    RUN_CANNOT = "run can't say"
    RECORD_CANNOT = "record can't say"


UNDECIDED = (StatementVerdict.RUN_CANNOT, StatementVerdict.RECORD_CANNOT)


@dataclass(frozen=True, slots=True)
class RunVerdict:
    """One run's verdict on a statement, with the figures of the statement and its weaker form."""

    verdict: StatementVerdict
    value: Value | None = None
    weaker: Value | None = None


@dataclass(frozen=True, slots=True)
class JudgedStatement:
    """A statement with each run's verdict. Number 18.1 is the first statement of tweet 18."""

    number: str
    statement: Statement
    by_run: tuple[RunVerdict, ...]

    @property
    def verdict(self) -> StatementVerdict:
        """Return the verdict of the runs that can decide, or DEPENDS if these runs disagree.

        If no run can decide, return the verdict of the first run.
        """
        said = {each.verdict for each in self.by_run if each.verdict not in UNDECIDED}
        if not said:
            return self.by_run[0].verdict
        return said.pop() if len(said) == 1 else StatementVerdict.DEPENDS

    @property
    def is_given(self) -> bool:
        """Return whether an input affects the verdict, and the runs that can decide agree."""
        open_ = (*UNDECIDED, StatementVerdict.DEPENDS)
        return self.statement.given is not None and self.verdict not in open_

    @property
    def span(self) -> tuple[Value, Value] | None:
        """Return the least and the greatest value of the figure over the runs that have a value."""
        values = [each.value for each in self.by_run if each.value is not None]
        # All are values of one figure, so either all are amounts or all are days.
        return (min(values), max(values)) if values else None

    @property
    def reason(self) -> str | None:
        """Return the condition of an ONLY_IF verdict, or why a statement can't be decided."""
        weaker = self.statement.only_if
        if self.statement.unsaid:
            return self.statement.unsaid
        if self.verdict is StatementVerdict.RUN_CANNOT:
            ask = f" Try: {self.statement.elsewhere}" if self.statement.elsewhere else ""
            return f"This run lacks the deciding figure.{ask}"
        if self.verdict is StatementVerdict.ONLY_IF and weaker is not None:
            return f"Only if {weaker.condition}."
        return None

    @property
    def command(self) -> str:
        """Return the command that shows the value, or that would decide the statement."""
        if self.verdict is StatementVerdict.RUN_CANNOT and self.statement.elsewhere:
            return self.statement.elsewhere
        return self.statement.command


def judge(number: str, statement: Statement, runs: Sequence[ValueOf]) -> JudgedStatement:
    """Compare a statement with the figures of each run.

    Args:
        number: the statement's number.
        statement: the statement with its thresholds.
        runs: for each run, a function that returns a figure from its key; at least one run.
    """
    return JudgedStatement(number, statement, tuple(_judged(statement, each) for each in runs))


def _judged(statement: Statement, value_of: ValueOf) -> RunVerdict:
    """Compare the statement's figure with its threshold.

    If the statement is not supported, compare the figure of its weaker form with the weaker
    threshold.
    """
    decides, weaker = statement.decides, statement.only_if
    if decides is None:
        return RunVerdict(
            StatementVerdict.RUN_CANNOT if statement.by == "run" else StatementVerdict.RECORD_CANNOT
        )
    value = value_of(decides.figure)
    if value is None:
        return RunVerdict(StatementVerdict.RUN_CANNOT)
    if decides.holds(value):
        return RunVerdict(StatementVerdict.SUPPORTED, value)
    if weaker is not None:
        other = value_of(weaker.figure)
        if other is not None and weaker.holds(other):
            return RunVerdict(StatementVerdict.ONLY_IF, value, other)
        return RunVerdict(StatementVerdict.NOT, value, other)
    return RunVerdict(StatementVerdict.NOT, value)
