"""Measures the error of each tracing rule, compared with the but-for effect of a source of cash.

    python -m runs.experiments.tracing_error      (or: make tracing-error)

Commingled cash has no true owner. The but-for effect of a source is the difference between the run
and the same run without the source. A court can't compute this effect, but a simulation can: it
plays the same seed again without the source. The effect has three parts: additional payments for
each use; additional cash that is left at the end; and cash that other sources supply only if the
source is missing. Each rule is compared with this effect, with several seeds and several stories.
The stories differ in the main use of the money.

A rule assigns the source's cash to uses and to cash that is left. Its amounts sum to the source's
cash, and so do the parts of the but-for effect. A rule's error is the sum of the dollars that it
assigns to wrong uses, in percent of the source's cash. Each such dollar makes two differences: one
use has a dollar too much, and another use has a dollar too little. So the error is half of the sum
of the absolute differences over all uses. The rows "left in cash" and "others supply less" count as
uses too. The error can exceed 100 %, since a part of the effect can exceed the source's cash.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np

from des.scenario import Scenario
from ledger.kinds import Kind
from ledger.reports.firms.bootstrap import draws, interval
from ledger.reports.table import Cell, Table
from ledger.reports.tracing.group_cash import Reason, cash_passed
from ledger.reports.tracing.rules import TracingRule
from ledger.reports.tracing.sources import ACCOUNT, GROUP, Question
from ledger.reports.tracing.trace import trace
from ledger.run_folder import RunFolder
from runs.experiments.docs_page import PAGE, fill
from runs.experiments.experiment import books_of, run_cases
from runs.held_inputs import held_inputs
from runs.removals import without
from runs.reporting import report
from runs.scenario_files import extended
from runs.scenarios import load

SCENARIO = "commingled"
SEEDS = tuple(range(1, 21))
SPENT_USD = 1_200_000
CUSTOMER = "Firm02"
SOURCES = (str(Kind.LOANS), str(Kind.SHARES), CUSTOMER)
ALL = "all"
CENTS_PER_THOUSAND = 100_000
SPREAD = "The range in brackets is the 95 % interval of the mean (bootstrap over seeds)"
NOTE = (
    f"Figures are means over {len(SEEDS)} seeds. A row leaves out a seed if the source supplies no "
    f"cash in the row's runs with this seed. {SPREAD}."
)
LEFT, INSTEAD = "left in cash", "others supply less"

Cents = Mapping[str, int]  # amounts in cents, by use
Case = tuple[str, int]  # story, seed


def _spent(kind: Kind, by: str, to: str, why: str, days: Sequence[int]) -> dict[str, Any]:
    """Return the inputs of a story in which the group spends more than its own cash."""
    use = {"usd": SPENT_USD / len(days), "kind": str(kind), "by": by, "to": to, "why": why}
    return {"group": {"uses": [use | {"date": date(2022, 5, day)} for day in days]}}


def _longs() -> dict[str, Any]:
    """Return the inputs of a story in which the maker holds a long position and the price falls."""
    held = {"since": date(2022, 5, 10), "until": date(2022, 5, 20), "usd": 4_000_000}
    return {"group": {"longs": [{"market": "BTC-PERP", **held}]}}


def _large_quotes() -> dict[str, Any]:
    """Return the inputs of a story in which the maker shows large quotes with a long latency."""
    (market,) = load(SCENARIO).model_dump(exclude_none=True)["markets"]
    shown = {"displayed_usd": 1_000_000, "position_limit_usd": 4_000_000, "latency_s": 6.0}
    return {"markets": [market | {"quoter": market["quoter"] | shown}], "sources": {}}


STORIES: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "ventures": lambda: _spent(
        Kind.VENTURES, "maker", "Startups", "buys shares of start-ups", (12, 13, 15, 17, 18)
    ),
    "bad loans": lambda: _spent(
        Kind.LENDING, "maker", "Borrower", "makes loans that are never repaid", (11, 16)
    ),
    "projects": lambda: _spent(
        Kind.PROPERTY, "house", "Sellers", "buys houses", (12, 13, 15, 17, 18)
    ),
    "positions": _longs,
    "stale quotes": _large_quotes,
}


class TracedSource(NamedTuple):
    """The uses of one source's cash in one run, by each rule and by the but-for effect."""

    brought: int  # the source's cash, in cents
    by_rule: Mapping[tuple[str, TracingRule], Cents]  # the key: GROUP or ACCOUNT, and the rule
    but_for: Cents

    @property
    def uses(self) -> set[str]:
        """Return each use that a rule or the but-for effect names."""
        return {use for told in (*self.by_rule.values(), self.but_for) for use in told}

    def misplaced_pct(self, per: str, rule: TracingRule) -> float:
        """Return the dollars that the rule assigns to wrong uses, in percent of the source."""
        return 50 * sum(abs(self.error(per, rule, use)) for use in self.uses) / self.brought

    def error(self, per: str, rule: TracingRule, use: str) -> int:
        """Return the rule's amount for a use minus the but-for effect on it, in cents."""
        return self.by_rule[per, rule].get(use, 0) - self.but_for.get(use, 0)


