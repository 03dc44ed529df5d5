"""Makes the tables of the verdicts on the thread's statements, and of the evidence for them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ledger.reports.table import Cell, Table
from runs.claims.figures import FIGURES
from runs.claims.spoken_values import spoken_span
from runs.claims.verdicts import UNDECIDED, JudgedStatement, RunVerdict, StatementVerdict

OPEN, GIVEN = "open", "given"


def tweets_table(about: Sequence[str], judged: Iterable[JudgedStatement], runs: int) -> Table:
    """Return a table that counts, for each tweet, the statements with each verdict."""
    counted: dict[int, Counter[str]] = {tweet: Counter() for tweet in range(1, len(about) + 1)}
    for each in judged:
        told = OPEN if each.verdict in UNDECIDED else each.verdict.value
        counted[each.statement.tweet][told] += 1
        counted[each.statement.tweet][GIVEN] += each.is_given
    columns = {
        "yes": StatementVerdict.SUPPORTED.value,
        "only_if": StatementVerdict.ONLY_IF.value,
        "no": StatementVerdict.NOT.value,
        **({"varies": StatementVerdict.DEPENDS.value} if runs > 1 else {}),
        "open": OPEN,
        "given": GIVEN,
    }
    rows: list[tuple[Cell, ...]] = [
        (str(tweet), about[tweet - 1], *(counts[name] or None for name in columns.values()))
        for tweet, counts in counted.items()
    ]
    whole = sum(counted.values(), Counter[str]())
    rows.append(("all", None, *(whole[name] or None for name in columns.values())))
    varies = " Varies: the verdicts of the runs differ." if runs > 1 else ""
    return Table(
        "tweets",
        "How many statements of each tweet the books support (yes) or do not support (no)",
        ("tweet", "about", *columns),
        rows,
        (
            "Only if: supported only under a condition (see --table reasons).",
            f"Open: the runs or the record can't decide the statement.{varies}",
            "Given: an input decides the statement or affects it strongly, so the verdict proves "
            "little.",
            "The table `statements` has each statement with its value. The table `given` has the "
            "inputs.",
        ),
    )


def statements_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return a table of all statements, each with its value and verdict."""
    return Table(
        "statements",
        "The statements of the thread in our words, and the verdicts of the books",
        ("no", "statement", "value", "verdict"),
        [(each.number, each.statement.says, _value(each), _verdict(each)) for each in judged],
        (
            "10.2 is the second statement of tweet 10. Other tables use the same numbers.",
            "The table `measures` defines each value. The table `figures` has each value with all "
            "digits.",
            "The table `given` has the inputs that decide a statement or affect it strongly.",
        ),
    )


def measures_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return a table that describes the evidence for each statement in words."""
    return Table(
        "measures",
        "The evidence by which each statement is judged",
        ("no", "shown_by"),
        [(each.number, each.statement.shown_by) for each in judged],
    )


def figures_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return a table of the figures that decide statements, with every digit."""
    rows: list[tuple[Cell, ...]] = []
    for each in judged:
        if (decides := each.statement.decides) is not None:
            low, high = each.span or (None, None)
            unit = FIGURES[decides.figure].unit
            rows.append((each.number, decides.figure, low, high, unit))
    return Table(
        "figures",
        "The figure that decides each statement, with its least and greatest value over the runs",
        ("no", "figure", "low", "high", "unit"),
        rows,
    )


def thresholds_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return a table of the threshold that decides each statement, with the reason for it."""
    decided = ((each.number, each.statement.decides) for each in judged)
    return Table(
        "thresholds",
        "The threshold for the figure of each statement, and the reason for the threshold",
        ("no", "threshold", "because"),
        [(number, decides.plain, decides.because) for number, decides in decided if decides],
    )


def reasons_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return a table with the condition or the reason of each verdict that has one."""
    return Table(
        "reasons",
        "The condition under which a statement is supported, or why it can't be decided",
        ("no", "why"),
        [(each.number, each.reason) for each in judged if each.reason],
    )


def given_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return a table of the inputs of the scenario that affect verdicts."""
    return Table(
        "given",
        "The scenario's input that decides a statement or affects it strongly",
        ("no", "input", "verdict"),
        [(each.number, each.statement.given, each.verdict) for each in judged if each.is_given],
    )


def commands_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return a table of commands that show a statement's value or would decide the statement."""
    return Table(
        "commands",
        "The command that shows the value of a statement, or that would decide an open statement",
        ("no", "command", "verdict"),
        [(each.number, each.command, each.verdict) for each in judged],
        ("If a command writes a run, then call `moneytrail claims` with this run.",),
    )


def runs_table(names: Sequence[str], judged: Iterable[JudgedStatement]) -> Table:
    """Return a table with the verdict of each run on each statement that can be decided."""
    return Table(
        "runs",
        "The verdict of each run on each decided statement",
        ("no", "run", "value", "verdict"),
        [
            (each.number, name, _one_value(each, of_run), of_run.verdict)
            for each in judged
            if each.verdict not in UNDECIDED
            for name, of_run in zip(names, each.by_run, strict=True)
        ],
    )


def _verdict(judged: JudgedStatement) -> str:
    return f"{judged.verdict} (given)" if judged.is_given else judged.verdict.value


def _value(judged: JudgedStatement) -> str | None:
    decides = judged.statement.decides
    if decides is None or judged.span is None:
        return None
    return spoken_span(judged.span, FIGURES[decides.figure].unit)


def _one_value(judged: JudgedStatement, of_run: RunVerdict) -> str | None:
    decides = judged.statement.decides
    if decides is None or of_run.value is None:
        return None
    return spoken_span((of_run.value, of_run.value), FIGURES[decides.figure].unit)
