"""The figures of the house group that a fill or an entry changes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.reports.dollars import ZERO, usd_balances
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from ledger.transaction import kind_of

PARTS = ("cause", "claim", "liquid", "group")  # an account's part in the hole, from its `open` line


@dataclass(frozen=True, slots=True)
class MovedFigure:
    """A figure of the house group that changes. If `kind` is None, the figure is the hole."""

    part: str  # one of PARTS, or "hole"
    kind: str | None
    before_usd: Decimal
    moved_usd: Decimal
    end_usd: Decimal  # the figure at the end of the run

    @property
    def after_usd(self) -> Decimal:
        """Return the amount after the change."""
        return self.before_usd + self.moved_usd


def moved_figures(
    run: RunFolder, moved: Iterable[tuple[str, Decimal]], before: Mapping[str, Decimal]
) -> tuple[MovedFigure, ...]:
    """Return the changed figures, one for each kind and part in the hole. The hole is last."""
    lines = (before.items(), moved, usd_balances(run).items())
    stood, moves, ends = (_by_part(run, each) for each in lines)
    figures = [
        MovedFigure(part, kind, stood[part, kind], usd, ends[part, kind])
        for (part, kind), usd in sorted(moves.items(), key=lambda item: PARTS.index(item[0][0]))
    ]
    hole, change, end = (
        sum((usd for (part, _), usd in each.items() if part == "cause"), ZERO)
        for each in (stood, moves, ends)
    )
    return (*figures, MovedFigure("hole", None, hole, change, end))


def figures_table(found: Sequence[MovedFigure]) -> Table:
    """Return a table with one row for each figure."""
    return Table.of(
        "figures",
        "The figures of the house group that change",
        ("part", "kind", "before_usd", "moved_usd", "after_usd", "end_usd"),
        found,
        (
            "The hole is the sum of its causes. Claims owed are negative, and liquid assets are "
            "positive.",
        ),
    )


def _by_part(
    run: RunFolder, lines: Iterable[tuple[str, Decimal]]
) -> defaultdict[tuple[str, str], Decimal]:
    """Sum the amounts of all accounts that have the same part in the hole and the same kind."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for account, usd in lines:
        if part := run.opens[account].hole:
            sums[part, kind_of(account)] += usd
    return sums
