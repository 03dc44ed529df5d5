"""docs/study.md has the tables and figures of the shipped study."""

import re
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from ledger.run_folder import RunFolder
from runs.experiments.docs_page import markdown
from runs.experiments.member_accuracy import FIGURES, accuracy, chosen, number_of
from runs.experiments.shipped_study import page_tables
from runs.record.compare import compare
from runs.record.facts import load_record
from runs.study.plausible import facts_missed
from runs.study.play import replay
from runs.study.recorded_outcomes import recorded_outcomes
from runs.study.searched import Searched
from runs.study.shipped import read_shipped
from runs.study.study_file import load_study, study_path
from runs.study.study_report import StudyReport
from runs.study.study_tables import predictions_table
from runs.study.would_have_to_be import contradicted_by

PAGE = (Path(__file__).parents[3] / "docs" / "study.md").read_text(encoding="utf-8")
BN, MN = 10**9, 10**6
ON_RECORD = ("2021-11-30", "2022-06-30", "2022-10-31")


@pytest.fixture(scope="module")
def report() -> StudyReport:
    return read_shipped("life")


@pytest.fixture(scope="module")
def text() -> str:
    """Return the section on the shipped study as a single line."""
    section = PAGE.partition("## The shipped study")[2]
    return " ".join(section.partition("\n## ")[0].split())


def told(text: str, pattern: str) -> list[float]:
    """Return the numbers that a pattern finds in the text. The pattern must match exactly once."""
    (found,) = re.findall(pattern, text)
    groups = (found,) if isinstance(found, str) else found
    return [float(each) for each in groups]


def test_the_page_has_the_tables_of_the_shipped_study(report: StudyReport):
    for table in page_tables(report):
        assert markdown(table) in PAGE, table.name


def test_the_table_of_accuracy_on_the_page_has_the_figures_of_three_members_of_the_study(
    report: StudyReport,
):
    expected = accuracy(report, {place: {} for place in chosen(report)})

    shown = PAGE.partition("<!-- accuracy -->")[2].partition("<!-- /accuracy -->")[0]
    head, _, *rows = [line.strip("| ").split(" | ") for line in shown.splitlines() if "|" in line]
    assert head == list(expected.columns)
    of_members = [0, 2, 4, 6]  # columns 1, 3 and 5 have figures of whole lives
    assert [[row[i] for i in of_members] for row in rows] == [
        [str(row[i]) for i in of_members] for row in expected.rows
    ]


def test_the_page_states_how_much_three_members_differ_from_whole_lives_with_the_same_inputs():
    shown = PAGE.partition("<!-- accuracy -->")[2].partition("<!-- /accuracy -->")[0]
    rows = [line.strip("| ").split(" | ") for line in shown.splitlines() if line.startswith("| ")]
    figures = {row[0]: [float(each) for each in row[1:]] for row in rows[2:]}
    text = " ".join(PAGE.split())

    stated = told(
        text,
        r"loss on stale quotes differs by at most (\d+) %, the mechanism by at most (\d+) %, and "
        r"the hole by at most (\d+) %",
    )
    for words, percent in zip(
        (FIGURES["pickoff_usd"], FIGURES["mechanism_usd"], FIGURES["hole_usd"]), stated, strict=True
    ):
        lives, members = np.array(figures[words][::2]), np.array(figures[words][1::2])
        assert percent - 1 < 100 * np.abs(members / lives - 1).max() <= percent


def test_the_page_states_the_numbers_of_members_and_inputs(report: StudyReport, text: str):
    n, study = len(report.is_plausible), report.members.study

    assert told(text, r"reads (\d+) members and") == [n]
    assert told(text, r"record does not determine (\d+) inputs") == [len(study.unknown)]
    assert told(text, r"(\d+) members are plausible\.") == [report.is_plausible.sum()]
    assert told(text, r"is one of (\d+) random draws") == [n]
    assert "Nineteen facts of the record judge" in text
    assert len(report.judged) == 19
    assert "plausible if it misses at most two facts" in text
    assert study.nth_largest == 3


def test_the_page_states_the_number_of_members_in_which_quotes_gain_or_lose_much_money(
    report: StudyReport, text: str
):
    lost, hit = (report.members.drawn(name) for name in ("quotes_usd", "pickoff_usd"))

    assert told(text, r"In (\d+) of the (\d+) members quotes earn more than half a billion") == [
        (lost < -BN / 2).sum(),
        len(lost),
    ]
    assert told(text, r"in (\d+) they lose more than half a billion") == [(lost > BN / 2).sum()]
    assert told(
        text, r"billion in (\d+) members; the median of all (\d+) members is (\d+) million"
    ) == [
        (hit > BN).sum(),
        len(hit),
        round(float(np.median(hit)) / MN, -1),
    ]


