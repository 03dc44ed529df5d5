"""The section of docs/study.md on the shipped study has the figures of the members."""

import re
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from ledger.run_folder import RunFolder
from runs.record.compare import compare
from runs.record.facts import load_record
from runs.study.member_table import read_members
from runs.study.nearest import amounts_near, dollar_outcomes
from runs.study.play import replay
from runs.study.study_file import load_study, study_path
from runs.study.study_report import StudyReport
from runs.study.would_have_to_be import contradicted_by

PAGE = Path(__file__).parents[3] / "docs" / "study.md"
BN = 10**9
ON_RECORD = ("2021-11-30", "2022-06-30", "2022-10-31")
WORDS = {"Fifteen": 15, "seven": 7, "two": 2}


@pytest.fixture(scope="module")
def report() -> StudyReport:
    return StudyReport(read_members(study_path("life").with_suffix("")), seal="")


@pytest.fixture(scope="module")
def text() -> str:
    """Return the section on the shipped study as a single line."""
    section = PAGE.read_text(encoding="utf-8").partition("## The shipped study")[2]
    return " ".join(section.partition("\n## ")[0].split())


def told(text: str, pattern: str) -> list[float]:
    """Return the numbers that a pattern finds in the text. The pattern must match exactly once."""
    (found,) = re.findall(pattern, text)
    groups = (found,) if isinstance(found, str) else found
    return [float(WORDS.get(each, each)) for each in groups]


def ends(values: np.ndarray) -> list[float]:
    return [round(float(values.min()), 1), round(float(values.max()), 1)]


def test_the_page_states_the_plausible_members_and_their_ranges(report: StudyReport, text: str):
    of, found = report.members.drawn, report.is_plausible

    assert told(text, r"reads (\d+) members and") == [len(found)]
    assert told(text, r"one of (\d+) random draws of (\d+) inputs") == [
        len(found),
        len(report.members.study.unknown),
    ]
    assert told(text, r"(\w+) members are plausible") == [found.sum()]
    gain, loss = told(text, r"of them from a gain of (\S+) to a loss of (\S+); the middle")
    assert [-gain, loss] == ends(of("mechanism_usd")[found] / BN)
    assert told(text, r"cash and coins, is (\S+) to (\S+) billion in the fifteen") == ends(
        of("hole-of-the-exchange to 2022-11-11")[found] / BN
    )
    low, middle, high = np.percentile(of("hole_usd")[found] / BN, (5, 50, 95)).round(1)
    assert told(text, r"the hole is (\S+) to (\S+) billion, and the middle is (\S+)\. FTX") == [
        low,
        high,
        middle,
    ]


def test_the_page_states_the_middles_of_the_plausible_members(report: StudyReport, text: str):
    def middle(name: str) -> float:
        return round(float(np.median(report.members.drawn(name)[report.is_plausible])) / BN, 1)

    mechanism = report.members.drawn("mechanism_usd")[report.is_plausible] / BN
    low, high = np.percentile(mechanism, (5, 95)).round(1)
    assert told(text, r"in the fifteen, and the middle is (\S+)\. The record") == [
        middle("hole-of-the-exchange to 2022-11-11")
    ]
    gain, loss = told(text, r"the mechanism ranges from a gain of (\S+) to a loss of (\S+) billion")
    assert [-gain, loss] == [low, high]
    assert told(text, r"the middle is a loss of (\S+)\. The") == [middle("mechanism_usd")]
    assert told(text, r"that the maker takes over is (\S+), and most") == [
        middle("spent-on-takeovers to 2022-11-11")
    ]


def test_the_page_states_the_predictions_of_the_plausible_members(report: StudyReport, text: str):
    of, found = report.members.drawn, report.is_plausible

    assert told(text, r"plausible member has (\S+) to (\S+) billion of cash and coins") == ends(
        of("cash-of-the-exchange to 2021-11-30")[found] / BN
    )
    assert told(text, r"less these assets are (\S+) to (\S+) billion on that day") == ends(
        of("hole-of-the-exchange to 2021-11-30")[found] / BN
    )
    assert told(text, r"and (\S+) to (\S+) billion at the end of October 2022") == ends(
        of("hole-of-the-exchange to 2022-10-31")[found] / BN
    )
    (table,) = (each for each in report.tables() if each.name == "predictions")
    met = sum(row[table.columns.index("verdict")] == "met" for row in table.rows)
    assert told(text, r"For (\d+) of these (\d+) outcomes") == [met, len(table.rows)]


