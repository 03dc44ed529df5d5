"""The page of findings: each table has its place, and holds what runs say."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.claims.evidence import RunEvidence
from runs.experiments import findings
from runs.experiments.docs_page import fill, markdown
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
    """Return the cells of a table of the page, its heading first."""
    text = PAGE.read_text(encoding="utf-8")
    body = text.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]
    lines = [line for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_page_has_each_figure_in_each_setting(name):
    heading, _, *rows = rows_of(name)

    assert heading == ["figure", *QUESTIONS[name].settings]
    assert [row[0] for row in rows] == list(QUESTIONS[name].figures)
    assert all(cell for row in rows for cell in row)


def test_figures_are_those_of_the_books(tiny_run: RunFolder):
    evidence = RunEvidence(tiny_run)
    kinds = hole(tiny_run).kinds_usd

    assert QUOTES["lost to stale quotes"].of(evidence) == kinds["PickOff"]
    assert QUOTES["earned in spread"].of(evidence) == -kinds["Spread"]
    assert LIFE["all uses of money"].of(evidence) == sum(usd for usd in kinds.values() if usd > 0)


def test_a_cell_is_the_span_over_the_seeds_of_its_setting(monkeypatch):
    settings = {"all": PlayedSetting("tiny", (1, 2, 3)), "one": PlayedSetting("tiny", (1,))}
    question = OpenQuestion("", settings, {"lost": QUOTES["lost to stale quotes"]})
    monkeypatch.setitem(findings.QUESTIONS, "life", question)
    lost = {1: 5_000_000, 2: 2_000_000, 3: 9_000_000}
    (table,) = findings_tables(
        {play: {"lost": Decimal(lost[play.seed])} for play in plays(["life"])}
    )

    assert table.rows == [("lost", "2.0 to 9.0 m USD", "5.0 m USD")]


def test_a_play_has_its_seed_and_its_changes(monkeypatch):
    settings = {"deep": PlayedSetting("tiny", (7,), {"firms": {"active": False}})}
    question = OpenQuestion("", settings, {"lost": QUOTES["lost to stale quotes"]})
    monkeypatch.setitem(findings.QUESTIONS, "life", question)

    assert settings["deep"].load(7).run.seed == 7
    assert figures_of(Play("life", "deep", 7))["lost"] in (0, None)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["month", "skill", "crashes"])
def test_the_page_holds_what_is_computed(name, tmp_path):
    copy = tmp_path / "findings.md"
    copy.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    tables = findings_tables({play: figures_of(play) for play in plays([name])})

    fill(copy, tables)
    assert copy.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
    assert markdown(tables[0]) in PAGE.read_text(encoding="utf-8")


def test_every_amount_of_the_page_stands_in_a_table():
    prose = re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", "", PAGE.read_text("utf-8"), flags=re.DOTALL)

    assert not re.findall(r"\d[\d,.]* (?:bn|m|k|million|billion|dollars)\b", prose)