OfSources = Mapping[str, TracedSource]  # the traced sources of one run, by name


def cases(seeds: Sequence[int] = SEEDS) -> list[Case]:
    """Return all cases: each story with each seed."""
    return list(product(STORIES, seeds))


def outcome(case: Case) -> OfSources:
    """Run one story. For each of its sources of cash, run it again without this source."""
    story, seed = case
    scenario = load(SCENARIO, {**STORIES[story](), "run": {"seed": seed}})
    with books_of(scenario) as run:
        found: dict[str, TracedSource] = {}
        for source in filter(partial(_brings_cash, run), SOURCES):
            with books_of(_without(run, source)) as other:
                found[source] = compare_with(run, other, source)
        return found


def _brings_cash(run: RunFolder, source: str) -> bool:
    question = Question(of=source)
    return any(
        isinstance(each.giver, Reason) and question.is_followed(each.giver, each.seq)
        for each in cash_passed(run)
    )


def compare_with(run: RunFolder, other: RunFolder, source: str) -> TracedSource:
    """Return the uses of a source's cash by each rule, and the but-for effect of the source.

    Args:
        run: the run with the source.
        other: the same run without the source.
        source: the name of a kind or of a party.
    """
    by_rule: dict[tuple[str, TracingRule], Cents] = {}
    for per in (GROUP, ACCOUNT):
        found = trace(run, Question(of=source, per=per))
        for rule, traced in found.by_rule.items():
            told = Counter({LEFT: sum(map(traced.left_of, found.followed))})
            for (who, use), paid in traced.paid.items():
                told[use] += paid.cents * (who in found.followed)
            by_rule[per, rule] = told
    brought = sum(move.cents for move in found.brought)
    ours, theirs = _sums(run, source), _sums(other, source)
    but_for = {use: ours[use] - theirs[use] for use in {*ours, *theirs}}
    return TracedSource(brought, by_rule, but_for)


def _sums(run: RunFolder, source: str) -> Counter[str]:
    """Return the group's payments by use, the cash left, and the other sources' cash (negative)."""
    question, sums = Question(of=source), Counter[str]()
    for each in cash_passed(run):
        if isinstance(each.giver, Reason):
            sums[LEFT] += each.cents
            if not question.is_followed(each.giver, each.seq):
                sums[INSTEAD] -= each.cents
        elif isinstance(each.taker, Reason):
            sums[LEFT] -= each.cents
            sums[question.name(each.taker)] += each.cents
    return sums


def _without(run: RunFolder, source: str) -> Scenario:
    """Return a run's scenario without a source.

    Inputs that are not consequences of the source stay unchanged.
    """
    if source != CUSTOMER:
        return without(run, source).scenario
    path = str(run.path / "scenario.toml")
    held = held_inputs(run, load(path), sizes=False).overrides
    members = load(path, held).model_dump(exclude_none=True)["firms"]["members"]
    others = [each for each in members if each["name"] != source]
    return load(path, extended(held, {"firms": {"members": others}}))


