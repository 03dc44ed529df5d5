"""The sweep over displayed sizes finds a known exponent.

The losses in one case of the sweep agree with the books of its run.
"""

from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from ledger.accounts import income
from ledger.reports.dollars import usd_balances
from runs.experiments import size_sweep
from runs.experiments.size_sweep import (
    SEEDS,
    SIZES_USD,
    WAYS,
    MakerLoss,
    exponent,
    losses,
    sweep_tables,
)

TINY = Path(__file__).parents[3] / "runs" / "tiny.toml"


@pytest.mark.parametrize("power", [0, 0.5, 1, 1.7])
def test_the_fitted_exponent_of_a_power_law_is_exact(power):
    lost = [7e-3 * size**power for size in SIZES_USD]

    assert exponent(list(SIZES_USD), lost) == pytest.approx(power, abs=1e-12)


def test_the_table_of_exponents_has_the_median_and_the_range_over_seeds():
    powers = dict(zip(SEEDS, (0.9, 1.1, 0.7, 1.3, 1.0, 0.8), strict=True))
    found = {
        (way, size, seed): MakerLoss(Decimal(size ** powers[seed]), Decimal(0), seed)
        for way, size, seed in product(WAYS, SIZES_USD, SEEDS)
    }
    by_size, exponents = sweep_tables(found)

    assert exponents.rows == [(way, "0.950", "0.700", "1.300") for way in WAYS]
    assert [row[:2] for row in by_size.rows] == list(product(WAYS, SIZES_USD))
    for _, size, _, least, greatest, net, came in by_size.rows:
        assert (least, greatest) == (round(size**0.7), round(size**1.3))
        assert (net, came) == (0, 3.5)


def test_a_case_of_the_size_sweep_agrees_with_the_books_of_its_run(monkeypatch, executed):
    monkeypatch.setattr(size_sweep, "SCENARIO", str(TINY))
    market = size_sweep.load(str(TINY)).markets[0].model_dump(exclude_none=True)
    market["quoter"]["displayed_usd"] = 2_000.0
    run = executed(TINY, run={"seed": 3}, markets=[market])
    booked, maker = usd_balances(run), run.chart.parties.maker

    lost, net, came = losses(("frozen", 2_000, 3))

    assert lost == booked[income(maker, "PickOff")] > 0
    assert net == lost + booked[income(maker, "Spread")]
    assert came == 0
    assert losses(("frozen", 1_000, 3)).pickoff_usd < lost
