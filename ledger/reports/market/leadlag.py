"""Who leads whom, and by how long? Read off the fills as an observer of prices would.

The lag is the one at which the two venues' price moves go together most: the maximum of the
absolute shifted covariance of Hayashi & Yoshida (2005), Bernoulli 11(2), 359-379, as in Hoffmann,
Rosenbaum & Yoshida (2013), Bernoulli 19(2), 426-461. It needs no common clock of the two series.
Beside it stands the lead/lag ratio of Huth & Abergel (2014), J. Empirical Finance 26, 41-58.

Which prices. The house's are those paid, asks and bids apart, so that no bounce between them looks
like a move; of an order that ate through several levels, the best. The lead venue's are the lead
prices at the same moments; hedges and settlements know a few more, which change little. Only
orders with reasons of their own count: they come whatever the price does, which the estimator needs
of the moments it sees. Pick-offs come just after the price has moved; with them, lags of late
quotes come out too long. How old a quote was, and the price it was made from, are in the fills too,
but are no part of the estimate: the age stands beside the lag as what a good estimator finds.

What bias remains. Quotes that a pick-off has emptied can't be seen, so moves too large for the
spread are under-represented. The books don't know the lead price between fills: the peak stays
where it is, but is as blunt as fills are far apart (after a month with one every nine seconds the
lag is known to a tenth of a second, with one every twenty-three to most of a second), and the
lead/lag ratio is drawn towards one. A quote's age grows from its posting to the next, so there is
no single lag to find: the peak is in the middle of the ages. (Quotes renewed only when the price
moves can be old without being late: an age, and no lag.) A lag at an end of the grid is a bound.

The books have fills of the captive maker's quotes only; what others trade on the house venue has
none. So this is the lag of those quotes. Quicker quotes of others would shorten the venue's own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import comb
from statistics import median
from typing import NamedTuple

import duckdb
import numpy as np

from ledger.fills import Motive
from ledger.parties import Parties
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder
from ledger.times import DAY_US, day_of

LAGS_US = np.arange(-50, 51) * 100_000  # above zero: the house is late

# In standard errors. Were the venues independent, one of 101 lags would pass by chance on fewer
# than one day in a hundred.
PEAK = 4.0
COVERAGE = 0.95


class Prices(NamedTuple):
    """Observations of a price."""

    times_us: np.ndarray  # rising, int64, shape (n,)
    prices: np.ndarray  # in any unit, float64, shape (n,)


@dataclass(frozen=True, slots=True)
class Peak:
    """Where two series go together most."""

    lag_us: int  # above zero: the house follows
    correlation: float  # that of Hayashi and Yoshida, which a sample can carry beyond one
    lead_lag_ratio: float  # above one: the house follows


@dataclass(frozen=True, slots=True)
class DayLag:
    """One day in one market."""

    day: date
    fills: int
    age_us: float  # of the quotes hit, the median
    peak: Peak | None  # None where none stands out


class MedianInterval(NamedTuple):
    """Where the median of what was sampled is, and how often such an interval is right."""

    low: int
    high: int
    coverage: float


@dataclass(frozen=True, slots=True)
class MarketLag:
    """One market over the run. Medians are over the days with a peak; others say nothing."""

    market: str
    days: tuple[DayLag, ...]

    @property
    def fills(self) -> int:
        """Return how many fills were used."""
        return sum(day.fills for day in self.days)

    @property
    def peaks(self) -> list[Peak]:
        """Return the peaks, in the order of the days."""
        return [day.peak for day in self.days if day.peak]

    @property
    def interval_us(self) -> MedianInterval | None:
        """Return where the median lag is; None where no day has a peak."""
        lags = [peak.lag_us for peak in self.peaks]
        return median_interval(lags) if lags else None

    def leader(self, parties: Parties) -> str:
        """Name the venue that leads, if the interval of the lag leaves no doubt."""
        interval = self.interval_us
        if interval is None:
            return "no peak"
        if interval.coverage < COVERAGE or interval.low <= 0 <= interval.high:
            return "undecided"
        return parties.lead if interval.low > 0 else parties.house


@dataclass(frozen=True, slots=True)
class LeadLag:
    """By how long the house venue follows the lead venue, market by market."""

    parties: Parties
    markets: tuple[MarketLag, ...]

    def tables(self) -> list[Table]:
        """Lay it out: a line for each market."""
        return [_lag_table(self)]


def leadlag(run: RunFolder) -> LeadLag:
    """Return by how long the house venue follows the lead venue."""
    return LeadLag(run.chart.parties, market_lags(run))


def market_lags(run: RunFolder) -> tuple[MarketLag, ...]:
    """Estimate the lag in each market, day by day."""
    with run.connect() as connection:
        house = run.chart.parties.house
        return tuple(
            MarketLag(market, tuple(_day_lags(connection, house, market)))
            for market in run.names.markets
        )


def peak(lead: Prices, house: Sequence[Prices]) -> Peak | None:
    """Find the lag at which the house's moves go together most with those of the lead venue.

    Args:
        lead: the lead venue's price.
        house: the house's asks and bids; moves are averaged over the two, never taken between.

    Returns:
        None if the highest of the grid isn't PEAK standard errors high.
    """
    seen = [prices for prices in house if len(prices.times_us)]
    if not seen:
        return None
    leads = np.diff(lead.prices)
    by_lag = covariances(lead, seen)
    highest = _middle_of_highest(np.abs(by_lag))
    lag_us, covariance = int(LAGS_US[highest]), float(by_lag[highest])
    # Given the house's moves, independent moves of the lead price add up like this, however much
    # some of them vary more than others: White (1980), Econometrica 48(4), 817-838.
    error = float(np.sqrt(((leads * moves(lead.times_us, seen, lag_us)) ** 2).sum()))
    if abs(covariance) <= PEAK * error:
        return None
    variances = [(leads**2).sum(), np.mean([(np.diff(s.prices) ** 2).sum() for s in seen])]
    return Peak(
        lag_us,
        covariance / float(np.sqrt(np.prod(variances))),
        float((by_lag[LAGS_US > 0] ** 2).sum() / (by_lag[LAGS_US < 0] ** 2).sum()),
    )


def covariances(lead: Prices, house: Sequence[Prices]) -> np.ndarray:
    """Return what the lead's moves times those of the house add up to, at each of LAGS_US.

    From one lag to the next, few moves change: those whose ends pass one of the house's prices.
    So only the first lag is computed whole, and each passing is added where it happens. Prices
    that are whole numbers give exact sums.
    """
    leads = np.diff(lead.prices)
    changes = np.zeros(len(LAGS_US))
    step_us = LAGS_US[1] - LAGS_US[0]
    # Each time of the lead ends the move before it and begins the one after it.
    ending, beginning = np.append(0.0, leads), np.append(leads, 0.0)
    for times_us, prices in house:
        first = times_us.searchsorted(lead.times_us + LAGS_US[0], "left")
        passed = times_us.searchsorted(lead.times_us + LAGS_US[-1], "right") - first
        mine = np.repeat(np.arange(len(passed)), passed)
        theirs = np.arange(len(mine)) - np.repeat(np.cumsum(passed) - passed - first, passed)
        gaps, odd_us = np.divmod(times_us[theirs] - lead.times_us[mine] - LAGS_US[0], step_us)
        jumps = np.diff(prices, prepend=prices[:1], append=prices[-1:])
        # A price begins a move from the lag at which it is reached, and ends one until then.
        begun = -beginning[mine] * jumps[theirs]
        ended = ending[mine] * jumps[theirs + 1]
        for at, changed in ((gaps + (odd_us > 0), begun), (gaps + 1, ended)):
            changes += np.bincount(at, changed, len(LAGS_US) + 1)[: len(LAGS_US)] / len(house)
    changes[0] = (leads * moves(lead.times_us, house, LAGS_US[0])).sum()
    return changes.cumsum()


def moves(times_us: np.ndarray, house: Sequence[Prices], lag_us: int) -> np.ndarray:
    """Return what the house moved over each interval between *times_us*, *lag_us* later.

    Of its moves from one observation to the next, all that overlap the interval count whole, as
    Hayashi and Yoshida have it; so they telescope, from the last price before to the first after.

    Args:
        times_us: the ends of the intervals, rising, shape (n,).
        house: one or more series, none of them empty; the mean over them is taken.
        lag_us: by how much the house's clock is put back.

    Returns:
        Moves in the unit of the prices, shape (n - 1,).
    """
    shifted_us = times_us + lag_us
    moved = []
    for seen_us, prices in house:
        before = np.concatenate((prices[:1], prices))[seen_us.searchsorted(shifted_us, "right")]
        after = np.concatenate((prices, prices[-1:]))[seen_us.searchsorted(shifted_us, "left")]
        moved.append(after[1:] - before[:-1])
    return np.mean(moved, axis=0)


def _middle_of_highest(heights: np.ndarray) -> int:
    """Find the peak; where fills are few it is flat, and its near end would be a bias."""
    highest = np.flatnonzero(heights == heights.max())
    return int(highest[len(highest) // 2])


def median_interval(values: Sequence[int]) -> MedianInterval:
    """Return the narrowest order statistics that hold the median with COVERAGE, or the widest.

    Args:
        values: independent draws of one distribution, at least one of them.

    Source: from the k-th lowest to the k-th highest of n, 1 - 2 P(fewer than k heads in n tosses);
        Thompson (1936), Annals of Mathematical Statistics 7(3), 122-128.
    """
    ordered, n = sorted(values), len(values)
    k, missed = 1, 2  # of 2^n: how often all are above the median, or all below
    while (missed + 2 * comb(n, k)) / 2**n <= 1 - COVERAGE:
        missed += 2 * comb(n, k)
        k += 1
    return MedianInterval(ordered[k - 1], ordered[n - k], 1 - missed / 2**n)


def _day_lags(connection: duckdb.DuckDBPyConnection, house: str, market: str) -> Iterator[DayLag]:
    """Go through the days on which somebody traded for reasons of their own."""
    where = (house, market, Motive.SPREAD.word)
    months = connection.execute(
        "SELECT DISTINCT date_trunc('month', time)::DATE AS month FROM rows "
        "WHERE venue = ? AND market = ? AND motive = ? ORDER BY month",
        where,
    ).fetchall()
    # A month fits the memory of a small machine; a query for each day would open all files anew.
    for (month,) in months:
        # An order's fills are numbered from the best level on. Prices stay in ticks: sums of whole
        # numbers are exact, and over a day logarithms would change nothing.
        seen = connection.execute(
            """
            SELECT epoch_us(time) AS time_us, lots > 0 AS buys,
                   arg_min(price, seq)::DOUBLE AS price,
                   any_value(lead)::DOUBLE AS lead, any_value(quote_age_us) AS age_us
            FROM rows
            WHERE venue = ? AND market = ? AND motive = ?
              AND time >= ?::DATE AND time < ?::DATE + INTERVAL 1 MONTH
            GROUP BY time, buys ORDER BY time, buys
            """,
            (*where, month, month),
        ).fetchnumpy()
        days = seen["time_us"] // DAY_US
        starts = np.flatnonzero(np.diff(days, prepend=-1))
        for start, end in pairwise((*starts, len(days))):
            yield _day_lag({name: column[start:end] for name, column in seen.items()})


def _day_lag(seen: Mapping[str, np.ndarray]) -> DayLag:
    times_us, buys = seen["time_us"], seen["buys"]
    sides = [Prices(times_us[side], seen["price"][side]) for side in (buys, ~buys)]
    return DayLag(
        day_of(int(times_us[0])),
        len(times_us),
        float(np.median(seen["age_us"])),
        peak(Prices(times_us, seen["lead"]), sides),
    )


def _row(found: MarketLag, parties: Parties) -> tuple[Cell, ...]:
    counts = (len(found.peaks), len(found.days), found.fills)
    interval = found.interval_us
    if interval is None:
        return (found.market, found.leader(parties), *[None] * 7, *counts)
    return (
        found.market,
        found.leader(parties),
        _seconds(median(peak.lag_us for peak in found.peaks)),
        _seconds(interval.low),
        _seconds(interval.high),
        Decimal(f"{100 * interval.coverage:.1f}"),
        _seconds(median(day.age_us for day in found.days if day.peak)),
        Decimal(f"{median(peak.correlation for peak in found.peaks):.2f}"),
        Decimal(f"{median(peak.lead_lag_ratio for peak in found.peaks):.2f}"),
        *counts,
    )


def _seconds(us: float) -> Decimal:
    return Decimal(f"{us / 1e6:.2f}")


def _lag_table(found: LeadLag) -> Table:
    parties = found.parties
    return Table(
        "leadlag",
        f"By how long {parties.house} follows {parties.lead}",
        (
            "market",
            "leader",
            "lag_s",
            "lag_low_s",
            "lag_high_s",
            "coverage_pct",
            "quote_age_s",
            "correlation",
            "lead_lag_ratio",
            "days_with_peak",
            "days",
            "fills",
        ),
        [_row(market, parties) for market in found.markets],
        (
            f"Above zero, {parties.house} follows; a ratio above one says so too. The grid "
            f"ends at {LAGS_US[-1] / 1e6:.0f} s: a lag there is a bound.",
            "Lag, age, correlation and ratio are medians of daily values, over days whose peak "
            f"is {PEAK:.0f} standard errors high.",
            "Low and high are the days' order statistics that hold the median lag with that "
            f"coverage; a leader is named from {COVERAGE:.0%} on, which takes six days.",
            "The age of the quotes is what the fills say themselves. The lag is found without "
            "it, and should come to the same.",
            f"The books have fills of {parties.maker}'s quotes only, so this is their lag; "
            f"quicker quotes of others would shorten that of {parties.house} as a whole.",
        ),
    )
