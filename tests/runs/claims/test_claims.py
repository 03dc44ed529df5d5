"""The verdicts on the thread's statements: counts, sentences and tables for one or more runs."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.claims.claims import TABLES, Claims, claims, judged_thread
from runs.claims.spoken_values import spoken_span
from runs.claims.statement import Value, load_thread
from runs.claims.verdicts import StatementVerdict, judge
from runs.cli.main import main

CENTRAL = next(each for each in load_thread().statement if each.is_central)
KEY = CENTRAL.decides.figure


def judged(*runs: Mapping[str, Value]) -> Claims:
    """Judge the thread's statements by the given figures of each run."""
    names = [f"run{i}" for i, _ in enumerate(runs)]
    return judged_thread(load_thread(), names, [each.get for each in runs])


# ------------------------------------------------------------------------- several runs


def verdict(*values: Value | None) -> StatementVerdict:
    return judge("1.1", CENTRAL, [{KEY: value}.get for value in values]).verdict


def test_a_statement_depends_on_the_run_if_runs_disagree_on_it():
    low, high = Decimal(1), Decimal(99)

    assert verdict(low, low) is StatementVerdict.NOT
    assert verdict(high, high) is StatementVerdict.SUPPORTED
    assert verdict(low, high) is StatementVerdict.DEPENDS


def test_a_run_without_the_figure_of_a_statement_does_not_change_the_verdict_of_other_runs():
    assert verdict(None, Decimal(99)) is StatementVerdict.SUPPORTED
    assert verdict(None, None) is StatementVerdict.RUN_CANNOT


def test_the_span_of_a_statement_goes_from_the_least_to_the_greatest_value_of_the_runs():
    runs = [{KEY: value}.get for value in (Decimal(7), None, Decimal(3), Decimal(5))]

    assert judge("1.1", CENTRAL, runs).span == (Decimal(3), Decimal(7))


def test_a_statement_names_another_command_if_the_run_lacks_the_figure_that_decides_it():
    statement = next(each for each in load_thread().statement if each.elsewhere and each.decides)
    figure = statement.decides.figure

    assert judge("1.1", statement, [{}.get]).command == statement.elsewhere
    decided = judge("1.1", statement, [{figure: Decimal(1)}.get])
    assert decided.command == statement.command


# --------------------------------------------------------------------------- the answer


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ([{KEY: Decimal("0.1")}], "is not supported. "),
        ([{KEY: Decimal("50.0")}], "is supported. "),
        ([{KEY: Decimal(1)}, {KEY: Decimal(60)}], "depends on the run. "),
        ([{KEY: Decimal(1), "mechanism-of-uses": Decimal(70)}], "is supported only if "),
        ([{}], "can't be decided. This run lacks the deciding figure."),
    ],
)
def test_the_answer_states_the_verdict_on_the_central_statement(figures: list, told: str):
    said = judged(*figures).answer()

    assert f'"{CENTRAL.says}", {told}' in said


def test_the_answer_states_the_value_and_the_threshold_of_the_central_statement():
    said = judged({KEY: Decimal("0.1")}, {KEY: Decimal("6.3")}).answer()

    assert (
        "in percent of the hole: 0.1 to 6.3 %. A value of at least 50 would support the statement."
    ) in said
    assert re.match(r"Verdicts on the thread's \d+ statements over 2 runs: ", said)


def test_the_answer_counts_each_statement_under_exactly_one_verdict():
    found = judged({"hole": Decimal(10**10), "stakes-of-hole": Decimal(40)})
    total = len(load_thread().statement)

    assert sum(found.counts.values()) == total
    assert (found.counts[StatementVerdict.SUPPORTED], found.counts[StatementVerdict.ONLY_IF]) == (
        1,
        1,
    )
    assert (
        f"Verdicts on the thread's {total} statements: 1 are supported, 1 are supported only under "
        f"a condition, 0 are not supported and {total - 2} can't be decided. 1 of the supported "
        "statements depend on an input"
    ) in found.answer()


# --------------------------------------------------------------------------- the tables


def test_the_table_of_tweets_counts_each_statement_under_exactly_one_verdict():
    found = judged(
        {"hole": Decimal(10**10), KEY: Decimal(1)}, {"hole": Decimal(1), KEY: Decimal(2)}
    )
    table, *_ = found.tables()
    rows = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    counted = Counter(each.statement.tweet for each in found.judged)

    assert list(rows) == [*map(str, range(1, 24)), "all"]
    for tweet, row in rows.items():
        said = sum(row[name] or 0 for name in ("yes", "only_if", "no", "varies", "open"))
        assert said == (len(found.judged) if tweet == "all" else counted[int(tweet)])
    assert (rows["1"]["varies"], rows["18"]["no"]) == (1, 1)
    assert (rows["1"]["given"], rows["18"]["given"]) == (None, None)


def test_a_verdict_that_an_input_decides_is_marked_as_given():
    found = {table.name: table for table in judged({"hole": Decimal(10**10)}).tables()}
    rows = {row[0]: row for row in found["statements"].rows}

    assert rows["1.1"][2:] == ("10.0 bn USD", "supported (given)")
    assert [row[0] for row in found["given"].rows] == ["1.1"]


def test_the_tables_of_the_claims_command_have_exactly_the_names_that_it_accepts():
    assert tuple(table.name for table in judged({}).tables()) == TABLES


@pytest.mark.parametrize(
    ("span", "unit", "told"),
    [
        ((Decimal(6_500_000_000), Decimal(12_447_700_000)), "USD", "6.5 to 12.4 bn USD"),
        ((Decimal(-157_200_000), Decimal(432_500_000)), "USD", "-157.2 to 432.5 m USD"),
        ((Decimal("-0.01"), Decimal(0)), "USD", "0.0 USD"),
        ((Decimal("7872.38"), Decimal("7872.38")), "USD", "7.9 k USD"),
        ((Decimal("0.1"), Decimal("0.1")), "%", "0.1 %"),
        ((Decimal("-0.0"), Decimal("0.0")), "%", "0.0 %"),
        ((Decimal("0.3"), Decimal("0.4")), "", "0.3 to 0.4"),
        ((date(2022, 5, 12), date(2022, 5, 12)), "day", "2022-05-12"),
        ((date(2022, 5, 12), date(2022, 6, 1)), "day", "2022-05-12 to 2022-06-01"),
    ],
)
def test_a_range_of_values_is_printed_with_its_unit(span: tuple, unit: str, told: str):
    assert spoken_span(span, unit) == told


# -------------------------------------------------------------------------- whole runs


def test_a_run_without_a_hole_does_not_support_the_statement_on_the_hole(tiny_run: RunFolder):
    found = claims([tiny_run])
    missing = next(each for each in found.judged if each.number == "1.1")

    assert missing.span == (hole(tiny_run).hole_usd,) * 2
    assert missing.verdict is StatementVerdict.NOT
    # The central figure is in percent of the hole. It is missing, since the group has a surplus.
    assert found.central.verdict is StatementVerdict.RUN_CANNOT


@pytest.mark.parametrize("options", [(), ("--all",)])
def test_the_claims_command_prints_at_most_100_characters_a_line_and_by_default_at_most_45_lines(
    executed: Callable[..., RunFolder], tiny_run: RunFolder, options: tuple[str, ...]
):
    paths = [str(tiny_run.path), str(executed("tiny", run={"seed": 2}).path)]
    result = CliRunner().invoke(main, ["claims", *paths, *options])

    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    if not options:
        assert len(lines) <= 45
        assert lines[-1].startswith("run: seed 1, seal ")
        assert "; run: seed 2, seal " in lines[-1]
