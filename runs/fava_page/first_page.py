"""Computes the figures, pictures and links of our page in Fava.

A kind has the same amount as in the command `where`. A milestone has the same day and amount as in
the command `timeline`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.kinds import Kind
from ledger.reports.dollars import ZERO, percent
from ledger.reports.life.answer import answer
from ledger.reports.life.milestones import First, firsts
from ledger.reports.life.standing import Standing, standings
from ledger.reports.money.hole import Hole, hole
from ledger.run_folder import RunFolder
from runs.fava_page.causes_over_time import Causes, cause_accounts, causes
from runs.fava_page.line_picture import Line, LinePicture, line_picture
from runs.fava_page.links import account_page, entries_of_day, entries_of_kind
from runs.fava_page.sankey import Band, Sankey, sankey
from runs.provenance import provenance

KNOWN = {kind.value: kind.entry.plain for kind in Kind}


@dataclass(frozen=True, slots=True)
class AccountLink:
    """An account of the group, and a link to the account's page in Fava."""

    account: str
    link: str


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind: its amount, its accounts, and a link to its entries."""

    kind: str
    plain: str  # the kind in plain English
    usd: Decimal  # above zero for a use, below zero for a source
    share_of_uses_pct: Decimal | None  # None: the kind is a source
    link: str
    accounts: tuple[AccountLink, ...]


@dataclass(frozen=True, slots=True)
class DateLine:
    """A milestone's first day, and a link to the entries of this day."""

    day: date
    what: str
    usd: Decimal | None
    link: str


@dataclass(frozen=True, slots=True)
class FirstPage:
    """All figures, pictures and links of the page."""

    answer: str
    provenance: str
    hole_usd: Decimal
    kinds: tuple[KindLine, ...]  # uses, the largest first, then sources, the largest first
    used_usd: Decimal
    brought_usd: Decimal  # the sum of all sources, below zero
    dates: tuple[DateLine, ...]
    sankey: Sankey | None  # None: the run has no uses and no sources of money
    causes: Causes
    timeline: LinePicture


def first_page(run: RunFolder) -> FirstPage:
    """Read a run, and compute its page."""
    the_hole, days = hole(run), standings(run)
    dated = date_lines(firsts(run, days).values())
    kinds = kind_lines(run, the_hole)
    return FirstPage(
        answer=answer(run),
        provenance=provenance(run),
        hole_usd=the_hole.hole_usd,
        kinds=kinds,
        used_usd=sum(the_hole.uses_usd.values(), ZERO),
        brought_usd=sum(the_hole.sources_usd.values(), ZERO),
        dates=dated,
        sankey=_sources_and_uses(kinds, the_hole.hole_usd, " and ".join(run.chart.parties.group)),
        causes=causes(run, [each.day for each in dated]),
        timeline=_timeline(days, dated),
    )


def kind_lines(run: RunFolder, the_hole: Hole) -> tuple[KindLine, ...]:
    """Return the uses, the largest first, then the sources, the largest first."""
    used = sum(the_hole.uses_usd.values(), ZERO)
    accounts = cause_accounts(run)
    in_order = [*the_hole.uses_usd.items(), *reversed(the_hole.sources_usd.items())]
    return tuple(
        KindLine(
            kind,
            KNOWN.get(kind, ""),
            usd,
            percent(usd, used) if usd > 0 else None,
            entries_of_kind(kind),
            tuple(AccountLink(each, account_page(each)) for each in accounts[kind]),
        )
        for kind, usd in in_order
    )


def date_lines(dated: Iterable[First]) -> tuple[DateLine, ...]:
    """Return the milestones that were reached, in the order of their first days."""
    reached = [
        DateLine(each.day, each.what, each.usd, entries_of_day(each.day))
        for each in dated
        if each.day
    ]
    return tuple(sorted(reached, key=lambda line: line.day))


def _sources_and_uses(kinds: Sequence[KindLine], hole_usd: Decimal, group: str) -> Sankey | None:
    """Return the Sankey diagram. A hole is drawn as a source, and a surplus as a use."""
    uses = [Band(each.kind, each.usd, each.link) for each in kinds if each.usd > 0]
    sources = [Band(each.kind, -each.usd, each.link) for each in kinds if each.usd < 0]
    if hole_usd > 0:
        owed = entries_of_kind(Kind.CUSTOMERS)
        sources.insert(0, Band("customers' money: the hole", hole_usd, owed))
    elif hole_usd < 0:
        uses.insert(0, Band("left over", -hole_usd, entries_of_kind(Kind.CASH)))
    return sankey(sources, uses, group) if uses or sources else None


def _timeline(days: Sequence[Standing], dated: Sequence[DateLine]) -> LinePicture:
    lines = [
        Line("owed to customers", [at.claims_usd for at in days], entries_of_kind(Kind.CUSTOMERS)),
        Line("liquid assets", [at.liquid_usd for at in days], entries_of_kind(Kind.CASH)),
        Line("the hole", [at.hole_usd for at in days]),
    ]
    return line_picture([at.day for at in days], lines, [each.day for each in dated])
