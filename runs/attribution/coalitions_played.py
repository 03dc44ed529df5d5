"""Plays coalitions (sets of causes): each run has one set of the causes, and not the other causes.

All runs have the same scenario and seed. Inputs that do not follow from the causes have the values
of the run with all causes, as in a counterfactual. So two runs differ only by their causes and by
the consequences of these causes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from des.scenario import Scenario
from ledger.coins import names_owed
from ledger.reports.money.hole import hole
from ledger.reports.money.hole_in_kind import hole_at_mark_usd
from ledger.whole_file import write_whole
from runs.attribution.shapley import Coalition
from runs.held_inputs import held_inputs
from runs.kept_results import KeptResults
from runs.removals import REMOVALS, SLOW_QUOTES, CounterfactualError
from runs.scenario_files import extended
from runs.scenarios import dump, load
from runs.study.play import books_of_accounts

ALL = "all"
SCENARIO = "scenario.toml"  # the scenario with the inputs that all coalitions keep


class Played(NamedTuple):
    """The hole of the run with all causes, and sentences on the inputs that all other runs keep."""

    kinds_usd: Mapping[str, Decimal]
    hole: Fraction  # the hole in dollars, with customers' coins at mark
    has_coins: bool  # whether customers are owed coins
    held: tuple[str, ...]


def checked(scenario: Scenario, causes: Sequence[str]) -> tuple[str, ...]:
    """Return the causes without repetitions.

    Raises:
        CounterfactualError: a cause is not in the scenario.
    """
    there = tuple(name for name, removed in REMOVALS.items() if removed(scenario))
    for cause in causes:
        if cause not in there:
            raise CounterfactualError(cause, there)
    return tuple(dict.fromkeys(causes))


def play_all(scenario: Scenario, causes: Sequence[str], kept: KeptResults) -> Played:
    """Play the scenario with all causes, or read its stored result.

    If the scenario is played, its result is stored. The scenario is stored too, with the inputs
    that all other coalitions keep.
    """
    found = kept.get(ALL)
    if found is None:
        with books_of_accounts(scenario) as run:
            held = held_inputs(run, scenario, sizes=SLOW_QUOTES in causes)
            standing = load(str(run.path / SCENARIO), held.overrides)
            write_whole(kept.folder / SCENARIO, dump(standing).encode())
            found = {
                "hole": str(hole_at_mark_usd(run)),
                "has_coins": bool(names_owed(run.chart.coins)),
                "kinds": {kind: str(usd) for kind, usd in hole(run).kinds_usd.items()},
                "held": held.how,
            }
        kept.keep(ALL, found)
    kinds_usd = {kind: Decimal(usd) for kind, usd in found["kinds"].items()}
    return Played(kinds_usd, Fraction(found["hole"]), found["has_coins"], tuple(found["held"]))


def play(
    coalitions: Iterable[Coalition],
    causes: Sequence[str],
    kept: KeptResults,
    executor: Executor | None,
    on_run: Callable[[], object] = lambda: None,
) -> dict[Coalition, Fraction]:
    """Return the hole of each coalition in dollars. Coalitions without a stored result are played.

    Args:
        coalitions: sets of causes, without the set of all causes, which `play_all` plays.
        causes: all causes.
        kept: the folder with the stored results and the stored scenario.
        executor: plays the coalitions in other processes. If it is None, this process plays them.
        on_run: called after each run.
    """
    names = {each: _name(each, causes) for each in coalitions}
    played = partial(_hole_without, str(kept.folder / SCENARIO))
    todo = {
        name: tuple(cause for cause in causes if cause not in each)
        for each, name in names.items()
        if kept.get(name) is None
    }
    for name, found in _results(played, todo, executor):
        kept.keep(name, found)
        on_run()
    return {each: Fraction(kept.get(name)) for each, name in names.items()}


def scenario_without(path: str, removed: Sequence[str]) -> Scenario:
    """Remove several causes from a scenario, one after another.

    The removal of one cause may remove another cause: without tokens there are no pools.
    """
    overrides: dict[str, Any] = {}
    for cause, change in REMOVALS.items():
        if cause in removed and (made := change(load(path, overrides))):
            overrides = extended(overrides, made.overrides)
    return load(path, overrides)


def _results(
    played: Callable[[tuple[str, ...]], str],
    todo: Mapping[str, tuple[str, ...]],
    executor: Executor | None,
) -> Iterator[tuple[str, str]]:
    if executor is None:
        yield from ((name, played(removed)) for name, removed in todo.items())
        return
    tasks = {executor.submit(played, removed): name for name, removed in todo.items()}
    yield from ((tasks[task], task.result()) for task in as_completed(tasks))


def _hole_without(path: str, removed: tuple[str, ...]) -> str:
    with books_of_accounts(scenario_without(path, removed)) as run:
        return str(hole_at_mark_usd(run))


def _name(coalition: Coalition, causes: Sequence[str]) -> str:
    """Return the name of a coalition's file: for each cause a 1 if it is present, else a 0."""
    return "".join(str(int(cause in coalition)) for cause in causes)
