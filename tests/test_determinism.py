"""Two runs with the same seed write the same bytes.

If settlements are more frequent, mean totals change by less than a standard error.
"""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from math import sqrt
from pathlib import Path
from statistics import mean, stdev

import pytest
from folder_contents import contents

from ledger.run_folder import RunFolder
from runs.full_audit import audit

CHECKOUT = Path(__file__).parents[1]
BUSY = Path(__file__).with_name("worlds") / "busy.toml"

RUN = """
import sys
from pathlib import Path
from runs.execute import execute
from runs.scenarios import load
execute(load(sys.argv[1]), Path(sys.argv[2]))
"""


def run_in_another_process(scenario: str, folder: Path, hash_seed: int) -> dict[str, bytes]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-c", RUN, scenario, str(folder)],
        cwd=folder.parent,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT), "PYTHONHASHSEED": str(hash_seed)},
        check=True,
    )
    return contents(folder)


# ------------------------------------------------------------------------------- the same bytes


@pytest.mark.parametrize(
    "scenario", [pytest.param("tiny", marks=pytest.mark.slow), str(BUSY)], ids=["tiny", "busy"]
)
def test_a_run_has_the_same_bytes_in_another_folder_and_with_another_python_hash_seed(
    executed, scenario, tmp_path
):
    one = contents(executed(scenario).path)  # this process has a random hash seed
    two = run_in_another_process(scenario, tmp_path / "there" / "two", hash_seed=2)

    assert any(name.endswith(".parquet") for name in one)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_day_ledgers_change_no_other_files_except_the_scenario_and_the_manifest(executed, tiny_run):
    """Day ledgers are written from the books."""
    with_days = contents(tiny_run.path)
    without = contents(executed("tiny", run={"day_ledgers": ()}).path)

    said_otherwise = {"scenario.toml", "manifest.json"}
    assert {
        name: content
        for name, content in with_days.items()
        if not name.startswith("days/") and name not in said_otherwise
    } == {name: content for name, content in without.items() if name not in said_otherwise}


def test_another_seed_gives_other_hits_and_valid_books(executed, tiny_run):
    other = executed("tiny", run={"seed": 2})

    columns = "time, taker, lots, price, lead"
    with tiny_run.connect() as ours, other.connect() as theirs:
        query = f"SELECT {columns} FROM rows WHERE motive = 'pickoff' ORDER BY seq"
        fills = ours.execute(query).fetchall(), theirs.execute(query).fetchall()
    assert not {*fills[0]} & {*fills[1]}
    assert all(fills)
    assert [finding.problems for finding in audit(other.path, every_day=True)] == [()] * 7


# ---------------------------------------------------------------- the frequency of settlements

SETTLING = Path(__file__).with_name("worlds") / "settling.toml"
SEEDS = range(1, 9)

# The query returns the total of each kind of payment in cents. For variation margin and funding
# this is the captive maker's total, because the total of all parties is zero.
BY_KIND = """
SELECT 'PickOff', sum(edge_cents) FROM rows WHERE motive = 'pickoff'
UNION ALL SELECT 'Spread', sum(edge_cents) FROM rows WHERE motive = 'spread'
UNION ALL SELECT 'Fees', sum(fee_cents) FROM rows WHERE motive IN ('pickoff', 'spread')
UNION ALL SELECT 'Hedging', sum(fee_cents - edge_cents) FROM rows WHERE motive = 'hedging'
UNION ALL SELECT 'VariationMargin', sum(edge_cents) FROM rows
    WHERE motive = 'variation-margin' AND taker = $maker
UNION ALL SELECT 'Funding', sum(edge_cents) FROM rows WHERE motive = 'funding' AND taker = $maker
"""

Totals = dict[str, list[float]]  # for each kind, one total per seed


@pytest.fixture(scope="module")
def totals(executed: Callable[..., RunFolder]) -> dict[int, Totals]:
    """Return one day's totals by settlement interval (600 or 300 seconds), kind and seed."""
    return {
        settle_s: _totals(
            executed(SETTLING, run={"seed": seed, "settle_s": settle_s}) for seed in SEEDS
        )
        for settle_s in (600, 300)
    }


def _totals(runs: Iterable[RunFolder]) -> Totals:
    found: Totals = defaultdict(list)
    for run in runs:
        with run.connect() as connection:
            maker = {"maker": run.chart.parties.maker}
            for kind, cents in connection.execute(BY_KIND, maker).fetchall():
                found[kind].append(float(cents or 0))
    return found


@pytest.mark.parametrize(
    "kind", ["PickOff", "Spread", "Fees", "Hedging", "VariationMargin", "Funding"]
)
def test_more_frequent_settlements_change_each_mean_total_by_less_than_a_standard_error(
    totals, kind
):
    """The test compares means over eight seeds. Both settlement intervals use the same seeds.

    The maker hedges equally often in both cases. If it hedged more often, it would also hedge
    positions that later trades offset.
    """
    rarely, often = totals[600][kind], totals[300][kind]

    moved = abs(mean(rarely) - mean(often))

    assert any(rarely)
    assert moved < stdev(rarely) / sqrt(len(SEEDS))
