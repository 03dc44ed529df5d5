"""Compares the maker's predictions for its quotes with the booked results.

The maker's own simulation plays the quotes of a month against noise traders only. The books have
the prediction as a `custom "belief"`, dated in that month. The prediction states the market, the
result before hedging, and the volume. It is compared with the booked result before hedging: the
kinds Spread and PickOff together. Hedging is separate.

The difference is the booked result less the predicted result. It is split into three parts, as in
the analysis of variances in cost accounting. The predicted rate is the predicted result divided by
the predicted volume. The first part, from volume, is (booked volume - predicted volume) * predicted
rate. The second part, from pick-offs, is (result of hits) - (volume of hits * predicted rate).
The third part is the rest, so the three parts sum to the difference exactly.

The prediction depends on half-spread, displayed size, the volume of about the last 24 hours and the
maker's share of this volume. The first part depends on days without quotes and on the volume of
hits, so it may be above or below zero. The second part depends on latency, the time between quotes,
volatility, the firms and their delays. The third part depends on chance, and on the price levels
that noise traders' orders reach.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import NamedTuple

from ledger.accounts import expense, income
from ledger.kinds import Kind
from ledger.money import tick_cents
from ledger.motives import HEDGES, VolumePart, counted_as, words
from ledger.notes import Belief
from ledger.reports.dollars import CENT, ZERO
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY


class Promise(NamedTuple):
    """The maker's prediction for one or more months and markets."""

    result_usd: Decimal  # the result before hedging
    volume_usd: Decimal


@dataclass(frozen=True, slots=True)
class Booked:
    """The booked results of one or more months and markets. Gains are above zero."""

    spread_usd: Decimal = ZERO  # result of noise traders' orders
    pickoff_usd: Decimal = ZERO  # result of hits on stale quotes
    hedging_usd: Decimal = ZERO  # spread and fees on the lead venue; costs are below zero
    spread_volume_usd: Decimal = ZERO
    pickoff_volume_usd: Decimal = ZERO

    def __add__(self, other: "Booked") -> "Booked":
        both = (getattr(self, f.name) + getattr(other, f.name) for f in fields(Booked))
        return Booked(*both)

    @property
    def result_usd(self) -> Decimal:
        """Return the result before hedging. The report compares it with predictions."""
        return self.spread_usd + self.pickoff_usd

    @property
    def net_usd(self) -> Decimal:
        """Return the result after hedging costs."""
        return self.result_usd + self.hedging_usd

    @property
    def volume_usd(self) -> Decimal:
        """Return the volume of the maker's quotes."""
        return self.spread_volume_usd + self.pickoff_volume_usd


class Difference(NamedTuple):
    """The booked result less the predicted result, in three parts."""

    from_volume_usd: Decimal
    from_pickoffs_usd: Decimal
    rest_usd: Decimal

    @property
    def whole_usd(self) -> Decimal:
        """Return the sum of the parts."""
        return sum(self, ZERO)


@dataclass(frozen=True, slots=True)
class MonthInMarket:
    """The prediction and the booked result of one market in one month."""

    month: str
    market: str
    promise: Promise | None  # None if the books have no prediction for the month
    booked: Booked

    @property
    def difference(self) -> Difference | None:
        """Return the booked result less the predicted result, in three parts.

        Return None if there is no prediction.

        Source: flexible-budget variances, as in textbooks of cost accounting.
        """
        if self.promise is None:
            return None
        promised, booked = self.promise, self.booked
        volume_usd = _at_promised_rate(promised, booked.volume_usd) - promised.result_usd
        pickoffs_usd = booked.pickoff_usd - _at_promised_rate(promised, booked.pickoff_volume_usd)
        whole_usd = booked.result_usd - promised.result_usd
        return Difference(volume_usd, pickoffs_usd, whole_usd - volume_usd - pickoffs_usd)


