"""Without `SlowQuotes` the maker quotes as fast as other makers, and its sizes are unchanged."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from des.scenario import Scenario
from ledger.notes import Decision
from ledger.reports.money.quote_views import quote_views
from ledger.run_folder import RunFolder
from runs.execute import execute, without_day_ledgers
from runs.removals import CounterfactualError, without
from runs.scenarios import dump, load

GROUP = Path(__file__).parents[1] / "worlds" / "group.toml"
MONTHS = Path(__file__).parents[1] / "worlds" / "months.toml"


@pytest.fixture(scope="module")
def group_run(executed) -> RunFolder:
    """Return a run of five days. Quotes are two seconds late and are renewed every four seconds."""
    return executed(GROUP)


@pytest.fixture(scope="module")
def fast_run(group_run, tmp_path_factory) -> RunFolder:
    """Return the counterfactual of `group_run` with fast quotes."""
    return run_fast(group_run, tmp_path_factory.mktemp("fast") / "run")


def run_fast(run: RunFolder, folder: Path) -> RunFolder:
    execute(without_day_ledgers(without(run, "SlowQuotes").scenario), folder)
    return RunFolder.at(folder)


def undecided(scenario: Scenario) -> list[dict]:
    markets = tomllib.loads(dump(scenario))["markets"]
    return [{**each, "quoter": {**each["quoter"], "decided": []}} for each in markets]


def shown(run: RunFolder) -> list[tuple]:
    """Return the day, market, half-spread, levels and displayed size of each decision on quotes."""
    return [
        (day, note.market, note.half_spread_bps, note.levels, note.shown_usd)
        for day, note in run.dated_notes(Decision)
    ]


def test_without_slow_quotes_a_market_changes_only_in_latency_and_refresh_interval(group_run):
    before = load(str(group_run.path / "scenario.toml"))
    after = without(group_run, "SlowQuotes").scenario
    (ours,), (theirs,) = before.markets, after.markets

    fast_s = ours.others.latency_s
    assert (ours.quoter.latency_s, ours.quoter.refreshes_every_s) == (2.0, 4.0)
    assert theirs.quoter == ours.quoter.model_copy(
        update={"latency_s": fast_s, "refresh_s": fast_s}
    )
    assert theirs.model_copy(update={"quoter": ours.quoter}) == ours
    # The counterfactual states the costs that the run booked, and their source.
    booked = {"house_costs": after.group.house_costs}
    assert after == before.model_copy(
        update={
            "markets": after.markets,
            "group": before.group.model_copy(update=booked),
            "sources": after.sources,
        }
    )


def test_fast_quotes_of_the_same_size_have_less_than_half_of_the_hits_and_of_the_loss(
    group_run, fast_run
):
    (before, *_), (after, *_) = (quote_views(run).kinds for run in (group_run, fast_run))

    assert shown(fast_run) == shown(group_run)
    assert before.kind == after.kind == "PickOff"
    assert before.maker_usd / 2 < after.maker_usd < 0
    assert before.fills > 2 * after.fills


def test_the_counterfactual_keeps_the_displayed_sizes_that_the_maker_decided_in_the_run(
    executed, tmp_path
):
    over_a_first = {"start": date(2022, 4, 29), "end": date(2022, 5, 2)}
    growth = {"policy": "growth", "target_share": 1.0}
    run = executed(MONTHS, run=over_a_first, maker={"quoting": growth})
    sizes = {note.shown_usd for note in run.notes(Decision)}
    made, fast = without(run, "SlowQuotes"), run_fast(run, tmp_path / "run")

    assert len(sizes) > 1
    assert shown(fast) == shown(run)
    assert any("sizes that it decided in the run" in each for each in made.held)
    free = load(str(tmp_path / "run" / "scenario.toml"), {"markets": undecided(made.scenario)})
    execute(free, tmp_path / "free")
    # If the decided sizes are not kept, the maker decides other sizes.
    assert shown(RunFolder.at(tmp_path / "free")) != shown(run)


def test_slow_quotes_cannot_be_removed_if_the_makers_quotes_are_already_fast(group_run, fast_run):
    with pytest.raises(CounterfactualError) as found:
        without(fast_run, "SlowQuotes")

    assert "SlowQuotes" not in found.value.kinds


def test_the_counterfactual_keeps_the_sources_of_figures_that_it_does_not_change(executed):
    (market,) = tomllib.loads(dump(load(str(GROUP))))["markets"]
    sources = {"markets[0].lot": "a rulebook", "markets[0].quoter.latency_s": "the thread"}
    run = executed(GROUP, markets=[market], sources=sources)

    kept = without(run, "SlowQuotes").scenario.sources
    assert kept["markets[0].lot"] == "a rulebook"
    assert "markets[0].quoter.latency_s" not in kept
    assert sources.items() <= without(run, "PickOff").scenario.sources.items()
