"""The tutorial's scenario, `first-hole`, has a hole, a withdrawal queue and a halt."""

from ledger.reports.money.hole import hole
from ledger.reports.trail.sql import sql
from ledger.run_folder import RunFolder
from runs.scenario_files import built_ins
from runs.scenarios import load

FIRST = "first-hole"
CAUSES = {"Ventures", "Sponsorship", "PickOff"}


def states(run: RunFolder) -> list[str]:
    """Return the states of withdrawals (open, queued or halted) in order of time."""
    return [value for _, value in run.events("FTX:withdrawals")]


def test_the_hole_in_the_tutorial_has_three_large_causes(first_run):
    uses = hole(first_run).uses_usd
    largest = sorted(uses, key=uses.__getitem__, reverse=True)[:3]

    assert hole(first_run).hole_usd > 100_000
    assert set(largest) == CAUSES
    assert all(uses[kind] > sum(uses.values()) / 10 for kind in CAUSES)


def test_withdrawals_in_the_tutorial_are_queued_and_then_halted(first_run):
    assert states(first_run) == ["open", "queued", "halted"]


def test_with_more_opening_cash_the_tutorial_has_no_hole_and_no_queue_and_no_halt(
    executed,
):
    """So the hole, the queue and the halt are outcomes of the model, not inputs."""
    solvent = executed(FIRST, house={"opening_cash_usd": 1_000_000})

    assert states(solvent) == ["open"]
    assert hole(solvent).hole_usd < 0


def test_the_scenario_of_the_tutorial_is_short_and_has_at_least_15_comments(first_run):
    text = built_ins()[FIRST].read_text("utf-8")

    assert text.count("#") >= 15
    assert len(text.splitlines()) < 150
    ((fills,),) = sql(first_run, "SELECT count(*) FROM fills").rows
    assert 1_000 < fills < 20_000
    days = load(FIRST).run
    assert (days.end - days.start).days == 6
