"""Finds dated entries of a scenario that have no effect, since they are outside the run.

A scenario may inherit an entry, but end its run before the entry's day. A setting may shorten the
run too. Then the entry is no mistake. So an entry after the run is not reported in two cases. In
the first case, one file has the entry, and another file extends this file and sets the end of the
run. In the second case, a setting sets the end of the run, but not the entry. For an entry before
the run, the start of the run is examined in the same way.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import takewhile

from des.scenario import Scenario
from ledger.times import day_of
from runs.scenario_files import ScenarioError
from runs.scenario_places import Keys, place_of, value_at
from runs.scenario_settings import setting_at
from runs.scenarios import Layered


def ignored_dates(origins: Layered, scenario: Scenario) -> Iterator[ScenarioError]:
    """Yield an error for each dated entry without effect, if the entry is a mistake."""
    first, last = scenario.run.start, scenario.run.end - timedelta(days=1)
    for keys, days, counts_before in _dated(scenario):
        if any(day <= last and (counts_before or first <= day) for day in days):
            continue
        bound: Keys = ("run", "start" if days[0] < first else "end")
        if _height(origins, keys) <= _height(origins, bound):
            problem = f"is {days[0]}, outside the run; give a day from {first} to {last}"
            yield ScenarioError(origins.blamed(keys), place_of(keys), problem)


def _dated(scenario: Scenario) -> Iterator[tuple[Keys, Sequence[date], bool]]:
    """Yield the place of each dated entry, its days, and whether it counts before the run.

    An entry counts before the run if it has an effect although its days are before the run.
    """
    for i, news in enumerate(scenario.news or ()):
        yield ("news", i, "date"), [day_of(news.time_us)], True
    group = scenario.group
    if group is None:
        return
    for i, use in enumerate(group.uses):
        yield ("group", "uses", i, "date"), use.days(), False
    for i, sold in enumerate(group.rounds):
        yield ("group", "rounds", i, "date"), [sold.date], False
    for i, token in enumerate(group.tokens):
        for n, bought in enumerate(token.bought):
            yield ("group", "tokens", i, "bought", n, "date"), [bought.date], False
    for i, pool in enumerate(group.pools or ()):
        yield ("group", "pools", i, "since"), [pool.since], False
    for i, long in enumerate(group.longs):
        yield ("group", "longs", i, "since"), [long.since], True


def _height(origins: Layered, keys: Keys) -> int:
    """Return the number of files above the file that sets a key.

    The scenario's own file is above the files that it extends. For a key that a setting sets, the
    result is -1, because a setting is above all files.
    """
    if setting_at(origins.settings, keys) is not None:
        return -1
    whole = tuple(takewhile(lambda key: isinstance(key, str), keys))
    heights = (n for n, each in enumerate(origins.layers) if value_at(each.data, whole) is not None)
    return next(heights, 0)