def test_the_conclusions_on_the_page_agree_with_the_shipped_study(report: StudyReport, text: str):
    of, found = report.members.drawn, report.is_plausible
    half = report.would_have_to_be.reached
    recorded = {each.name: each.amounts for each in recorded_outcomes(report.members)}

    # The mechanism is less than half of the hole in every plausible member.
    assert not (half & found).any()
    # If the mechanism reaches half of the hole, the hole is below four billion dollars, and the
    # member misses many facts.
    assert of("hole_usd")[half].max() < 4 * BN
    missed = facts_missed(report.judged)[half]
    assert told(text, r"Each of the five misses at least (\d+) of the (\d+) facts") == [
        missed.min(),
        len(report.judged),
    ]
    # The mechanism is less than half of the hole even if a plausible member may miss up to 5 facts.
    assert report.would_have_to_be.share[facts_missed(report.judged) <= 5].max() < 0.5
    # The facts that plausible members miss most often are Alameda's shares of the volume.
    (table,) = (each for each in page_tables(report) if each.name == "missed")
    assert all(str(row[0]).startswith("share-of-maker-in-volume") for row in table.rows[:2])
    # Most of the mechanism's loss is the loss on positions that the maker takes over.
    taken_over = np.median(of("liquidations_usd")[found])
    assert taken_over > np.median(of("mechanism_usd")[found]) / 2
    # Both recorded ranges are between the least and the greatest figure of plausible members.
    for name in (
        "hole-of-the-exchange to 2022-11-11",
        "net-worth-without-own-circle to 2021-12-31",
    ):
        assert of(name)[found].min() < float(recorded[name].low)
        assert of(name)[found].max() > float(recorded[name].high)


def test_the_page_states_the_results_of_members_with_quotes_at_least_a_second_late(
    report: StudyReport, text: str
):
    names = [unknown.name for unknown in report.members.study.unknown]
    drawn = report.members.inputs[~report.members.is_base]
    is_late = drawn[:, names.index("latency_s")] >= 1
    late = report.is_plausible & is_late
    share = 100 * report.would_have_to_be.share

    assert told(text, r"(\d+) plausible members have such quotes") == [
        (report.is_plausible & ~is_late).sum()
    ]
    assert told(
        text, r"In the other (\d+), stale quotes cost at most (\S+) billion, .*? most (\S+) % of"
    ) == [
        late.sum(),
        round(float(report.members.drawn("pickoff_usd")[late].max()) / BN, 1),
        round(float(share[late].max()), 1),
    ]


@pytest.fixture(scope="module")
def search(report: StudyReport) -> Searched:
    assert report.searched is not None
    return report.searched


def inputs(search: Searched, name: str) -> np.ndarray:
    """Return one input of each drawn life."""
    names = [unknown.name for unknown in search.members.study.unknown]
    return search.members.inputs[~search.members.is_base][:, names.index(name)]


def ends(values: np.ndarray) -> list[float]:
    """Return the least and the greatest value, rounded as on the page."""
    return [round(float(end), 1) for end in (values.min(), values.max())]


def test_the_page_states_the_results_of_the_search(search: Searched, text: str):
    of, found, of_search = search.members.drawn, search.is_plausible, search.of_search
    percent, hole_bn, stale_bn = 100 * search.share, of("hole_usd") / BN, of("pickoff_usd") / BN
    large_hole, late_s = found & (hole_bn >= 10), inputs(search, "latency_s")
    as_in_thread = found & (late_s >= 1) & (late_s <= 4)
    loss_bn = of("mechanism_usd")[found].max() / BN

    assert told(text, r"So a search played (\d+) more lives") == [of_search.sum()]
    assert told(text, r"(\d+) of these (\d+) lives are plausible") == [
        (found & of_search).sum(),
        of_search.sum(),
    ]
    assert told(text, r"mechanism costs at most (\S+) billion, which is (\d+) %") == [
        round(float(loss_bn), 1),
        round(100 * float(loss_bn) / 10.7),
    ]
    assert told(
        text, r"In the (\d+) plausible lives with a hole of ten .*? is at most (\S+) % of"
    ) == [large_hole.sum(), round(float(percent[large_hole].max()), 1)]
    assert told(
        text, r"(\d+) of the (\d+) lives have quotes one .*? stale quotes cost (\S+) to (\S+) bil"
    ) == [as_in_thread.sum(), found.sum(), *ends(stale_bn[as_in_thread])]
    for number in range(int(search.generation.max()) + 1):
        which = search.generation == number
        assert percent[search.best(which)] == percent[which & found].max()


