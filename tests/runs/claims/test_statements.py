"""Every tweet has a statement. A figure decides it, or a reason says why no figure does."""

import re
import shlex
import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from ledger.run_folder import RunFolder
from runs.claims.figures import DAY, FIGURES
from runs.claims.statement import STATEMENTS, TWEETS, Statement, Thread, Threshold, load_thread
from runs.claims.verdicts import StatementVerdict, judge
from runs.cli.main import main
from runs.scenario_files import built_ins

ROOT = Path(__file__).parents[3]
ALL = load_thread().statement
DECIDED = [each for each in ALL if each.decides]
UNSAID = [each for each in ALL if each.unsaid]
# Each command is in the list once, since many statements have the same command.
REPORTS = sorted({each.command for each in ALL})
ELSEWHERE = sorted({each.elsewhere for each in ALL if each.elsewhere})


def named(statement: Statement) -> str:
    return f"{statement.tweet}: {statement.says}"


def test_each_tweet_has_a_statement_and_statements_follow_the_order_of_the_thread():
    tweets = [each.tweet for each in ALL]

    assert len(ALL) >= 40
    assert sorted(set(tweets)) == list(range(1, TWEETS + 1))
    assert tweets == sorted(tweets)
    assert len({each.says for each in ALL}) == len(ALL)


def test_statements_use_all_defined_figures_and_no_others():
    used = {part.figure for each in ALL for part in (each.decides, each.only_if) if part}

    assert used == set(FIGURES)


# ---------------------------------------------------------------------------- thresholds


def beside(threshold: Threshold, is_inside: bool) -> Decimal | date:
    """Return a value near the first bound of a threshold, inside or outside the threshold."""
    name, end = next(iter(threshold.bounds.items()))
    steps = {"at least": (0, -1), "at most": (0, 1), "above": (1, 0), "below": (-1, 0)}
    step = steps[name][not is_inside]
    if isinstance(end, date):
        return end + timedelta(days=step)
    return Decimal(str(end)) + step * Decimal("0.01")


@pytest.mark.parametrize("statement", DECIDED, ids=named)
def test_a_value_inside_the_threshold_supports_a_statement_and_a_value_outside_does_not(
    statement: Statement,
):
    inside, outside = (beside(statement.decides, is_inside) for is_inside in (True, False))

    def verdict(value: Decimal | date) -> StatementVerdict:
        figures = {statement.decides.figure: value}
        return judge("1.1", statement, [figures.get]).verdict

    assert verdict(inside) is StatementVerdict.SUPPORTED
    assert verdict(outside) in (StatementVerdict.NOT, StatementVerdict.ONLY_IF)


@pytest.mark.parametrize("statement", [each for each in ALL if each.only_if], ids=named)
def test_a_statement_that_fails_but_whose_weaker_condition_holds_is_supported_conditionally(
    statement: Statement,
):
    decides, weaker = statement.decides, statement.only_if
    own = beside(decides, False)

    def verdict(is_inside: bool) -> StatementVerdict:
        other = own if weaker.figure == decides.figure else beside(weaker, is_inside)
        if weaker.figure == decides.figure and not is_inside:
            other = beside(weaker, False)
        figures = {decides.figure: own} | {weaker.figure: other}
        return judge("1.1", statement, [figures.get]).verdict

    assert verdict(True) is StatementVerdict.ONLY_IF
    assert verdict(False) is StatementVerdict.NOT


@pytest.mark.parametrize("statement", DECIDED, ids=named)
def test_a_threshold_is_a_date_if_and_only_if_its_figure_is_a_date(statement: Statement):
    is_day = FIGURES[statement.decides.figure].unit == DAY

    assert all(isinstance(end, date) == is_day for end in statement.decides.bounds.values())


@pytest.mark.parametrize("statement", UNSAID, ids=named)
def test_an_undecided_statement_has_a_reason_and_a_verdict_that_names_the_run_or_the_record(
    statement: Statement,
):
    judged = judge("1.1", statement, [FIGURES.get])

    assert judged.reason == statement.unsaid
    assert len(statement.unsaid.split()) >= 8
    expected = {"run": StatementVerdict.RUN_CANNOT, "record": StatementVerdict.RECORD_CANNOT}[
        statement.by
    ]
    assert judged.verdict is expected


# ------------------------------------------------------------------------------ commands


@pytest.mark.parametrize("command", REPORTS)
def test_the_command_of_each_statement_runs(tiny_run: RunFolder, command: str):
    program, *words = shlex.split(command)
    given = {"RUN": str(tiny_run.path), "DATE": "2022-05-10"}
    result = CliRunner().invoke(main, [given.get(word, word) for word in words])

    assert program == "moneytrail"
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()


@pytest.mark.parametrize("command", ELSEWHERE)
def test_each_command_for_another_run_is_a_make_target_or_runs_a_built_in_scenario(command: str):
    program, *words = shlex.split(command)
    if program == "make":
        assert re.search(rf"^{words[0]}: setup ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    else:
        assert (program, words[0]) == ("moneytrail", "run")
        assert words[1] in built_ins()


# ------------------------------------------------------------------------------ the file


def changed(**keys: object) -> Thread:
    """Return the thread, with other values of keys in its first statement.

    The value None removes a key.
    """
    data = tomllib.loads(STATEMENTS.read_text())
    first, *others = data["statement"]
    statements = ({key: v for key, v in (first | keys).items() if v is not None}, *others)
    return Thread.model_validate({"about": tuple(data["about"]), "statement": statements})


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        (
            {"unsaid": "Nobody knows.", "by": "run"},
            "decides or `unsaid` must be given, and not both",
        ),
        ({"decides": None}, "decides or `unsaid` must be given, and not both"),
        ({"by": "run"}, "belongs to `unsaid`; give both keys or neither"),
        ({"tweet": 5}, "in the order of the tweets"),
        ({"is_central": True}, "one statement with is_central"),
        ({"decides": {"figure": "hole", "because": "so"}}, "has no threshold"),
        ({"threshold": 1}, "Extra inputs"),
    ],
)
def test_an_invalid_statement_is_refused_and_the_error_states_the_problem(keys: dict, problem: str):
    with pytest.raises(ValidationError, match=problem):
        changed(**keys)


def test_a_tweet_without_a_statement_is_refused():
    data = tomllib.loads(STATEMENTS.read_text())
    kept = tuple(each for each in data["statement"] if each["tweet"] != 5)

    with pytest.raises(ValidationError, match="must cover each of 23 tweets"):
        Thread.model_validate({"about": tuple(data["about"]), "statement": kept})


def test_an_amount_is_not_compared_with_a_day():
    threshold = Threshold(figure="hole", at_least=1, because="so")

    with pytest.raises(TypeError):
        threshold.holds(date(2022, 5, 9))


@pytest.mark.parametrize(
    ("bounds", "plain"),
    [
        ({"at_least": 50}, "at least 50"),
        ({"above": 0.3}, "above 0.3"),
        ({"at_least": 1_000_000, "at_most": 20_000_000_000}, "1 m to 20 bn"),
        ({"below": 0, "at_least": -5}, "at least -5, below 0"),
    ],
)
def test_a_threshold_is_written_in_words(bounds: dict, plain: str):
    assert Threshold(figure="hole", because="so", **bounds).plain == plain
