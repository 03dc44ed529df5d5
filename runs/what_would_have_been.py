"""Writes the result of a counterfactual in sentences, and as a table for maker and group.

The maker's result and the group's are shown together, since they may differ in sign: a hit pays the
exchange a fee, which is income of the group but not of the maker.
"""

from collections.abc import Callable
from decimal import Decimal

from ledger.reports.dollars import ZERO, speaker, spoken
from ledger.reports.money.quote_views import QuoteViews
from ledger.reports.table import Table

Pair = tuple[Decimal, Decimal]  # a figure with the cause, and the figure without the cause


def in_a_sentence(kind: str, holes_usd: Pair, views: tuple[QuoteViews, QuoteViews]) -> str:
    """Return sentences on the hole and on the quotes' result, with and without a cause.

    Args:
        kind: the cause.
        holes_usd: the hole of the run, and the hole without the cause.
        views: the results of the quotes in both runs.
    """
    ours, theirs = views
    lacks, would_lack = holes_usd
    return (
        f"With {kind} the group {'lacks' if lacks > 0 else 'has'} {or_spare(lacks)}. "
        f"Without {kind} it would {'lack' if would_lack > 0 else 'have'} {or_spare(would_lack)}. "
        f"{_turned(ours, theirs)}"
    )


def two_views(columns: tuple[str, ...], ours: QuoteViews, theirs: QuoteViews) -> Table:
    """Return a table of the quotes: the maker's result by kind, the fees, the group's result.

    Args:
        columns: names of the columns with the cause, without the cause, and for the difference.
        ours, theirs: the views of the run, and of the run without the cause.
    """
    lines = {
        f"{ours.maker}: {kind}": (_of(ours, kind), _of(theirs, kind))
        for kind in dict.fromkeys(view.kind for view in (*ours.kinds, *theirs.kinds))
    }
    lines |= {
        f"{ours.maker}: all quotes": (ours.maker_usd, theirs.maker_usd),
        f"{ours.house}: taker fees on quotes": (ours.taker_fees_usd, theirs.taker_fees_usd),
        "the group: quotes and fees": (ours.group_usd, theirs.group_usd),
    }
    return Table(
        "views",
        f"Results of {ours.maker}'s quotes: to {ours.maker}, and to the group",
        ("line", *columns),
        [(line, *pair, pair[0] - pair[1]) for line, pair in lines.items() if any(pair)],
        (
            "Gains are positive here, losses negative. These are the results of fills alone. The "
            "consequences of fills are in the hole.",
            "This is one seed, so a part of each difference may be chance. Other causes change too "
            "(--table difference), so the hole may be larger although a loss is removed.",
        ),
    )


def or_spare(lacks_usd: Decimal, say: Callable[[Decimal], str] = spoken) -> str:
    """Write a hole as an amount, or a hole of zero or below as an amount to spare."""
    said = say(abs(lacks_usd))
    return said if lacks_usd > 0 else f"{said} to spare"


def _turned(ours: QuoteViews, theirs: QuoteViews) -> str:
    """Return a sentence on the quotes' results with and without the cause, in one unit."""
    pairs = {
        ours.maker: (ours.maker_usd, theirs.maker_usd),
        "the group": (ours.group_usd, theirs.group_usd),
    }
    say = speaker(*(usd for pair in pairs.values() for usd in pair))

    def result(whom: str, usd: Decimal) -> str:
        return f"{'bring' if usd >= 0 else 'cost'} {whom} {say(abs(usd))}"

    parts = (
        f"{result(whom, now)} and would {result('it', then)}" for whom, (now, then) in pairs.items()
    )
    return f"{ours.maker}'s quotes {', and '.join(parts)}."


def _of(views: QuoteViews, kind: str) -> Decimal:
    return sum((view.maker_usd for view in views.kinds if view.kind == kind), ZERO)
