"""Computes the tables of the shipped study `life` for the page docs/study.md.

    python -m runs.experiments.shipped_study        (or: make study-page)

Amounts are in billions of dollars. Losses are positive. Here a range of the plausible members goes
from the least to the greatest figure. In contrast, a range of `moneytrail study life --shipped`
encloses 90 % of the plausible members.

The judging facts are the recorded facts that decide which members are plausible. A member misses a
fact if its figure is too far from the record.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import click
import numpy as np

from ledger.reports.table import Cell, Table
from runs.experiments.docs_page import PAGE, fill
from runs.record.facts import Range
from runs.reporting import report
from runs.study.member_figures import HOLE, MECHANISM, PARTS
from runs.study.nearest import by_nearness, nearest_table
from runs.study.plausible import facts_missed
from runs.study.recorded_outcomes import recorded_outcomes
from runs.study.searched import BEST
from runs.study.shipped import read_shipped
from runs.study.study_report import PLAIN, StudyReport

BN = 10**9
LARGE_HOLE_USD = 10 * BN  # approximately the recorded hole
NEAREST = 5  # number of members in the table `nearest`
ALLOWED = range(6)  # numbers of facts that a member may miss

# The title of each amount, by the name of its figure. A name with a date belongs to a recorded
# outcome.
AMOUNTS: Mapping[str, str] = {
    "hole-of-the-exchange to 2022-11-11": "FTX's own hole, 2022-11-11",
    HOLE: "the hole of the group, 2022-11-11",
    MECHANISM: "the mechanism's loss: quotes, liquidations and pools",
    "quotes_usd": "quotes, with spread and hedges",
    "pickoff_usd": "stale quotes alone",
    "liquidations_usd": "liquidations taken over",
    "claims-of-customers to 2021-11-30": "claims of customers, 2021-11-30",
    "claims-of-customers to 2022-06-30": "claims of customers, 2022-06-30",
    "claims-of-customers to 2022-10-31": "claims of customers, 2022-10-31",
    "claims-of-customers to 2022-11-11": "claims of customers, 2022-11-11",
    "cash-of-the-exchange to 2021-11-30": "cash and coins of FTX, 2021-11-30",
    "cash-of-the-exchange to 2022-10-31": "cash and coins of FTX, 2022-10-31",
    "hole-of-the-exchange to 2021-11-30": "claims less cash and coins, 2021-11-30",
    "hole-of-the-exchange to 2022-10-31": "claims less cash and coins, 2022-10-31",
    "owed-by-maker-to-house to 2022-06-30": "debt of Alameda to FTX, 2022-06-30",
    "net-worth-without-own-circle to 2021-12-31": "Alameda's net worth less FTT, SOL and SRM, 2021",
}


def page_tables(found: StudyReport) -> list[Table]:
    """Return all tables of the page's section on the shipped study."""
    return [
        amounts(found),
        shares(found),
        parts(found),
        half(found),
        tolerance(found),
        search(found),
        missed_facts(found),
        nearest(found),
    ]


def amounts(found: StudyReport) -> Table:
    """Return ranges of amounts for all members and for plausible members, beside the record."""
    members, judges = found.members, {each.moment.name for each in found.judged}
    recorded = {each.name: each.amounts for each in recorded_outcomes(members)}
    rows: list[tuple[Cell, ...]] = []
    for name, words in AMOUNTS.items():
        usd = members.drawn(name)
        low, high = np.nanpercentile(usd, (5, 95))
        here = usd[found.is_plausible]
        ends = (np.nanmin(here), np.nanmedian(here), np.nanmax(here))
        on_record = _range(recorded[name]) if name in recorded else ""
        judging = "yes" if name in judges else ""
        rows.append((words, f"{_bn(low)} to {_bn(high)}", *map(_bn, ends), on_record, judging))
    return Table(
        "amounts",
        f"Amounts in billions of dollars: the middle 90 % of all {len(found.is_plausible)} members,"
        f" and the range of the {found.is_plausible.sum()} plausible members",
        (
            "amount",
            "all members",
            "plausible: least",
            "middle",
            "greatest",
            "record",
            "judges",
        ),
        rows,
        (
            "Losses are positive, and gains are negative. The last column (`judges`) has a yes if "
            "the recorded amount is one of the facts that decide which members are plausible.",
        ),
    )


def shares(found: StudyReport) -> Table:
    """Return the range of the mechanism's share of the hole, for three groups of members."""
    would, hole = found.would_have_to_be, found.members.drawn(HOLE)
    groups = {
        "all members": np.ones_like(found.is_plausible),
        "hole of at least 10 billion": hole >= LARGE_HOLE_USD,
        "plausible": found.is_plausible,
    }
    rows: list[tuple[Cell, ...]] = []
    for words, which in groups.items():
        here = 100 * would.share[which]
        ends = (np.nanmin(here), np.nanmedian(here), np.nanmax(here))
        reached = int(would.reached[which].sum())
        rows.append((words, int(which.sum()), *map(_tenth, ends), reached))
    return Table(
        "shares",
        "The mechanism's loss in percent of the hole",
        ("members", "number", "least", "middle", "greatest", "at least half"),
        rows,
        ("A negative share is a gain of the mechanism.",),
    )


