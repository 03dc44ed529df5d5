"""Several idle hours (hours that are not played) can pass in one step. Results change little."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from des.clock import DAY_US, HOUR_US, SECOND_US
from des.scenario import Run
from des.traded_hours import TradedHours
from des.world import World
from ledger.accounts import income
from ledger.accounts_journal import AccountsJournal
from ledger.notes import PriceRange
from ledger.reports.dollars import usd_balances
from ledger.run_folder import RunFolder
from runs.scenarios import load

SETTLING = Path(__file__).parent / "worlds" / "settling.toml"
GROUP = SETTLING.with_name("group.toml")
SAMPLED = {"one_hour_in": 12, "seed": 3}
DAILY = (
    "SELECT date, account, commodity, sum(units) AS units FROM postings "
    "GROUP BY ALL HAVING sum(units) != 0 ORDER BY ALL"
)


@pytest.fixture(scope="module")
def both(executed: Callable[..., RunFolder]) -> tuple[RunFolder, RunFolder]:
    """Return two sampled runs.

    In the first run idle hours pass one by one. In the second run several idle hours pass in one
    step.
    """
    return (
        executed(SETTLING, run=SAMPLED),
        executed(SETTLING, run={**SAMPLED, "idle_hours_at_once": 24}),
    )


def test_idle_hours_that_pass_in_one_step_include_no_played_hour_and_end_by_midnight():
    run = Run(start=date(2022, 5, 9), end=date(2022, 5, 19), one_hour_in=12)
    hours = TradedHours.of(run)
    now_us, end_us = 19_000 * DAY_US, 19_010 * DAY_US
    traded = 0
    while now_us < end_us:
        if hours.has(now_us):
            traded, now_us = traded + 1, now_us + HOUR_US
            continue
        passed = hours.idle_at(now_us, 24)
        span = [now_us + hour * HOUR_US for hour in range(passed)]
        assert not any(map(hours.has, span))
        assert span[-1] // DAY_US == now_us // DAY_US
        now_us += passed * HOUR_US

    assert traded == 20


def test_idle_hours_that_pass_in_one_step_change_results_of_quotes_by_at_most_five_percent(
    both: tuple[RunFolder, RunFolder],
):
    one_by_one, at_once = (
        [usd_balances(run)[income(run.chart.parties.maker, kind)] for kind in ("PickOff", "Spread")]
        for run in both
    )

    assert min(map(abs, one_by_one)) > 100
    assert np.allclose(np.array(at_once, float), np.array(one_by_one, float), rtol=0.05)


def test_funding_is_paid_at_fewer_times_if_idle_hours_pass_in_one_step(
    both: tuple[RunFolder, RunFolder],
):
    counts, paid = zip(
        *(
            run.select(
                "SELECT count(DISTINCT time), sum(abs(edge_cents)) FROM rows "
                "WHERE motive = 'funding'"
            )[0]
            for run in both
        ),
        strict=True,
    )

    assert 0 < counts[1] < counts[0] / 3
    # The totals differ by less than a factor of two.
    assert Decimal("0.5") < Decimal(paid[1]) / Decimal(paid[0]) < 2


def test_the_price_range_of_a_day_is_at_most_slightly_wider_if_idle_hours_pass_in_one_step(
    both: tuple[RunFolder, RunFolder],
):
    every, some = ([note for _, note in run.dated_notes(PriceRange)] for run in both)

    assert len(every) == len(some)
    for whole, part in zip(every, some, strict=True):
        assert whole.low_usd <= part.low_usd + Decimal("0.01") * whole.low_usd
        assert part.high_usd <= whole.high_usd * Decimal("1.001")
        assert part.high_usd > part.low_usd


def test_a_journal_that_keeps_only_daily_sums_agrees_with_the_full_journal_on_every_day(
    both: tuple[RunFolder, RunFolder], tmp_path: Path
):
    _, whole = both
    scenario = load(str(SETTLING), {"run": {**SAMPLED, "idle_hours_at_once": 24}})
    World(scenario, tmp_path, books=AccountsJournal).run(lambda: None)
    alone = RunFolder(tmp_path)

    assert alone.select(DAILY) == whole.select(DAILY)
    assert not list(tmp_path.glob("*.beancount"))
    assert alone.select("SELECT count(*) FROM rows") == [(0,)]
    told = "SELECT * FROM notes WHERE kind != 'control-total-of-fills' ORDER BY ALL"
    assert alone.select(told) == whole.select(told)


def test_books_without_single_fills_have_the_same_daily_sums_if_customers_trade_on_margin(
    margin_run: RunFolder, tmp_path: Path
):
    World(load(str(margin_run.path / "scenario.toml")), tmp_path, books=AccountsJournal).run(
        lambda: None
    )
    alone = RunFolder(tmp_path)

    assert alone.select(DAILY) == margin_run.select(DAILY)
    forced = "SELECT count(*) FROM postings WHERE account LIKE '%:Liquidation%'"
    assert alone.select(forced)[0][0] > 0


class AfterHalt(World):
    """A world that records the settlements after the halt."""

    def _settle(self, end_us: int, elapsed_s: int) -> None:
        super()._settle(end_us, elapsed_s)
        self.lengths_s, self.ends_us = getattr(self, "lengths_s", []), getattr(self, "ends_us", [])
        if not self._cast.quoter.house_is_open:
            self.lengths_s.append(elapsed_s)
            self.ends_us.append(end_us)


@pytest.mark.parametrize("at_once", [1, 24])
def test_each_hour_after_a_halt_has_at_most_one_settlement_if_idle_hours_pass_in_one_step(
    at_once: int, tmp_path: Path
):
    """If idle hours pass one by one, a played hour after the halt has four settlements."""
    sampled = {"one_hour_in": 4, "settle_s": 900}
    several = {} if at_once == 1 else {"idle_hours_at_once": at_once}
    scenario = load("first-hole", {"run": {**sampled, **several, "day_ledgers": []}})

    world = AfterHalt(scenario, tmp_path, books=AccountsJournal)
    world.run(lambda: None)

    _, *lengths_s = world.lengths_s  # the length of the first interval is set before the halt
    if at_once > 1:
        rest_s, *lengths_s = lengths_s
        # The second interval ends at the next full hour.
        assert rest_s == 3600 - world.ends_us[0] // SECOND_US % 3600
        assert world.ends_us[1] % HOUR_US == 0
    assert min(lengths_s) == (900 if at_once == 1 else 3600)
    assert (max(lengths_s) > 3600) == (at_once > 1)


def test_every_day_is_closed_if_the_house_halts_on_a_full_day(tmp_path: Path):
    """The house halts on a full day, on which there is a settlement every 15 minutes."""
    sampled = {"one_hour_in": 4, "settle_s": 900, "idle_hours_at_once": 24, "day_ledgers": []}
    halting = date(2022, 5, 12)
    scenario = load(
        str(SETTLING.with_name("run.toml")),
        {
            "run": {**sampled, "full_days": [halting]},
            "retail": {"flow": {"halt_after_h": 10.4}},
        },
    )

    world, days = AfterHalt(scenario, tmp_path, books=AccountsJournal), []
    world.run(lambda: days.append(world.env.now // DAY_US))

    assert world.lengths_s[:3] == [900, 2_700, 3_600]  # the first length is set before the halt
    assert days == list(range(days[0], days[0] + 6))


def test_the_directional_book_buys_its_position_on_one_day_although_idle_hours_pass_in_one_step(
    executed,
):
    sampled = {"one_hour_in": 12, "settle_s": 900, "idle_hours_at_once": 24}
    run = executed(GROUP, run=sampled)
    (long,) = load(str(GROUP)).group.longs
    ((bought_usd, last),) = run.select(
        "SELECT sum(lots * lead) * 0.01, max(time) FROM rows "
        "WHERE taker = 'Alameda:Directional' AND motive = 'hedging' AND lots > 0"
    )

    assert last.date() == long.since
    assert float(bought_usd) == pytest.approx(long.usd, rel=0.1)  # the price moves during the day
