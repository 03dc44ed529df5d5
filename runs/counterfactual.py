"""What would have been without one mechanism: the same scenario and seed, and that cause removed.

Sources and uses are no causation; this is as near as one comes to it. What differs is all that
follows from the mechanism: without pick-offs there are also no fees on them, and no hedges of
what they left behind. So effects of several mechanisms do not add up to that of all of them.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from beancount.core import data

from des.scenario import Scenario
from ledger.kinds import USES, Kind
from ledger.mistake import MistakeError
from ledger.reports.dollars import ZERO, is_opening
from ledger.reports.life.milestones import firsts
from ledger.reports.life.standing import standings
from ledger.reports.money.hole import Hole, hole
from ledger.reports.table import Cell, Table
from ledger.run_folder import MANIFEST, RunFolder
from runs.execute import execute
from runs.scenarios import load

Overrides = Mapping[str, Any]


class CounterfactualError(MistakeError, ValueError):
    """What is to be removed is not in this scenario.

    Attributes:
        kind: what was asked for.
        kinds: what can be removed.
    """

    def __init__(self, kind: str, kinds: tuple[str, ...]) -> None:
        by_folded = {name.casefold(): name for name in kinds}
        close = get_close_matches(kind.casefold(), by_folded, n=1)
        meant = f"did you mean {by_folded[close[0]]}? " if close else ""
        choice = f"give one of {', '.join(kinds)}" if kinds else "nothing in it can be"
        super().__init__(f"{kind!r} can't be taken out of this scenario; {meant}{choice}")
        self.kind, self.kinds = kind, kinds


class Change(NamedTuple):
    """How a scenario is changed, in words and as a file that extends it would say it."""

    how: str
    overrides: Overrides


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A scenario without one of its mechanisms."""

    kind: str
    how: str
    scenario: Scenario


def without(run: RunFolder, kind: str) -> Counterfactual:
    """Take a mechanism out of the scenario that a run was made from.

    Args:
        run: its scenario.toml is read.
        kind: one of REMOVALS.

    Raises:
        CounterfactualError: this scenario has none of it.
        ScenarioError: the scenario is not there or can't be read.
    """
    path = str(run.path / "scenario.toml")
    scenario = load(path)
    changes = {name: removed(scenario) for name, removed in REMOVALS.items()}
    change = changes.get(kind)
    if change is None:
        raise CounterfactualError(kind, tuple(name for name in changes if changes[name]))
    return Counterfactual(kind, change.how, load(path, change.overrides))


def counterfactual(
    run: RunFolder,
    other: Counterfactual,
    out: Path | None = None,
    force: bool = False,
    on_day: Callable[[], None] = lambda: None,
) -> list[Table]:
    """Simulate what would have been, and hold a run against it.

    Args:
        run: the books of what was.
        other: the scenario to simulate.
        out: where its run is kept; nowhere if None.
        force: whether an older run there may be replaced.
        on_day: called after each simulated day.

    Raises:
        RunRefusedError: the folder exists, or can't be written.
    """
    with _folder(out) as folder:
        execute(other.scenario, folder, force, on_day)
        return compare(run, RunFolder.at(folder), other)


def compare(run: RunFolder, other: RunFolder, made: Counterfactual) -> list[Table]:
    """Return the differences of two runs: by kind, of the hole, of dates, and where they begin."""
    name = made.kind
    return [
        _kinds_table(hole(run), hole(other), made, _same_versions(run, other)),
        _hole_table(hole(run), hole(other), name),
        _firsts_table(run, other, name),
        _parting_table(run, other, name),
    ]


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="moneytrail-") as folder:
        yield Path(folder) / "run"


# ------------------------------------------------------------------ what can be removed, and how


def _pickoff(scenario: Scenario) -> Change | None:
    if not (scenario.firms.active and scenario.firms.count):
        return None
    return Change("firms watch, and never send an order", {"firms": {"active": False}})


def _quoter(scenario: Scenario) -> Change | None:
    off, start = scenario.maker.quoter_off, scenario.run.start
    if off is not None and off <= start:
        return None
    return Change("the captive maker never quotes", {"maker": {"quoter_off": start}})