# ----------------------------------------------------------------------------- the tables


def error_tables(found: Mapping[Case, OfSources]) -> list[Table]:
    """Return three tables: errors by story, errors by account, and differences by use."""
    return [_by_story(found), _by_account(found), _by_use(found)]


def _by_story(found: Mapping[Case, OfSources]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for source, story in product(SOURCES, (*STORIES, ALL)):
        runs = _runs(found, source, story)
        misplaced = (_told(runs, partial(_misplaced, GROUP, rule)) for rule in TracingRule)
        rows.append((source, story, len(runs), *misplaced))
    return Table(
        "by-story",
        "The error of each rule in dollars, for each 100 dollars of a source",
        ("source", "money goes into", "runs", *TracingRule),
        rows,
        (
            "The group's cash counts as one account. Runs in which the source supplies no cash are "
            "left out.",
            NOTE,
        ),
    )


def _by_account(found: Mapping[Case, OfSources]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for source, per in product(SOURCES, (GROUP, ACCOUNT)):
        runs = _runs(found, source, ALL)
        misplaced = (_told(runs, partial(_misplaced, per, rule)) for rule in TracingRule)
        rows.append((source, per, *misplaced))
    return Table(
        "by-account",
        "The error of each rule over all stories, with cash as one account or as separate accounts",
        ("source", "traced per", *TracingRule),
        rows,
        (NOTE,),
    )


def _by_use(found: Mapping[Case, OfSources]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for source in SOURCES:
        runs = _runs(found, source, ALL)
        uses = {use for _, of in runs for use in of.uses}
        for use in sorted(uses, key=lambda use: (use in (LEFT, INSTEAD), use)):
            errors = (_told(runs, partial(_error, use, rule)) for rule in TracingRule)
            rows.append((source, use, _told(runs, partial(_truth, use)), *errors))
    return Table(
        "by-use",
        "The but-for effect of a source on each use, and each rule's amount minus this effect",
        ("source", "use", "but for", *TracingRule),
        rows,
        (
            "Amounts are in thousands of dollars per run, as means over all stories. The group's "
            "cash counts as one account.",
            f"{INSTEAD.capitalize()}: cash that others supply only if the source is missing. A "
            "negative amount is cash that others supply only because of the source.",
            NOTE,
        ),
    )


def _runs(
    found: Mapping[Case, OfSources], source: str, story: str
) -> list[tuple[int, TracedSource]]:
    """Return the seed and the traced source of each run that has the source. *story* may be ALL."""
    return [
        (seed, of[source])
        for (name, seed), of in found.items()
        if story in (name, ALL) and source in of
    ]


def _misplaced(per: str, rule: TracingRule, of: TracedSource) -> float:
    return of.misplaced_pct(per, rule)


def _truth(use: str, of: TracedSource) -> float:
    return of.but_for.get(use, 0) / CENTS_PER_THOUSAND


def _error(use: str, rule: TracingRule, of: TracedSource) -> float:
    return of.error(GROUP, rule, use) / CENTS_PER_THOUSAND


def _told(runs: Sequence[tuple[int, TracedSource]], figure: Callable[[TracedSource], float]) -> str:
    """Return a figure's mean over seeds, with its interval. Runs of one seed are averaged first."""
    by_seed: dict[int, list[float]] = {}
    for seed, of in runs:
        by_seed.setdefault(seed, []).append(figure(of))
    if not by_seed:
        return "none"
    means = np.array([np.mean(each) for each in by_seed.values()])
    bounds = interval(draws(len(means), "seeds") @ means / len(means))
    middle = f"{means.mean():.1f}"
    return f"{middle} ({bounds.low:.1f} to {bounds.high:.1f})" if bounds else middle


@click.command()
@PAGE
@report("by-story", "by-account", "by-use")
def main(page: Path | None) -> list[Table]:
    """Print how far the amounts of each tracing rule are from the but-for effect of a source."""
    tables = error_tables(run_cases(outcome, cases()))
    if page:
        fill(page, tables)
    return tables


if __name__ == "__main__":
    main()