def parts(found: StudyReport) -> Table:
    """Return the range of each loss in plausible members, in percent of the member's hole."""
    hole = found.members.drawn(HOLE)
    rows: list[tuple[Cell, ...]] = []
    for name in ("pickoff_usd", *PARTS):
        here = 100 * (found.members.drawn(name) / hole)[found.is_plausible]
        rows.append((PLAIN[name], *map(_tenth, (here.min(), np.median(here), here.max()))))
    return Table(
        "parts",
        f"Losses of the {found.is_plausible.sum()} plausible members in percent of the hole",
        ("loss", "least", "middle", "greatest"),
        rows,
        (
            "The loss on stale quotes is a part of the loss of quotes in the second row. Nearly "
            "all of the loss on liquidations is an input, drawn from a recorded range.",
        ),
    )


def half(found: StudyReport) -> Table:
    """Return the members in which the mechanism's loss is at least half of the hole."""
    members, reached = found.members, found.would_have_to_be.reached
    missed = facts_missed(found.judged)
    claims = members.drawn("claims-of-customers to 2021-11-30")
    hole, lost = members.drawn(HOLE), members.drawn(MECHANISM)
    numbers = members.numbers[~members.is_base]
    rows: list[tuple[Cell, ...]] = [
        (int(numbers[i]), _bn(lost[i]), _bn(hole[i]), _bn(claims[i]), int(missed[i]))
        for i in sorted(np.flatnonzero(reached), key=lambda i: (missed[i], i))
    ]
    return Table(
        "half",
        "The members in which the mechanism's loss is at least half of the hole (amounts in "
        "billions of dollars)",
        ("member", "mechanism", "hole", "claims of customers, 2021-11-30", "facts missed"),
        rows,
        (
            f"Facts missed: the number of judging facts (of {len(found.judged)}) from which the "
            "member is more than three standard deviations away, or for which it has no figure. A "
            f"plausible member misses at most {found.members.study.nth_largest - 1}.",
        ),
    )


def tolerance(found: StudyReport) -> Table:
    """Return the results if a plausible member may miss 0, 1, 2, 3, 4 or 5 judging facts."""
    lost = found.members.drawn("pickoff_usd")
    missed, share = facts_missed(found.judged), 100 * found.would_have_to_be.share
    rows: list[tuple[Cell, ...]] = []
    for allowed in ALLOWED:
        which = missed <= allowed
        ends = (_tenth(share[which].max()), _bn(lost[which].max())) if which.any() else ("", "")
        rows.append((allowed, int(which.sum()), *ends))
    return Table(
        "tolerance",
        "The mechanism's part of the hole and the loss on stale quotes, by the number of judging "
        "facts that a plausible member may miss",
        (
            "allowed number of missed facts",
            "members",
            "greatest part of the hole, %",
            "greatest loss on stale quotes, billions",
        ),
        rows,
        (f"In the study a plausible member may miss {found.members.study.nth_largest - 1} facts.",),
    )


def search(found: StudyReport) -> Table:
    """Return a table with a row for the study, and a row for each generation of the search.

    Raises:
        ValueError: the package has no search of this study.
    """
    if not found.searched:
        raise ValueError("the package has no search of this study; add one")
    whole = found.searched.table()
    rows: list[tuple[Cell, ...]] = []
    for number, row in enumerate(whole.rows):
        best = found.searched.best(found.searched.generation == number)
        usd = [found.searched.members.drawn(name)[best] for name in BEST]
        percent = _tenth(100 * float(found.searched.share[best]))
        rows.append((*row[:3], percent, *map(_bn, usd)))
    return Table(
        "search",
        f"{whole.title} (amounts in billions of dollars)",
        (
            "generation",
            "lives",
            "plausible",
            "largest part, %",
            "mechanism",
            "hole",
            "stale quotes",
        ),
        rows,
        whole.notes,
    )


def missed_facts(found: StudyReport) -> Table:
    """Return the judging facts that plausible members miss, and how many members miss each."""
    counts = {
        each.moment.name: int(each.rules_out[found.is_plausible].sum()) for each in found.judged
    }
    return Table(
        "missed",
        f"The judging facts that some of the {found.is_plausible.sum()} plausible members miss",
        ("fact", "members that miss it"),
        [(name, n) for name, n in sorted(counts.items(), key=lambda item: -item[1]) if n],
        (
            "No plausible member misses any of the other "
            f"{sum(not n for n in counts.values())} facts.",
        ),
    )


def nearest(found: StudyReport) -> Table:
    """Return the members nearest to the record, with amounts in billions of dollars."""
    whole = nearest_table(found.members, found.judged, found.is_plausible)
    first = by_nearness(found.members, found.judged)[:NEAREST]
    usd = [found.members.drawn(name)[first] for name in (MECHANISM, HOLE, "pickoff_usd")]
    rows = [
        (*row[:4], *map(_bn, amounts))
        for row, *amounts in zip(whole.rows[:NEAREST], *usd, strict=True)
    ]
    return Table(
        "nearest",
        f"The {len(rows)} members nearest to the record (amounts in billions of dollars)",
        (
            "member",
            "plausible",
            "amounts near",
            "facts missed",
            "mechanism",
            "hole",
            "stale quotes",
        ),
        rows,
        whole.notes[:1],
    )


def _bn(usd: float) -> Decimal:
    return _tenth(usd / BN)


def _tenth(value: float) -> Decimal:
    return Decimal(f"{value:.1f}") + 0  # changes -0.0 into 0.0


def _range(ends: Range[Decimal]) -> str:
    low, high = (_bn(float(end)) for end in ends)
    return f"{low} to {high}" if low != high else f"{low}"


@click.command()
@PAGE
@report("amounts", "shares", "parts", "half", "tolerance", "search", "missed", "nearest")
def main(page: Path | None) -> list[Table]:
    """Print the results of the shipped study."""
    tables = page_tables(read_shipped("life"))
    if page:
        fill(page, tables)
    return tables


if __name__ == "__main__":
    main()