def _backstop(scenario: Scenario) -> Change | None:
    """Let the maker back nothing; it stays a provider, so that all others keep their places."""
    providers = [] if scenario.leverage is None else _tables(scenario.leverage.providers)
    own = [provider for provider in providers if provider["name"] == scenario.maker.name]
    if not any(provider["usd_per_minute"] and provider["usd_per_hour"] for provider in own):
        return None
    for provider in own:
        provider |= {"usd_per_minute": 0.0, "usd_per_hour": 0.0}
    how = "the captive maker takes no position over; other providers do, as far as they go"
    return Change(how, {"leverage": {"providers": providers}})


def _credit_line(scenario: Scenario) -> Change | None:
    steps = scenario.maker.credit_line_steps
    if not (scenario.maker.credit_line_usd or any(step.usd for step in steps)):
        return None
    if scenario.group is None:
        no_line = {"credit_line_usd": 0.0, "credit_line_steps": []}
        return Change("the captive maker has no credit line", {"maker": no_line})
    if scenario.group.never_lend_customer_money:
        return None
    how = "the credit line ends where customers' money begins"
    return Change(how, {"group": {"never_lend_customer_money": True}})


def _loans(scenario: Scenario) -> Change | None:
    if scenario.group is None or not scenario.group.lenders:
        return None
    return Change("nobody outside the group lends to it", {"group": {"lenders": []}})


def _tokens(scenario: Scenario) -> Change | None:
    if scenario.group is None or not scenario.group.tokens:
        return None
    lenders = [each for each in scenario.group.lenders if each.advance is None]
    how = "no tokens are bought or granted; who lends on tokens alone does not lend"
    left_out = {"tokens": [], "pools": None, "lift": None}
    return Change(how, {"group": {**left_out, "lenders": _tables(lenders)}})


def _pools(scenario: Scenario) -> Change | None:
    if scenario.group is None or not scenario.group.pools:
        return None
    return Change("no tokens are put into pools", {"group": {"pools": None, "lift": None}})


def _directional(scenario: Scenario) -> Change | None:
    if scenario.group is None or not scenario.group.longs:
        return None
    return Change("no positions are held for their price", {"group": {"longs": []}})


def _shares(scenario: Scenario) -> Change | None:
    if scenario.group is None or not scenario.group.rounds:
        return None
    return Change("nobody buys shares", {"group": {"rounds": [], "investors": None}})


def _operations(scenario: Scenario) -> Change | None:
    if scenario.group is None or not scenario.group.house_cost_share:
        return None
    return Change("the house costs nothing to run", {"group": {"house_cost_share": 0.0}})


def _uses(kind: str) -> Callable[[Scenario], Change | None]:
    def removed(scenario: Scenario) -> Change | None:
        uses = () if scenario.group is None else scenario.group.uses
        left = [use for use in uses if use.kind != kind]
        if len(left) == len(uses):
            return None
        how = f"{len(uses) - len(left)} of {len(uses)} uses of money left out"
        return Change(how, {"group": {"uses": _tables(left)}})

    return removed


def _news(scenario: Scenario) -> Change | None:
    if not scenario.news:
        return None
    return Change("customers hear nothing", {"news": []})


# By kind of the books where there is one. None: the scenario has nothing of it.
REMOVALS: Mapping[str, Callable[[Scenario], Change | None]] = {
    Kind.PICKOFF: _pickoff,
    "Quoter": _quoter,
    Kind.BACKSTOP: _backstop,
    Kind.CREDIT_LINE: _credit_line,
    Kind.LOANS: _loans,
    Kind.TOKENS: _tokens,
    Kind.POOLS: _pools,
    Kind.DIRECTIONAL: _directional,
    Kind.SHARES: _shares,
    Kind.OPERATIONS: _operations,
    **{kind.value: _uses(kind) for kind in USES},
    "News": _news,
}


def _tables(parts: Any) -> list[dict[str, Any]]:
    """Write parts of a scenario as a file has them."""
    return [part.model_dump(exclude_none=True) for part in parts]


# ----------------------------------------------------------------------------- the differences


