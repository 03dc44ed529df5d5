"""Plays a counterfactual: the same scenario and seed as in a run, but without one cause.

Sources and uses do not show causation, but a counterfactual does. The run minus the counterfactual
is the effect of the cause and of everything that follows from the cause. For example, without
hits on stale quotes there are also no fees on hits and no hedges of the resulting positions.
Several causes may share a consequence. So in general the effect of several causes together is not
the sum of their single effects.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from ledger.coins import names_owed
from ledger.reports.dollars import OPENINGS, ZERO, spoken
from ledger.reports.life.milestones import First, firsts
from ledger.reports.life.standing import standings
from ledger.reports.money.hole import Hole, hole
from ledger.reports.money.hole_in_kind import AT_MARK, hole_at_mark_usd
from ledger.reports.money.quote_views import QuoteViews, quote_views
from ledger.reports.table import Cell, Table
from ledger.run_folder import MANIFEST, RunFolder
from runs.chosen_folder import chosen_folder
from runs.execute import execute, without_day_ledgers
from runs.removals import Counterfactual
from runs.what_would_have_been import Pair, in_a_sentence, two_views


class EntrySaid(NamedTuple):
    """A ledger entry: its content and `seq`. An entry may have another `seq` in another run."""

    day: date
    payee: str | None
    narration: str
    moved: str  # each posting with its account, number and commodity
    seq: int


Ends = tuple[EntrySaid | None, EntrySaid | None]  # None: one ledger has no more entries


@dataclass(frozen=True, slots=True)
class WithAndWithout:
    """A run compared with the same run without one cause."""

    made: Counterfactual
    ours: Hole
    theirs: Hole
    at_mark_usd: Pair  # both holes, in dollars, with customers' coins at mark
    has_coins: bool  # whether customers are owed coins in at least one run
    views: tuple[QuoteViews, QuoteViews]
    firsts: tuple[tuple[First, First], ...]  # each milestone, with the cause and without it
    parting: Ends | None  # the first entries that differ, or None if all are the same
    same_versions: bool  # whether both runs have the same versions of program and libraries

    def answer(self) -> str:
        """Return sentences on the hole, and on the result of quotes, with and without the cause."""
        said = in_a_sentence(self.made.kind, self.at_mark_usd, self.views)
        return f"{said} {AT_MARK}" if self.has_coins else said

    def tables(self) -> list[Table]:
        """Return five tables that compare quotes, kinds, hole, milestones and entries."""
        kind = self.made.kind
        return [
            two_views(_columns(kind), *self.views),
            _kinds_table(self),
            _hole_table(self),
            _firsts_table(self),
            _parting_table(self),
        ]


def counterfactual(
    run: RunFolder,
    other: Counterfactual,
    out: Path | None = None,
    force: bool = False,
    on_day: Callable[[], None] = lambda: None,
) -> WithAndWithout:
    """Simulate the counterfactual, and compare a run with it.

    Args:
        run: the run.
        other: the scenario without the cause.
        out: the folder of the run without the cause. If *out* is None, that run has no day ledgers,
            and it is deleted after the comparison.
        force: replace an older run in the folder.
        on_day: called after each simulated day.

    Raises:
        RunRefusedError: the folder can't be written or must not be replaced.
    """
    scenario = other.scenario if out else without_day_ledgers(other.scenario)
    with chosen_folder(out) as folder:
        execute(scenario, folder, force, on_day)
        return compare(run, RunFolder.at(folder), other)


def compare(run: RunFolder, other: RunFolder, made: Counterfactual) -> WithAndWithout:
    """Compare quotes, kinds, hole and milestones of two runs, and the first differing entries."""
    ours, theirs = (firsts(each, standings(each)) for each in (run, other))
    return WithAndWithout(
        made,
        hole(run),
        hole(other),
        (hole_at_mark_usd(run), hole_at_mark_usd(other)),
        any(names_owed(each.chart.coins) for each in (run, other)),
        (quote_views(run), quote_views(other)),
        tuple(zip(ours.values(), theirs.values(), strict=True)),
        _parting(run, other),
        _same_versions(run, other),
    )


# ----------------------------------------------------------------------------- the differences


def _kinds_table(found: WithAndWithout) -> Table:
    ours, theirs, made = found.ours, found.theirs, found.made
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
    in_dollars = (_in_dollars(found),)
    warning = (
        "The two runs were made with different versions of the program or its libraries. This may "
        "cause a part of each difference.",
    )
    return Table(
        "difference",
        f"The hole by kind, with and without {made.kind}",
        ("kind", *_columns(made.kind)),
        rows,
        (
            f"Without {made.kind}: {made.how}; scenario and seed are otherwise the same.",
            *made.held,
            "Uses are positive, sources negative. A difference is the amount with "
            f"{made.kind} minus the amount without {made.kind}. If a difference is positive, the "
            f"kind used more money, or supplied less, because of {made.kind} and its consequences. "
            "The kinds sum to the hole, and their differences sum to the difference of the hole.",
            *(in_dollars if found.has_coins else ()),
            *(() if found.same_versions else warning),
        ),
    )


def _in_dollars(found: WithAndWithout) -> str:
    ours, theirs = map(spoken, found.at_mark_usd)
    return (
        "The amounts and the hole in this table leave out customers' coins. With these coins at "
        f"the marks of the last day, the hole is {ours} with {found.made.kind} and {theirs} "
        "without."
    )


def _hole_table(found: WithAndWithout) -> Table:
    ours, theirs, kind = found.ours, found.theirs, found.made.kind
    lines: Mapping[str, Callable[[Hole], Any]] = {
        "claims of customers outside the group": lambda of: of.claims_usd,
        "cash of the exchange": lambda of: of.house_cash_usd,
        "hole of the exchange: claims less its cash": lambda of: of.hole_of_exchange_usd,
        "liquid assets of the group": lambda of: sum(of.liquid_usd.values(), ZERO),
        "hole: claims less liquid assets": lambda of: of.hole_usd,
        "unexplained (must be 0.00)": lambda of: of.unexplained_usd,
    }
    pairs = {what: (read(ours), read(theirs)) for what, read in lines.items()}
    if found.has_coins:
        pairs["hole with customers' coins at mark"] = found.at_mark_usd
    return Table(
        "hole",
        f"The hole by its definition, with and without {kind}",
        ("line", *_columns(kind)),
        [(what, *pair, pair[0] - pair[1]) for what, pair in pairs.items()],
        ("Only the last line includes customers' coins.",) if found.has_coins else (),
    )


def _firsts_table(found: WithAndWithout) -> Table:
    return Table(
        "firsts",
        f"The milestones, with and without {found.made.kind}",
        ("milestone", "with_first_day", "with_usd", "without_first_day", "without_usd"),
        [(ours.what, ours.day, ours.usd, theirs.day, theirs.usd) for ours, theirs in found.firsts],
        (
            "The milestones are those of `timeline`. A blank date means that the milestone was "
            "never reached.",
        ),
    )


def _parting(run: RunFolder, other: RunFolder) -> Ends | None:
    """Return the first pair of entries that differ, or None if all entries are the same."""
    pairs = zip_longest(_entries(run), _entries(other))
    return next((pair for pair in pairs if not _alike(*pair)), None)


def _parting_table(found: WithAndWithout) -> Table:
    ways = (f"with {found.made.kind}", f"without {found.made.kind}")
    rows = [(way, *_told(entry)) for way, entry in zip(ways, found.parting or (), strict=False)]
    return Table(
        "parting",
        "The first entries in which the two ledgers differ",
        ("run", "day", "seq", "narration"),
        rows,
        (
            "All earlier entries are the same. If there is no row, all entries are the same. "
            "Opening balances are not compared.",
        ),
    )


def _columns(kind: str) -> tuple[str, str, str]:
    return (f"with_{kind.lower()}_usd", f"without_{kind.lower()}_usd", "difference_usd")


def _entries(run: RunFolder) -> Iterator[EntrySaid]:
    found = run.select(
        f"""
        SELECT date, payee, narration,
            string_agg(concat_ws(' ', account, amount::DECIMAL(38, 18), commodity) ORDER BY line),
            seq
        FROM postings WHERE seq NOT IN {OPENINGS} GROUP BY date, payee, narration, seq ORDER BY seq
        """
    )
    return (EntrySaid(*row) for row in found)


def _alike(ours: EntrySaid | None, theirs: EntrySaid | None) -> bool:
    return ours is not None and theirs is not None and ours[:-1] == theirs[:-1]


def _told(entry: EntrySaid | None) -> tuple[date | None, int | None, str]:
    if entry is None:
        return None, None, "(no more entries)"
    return entry.day, entry.seq, entry.narration


def _same_versions(run: RunFolder, other: RunFolder) -> bool:
    ours, theirs = (
        json.loads((each.path / MANIFEST).read_text(encoding="utf-8")).get("run", {})
        for each in (run, other)
    )
    return all(ours.get(made_by) == theirs.get(made_by) for made_by in ("program", "versions"))
