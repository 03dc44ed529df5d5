"""Two views of the maker's quotes: their result for the maker, and for the whole group.

The taker of a quote pays a fee to the exchange. This fee is income of the group, but not of the
maker. So quotes that lose money for the maker may earn money for the group.
"""

from dataclasses import dataclass
from decimal import Decimal

from ledger.accounts import contracts, expense, income
from ledger.kinds import ON_MARGIN, Kind
from ledger.motives import FROM_QUOTES, HEDGES
from ledger.reports.dollars import ZERO
from ledger.reports.table import Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class QuoteView:
    """The result of one kind of fills. Gains are above zero here, but below zero in the books."""

    kind: Kind
    fills: int
    maker_usd: Decimal
    taker_fees_usd: Decimal  # fees that the takers paid to the exchange

    @property
    def group_usd(self) -> Decimal:
        """Return the result for maker and exchange together."""
        return self.maker_usd + self.taker_fees_usd


@dataclass(frozen=True, slots=True)
class QuoteViews:
    """The captive maker's results from quotes on the house venue and from hedges, by kind."""

    maker: str
    house: str
    kinds: tuple[QuoteView, ...]

    @property
    def maker_usd(self) -> Decimal:
        """Return the result of quotes and hedges for the maker."""
        return sum((view.maker_usd for view in self.kinds), ZERO)

    @property
    def taker_fees_usd(self) -> Decimal:
        """Return the fees that the takers of the quotes paid to the exchange."""
        return sum((view.taker_fees_usd for view in self.kinds), ZERO)

    @property
    def group_usd(self) -> Decimal:
        """Return the result of quotes and hedges for maker and exchange together."""
        return self.maker_usd + self.taker_fees_usd


def quote_views(run: RunFolder) -> QuoteViews:
    """Read the results of the maker's quotes and hedges from the general ledger."""
    parties = run.chart.parties
    # A run with customers on margin always has backstops, and only these customers send forced
    # orders. So a run without backstops has no liquidations, and their kinds are left out.
    unknown = () if parties.providers else ON_MARGIN
    hits = [motive.entry.kind for motive in FROM_QUOTES if motive.entry.kind not in unknown]
    kinds = [*dict.fromkeys(hits), Kind.HEDGING]
    tags = {m.word: m.entry.kind for m in (*FROM_QUOTES, *HEDGES) if m.entry.kind in kinds}
    results = [income(parties.maker, kind) for kind in kinds[:-1]]
    results.append(expense(parties.maker, Kind.HEDGING))
    # Not every entry has a posting to an account in `results`. But every entry for fills of a quote
    # has a posting to the position of the quote's maker.
    position = contracts(parties.maker, parties.house, run.chart.desk(parties.maker))
    found = {
        kind: (int(fills), maker_usd, fees_usd)
        for kind, fills, maker_usd, fees_usd in run.select(
            """
            WITH entries AS (
                -- Each entry sums a day's fills of one motive between the same two parties.
                SELECT $kinds[list_position($tags, tag)] AS kind,
                       any_value(meta)->>'fills' AS fills,
                       -sum(units) FILTER (account IN (SELECT unnest($results))) AS maker_cents,
                       -sum(units) FILTER (account = $fees) AS fee_cents
                FROM postings WHERE tag IN (SELECT unnest($tags))
                GROUP BY tag, seq HAVING bool_or(account IN (SELECT unnest($own)))
            )
            SELECT kind, coalesce(sum(fills::BIGINT), 0), coalesce(sum(maker_cents), 0) * 0.01,
                   coalesce(sum(fee_cents), 0) * 0.01
            FROM entries GROUP BY kind
            """,
            {
                "tags": list(tags),
                "kinds": list(tags.values()),
                "results": results,
                # A hedge takes another maker's quote. The hedge's fee is paid to a party outside
                # the group.
                "fees": income(parties.house, Kind.FEES),
                "own": [*results, position],
            },
        )
    }
    nothing = (0, ZERO, ZERO)
    views = tuple(QuoteView(kind, *found.get(kind, nothing)) for kind in kinds)
    return QuoteViews(parties.maker, parties.house, views)


def views_table(found: QuoteViews) -> Table:
    """Return a table of both views, with a row for each kind and a row for the sum."""
    return Table(
        "views",
        f"Results of {found.maker}'s quotes on {found.house}: for {found.maker} and for the group",
        ("kind", "fills", "maker_usd", "taker_fees_usd", "group_usd"),
        [
            *((v.kind, v.fills, v.maker_usd, v.taker_fees_usd, v.group_usd) for v in found.kinds),
            (
                "quotes in all",
                sum(view.fills for view in found.kinds),
                found.maker_usd,
                found.taker_fees_usd,
                found.group_usd,
            ),
        ],
        (
            "Gains are positive here, losses negative. Takers of these quotes pay fees to the "
            "exchange. The fees are income of the group, but not of the maker. So the quotes may "
            "earn money for the group although they lose money for the maker.",
            f"Fees of {found.maker} to {found.house} would be internal to the group. The books "
            f"have none: on {found.house} only other parties take {found.maker}'s quotes, and "
            f"{found.maker} sends its own orders only to the lead venue.",
        ),
    )