def _kinds_table(ours: Hole, theirs: Hole, made: Counterfactual, same_versions: bool) -> Table:
    kinds = [
        kind
        for kind in dict.fromkeys((*ours.kinds_usd, *theirs.kinds_usd))
        if ours.kinds_usd.get(kind) or theirs.kinds_usd.get(kind)
    ]
    rows: list[tuple[Cell, ...]] = []
    for kind in kinds:
        pair = ours.kinds_usd.get(kind, ZERO), theirs.kinds_usd.get(kind, ZERO)
        rows.append((kind, *pair, pair[0] - pair[1]))
    rows.append(
        ("hole", ours.hole_usd, theirs.hole_usd, ours.hole_usd - theirs.hole_usd),
    )
    warning = (
        "The two runs were made with different versions of the program or its libraries: some of "
        "this may be due to that.",
    )
    return Table(
        "difference",
        f"The hole by kind, with and without {made.kind}",
        ("kind", *_columns(made.kind)),
        rows,
        (
            f"Without {made.kind}: {made.how}; scenario and seed are the same in all else.",
            f"Uses are above zero, sources below. A difference is with less without: above zero, "
            f"the kind used more, or brought less, because of {made.kind} and of all that "
            "follows from it. Kinds sum to the hole, and so do their differences.",
            *(() if same_versions else warning),
        ),
    )


def _hole_table(ours: Hole, theirs: Hole, kind: str) -> Table:
    lines: Mapping[str, Callable[[Hole], Any]] = {
        "claims of customers outside the group": lambda of: of.claims_usd,
        "cash of the exchange": lambda of: of.house_cash_usd,
        "hole of the exchange: claims less that cash": lambda of: of.hole_of_exchange_usd,
        "liquid assets of the group": lambda of: sum(of.liquid_usd.values(), ZERO),
        "hole: claims less liquid assets": lambda of: of.hole_usd,
        "unexplained (must be 0.00)": lambda of: of.unexplained_usd,
    }
    return Table(
        "hole",
        f"The hole by its definition, with and without {kind}",
        ("line", *_columns(kind)),
        [
            (what, read(ours), read(theirs), read(ours) - read(theirs))
            for what, read in lines.items()
        ],
    )


def _firsts_table(run: RunFolder, other: RunFolder, kind: str) -> Table:
    with_it, without_it = (firsts(each, standings(each)) for each in (run, other))
    return Table(
        "firsts",
        f"The days on which it came to that, with and without {kind}",
        ("what", "with_day", "with_usd", "without_day", "without_usd"),
        [
            (ours.what, ours.day, ours.usd, theirs.day, theirs.usd)
            for ours, theirs in zip(with_it.values(), without_it.values(), strict=True)
        ],
        ("As `timeline` tells them; without a date it never came to that.",),
    )


def _parting_table(run: RunFolder, other: RunFolder, kind: str) -> Table:
    """Tell the first entries in which the ledgers differ: until there, cause can't show."""
    rows: list[tuple[Cell, ...]] = []
    for ours, theirs in zip_longest(_entries(run), _entries(other)):
        if _said(ours) != _said(theirs):
            rows = [(f"with {kind}", *_told(ours)), (f"without {kind}", *_told(theirs))]
            break
    return Table(
        "parting",
        "Until where the two ledgers are the same, entry by entry",
        ("run", "day", "seq", "narration"),
        rows,
        (
            "These are the first entries that differ; before them all are alike, but for what "
            "everybody has at first. Nothing: all are.",
        ),
    )


def _columns(kind: str) -> tuple[str, str, str]:
    return (f"with_{kind.lower()}_usd", f"without_{kind.lower()}_usd", "difference_usd")


def _entries(run: RunFolder) -> Iterator[data.Transaction]:
    return (entry for entry in run.transactions if not is_opening(entry))


def _said(entry: data.Transaction | None) -> object:
    """Return what an entry says; its number may be another one, and where it stands."""
    if entry is None:
        return None
    moved = [(posting.account, posting.units) for posting in entry.postings]
    return entry.date, entry.payee, entry.narration, moved


def _told(entry: data.Transaction | None) -> tuple[date | None, int | None, str]:
    if entry is None:
        return None, None, "(no more entries)"
    return entry.date, int(entry.meta["seq"]), entry.narration


def _same_versions(run: RunFolder, other: RunFolder) -> bool:
    ours, theirs = (
        json.loads((each.path / MANIFEST).read_text(encoding="utf-8")).get("run", {})
        for each in (run, other)
    )
    return all(ours.get(made_by) == theirs.get(made_by) for made_by in ("program", "versions"))
