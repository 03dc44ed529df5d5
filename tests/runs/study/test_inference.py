"""Conclusions of a study: plausible members, decisive inputs, the mechanism's part of the hole."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from runs.scenarios import load
from runs.study.as_told import write_as_told
from runs.study.design import members_of
from runs.study.member_figures import outcomes
from runs.study.member_table import Members, read_members
from runs.study.nearest import nearest_table
from runs.study.plausible import Judgement, judge, nth_largest, plausible
from runs.study.recovery import recovery
from runs.study.sensitivity import sensitivity
from runs.study.study_file import RecordedMoment, Study, Unknown, load_study, study_path
from runs.study.study_report import StudyReport
from runs.study.study_tables import sensitivity_table
from runs.study.would_have_to_be import would_have_to_be

# On record: a fee yield of 1.6 to 2.1 basis points, and a revenue of 1.23 to 1.5 billion dollars.
YIELD, REVENUE = "fee-yield to 2021-12-31", "revenue-of-ftx to 2022-06-30"
WITHDRAWN = "net-withdrawals to 2022-11-08"  # on record: 5 to 6 billion dollars
UNKNOWNS = tuple(
    Unknown(name=name, keys=("run.seed",), low=0.0, high=1.0, source="test") for name in "xyz"
)
MOMENTS = (
    RecordedMoment(fact="fee-yield", until=date(2021, 12, 31), discrepancy=0.3, why="test"),
    RecordedMoment(fact="revenue-of-ftx", until=date(2022, 6, 30), why="test"),
)


def members(points: np.ndarray, figures: Mapping[str, np.ndarray], nth: int = 1) -> Members:
    """Return a study with the given members and two members of the base.

    Each figure of a base member is the mean over the given members that have this figure.
    """
    study = Study(
        question="test",
        base="tiny",
        members=max(len(points), 2),
        base_members=2,
        nth_largest=nth,
        unknown=UNKNOWNS,
        moment=MOMENTS,
    )
    base = {name: np.full(2, np.nanmean(values)) for name, values in figures.items()}
    return Members(
        study,
        {},
        np.arange(len(points) + 2),
        np.concatenate((np.full((2, 3), np.nan), points)),
        {name: np.concatenate((base[name], values)) for name, values in figures.items()},
    )


def of_money(n: int, mechanism: np.ndarray, hole: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "quotes_usd": mechanism,
        "liquidations_usd": np.zeros(n),
        "on_chain_usd": np.zeros(n),
        "mechanism_usd": mechanism,
        "hole_usd": hole,
        "uses_usd": 2 * hole,
        "pickoff_usd": mechanism,
        "gap_loss_usd": np.zeros(n),
        "hits_usd": 1_000 * mechanism,
        "volume_usd": 9_000 * mechanism,
        "contradictions": np.zeros(n),
        WITHDRAWN: np.full(n, 2e9),
    }


FIVE = np.linspace(0.1, 0.9, 15).reshape(5, 3)
RECORD = {
    # The fee yields of the five members are: in the middle of the recorded range; at its upper end;
    # 3.05 standard deviations above the middle; far above; missing.
    YIELD: np.array([1.85, 2.1, 1.85 + 3.05 * (0.3**2 + 0.5**2 / 12) ** 0.5, 9.0, np.nan]),
    REVENUE: np.array([1.365e9, 1.5e9, 1.365e9, 9e9, 1.365e9]),
}


def test_implausibility_is_the_distance_from_the_middle_of_the_record_in_standard_deviations():
    of_yield, of_revenue = judge(members(FIVE, RECORD))

    assert of_yield.sd == pytest.approx((0.3**2 + 0.5**2 / 12) ** 0.5)
    assert of_revenue.sd == pytest.approx(270e6 / 12**0.5)
    assert of_yield.implausibility[:3] == pytest.approx([0, 0.25 / of_yield.sd, 3.05])
    assert np.isinf(of_yield.implausibility[4])


def test_the_standard_deviation_of_a_judgement_includes_the_variation_between_seeds():
    table = members(FIVE, RECORD)
    table.figures[YIELD][:2] = 1.0, 3.0
    of_yield, _ = judge(table)

    assert of_yield.sd == pytest.approx((0.3**2 + 0.5**2 / 12 + 1.4826**2) ** 0.5)


def test_one_outlier_among_base_members_hardly_changes_their_median_and_deviation():
    of_base = {
        "numbers": np.arange(4),
        "inputs": np.full((4, 3), np.nan),
        "figures": {YIELD: np.array([1.0, 1.1, 0.9, 1e9])},
    }
    table = replace(members(FIVE, RECORD), **of_base)

    assert table.middle_of_base(YIELD) == pytest.approx(1.05)
    assert table.chance_sd(YIELD) == pytest.approx(1.4826 * 0.1)


@pytest.mark.parametrize(
    ("nth", "expected"), [(1, [1, 1, 0, 0, 0]), (2, [1, 1, 1, 0, 1]), (9, [1, 1, 1, 0, 1])]
)
def test_a_member_is_plausible_if_its_nth_largest_implausibility_is_less_than_three(
    nth: int, expected: list[int]
):
    judged = judge(members(FIVE, RECORD, nth))

    assert plausible(judged, nth).astype(int).tolist() == expected
    assert nth_largest(judged, nth).shape == (5,)


@pytest.mark.slow  # importing scikit-learn alone takes seconds
def test_the_total_effect_of_an_input_is_its_share_of_the_variance_of_the_outcome():
    points = np.random.default_rng(1).random((40, 3))
    values = 4 * points[:, 0] + points[:, 1]
    found = sensitivity(members(points, {"hole_usd": values}), "hole_usd")

    assert found is not None
    assert found.explained > 0.95
    shares = {effect.unknown: effect for effect in found.effects}
    # x and y are independent and uniform: x has 16/17 of the variance of 4 * x + y, and y has 1/17.
    assert shares["x"].low <= 16 / 17 <= shares["x"].high
    assert shares["y"].total == pytest.approx(1 / 17, abs=0.03)
    assert shares["z"].total < 0.01
    assert [effect.unknown for effect in found.effects] == ["x", "y", "z"]
    assert sensitivity(members(points, {"hole_usd": values}), "hole_usd") == found


def test_a_note_warns_that_with_a_poor_emulator_even_the_order_of_small_effects_is_uncertain():
    table = sensitivity_table(members(FIVE, {"hole_usd": np.arange(5.0)}), ["hole_usd"])

    assert "less than 70 % of the variance" in table.notes[0]
    assert "even the order of small effects is uncertain" in table.notes[0]


def test_sensitivity_is_not_computed_for_a_study_with_too_few_members():
    assert sensitivity(members(FIVE, {"hole_usd": np.arange(5.0)}), "hole_usd") is None


def test_among_members_with_a_mechanism_over_half_the_hole_the_nearest_to_the_record_is_chosen():
    mechanism, hole = np.array([1.0, 6.0, 7.0, 8.0, 2.0]) * 1e9, np.full(5, 10e9)
    table = members(FIVE, {**of_money(5, mechanism, hole), **RECORD})
    found = would_have_to_be(table, judge(table))

    assert found.reached.tolist() == [False, True, True, True, False]
    assert found.chosen == 1
    assert found.inputs == pytest.approx(dict(zip("xyz", FIVE[1], strict=True)))
    assert [each.figure for each in found.contradicted] == [WITHDRAWN]
    assert found.contradicted[0].times_range == pytest.approx(3.0)
    assert found.contradicted[0].times_end == pytest.approx(0.4)


def test_members_are_sorted_by_the_number_of_amounts_near_the_record_and_then_by_missed_facts():
    figures = {
        "revenue-of-ftx to 2022-06-30": np.array([1.1e9, 1.7e9, 1.5e9, np.nan, 1.3e9]),
        WITHDRAWN: np.array([4.6e9, 5.5e9, 4.4e9, 5.5e9, 6.5e9]),
        YIELD: np.full(5, 9.0),  # an outcome, but not in dollars
    }
    studied = members(FIVE, of_money(5, np.arange(5.0), np.full(5, 9e9)) | figures)
    table = nearest_table(studied, judge(studied), np.array([False, False, False, True, False]))
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    # An amount is near the record if it is inside the recorded range, or outside by at most a tenth
    # of the nearer end. The recorded revenue is 1.23 to 1.5 billion dollars, and the recorded
    # withdrawals are 5 to 6 billion dollars. All members miss the recorded fee yield.
    assert [(row["member"], row["amounts_near"], row["facts_missed"]) for row in rows] == [
        (6, 2, 1),
        (4, 1, 1),
        (2, 1, 2),
        (3, 1, 2),
        (5, 1, 2),
    ]
    assert [row["member"] for row in rows if row["plausible"] == "yes"] == [5]


def test_a_member_is_chosen_even_if_no_member_has_a_figure_for_any_judging_fact():
    mechanism, hole = np.array([1.0, 6.0, 7.0, 8.0, 2.0]) * 1e9, np.full(5, 10e9)
    table = members(FIVE, {**of_money(5, mechanism, hole), **RECORD})
    far = [replace(each, model=np.full(5, np.nan)) for each in judge(table)]

    assert would_have_to_be(table, far).chosen == 1


def test_the_volume_of_hits_that_would_cost_half_of_the_hole_is_stated_if_no_member_reaches_half():
    mechanism, hole = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) * 1e9, np.full(5, 10e9)
    table = members(FIVE, {**of_money(5, mechanism, hole), **RECORD})
    report = StudyReport(table, "0" * 12)
    found = report.would_have_to_be

    assert not found.reached.any()
    assert found.chosen == 2
    assert found.bound.worst_bps == pytest.approx(10.0)
    # At a loss of ten basis points, hits cost five billion dollars (half of the hole) if their
    # volume is five trillion dollars. The venue's whole volume is at most ten trillion.
    assert found.bound.needed_usd == pytest.approx(5e12)
    assert found.bound.of_volume_pct == pytest.approx(50.0)
    # The maker's share is recorded for 2019 (40 to 50 % of a volume of 40 billion) and for 2022 (2
    # to 3 %). It is not recorded for 2020 (volume 385 billion) and 2021 (5,200 billion). Of the ten
    # trillion, 10,000 - 40 - 385 - 5,200 = 4,375 billion are left for 2022.
    assert found.bound.silent_usd == pytest.approx(5_585e9)
    assert found.bound.allowed_usd == pytest.approx(20e9 + 0.03 * 4_375e9)
    assert found.bound.of_silent_pct == pytest.approx(100 * (5_000 - 151.25) / 5_585)
    assert "in all members: at most 30.0 %" in report.answer()
    assert "50 % of the venue's total volume" in report.answer()


def test_the_answer_states_that_hits_cannot_cost_half_of_the_hole_if_all_members_gain_on_hits():
    gained, hole = np.array([-1.0, -2.0, -3.0, -2.0, -1.0]) * 1e9, np.full(5, 10e9)
    figures = {**of_money(5, gained, hole), **RECORD, "hits_usd": np.full(5, 1e12)}
    report = StudyReport(members(FIVE, figures), "0" * 12)
    half = next(table for table in report.tables() if table.name == "half")

    assert (
        "No member loses on hits, so no volume of hits would cost half of the hole."
        in report.answer()
    )
    assert dict(half.rows)["volume of hits that would cost half of the base's hole, USD"] is None


def test_the_parts_of_the_mechanism_in_the_shipped_study_sum_to_the_mechanism():
    found = read_members(study_path("life").with_suffix("")).figures

    parts = sum(found[name] for name in ("quotes_usd", "liquidations_usd", "on_chain_usd"))
    assert found["mechanism_usd"] == pytest.approx(parts)


def test_the_loss_of_the_mechanism_leaves_out_gap_losses():
    books = SimpleNamespace(dated_notes=lambda kind: [])
    kinds = {"PickOff": Decimal(30), "Takeovers": Decimal(40), "GapLoss": Decimal(70)}
    found = SimpleNamespace(kinds_usd=kinds, uses_usd=kinds)

    told = outcomes(books, found, Decimal(140))

    assert (told["quotes_usd"], told["liquidations_usd"]) == (30, 40)
    assert (told["mechanism_usd"], told["gap_loss_usd"], told["hole_usd"]) == (70, 70, 140)


def test_the_report_has_the_interval_of_the_mechanism_over_the_plausible_members():
    mechanism, hole = np.array([1.0, 2.0, 3.0, 9.0, 9.0]) * 1e9, np.full(5, 10e9)
    table = members(FIVE, {**of_money(5, mechanism, hole), **RECORD})
    report = StudyReport(table, "0" * 12)
    parts = {row[0]: row for row in report.tables()[0].rows}

    assert report.answer().startswith("2 of 5 members are plausible by the record")
    mechanism_row = parts["the mechanism: the sum of the three parts"]
    assert [float(cell) / 1e9 for cell in mechanism_row[3:6]] == pytest.approx([1.05, 1.5, 1.95])
    assert [float(cell) for cell in mechanism_row[6:]] == pytest.approx([5.2, 9.8], abs=0.06)
    predicted = {row[0]: row for row in report.tables()[5].rows}
    assert set(predicted) == {WITHDRAWN}
    assert predicted[WITHDRAWN][-1] == "below"


def test_a_hidden_input_is_recovered_only_if_the_compared_figures_depend_on_this_input():
    points = np.random.default_rng(2).random((200, 3))
    noise = 0.02 * np.random.default_rng(3).standard_normal(200)
    moment = points[:, 0] + noise
    table = members(points, {"volume_usd": moment, "hole_usd": 2 * points[:, 0]})
    table.figures["volume_usd"][:2] = 0.5 - 0.02, 0.5 + 0.02
    found = {each.quantity: each for each in recovery(table, ["volume_usd"], ["hole_usd"], 40, 1)}

    assert all(each.hidden == 40 for each in found.values())
    assert found["x"].covered >= 32
    assert found["x"].width < 0.25
    assert found["hole_usd"].width == pytest.approx(found["x"].width, abs=0.02)
    assert abs(found["x"].bias) < 4 * found["x"].bias_error + 0.02
    assert found["y"].width > 0.8

    by_chance = {"volume_usd": [0.5, 0.5, 99.0], "hole_usd": [1.0, 1.0, 1.0]}
    table = replace(
        table,
        numbers=np.arange(205),
        inputs=np.concatenate((np.full((3, 3), np.nan), table.inputs)),
        figures={name: np.append(by_chance[name], of) for name, of in table.figures.items()},
    )
    (x, *_) = recovery(table, ["volume_usd"], ["hole_usd"], 40, 1)
    assert x.width < 0.25  # one extreme base member, 99, hardly changes the error of chance


def test_the_scenario_of_the_hypothesis_begins_with_a_note_that_it_is_not_history(tmp_path: Path):
    study = load_study(study_path("tiny"))
    numbers = np.arange(2, 8)
    inputs = np.array([list(each.inputs.values()) for each in members_of(study)[2:]])
    table = Members(
        study,
        {},
        np.arange(8),
        np.concatenate((np.full((2, 2), np.nan), inputs)),
        {
            name: np.concatenate((np.ones(2), values))
            for name, values in of_money(6, 1.0 * numbers, np.full(6, 100.0)).items()
        },
    )
    judged: list[Judgement] = []
    write_as_told(table, would_have_to_be(table, judged), tmp_path / "told.toml")
    text = (tmp_path / "told.toml").read_text(encoding="utf-8")
    scenario = load(str(tmp_path / "told.toml"))

    assert text.splitlines()[0] == "# This is the hypothesis and not history."
    assert "# Member 7 of the study" in text
    assert "7.0 % of the hole" in text
    assert scenario.markets[0].quoter.latency_s == inputs[-1][0]
    assert "hypothesis" in scenario.question


def test_the_shipped_study_can_be_read_without_scipy(monkeypatch):
    for module in ("scipy", "scipy.stats", "sklearn"):
        monkeypatch.setitem(sys.modules, module, None)
    report = StudyReport(read_members(study_path("life").with_suffix("")), "0" * 12)

    assert report.tables()
