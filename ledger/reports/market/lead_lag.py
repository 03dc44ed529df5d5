"""Which venue leads, and by how long? An estimate from fills that an outsider can observe.

The estimate uses all days of the run together. It is the lag at which the two venues' prices differ
least: see `price_lag`.

The house's prices are those of its fills. The fills of buy orders and of sell orders are two
series, because each series has its own half-spread. If an order took several levels, only its best
price is used. The lead venue's prices are the lead prices at the moments of these fills. The books
have more lead prices, in hedges and settlements. They are left out, with little effect. Only
uninformed orders are used, because firms' hits come when quotes are oldest.

Each fill also has the lead price on which its quote is based. The age of this price is called the
quote's age. The estimate does not use these data. The report shows the ages beside the lag, since a
good estimate should agree with the ages.

The precision is limited, because there is no single lag: a quote's age grows until the next quote.
The estimated lag is one of the ages, near the ages at which prices moved most. The books do not
have the lead price between fills. If the time between fills is more than about ten seconds, too few
pairs of fills are close to each other, and the report shows no lag. A quote that is renewed only
when the price moves can be old although its price is not late.

The books have fills of uninformed orders only for the captive maker's quotes. So the result is the
lag of these quotes. If other makers' quotes are faster, the lag of the whole venue is shorter.
Customers take the captive maker's quotes only if these are better than the other makers' quotes. So
the times of fills depend on price moves. The method of `price_lag` is valid in this case too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import fmean

import duckdb
import numpy as np

from ledger.motives import Motive
from ledger.parties import Parties
from ledger.reports.days import calendar
from ledger.reports.dollars import listed
from ledger.reports.market.price_lag import (
    CLEAR,
    LAGS_US,
    STEP_US,
    PriceLag,
    Prices,
    Sight,
    correlation,
    price_lag,
)
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from ledger.times import DAY_US, day_of

REACH_S = int(LAGS_US[-1]) // 1_000_000  # the largest lag that is searched


@dataclass(frozen=True, slots=True)
class DayPrices:
    """The observed prices of one market on one day, and the ages of the quotes."""

    day: date
    seen: Sight
    ages_us: np.ndarray  # the three quartiles of the quotes' ages, shape (3,)

    @property
    def fills(self) -> int:
        """Return the number of observed fills: the first fill of each order."""
        return len(self.seen.lead.times_us)


@dataclass(frozen=True, slots=True)
class MarketLag:
    """The lag in one market, estimated over the whole run."""

    market: str
    days: int
    fills: int
    ages_us: tuple[float, float, float] | None  # each quartile of the ages: median over days
    found: PriceLag | None  # None if the lag is not clear
    correlation: float | None  # of price moves: mean over days

    def leader(self, parties: Parties) -> str:
        """Return the name of the venue that leads.

        Return "no lag" if no lag is found, and "undecided" if the lag's interval contains zero.
        """
        if self.found is None:
            return "no lag"
        if self.found.low_us <= 0 <= self.found.high_us:
            return "undecided"
        return parties.lead if self.found.low_us > 0 else parties.house


@dataclass(frozen=True, slots=True)
class LeadLag:
    """The lag of the house venue's prices behind the lead venue's prices, for each market."""

    parties: Parties
    markets: tuple[MarketLag, ...]

    def answer(self) -> str:
        """State which venue leads in each market, and by how long."""
        return " ".join(_sentence(each, self.parties) for each in self.markets)

    def tables(self) -> list[Table]:
        """Return a table with one row for each market."""
        return [_lag_table(self)]


def _sentence(market: MarketLag, parties: Parties) -> str:
    leader = market.leader(parties)
    if market.found is None:
        return (
            f"In {market.market} the prices show no clear lag. Lags up to {REACH_S} s were tested."
        )
    if leader not in (parties.lead, parties.house):
        return f"In {market.market} the prices do not show which venue leads."
    follower = parties.house if leader == parties.lead else parties.lead
    lag = abs(market.found.lag_us) / 1e6
    return f"In {market.market} {follower} follows {leader} by {lag:.1f} s."


def lead_lag(run: RunFolder) -> LeadLag:
    """Estimate the lag of the house venue's prices behind the lead venue's prices."""
    return LeadLag(run.chart.parties, market_lags(run))


def market_lags(run: RunFolder) -> tuple[MarketLag, ...]:
    """Estimate the lag in each market from all days together."""
    with run.connect() as connection:
        return tuple(
            market_lag(market, list(days_seen(connection, run, market)))
            for market in run.names.markets
        )


def market_lag(market: str, days: list[DayPrices]) -> MarketLag:
    """Estimate the lag in one market from the observations of *days*."""
    found = price_lag([day.seen for day in days])
    moved = [correlation(day.seen, found.lag_us) for day in days] if found else []
    correlations = [each for each in moved if each is not None]
    return MarketLag(
        market,
        len(days),
        sum(day.fills for day in days),
        _quartiles(days) if days else None,
        found,
        fmean(correlations) if correlations else None,
    )


def _quartiles(days: list[DayPrices]) -> tuple[float, float, float]:
    low, middle, high = np.median([day.ages_us for day in days], axis=0)
    return float(low), float(middle), float(high)


def days_seen(
    connection: duckdb.DuckDBPyConnection, run: RunFolder, market: str
) -> Iterator[DayPrices]:
    """Yield the observed prices of each day on which uninformed orders were filled."""
    where = (run.chart.parties.house, market, Motive.SPREAD.word)
    # There is one query for each month. The fills of a month fit into a small computer's memory. If
    # there were one query for each day, each query would open all files again.
    for month in dict.fromkeys(day.replace(day=1) for day in calendar(run)):
        # Prices stay in ticks, because sums of ticks are exact. The logarithms of the prices would
        # give almost the same lag.
        fills = connection.execute(
            """
            SELECT epoch_us(time) AS time_us, lots > 0 AS buys, price::DOUBLE AS price,
                   lead::DOUBLE AS lead, quote_age_us AS age_us
            FROM rows
            WHERE venue = ? AND market = ? AND motive = ?
              AND time >= ?::DATE AND time < ?::DATE + INTERVAL 1 MONTH
            ORDER BY time, buys, seq
            """,
            (*where, month, month),
        ).fetchnumpy()
        # The first fill of an order has the order's best price.
        orders = np.flatnonzero(np.diff(2 * fills["time_us"] + fills["buys"], prepend=-1))
        seen = {name: column[orders] for name, column in fills.items()}
        days = seen["time_us"] // DAY_US
        starts = np.flatnonzero(np.diff(days, prepend=-1))
        for start, end in pairwise((*starts, len(days))):
            yield _day_seen({name: column[start:end] for name, column in seen.items()})


def _day_seen(seen: Mapping[str, np.ndarray]) -> DayPrices:
    times_us, buys = seen["time_us"], seen["buys"]
    sides = [Prices(times_us[side], seen["price"][side]) for side in (buys, ~buys)]
    return DayPrices(
        day_of(int(times_us[0])),
        Sight(Prices(times_us, seen["lead"]), sides),
        np.quantile(seen["age_us"], (0.25, 0.5, 0.75)),
    )


def _row(market: MarketLag, parties: Parties) -> tuple[Cell, ...]:
    found = market.found
    lags = (found.lag_us, found.low_us, found.high_us) if found else (None, None, None)
    return (
        market.market,
        market.leader(parties),
        *map(_seconds, lags),
        *map(_seconds, market.ages_us or (None, None, None)),
        None if market.correlation is None else Decimal(f"{market.correlation:.2f}"),
        market.days,
        market.fills,
    )


def _beyond_reach(found: LeadLag) -> Iterator[str]:
    """If markets without a lag have many quotes that are older than REACH_S, yield a note."""
    older = [
        each.market
        for each in found.markets
        if each.found is None and each.ages_us and each.ages_us[-1] > LAGS_US[-1]
    ]
    if older:
        yield (
            f"Many quotes in {listed(older)} are older than {REACH_S} s. The search does not find "
            "longer lags, so the true lag may be longer."
        )


def _seconds(us: float | None) -> Decimal | None:
    return None if us is None else Decimal(f"{us / 1e6:.2f}")


def _lag_table(found: LeadLag) -> Table:
    parties = found.parties
    return Table(
        "lead-lag",
        f"By how long {parties.house} follows {parties.lead}",
        (
            "market",
            "leader",
            "lag_s",
            "lag_low_s",
            "lag_high_s",
            "age_low_s",
            "quote_age_s",
            "age_high_s",
            "correlation",
            "days",
            "fills",
        ),
        [_row(market, parties) for market in found.markets],
        (
            f"If the lag is above zero, {parties.house} follows. The prices of {parties.house} are "
            f"compared with lead prices that are up to {REACH_S} s older or newer. The lag is the "
            "time shift at which the prices of all days together differ least. A lag is "
            "shown only if the difference at the largest shift in each direction exceeds the least "
            f"difference by more than {CLEAR:.0f} standard errors.",
            "Low and high: the ends of the lag's 95% interval. A leader is named if the interval "
            "excludes zero.",
            "Quote age: the median age of the quotes in a day's fills. The middle half of the ages "
            "is between 'age low' and 'age high'. The table has the median over days of these "
            "three figures. The estimate of the lag does not use the ages.",
            *_beyond_reach(found),
            "Correlation: the correlation of the two venues' price moves over "
            f"{STEP_US // 60_000_000} minutes, after the prices of {parties.house} are shifted "
            "back by the lag. The table has the mean over days. A correlation is at most one, and "
            "is lower if fills are rare.",
            f"The observed fills are fills of {parties.maker}'s quotes, so the lag is the lag of "
            "these quotes. If quotes of others are faster, the lag of "
            f"{parties.house} as a whole is shorter.",
        ),
    )
