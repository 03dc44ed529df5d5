"""The page docs/findings.md has every figure, and its figures agree with runs."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.claims.evidence import RunEvidence
from runs.experiments import findings
from runs.experiments.findings import (
    LIFE,
    QUESTIONS,
    QUOTES,
    OpenQuestion,
    Play,
    PlayedSetting,
    figures_of,
    findings_tables,
    plays,
)

PAGE = Path(__file__).parents[3] / "docs" / "findings.md"


def rows_of(name: str) -> list[list[str]]:
    """Return the cells of each line of a table on the page: heading, separator, rows."""
    text = PAGE.read_text(encoding="utf-8")
    body = text.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]
    lines = [line for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_page_of_findings_has_each_figure_for_each_setting_of_a_question(name):
    heading, _, *rows = rows_of(name)

    assert heading == ["figure", *QUESTIONS[name].settings]
    assert [row[0] for row in rows] == list(QUESTIONS[name].figures)
    assert all(cell for row in rows for cell in row)


def test_figures_of_the_findings_agree_with_the_books(tiny_run: RunFolder):
    evidence = RunEvidence(tiny_run)
    kinds = hole(tiny_run).kinds_usd

    assert QUOTES["loss of the maker on stale quotes"].of(evidence) == kinds["PickOff"]
    assert QUOTES["spread income of the maker"].of(evidence) == -kinds["Spread"]
    assert LIFE["all uses of money"].of(evidence) == sum(usd for usd in kinds.values() if usd > 0)


def test_a_cell_has_the_range_of_a_figure_over_the_seeds_of_its_setting(monkeypatch):
    settings = {"all": PlayedSetting("tiny", (1, 2, 3)), "one": PlayedSetting("tiny", (1,))}
    question = OpenQuestion("", settings, {"lost": QUOTES["loss of the maker on stale quotes"]})
    monkeypatch.setitem(findings.QUESTIONS, "life", question)
    lost = {1: 5_000_000, 2: 2_000_000, 3: 9_000_000}
    (table,) = findings_tables(
        {play: {"lost": Decimal(lost[play.seed])} for play in plays(["life"])}
    )

    assert table.rows == [("lost", "2.0 to 9.0 m USD", "5.0 m USD")]


def test_a_setting_is_played_with_the_given_seed_and_with_its_own_changes(monkeypatch):
    settings = {"deep": PlayedSetting("tiny", (7,), {"firms": {"active": False}})}
    question = OpenQuestion("", settings, {"lost": QUOTES["loss of the maker on stale quotes"]})
    monkeypatch.setitem(findings.QUESTIONS, "life", question)

    assert settings["deep"].load(7).run.seed == 7
    assert figures_of(Play("life", "deep", 7))["lost"] in (0, None)


SPAN = re.compile(r"(-?[\d,.]+)(?: to (-?[\d,.]+))?(?: (bn|m|k)?(?: ?USD|%))?")
TIMES = {"bn": Decimal(10**9), "m": Decimal(10**6), "k": Decimal(1000), None: Decimal(1)}


def span_of(cell: str) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest exact value that the rounded range in a cell allows."""
    first, last, scale = SPAN.fullmatch(cell).groups()
    ends = [Decimal(text.replace(",", "")) for text in (first, last or first)]
    rounding = Decimal(1).scaleb(ends[0].as_tuple().exponent) / 2
    return (ends[0] - rounding) * TIMES[scale], (ends[1] + rounding) * TIMES[scale]


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("263.1 to 418.8 k USD", "263050", "418850"),
        ("-3.3 to -2.7 m USD", "-3350000", "-2650000"),
        ("1.1 m USD", "1050000", "1150000"),
        ("1.8 to 3.0 %", "1.75", "3.05"),
        ("-0.55 to 0.16", "-0.555", "0.165"),
    ],
)
def test_the_range_in_a_cell_is_widened_on_both_sides_by_half_a_unit_of_its_last_digit(
    cell, low, high
):
    assert span_of(cell) == (Decimal(low), Decimal(high))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["month", "skill", "crashes"])
def test_figures_of_the_first_seed_of_each_setting_are_within_the_ranges_on_the_page(name):
    """`make findings` plays six seeds of each of these settings. This test plays only the first."""
    cells = {row[0]: row[1:] for row in rows_of(name)[2:]}
    for n, (setting, played) in enumerate(QUESTIONS[name].settings.items()):
        for figure, value in figures_of(Play(name, setting, played.seeds[0])).items():
            low, high = span_of(cells[figure][n])
            assert low <= value <= high, (setting, figure)


def test_the_text_of_the_page_outside_its_tables_has_no_amount():
    prose = re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", "", PAGE.read_text("utf-8"), flags=re.DOTALL)

    assert not re.findall(r"\d[\d,.]* (?:bn|m|k|million|billion|dollars)\b", prose)
