"""Measures simulated seconds per CPU-second, of the model and of SimPy alone, for `make bench`.

The workload is the scenario `bench-peers`. The baseline is SimPy with empty processes. They wake up
as often as the workload renews the maker's quotes, moves the price, and receives uninformed orders.
There is no time limit: this command only measures.
"""

import gc
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path

import numpy as np
import simpy
from tabulate import tabulate

from des.clock import SECOND_US
from des.market.holdings import Holdings
from des.market.listing import Listing
from des.quoting.firms_in_market import FirmsInMarket
from des.scenario import Scenario
from des.world import World
from ledger.day_ledger import days_of, render_days
from ledger.money import to_cents
from ledger.run_folder import RunFolder
from runs.execute import execute
from runs.scenarios import load

ROUNDS = 3


def bare_simpy(scenario: Scenario) -> None:
    """Run the baseline: SimPy with empty processes."""
    env = simpy.Environment()
    draws = np.random.default_rng(1)
    (market,) = scenario.markets

    def beat(seconds: float) -> Generator[simpy.Event, None, None]:
        while True:
            yield env.timeout(seconds)

    def poisson(per_s: float) -> Generator[simpy.Event, None, None]:
        while True:
            yield env.timeout(draws.exponential(1 / per_s))

    env.process(beat(market.quoter.refreshes_every_s))
    env.process(poisson(market.price.ticks_per_s))
    for _ in range(scenario.retail.holders):
        env.process(poisson(1 / scenario.retail.holders))
    env.run(until=_seconds(scenario))


def markets_alone(scenario: Scenario, every_quote: bool) -> None:
    """Run the markets: quotes, races for stale quotes, and fills.

    There are no settlements, and no entries in the books.
    """
    with tempfile.TemporaryDirectory() as folder:
        world = World(scenario, Path(folder), every_quote)
        for listing in world.listings:
            world.env.process(_trade(world.env, listing, scenario))
        world.env.run()


def _trade(
    env: simpy.Environment, listing: Listing, scenario: Scenario
) -> Generator[simpy.Event, None, None]:
    flat = np.zeros(scenario.firms.count, dtype=np.int64)
    claims = np.array(
        [to_cents(each.capital_usd - each.on_lead_usd) for each in scenario.firms.members]
    )
    state = Holdings(0, 0, True, FirmsInMarket(flat, claims, 100 * claims, flat, claims > 0))
    step_us, start_us = scenario.run.settle_s * SECOND_US, int(env.now)
    for now_us in range(start_us, start_us + _seconds(scenario) * SECOND_US, step_us):
        listing.decide(now_us, scenario.run.settle_s, state)
        yield from listing.trading(env, now_us, now_us + step_us)


def whole_run(scenario: Scenario, every_quote: bool) -> None:
    """Run the whole workload: markets, settlement, posting, writing and sealing."""
    folder = Path(tempfile.mkdtemp())
    try:
        execute(scenario, folder / "run", every_quote=every_quote)
    finally:
        shutil.rmtree(folder)


def _seconds(scenario: Scenario) -> int:
    return (scenario.run.end - scenario.run.start).days * 86_400


def _cpu_s(work: Callable[[], object]) -> float:
    """Return the CPU time of the fastest of ROUNDS rounds, in seconds."""
    taken = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def main() -> None:
    """Print the results of the benchmark."""
    scenario = load("bench-peers")
    bare = _cpu_s(lambda: bare_simpy(scenario))
    rows = [("bare SimPy, no market", "no", _seconds(scenario) / bare, 1.0)]
    costs: dict[tuple[str, str], float] = {}
    for way, every_quote in (("quote by quote", True), ("looking ahead", False)):
        for posted, work in (("no", markets_alone), ("yes", whole_run)):
            cpu_s = _cpu_s(partial(work, scenario, every_quote))
            costs[way, posted] = cpu_s
            rows.append((way, posted, _seconds(scenario) / cpu_s, bare / cpu_s))
    print(f"bench-peers: {_seconds(scenario):,} simulated seconds, best of {ROUNDS} rounds\n")
    print(
        tabulate(
            rows,
            headers=("way", "posted", "simulated seconds per CPU second", "speed / bare SimPy"),
            floatfmt=("", "", ",.0f", ".2f"),
        )
    )
    market, run = (costs["looking ahead", posted] for posted in ("no", "yes"))
    interval_us = market / (_seconds(scenario) / scenario.run.settle_s) * 1e6
    print(
        "\nLooking ahead means that a whole settlement interval is simulated at once, at its end. "
        f"The market takes {interval_us:,.0f} microseconds of CPU time for each interval. All "
        f"intervals together take {market / bare:.2f} times as long as SimPy with empty processes."
    )
    print(
        f"Settlement, posting and sealing take {(run - market) / market:.2f} times the market's "
        "CPU time."
    )
    print(f"Day ledgers: {_fills_rendered_per_s(scenario):,.0f} fills are written per CPU-second")


def _fills_rendered_per_s(scenario: Scenario) -> float:
    with tempfile.TemporaryDirectory() as folder:
        execute(scenario, Path(folder) / "run")
        run = RunFolder(Path(folder) / "run")
        days = days_of(run)  # read before the time is measured
        ((fills,),) = run.connect().execute("SELECT count(*) FROM rows").fetchall()
        return fills / _cpu_s(lambda: list(render_days(run, days)))


if __name__ == "__main__":
    main()