def test_the_page_describes_the_plausible_life_in_which_the_mechanism_is_at_least_half_of_the_hole(
    search: Searched, text: str
):
    of, found = search.members.drawn, search.is_plausible
    percent, hole_bn = 100 * search.share, of("hole_usd") / BN
    ((life,),) = np.nonzero(found & (percent >= 50))
    others = found & (percent < 50)
    kept, cash_bn = inputs(search, "cash_share_2022"), of("cash-of-the-exchange to 2022-10-31") / BN
    reach = search.of_search & (percent > 100)

    assert told(
        text,
        r"have (\d+) plausible lives\. In (\d+) of these lives, .*? at most (\S+) % of the hole\.",
    ) == [found.sum(), others.sum(), round(float(percent[others].max()), 1)]
    assert told(
        text, r"life (\d+) .*?, the mechanism is (\S+) % of the hole, .*?: the hole is (\S+) bil"
    ) == [
        search.members.numbers[~search.members.is_base][life],
        round(float(percent[life]), 1),
        round(float(hole_bn[life]), 1),
    ]
    assert told(text, r"FTX then has (\S+) billion of cash") == [round(float(cash_bn[life]), 1)]
    assert told(text, r"(\d+) % of customers' claims in this life are kept") == [
        round(100 * float(kept[life]))
    ]
    assert "the mechanism is larger than the hole in three lives" in text
    assert sorted(facts_missed(search.judged)[reach].tolist()) == [2, 3, 4]
    assert told(
        text, r"miss 3 and 4 facts\. The holes of these three lives are (\S+) to (\S+) billion"
    ) == ends(hole_bn[reach])


def test_the_page_describes_the_lives_that_miss_no_fact(search: Searched, text: str):
    whole = facts_missed(search.judged) == 0
    hole_bn = search.members.drawn("hole_usd")[whole] / BN

    assert whole.sum() == 7
    assert told(
        text, r"Seven lives miss no fact\. Their holes are (\S+) to (\S+) bil.*?is (\S+) to (\S+) %"
    ) == [*ends(hole_bn), *ends(100 * search.share[whole])]


def test_the_page_states_for_how_many_outcomes_the_plausible_range_overlaps_the_record(
    report: StudyReport, text: str
):
    table = predictions_table(report.members, report.is_plausible)
    missed = {str(row[0]): str(row[-1]) for row in table.rows if row[-1] != "met"}

    assert told(text, r"There are (\d+) such outcomes. For (\d+) of them the range") == [
        len(table.rows),
        len(table.rows) - len(missed),
    ]
    # The page names these five outcomes. For each it says whether the model is too low or too high.
    assert missed == {
        "revenue-of-ftx to 2019-12-31": "below",
        "net-worth-without-own-circle to 2021-12-31": "above",
        "cash-of-the-maker to 2022-06-30": "below",
        "own-assets-of-the-exchange to 2022-09-30": "below",
        "elasticity-of-volume-to-range of ETH-PERP to 2022-08-13": "below",
    }


def test_the_page_states_the_number_of_outcomes_for_which_members_are_outside_the_recorded_range(
    report: StudyReport, text: str
):
    others = [
        len(list(contradicted_by(report.members, i))) for i in np.flatnonzero(report.is_plausible)
    ]

    assert told(text, r"outside the recorded range for (\d+) of (\d+) outcomes") == [
        len(report.would_have_to_be.contradicted),
        len(list(recorded_outcomes(report.members))),
    ]
    assert told(text, r"each plausible member are outside .*? for (\d+) to (\d+)") == [
        min(others),
        max(others),
    ]


def test_the_page_describes_the_member_nearest_to_the_record(report: StudyReport, text: str):
    place = chosen(report)[0]

    def figure(name: str) -> float:
        return round(float(report.members.drawn(name)[place]) / BN, 1)

    assert told(text, r"writes the books of member (\d+)\.") == [number_of(report, place)]
    assert told(
        text, r"owes its customers (\S+) billion in \w+ 2021, (\S+) in June 2022 and (\S+) in"
    ) == [figure(f"claims-of-customers to {day}") for day in ON_RECORD]
    assert told(
        text, r"FTX has cash and coins of (\S+) billion in .*? and of (\S+) billion in October"
    ) == [figure(f"cash-of-the-exchange to {day}") for day in (ON_RECORD[0], ON_RECORD[2])]
    assert told(text, r"Alameda owes FTX (\S+) billion in June 2022") == [
        figure(f"owed-by-maker-to-house to {ON_RECORD[1]}")
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

    assert answer.startswith(f"{agree} of {of} comparable outcomes agree")
