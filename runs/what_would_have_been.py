"""Writes a counterfactual's result: sentences, and a table of the results of quotes.

Quotes may lose money for the maker but earn money for the group. The taker of a quote pays a fee to
the exchange, and this fee is income of the group but not of the maker. So both results are shown.
"""

from collections.abc import Callable
from decimal import Decimal

from ledger.reports.dollars import ZERO, speaker, spoken
from ledger.reports.money.quote_views import QuoteViews
from ledger.reports.table import Table

Pair = tuple[Decimal, Decimal]  # a figure with the cause, and the same figure without the cause


def in_a_sentence(kind: str, holes_usd: Pair, views: tuple[QuoteViews, QuoteViews]) -> str:
    """Return sentences on the hole and on the results of quotes, with and without a cause.

    Args:
        kind: the cause.
        holes_usd: the hole of the run, and the hole without the cause.
        views: the results of quotes in the run, and in the run without the cause.
    """
    ours, theirs = views
    lacks, would_lack = holes_usd
    return (
        f"With {kind} the group {'lacks' if lacks > 0 else 'has'} {or_surplus(lacks)}. "
        f"Without {kind} it would {'lack' if would_lack > 0 else 'have'} {or_surplus(would_lack)}. "
        f"{_turned(kind, ours, theirs)}"
    )


def two_views(columns: tuple[str, ...], ours: QuoteViews, theirs: QuoteViews) -> Table:
    """Return a table of the results of quotes.

    It has the maker's results by kind and in total, the taker fees, and the group's result.

    Args:
        columns: the names of three columns: with the cause, without the cause, and the difference.
        ours, theirs: the results of quotes in the run, and in the run without the cause.
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
        f"Results of {ours.maker}'s quotes: for {ours.maker}, and for the group",
        ("line", *columns),
        [(line, *pair, pair[0] - pair[1]) for line, pair in lines.items() if any(pair)],
        (
            "Gains are positive here, losses negative. These are the results of fills alone. The "
            "hole also includes the consequences of the fills.",
            "Only one seed is played, so a part of each difference may be chance. If one cause is "
            "removed, other causes change too (--table difference). So the hole may grow even "
            "if the removed cause makes losses.",
        ),
    )


def or_surplus(lacks_usd: Decimal, say: Callable[[Decimal], str] = spoken) -> str:
    """Return a hole as an amount in words. A hole of zero or below becomes a surplus."""
    said = say(abs(lacks_usd))
    return said if lacks_usd > 0 else f"a surplus of {said}"


def _turned(kind: str, ours: QuoteViews, theirs: QuoteViews) -> str:
    """Return two sentences: the results of quotes with the cause, and without the cause.

    All amounts have the same unit.
    """
    say = speaker(*(usd for views in (ours, theirs) for usd in (views.maker_usd, views.group_usd)))

    def result(whom: str, usd: Decimal) -> str:
        return f"{'bring' if usd >= 0 else 'cost'} {whom} {say(abs(usd))}"

    def results(views: QuoteViews) -> str:
        return f"{result(ours.maker, views.maker_usd)} and {result('the group', views.group_usd)}"

    return f"{ours.maker}'s quotes {results(ours)}. Without {kind} they would {results(theirs)}."


def _of(views: QuoteViews, kind: str) -> Decimal:
    return sum((view.maker_usd for view in views.kinds if view.kind == kind), ZERO)
