"""The sweep over thin collateral: its settings, the results in the books, and the tables."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.reports.liquidations.pledged_results import PledgedResult, pledged
from runs.experiments import thin_collateral as sweep
from runs.experiments.thin_collateral import ThinSetting, cases, grid, lines, sweep_tables

THIN = Path(__file__).parents[2] / "worlds" / "thin.toml"


@pytest.fixture
def in_thin(monkeypatch):
    """Let the experiment use the small world `thin`."""
    monkeypatch.setattr(sweep, "SCENARIO", str(THIN))
    ThinSetting.base.cache_clear()
    yield
    ThinSetting.base.cache_clear()


def test_the_base_setting_is_in_the_grid_and_in_the_series_of_every_factor():
    base = ThinSetting.base()

    assert base in list(grid())
    assert {factor for factor, _, setting in lines() if setting == base} == set(sweep.FACTORS)
    assert len(cases()) == len(set(cases()))


def test_the_base_setting_has_the_same_result_as_the_unchanged_scenario(in_thin, executed):
    base = replace(ThinSetting.base(), after_usd=20.0)

    assert sweep.outcome(base) == pledged(executed(THIN))[0]


def test_four_factors_change_the_loan_or_the_value_of_unsold_tokens_in_the_right_direction(in_thin):
    base = replace(ThinSetting.base(), usd_per_bp=0.0)
    found = {
        factor: sweep.outcome(replace(base, **{factor: value}))
        for factor, value in {
            "weight_initial": 0.325,
            "tokens": 500_000.0,
            "imf_factor": 0.01,
            "after_usd": 10.0,
        }.items()
    }
    whole = sweep.outcome(base)

    assert whole.lent_usd == whole.loss_usd
    assert abs(found["weight_initial"].lent_usd * 2 - whole.lent_usd) < 1
    assert abs(found["tokens"].lent_usd * 2 - whole.lent_usd) < 1
    assert found["imf_factor"].lent_usd < whole.lent_usd / 5
    assert found["after_usd"].unsold_usd < whole.unsold_usd


def test_each_loss_in_the_two_tables_is_the_loss_of_its_setting():
    def made_up(setting: ThinSetting) -> PledgedResult:
        loss = Decimal(str(setting.weight_initial)) * 1_000_000 * int(1 + setting.usd_per_bp)
        return PledgedResult("Trader", "MOB", *[loss] * 4, *[Decimal(0)] * 3)

    in_grid, by_factor = sweep_tables({setting: made_up(setting) for setting in cases()})

    assert [row[0] for row in in_grid.rows] == [str(weight) for weight in sweep.WEIGHTS]
    for weight, (_, *losses) in zip(sweep.WEIGHTS, in_grid.rows, strict=True):
        found = [
            (Decimal(str(weight)) * int(1 + usd)).quantize(Decimal("0.1"))
            for usd in sweep.DEPTHS_USD
        ]
        assert losses == found
    assert len(by_factor.rows) == len(list(lines()))
    assert {row[-1] for row in by_factor.rows} == {Decimal("910.6")}