def _at_promised_rate(promised: Promise, volume_usd: Decimal) -> Decimal:
    """Return *volume_usd* times the predicted result per dollar of volume.

    Return zero if no volume is predicted.
    """
    if not promised.volume_usd:
        return ZERO
    return (promised.result_usd * volume_usd / promised.volume_usd).quantize(CENT)


def months_in_markets(run: RunFolder) -> tuple[MonthInMarket, ...]:
    """Return the prediction and the result of the fills for each month and market."""
    promised, booked = promises(run), dict(_booked_in_fills(run))
    return tuple(
        MonthInMarket(*place, promised.get(place), booked.get(place, Booked()))
        for place in sorted({*promised, *booked})
    )


def promises(run: RunFolder) -> dict[tuple[str, str], Promise]:
    """Return the predictions in the books, by (month, market)."""
    return {
        (f"{day:%Y-%m}", note.market): Promise(note.result_usd, note.volume_usd)
        for day, note in run.dated_notes(Belief)
    }


def booked_by_month(run: RunFolder) -> dict[str, Booked]:
    """Return the maker's results by month, from the general ledger.

    All volumes are zero, because they are not in the general ledger.
    """
    maker = run.chart.parties.maker
    kinds = {
        income(maker, Kind.SPREAD): "spread_usd",
        income(maker, Kind.PICKOFF): "pickoff_usd",
        expense(maker, Kind.HEDGING): "hedging_usd",
    }
    found: dict[str, Booked] = defaultdict(Booked)
    posted = run.select(
        "SELECT month, account, -sum(units) * 0.01 FROM postings "
        "WHERE commodity = ? AND account IN (SELECT unnest(?)) GROUP BY ALL ORDER BY ALL",
        [MONEY, list(kinds)],
    )
    for month, account, usd in posted:
        found[month] += Booked(**{kinds[account]: usd})
    return found


def _booked_in_fills(run: RunFolder) -> Iterator[tuple[tuple[str, str], Booked]]:
    """Yield the results and volumes of the fills for each (month, market)."""
    parties = run.chart.parties
    cents = tick_cents(run.chart.contracts, parties.house)
    spread, pickoff = (words(counted_as(each)) for each in (VolumePart.CAPTIVE, VolumePart.HITS))
    # One scan reads the fills of the maker's quotes, and another scan reads the maker's hedges. So
    # each scan can skip many rows. Fills are first summed by day, so that the name of the month is
    # not made for each fill.
    found = run.select(
        """
        WITH hits AS (
            SELECT time::DATE AS day, market, motive, sum(-edge_cents) AS cents,
                   sum(abs(lots) * price) AS lot_ticks
            FROM rows WHERE maker = $maker AND motive IN list_concat($spread, $pickoff) GROUP BY ALL
        ),
        hedges AS (
            SELECT time::DATE AS day, market, motive, sum(edge_cents - fee_cents) AS cents,
                   0 AS lot_ticks
            FROM rows WHERE taker = $maker AND motive IN $hedges GROUP BY ALL
        )
        SELECT strftime(day, '%Y-%m') AS month, market,
               coalesce(sum(cents) FILTER (motive IN $spread), 0),
               coalesce(sum(cents) FILTER (motive IN $pickoff), 0),
               coalesce(sum(cents) FILTER (motive IN $hedges), 0),
               coalesce(sum(lot_ticks) FILTER (motive IN $spread), 0),
               coalesce(sum(lot_ticks) FILTER (motive IN $pickoff), 0)
        FROM (FROM hits UNION ALL FROM hedges) GROUP BY ALL
        """,
        {
            "spread": spread,
            "pickoff": pickoff,
            "hedges": words(HEDGES),
            "maker": parties.maker,
        },
    )
    for month, market, *results, spread_lot_ticks, pickoff_lot_ticks in found:
        volumes = (lot_ticks * cents[market] for lot_ticks in (spread_lot_ticks, pickoff_lot_ticks))
        amounts = (Decimal(cents).scaleb(-2) for cents in (*results, *volumes))
        yield (month, market), Booked(*amounts)