def test_the_page_states_the_members_whose_mechanism_is_half_of_the_hole(
    report: StudyReport, text: str
):
    hole, would = report.members.drawn("hole_usd"), report.would_have_to_be
    share = report.members.drawn("mechanism_usd") / hole
    missed = sum(each.rules_out[would.chosen] for each in report.judged)
    others = [
        len(list(contradicted_by(report.members, i))) for i in np.flatnonzero(report.is_plausible)
    ]

    assert told(text, r"In (\w+) members the mechanism is at least half") == [would.reached.sum()]
    assert told(text, r"Their holes are (\S+) to (\S+) billion") == ends(hole[would.reached] / BN)
    assert told(text, r"misses (\d+) of the (\d+) facts") == [missed, len(report.judged)]
    assert told(text, r"is (\S+) % of it at most, and in plausible members (\S+) %") == [
        round(100 * share[hole >= 10 * BN].max(), 1),
        round(100 * share[report.is_plausible].max(), 1),
    ]
    assert not (would.reached & report.is_plausible).any()
    assert told(text, r"`contradicted` lists (\d+) figures") == [len(would.contradicted)]
    assert told(text, r"plausible members have (\d+) to (\d+) of them") == [
        min(others),
        max(others),
    ]
    first = slice(32)
    assert told(text, r"in a hole of ten billion was (\S+) %\. The largest") == [
        round(100 * share[first][hole[first] >= 10 * BN].max(), 1)
    ]


def test_the_page_states_the_results_of_quotes(report: StudyReport, text: str):
    lost, hit = (report.members.drawn(name) for name in ("quotes_usd", "pickoff_usd"))

    assert told(text, r"in (\d+) of the \d+ members they earn more than half a billion") == [
        (lost < -BN / 2).sum()
    ]
    assert told(text, r"in (\d+) they lose more than half a billion") == [(lost > BN / 2).sum()]
    assert told(text, r"more than a billion in (\w+) members; the median is (\d+) million") == [
        (hit > BN).sum(),
        round(float(np.median(hit)) / 10**6, -1),
    ]


def test_the_page_states_the_number_of_recorded_amounts_near_the_record(
    report: StudyReport, text: str
):
    outcomes = dollar_outcomes(report.members)
    near = np.array([amounts_near(outcomes, i) for i in range(len(report.is_plausible))])
    plausible = near[report.is_plausible]

    assert told(text, r"more than (\d+) of the (\d+) recorded amounts") == [
        near.max(),
        len(outcomes),
    ]
    assert told(text, r"the plausible members have (\d+) to (\d+)\. Some") == [
        plausible.min(),
        plausible.max(),
    ]


def test_the_page_states_the_net_worth_of_the_maker_before_2022(report: StudyReport, text: str):
    worth = report.members.drawn("net-worth-without-own-circle to 2021-12-31") / BN
    least, most = ends(worth[report.is_plausible])
    (fact,) = load_record().of("net-worth-without-own-circle", None)
    on_sheet = float(fact.value) / BN

    assert told(text, r"plausible member is worth (\S+) to (\S+) billion") == [least, most]
    assert told(text, r"In all \d+ members it is worth (\S+) billion") == ends(worth)[:1]
    assert told(text, r"its own sheet has (\S+) billion") == [on_sheet]
    assert told(text, r"With less in coins the difference is (\S+) billion") == [
        pytest.approx(least - on_sheet)
    ]
    hit = report.members.drawn("pickoff_usd")[report.is_plausible] / BN
    assert told(text, r"stale quotes cost (\S+) billion at most") == ends(hit)[1:]


def test_the_page_describes_the_member_nearest_to_the_record(report: StudyReport, text: str):
    outcomes = dollar_outcomes(report.members)
    place = int(np.argmax([amounts_near(outcomes, i) for i in range(len(report.is_plausible))]))
    number = report.members.numbers[~report.members.is_base][place]

    def figure(name: str, unit: float = BN) -> float:
        return round(float(report.members.drawn(name)[place]) / unit, 1)

    claims = [figure(f"claims-of-customers to {day}") for day in ON_RECORD]
    cash = [figure(f"cash-of-the-exchange to {day}") for day in (ON_RECORD[0], ON_RECORD[2])]
    owed = figure(f"owed-by-maker-to-house to {ON_RECORD[1]}")
    assert told(text, r"The nearest member, (\d+), owes") == [number]
    assert (
        told(text, r"owes its customers (\S+) billion in \w+ 2021, (\S+) in .*? and (\S+) in")
        == claims
    )
    assert told(text, r"Its exchange has (\S+) and (\S+) billion of cash and coins") == cash
    assert told(text, r"its maker owes the exchange (\S+) in June 2022") == [owed]
    assert told(
        text, r"hole is (\S+) there, the mechanism costs (\S+) billion, .*? cost (\S+) million"
    ) == [
        figure("hole-of-the-exchange to 2022-11-11"),
        figure("mechanism_usd"),
        figure("pickoff_usd", 10**6),
    ]


@pytest.mark.slow
def test_the_page_states_how_many_outcomes_of_the_nearest_member_agree_with_the_record(
    text: str, tmp_path: Path
):
    ((number, agree, of),) = re.findall(
        r"--replay (\d+) nearest-life` .*? (\d+) of (\d+) comparable outcomes agree", text
    )
    replay(load_study(study_path("life")), int(number), tmp_path / "run", Mock())
    answer = compare(RunFolder(tmp_path / "run"), load_record()).answer()

    assert told(text, r"The nearest member, (\d+), owes") == [int(number)]
    assert answer.startswith(f"{agree} of {of} comparable outcomes agree")
