"""The hole by kind and quarter: when each kind used or raised money.

Amounts are dollars. If customers are owed coins too, the report says that coins are left out.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.kinds import CAUSE, CLAIM, LIQUID
from ledger.reports.days import calendar
from ledger.reports.dollars import ZERO, spoken
from ledger.reports.money.hole import Hole, hole
from ledger.reports.money.hole_in_kind import HoleInKind, hole_in_kind
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY


@dataclass(frozen=True, slots=True)
class WhereByQuarter:
    """The hole by kind for each quarter, and for the whole life."""

    hole: Hole
    kinds_usd: Mapping[str, Mapping[str, Decimal]]  # by quarter and kind
    grown_usd: Mapping[str, Decimal]  # the growth of the hole in each quarter
    in_kind: HoleInKind | None  # None if the house owes only dollars to customers

    def answer(self) -> str:
        """State the hole at the end, and the quarter in which the hole grew most.

        If there is no hole at the end, the text states only this.
        """
        hole = "hole in dollars" if self.in_kind else "hole"
        if self.hole.hole_usd <= 0:
            claims = "claims in dollars" if self.in_kind else "claims"
            return f"There is no {hole}: the group's liquid assets cover all {claims} of customers."
        most = max(self.grown_usd, key=self.grown_usd.__getitem__)
        return (
            f"The {hole} is {spoken(self.hole.hole_usd)} at the end. It grew most in {most}, by "
            f"{spoken(self.grown_usd[most])}."
        )

    def tables(self) -> list[Table]:
        """Return one table, with a row for each kind and a column for each quarter."""
        return [
            Table(
                "hole-by-quarter",
                "The hole by kind and quarter: uses of money, and sources other than customers",
                (
                    "side",
                    "kind",
                    "whole_life_usd",
                    *(f"{quarter}_usd" for quarter in self.kinds_usd),
                    "unexplained_usd",
                ),
                _rows(self.hole, self.kinds_usd, self.grown_usd),
                (
                    "A positive amount: the kind used money in that quarter. A negative amount: "
                    "the kind was a source. The column 'side' shows whether the kind is a use or "
                    "a source over the whole run. Opening balances are in the first quarter.",
                    "'Whole life' is computed directly, not from quarters. 'Unexplained' is the "
                    "sum of the quarters less the whole life, and must be 0.00 on every line.",
                    *((self.in_kind.beside_dollars(),) if self.in_kind else ()),
                ),
            )
        ]


def where_by_quarter(run: RunFolder) -> WhereByQuarter:
    """Return the hole by kind, for each quarter and for the whole life."""
    return WhereByQuarter(
        hole(run), _kinds_by_quarter(run), _hole_by_quarter(run), hole_in_kind(run)
    )


def _rows(
    the_hole: Hole,
    kinds_usd: Mapping[str, Mapping[str, Decimal]],
    grown_usd: Mapping[str, Decimal],
) -> list[tuple[Cell, ...]]:
    """Return a row for each kind, and rows for the sums, the hole and the unexplained amounts."""
    life_usd = the_hole.kinds_usd

    def sums(kinds: Collection[str]) -> list[Decimal]:
        moved = [sum((usd[kind] for kind in kinds), ZERO) for usd in kinds_usd.values()]
        life = sum((life_usd[kind] for kind in kinds), ZERO)
        return [life, *moved, sum(moved, ZERO) - life]

    def line(side: str, name: str, kinds: Collection[str]) -> tuple[Cell, ...]:
        return (side, name, *sums(kinds))

    moving = [kind for kind in life_usd if any(usd[kind] for usd in kinds_usd.values())]
    uses = [kind for kind in moving if life_usd[kind] > 0]
    sources = [kind for kind in reversed(moving) if life_usd[kind] <= 0]
    kinds_sum = sums(moving)
    grown = sum(grown_usd.values(), ZERO)
    defined = (the_hole.hole_usd, *grown_usd.values(), grown - the_hole.hole_usd)
    unexplained = [usd - kinds for usd, kinds in zip(defined, kinds_sum, strict=True)]
    return [
        *(line("use", kind, [kind]) for kind in uses),
        line("use", "all uses", uses),
        *(line("source", kind, [kind]) for kind in sources),
        line("source", "all sources", sources),
        (None, "hole: sum of its kinds", *kinds_sum),
        (None, "hole: claims less liquid assets", *defined),
        (None, "unexplained (must be 0.00)", *unexplained),
    ]


def _kinds_by_quarter(run: RunFolder) -> dict[str, defaultdict[str, Decimal]]:
    """Return each kind's amount in each quarter. Quarters without entries are included."""
    moved: dict[str, defaultdict[str, Decimal]] = {
        quarter: defaultdict(lambda: ZERO) for quarter in _quarters(run)
    }
    for quarter, kind, usd in _posted(run, [CAUSE]):
        moved[quarter][kind] = usd
    return moved


def _hole_by_quarter(run: RunFolder) -> dict[str, Decimal]:
    """Return the growth of the hole (claims less liquid assets) in each quarter."""
    grown = dict.fromkeys(_quarters(run), ZERO)
    for quarter, _, usd in _posted(run, [CLAIM, LIQUID]):
        grown[quarter] -= usd
    return grown


def _posted(run: RunFolder, parts: Sequence[str]) -> list[tuple[str, str, Decimal]]:
    """Return sums by quarter and kind, over all accounts whose part in the hole is in *parts*."""
    return run.select(
        "SELECT year(date) || 'q' || quarter(date) AS quarter, kind, sum(units) * 0.01 "
        "FROM postings WHERE commodity = ? AND hole IN (SELECT unnest(?)) GROUP BY ALL",
        [MONEY, parts],
    )


def _quarters(run: RunFolder) -> list[str]:
    """Return the names of all quarters, from the first entry to the last entry or note."""
    return list(dict.fromkeys(map(_quarter, calendar(run))))


def _quarter(day: date) -> str:
    return f"{day.year}q{(day.month + 2) // 3}"
