"""The verdicts on the thread over five lives: the lives, their figures, and the joint verdict."""

from decimal import Decimal

import pytest

from runs.claims.figures import FIGURES
from runs.claims.verdicts import StatementVerdict
from runs.experiments import claims_over_lives
from runs.experiments.claims_over_lives import (
    LIVES,
    SAMPLED,
    SeededLife,
    claims_of,
    outcome,
    scenario_of,
)
from runs.scenarios import load


def test_the_first_life_is_ftx_sampled_and_the_other_lives_have_another_seed_or_another_maker():
    told = [scenario_of(life).model_dump(exclude={"question", "sources"}) for life in LIVES]

    assert told[0] == load(SAMPLED).model_dump(exclude={"question", "sources"})
    assert [each["run"]["seed"] for each in told] == [1, 2, 3, 1, 1]
    sampled = load(SAMPLED).run
    for key in ("one_hour_in", "group_loss_usd_max"):
        assert {each["run"][key] for each in told} == {getattr(sampled, key)}
    assert told[3]["maker"] != told[0]["maker"] != told[4]["maker"]


def test_the_verdict_on_the_central_statement_depends_on_the_run_if_lives_disagree():
    key = "quotes-of-hole"
    blank = dict.fromkeys(FIGURES)
    low, high = (blank | {key: Decimal(usd)} for usd in (1, 60))

    found = claims_of({SeededLife("ftx-low", 1): low, SeededLife("ftx-high", 1): high})

    assert found.central.verdict is StatementVerdict.DEPENDS
    assert found.runs == ("ftx-low seed 1", "ftx-high seed 1")


def test_the_outcome_of_a_life_has_every_figure_that_can_decide_a_statement(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(claims_over_lives, "scenario_of", lambda life: load(life.scenario))

    figures = outcome(SeededLife("tiny", 1))

    assert figures.keys() == FIGURES.keys()
    assert figures["hole"] < 0
