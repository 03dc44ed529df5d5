"""The tables of the verdicts: by tweet, by statement, and the basis of the verdicts."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ledger.reports.table import Cell, Table
from runs.claims.figures import FIGURES
from runs.claims.spoken_values import spoken_span
from runs.claims.verdicts import UNDECIDED, JudgedStatement, RunVerdict, StatementVerdict

OPEN, GIVEN = "open", "given"


def tweets_table(about: Sequence[str], judged: Iterable[JudgedStatement], runs: int) -> Table:
    """Return the number of each tweet's statements by verdict."""
    counted: dict[int, Counter[str]] = {tweet: Counter() for tweet in range(1, len(about) + 1)}
    for each in judged:
        told = OPEN if each.verdict in UNDECIDED else each.verdict.value
        counted[each.statement.tweet][told] += 1
        counted[each.statement.tweet][GIVEN] += each.is_given
    columns = {
        "yes": StatementVerdict.BORNE_OUT.value,
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
    varies = " Varies: the runs disagree." if runs > 1 else ""
    return Table(
        "tweets",
        "Statements of each tweet that the books bear out (yes) or not (no)",
        ("tweet", "about", *columns),
        rows,
        (
            f"Open: none of these runs has the figure, or the record is silent.{varies}",
            "Given: an input decides the statement or has a large effect on it, so the verdict "
            "proves little.",
            "Each statement with its value: --table statements. The inputs: --table given.",
        ),
    )


def statements_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return each statement with its value and verdict."""
    return Table(
        "statements",
        "The statements of the thread in our words, and the verdicts of the books",
        ("no", "statement", "value", "verdict"),
        [(each.number, each.statement.says, _value(each), _verdict(each)) for each in judged],
        (
            "10.2 is the second statement of tweet 10. Other tables use the same numbers: the "
            "definition",
            "of the value (measures), every digit (figures), thresholds, reasons, commands,",
            "and the inputs that decide a statement or have a large effect on it (given).",
        ),
    )


def measures_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return, for each statement, the figure that would show whether it is true."""
    return Table(
        "measures",
        "The evidence that would show each statement",
        ("no", "shown_by"),
        [(each.number, each.statement.shown_by) for each in judged],
    )


def figures_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return, for each statement with a figure, the figure with every digit."""
    rows: list[tuple[Cell, ...]] = []
    for each in judged:
        if (decides := each.statement.decides) is not None:
            low, high = each.span or (None, None)
            unit = FIGURES[decides.figure].unit
            rows.append((each.number, decides.figure, low, high, unit))
    return Table(
        "figures",
        "The figure that judges each statement: least and greatest value of the runs",
        ("no", "figure", "low", "high", "unit"),
        rows,
    )


def thresholds_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return, for each statement, the values of the figure that bear it out, and the reason."""
    decided = ((each.number, each.statement.decides) for each in judged)
    return Table(
        "thresholds",
        "The values of a figure that bear a statement out, and the reason",
        ("no", "threshold", "because"),
        [(number, decides.plain, decides.because) for number, decides in decided if decides],
    )


def reasons_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return the conditions of statements, and the reasons why some statements are undecided."""
    return Table(
        "reasons",
        "The condition under which a statement is borne out, and why some can't be decided",
        ("no", "why"),
        [(each.number, each.reason) for each in judged if each.reason],
    )


def given_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return, for each verdict, the input of the scenario that affects it."""
    return Table(
        "given",
        "The input of the scenario that decides a statement, or has a large effect on it",
        ("no", "input", "verdict"),
        [(each.number, each.statement.given, each.verdict) for each in judged if each.is_given],
    )


def commands_table(judged: Iterable[JudgedStatement]) -> Table:
    """Return, for each statement, the command that shows its value or that would decide it."""
    return Table(
        "commands",
        "The command that shows the value; for open statements, the command that would",
        ("no", "command", "verdict"),
        [(each.number, each.command, each.verdict) for each in judged],
        ("Call `moneytrail claims` with the run that such a command writes.",),
    )


def runs_table(names: Sequence[str], judged: Iterable[JudgedStatement]) -> Table:
    """Return each run's verdict on each decided statement."""
    return Table(
        "runs",
        "The verdict of each run on each statement",
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
