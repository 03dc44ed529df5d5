"""Finds the verdict on a statement from its figure in one run, or from its figures in several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from runs.claims.statement import Statement, Value

ValueOf = Callable[[str], Value | None]  # takes a figure's key, returns its value in a run


class StatementVerdict(StrEnum):
    """The possible verdicts on a statement."""

    SUPPORTED = "supported"
    ONLY_IF = "only if"
    NOT = "not supported"
    DEPENDS = "depends on the run"
    RUN_CANNOT = "run can't say"
    RECORD_CANNOT = "record can't say"


UNDECIDED = (StatementVerdict.RUN_CANNOT, StatementVerdict.RECORD_CANNOT)


@dataclass(frozen=True, slots=True)
class RunVerdict:
    """One run's verdict on a statement, with the values that were compared with the thresholds."""

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
        """Return whether the runs agree on a verdict that an input strongly affects.

        Runs that can't decide are left out. If no run can decide, the result is False.
        """
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
        """Return the condition of an ONLY_IF verdict, or why a statement can't be decided.

        The result is None for all other verdicts.
        """
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
        """Return the command that shows the figure.

        If the run lacks the figure, return the command to use instead, if one is stated.
        """
        if self.verdict is StatementVerdict.RUN_CANNOT and self.statement.elsewhere:
            return self.statement.elsewhere
        return self.statement.command


def judge(number: str, statement: Statement, runs: Sequence[ValueOf]) -> JudgedStatement:
    """Judge a statement by the figures of each run.

    Args:
        number: the statement's number, such as 18.1.
        statement: the statement with its thresholds.
        runs: for each run, a function from a figure's key to its value. There is at least one run.
    """
    return JudgedStatement(number, statement, tuple(_judged(statement, each) for each in runs))


def _judged(statement: Statement, value_of: ValueOf) -> RunVerdict:
    """Compare the statement's figure with its threshold.

    If the statement is not supported, its weaker form is judged too, if there is one.
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
