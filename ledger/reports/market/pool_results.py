"""Liquidity pools: fees that the maker earned, and losses to arbitrage.

A pool's loss is the loss versus rebalancing. It compares the pool with a holder who makes the same
trades at the lead price. The maker gets a part of this loss back as fees, which are income of the
kind Pools. Arbitrageurs keep the other part.

In theory the expected loss is variance / 8 * value. The variance is the variance of the log price,
and the value is the value of the pool. Without a fee, the formula becomes exact as the time between
blocks goes to zero. It is close if the fee is small. Sources: Milionis, Moallemi, Roughgarden &
Zhang (2022), arXiv 2208.06046; with fees, 2305.14604. The report uses the realised variance between
blocks. So the comparison is valid even if this variance is high or low by chance.

The loss depends on the price's variance. A fee moves gains from arbitrageurs to the maker, and
hardly changes the sum of their gains. In the model only arbitrageurs trade with a pool.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ledger.accounts import in_pool, income
from ledger.kinds import Kind
from ledger.notes import TradedPool
from ledger.pools import pool_link
from ledger.reports.dollars import CENT, ZERO, percent, spoken
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY

DAYS_PER_YEAR = 365

_LINKED = "(SELECT *, unnest(links) AS link FROM postings)"


@dataclass(slots=True)
class PoolDay:
    """One pool on one day on which it is open."""

    token: str
    day: date
    blocks: int
    variance: float  # sum of squared log returns of the lead price between blocks
    value_usd: Decimal  # the pool's value at the start of the day
    trades: int = 0
    moved_usd: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    @property
    def expected_usd(self) -> float:
        """Return the loss that theory expects at the day's variance."""
        return self.variance / 8 * float(self.value_usd)


@dataclass(frozen=True, slots=True)
class PoolMonth:
    """The figures of one pool in one month, or over all months."""

    pool: str
    month: str
    days: int
    value_usd: Decimal  # mean over days of the value at the start of the day
    volatility_pct: Decimal
    blocks: int
    trades: int
    loss_usd: Decimal  # compared with the same trades at the lead price
    fees_usd: Decimal
    arbitrageurs_usd: Decimal
    expected_loss_usd: Decimal
    of_expected_pct: Decimal | None


@dataclass(frozen=True, slots=True)
class PoolResults:
    """The fees of pools, and the pools' losses to arbitrage."""

    months: tuple[PoolMonth, ...]  # for each pool: its months, then its total

    def answer(self) -> str:
        """State all pools' loss to arbitrage, the loss that theory expects, and the fees."""
        whole = [month for month in self.months if month.month == "all"]
        if not whole:
            return "The group has no liquidity in pools in this run."
        lost, expected, fees = (
            sum((getattr(month, name) for month in whole), ZERO)
            for name in ("loss_usd", "expected_loss_usd", "fees_usd")
        )
        return (
            f"Liquidity in pools lost {spoken(lost)} to arbitrage (theory expects "
            f"{spoken(expected)}) and earned {spoken(fees)} of fees."
        )

    def tables(self) -> list[Table]:
        """Return a table with one row for each pool and month, and a total for each pool."""
        return [_pool_table(self)]


def pools(run: RunFolder) -> PoolResults:
    """Return the fees and losses of each pool, for each month and over all months."""
    found = list(pool_days(run))
    months: dict[tuple[str, str], list[PoolDay]] = defaultdict(list)
    for each in found:
        months[each.token, f"{each.day:%Y-%m}"].append(each)
    for each in found:
        months[each.token, "all"].append(each)
    tokens = list(dict.fromkeys(each.token for each in found))
    # Sorting by pool keeps the order within each pool: its months, then "all".
    in_order = sorted(months.items(), key=lambda each: tokens.index(each[0][0]))
    return PoolResults(tuple(_month(run, token, month, days) for (token, month), days in in_order))


def pool_days(run: RunFolder) -> Iterator[PoolDay]:
    """Yield each pool on each day on which it is open, in the order of days."""
    parties, traded = run.chart.parties, _traded(run)
    tokens = {pool_link(token.name): token.name for token in run.chart.tokens if token.is_pooled}
    dollars: dict[str, Decimal] = defaultdict(lambda: ZERO)
    moved, trades = _moved(run, tokens), _trades(run, tokens)
    for day in sorted({*moved, *traded}):
        today = {
            token: PoolDay(token, day, blocks, variance, 2 * dollars[token])
            for token, blocks, variance in traded[day]
        }
        for token, account, usd in moved[day]:
            if account == in_pool(parties.maker, token):
                dollars[token] += usd
            if token in today:
                today[token].moved_usd[account] += usd
        for token, pool in today.items():
            pool.trades = trades.get((day, token), 0)
        yield from today.values()


def _moved(
    run: RunFolder, tokens: Mapping[str, str]
) -> defaultdict[date, list[tuple[str, str, Decimal]]]:
    """Return the dollars posted in entries of pools: (token, account, dollars) for each day."""
    moved: defaultdict[date, list[tuple[str, str, Decimal]]] = defaultdict(list)
    found = run.select(
        f"SELECT date, link, account, sum(units) * 0.01 FROM {_LINKED} "
        "WHERE commodity = ? AND link IN (SELECT unnest(?)) GROUP BY ALL ORDER BY ALL",
        [MONEY, list(tokens)],
    )
    for day, link, account, usd in found:
        moved[day].append((tokens[link], account, usd))
    return moved


def _trades(run: RunFolder, tokens: Mapping[str, str]) -> dict[tuple[date, str], int]:
    """Return the number of arbitrageurs' trades, by (day, token)."""
    found = run.select(
        f"SELECT date, link, sum((meta->>'trades')::BIGINT)::BIGINT FROM {_LINKED} "
        "WHERE line = 1 AND tag = 'arbitrage' AND link IN (SELECT unnest(?)) GROUP BY ALL",
        [list(tokens)],
    )
    return {(day, tokens[link]): count for day, link, count in found}


def _traded(run: RunFolder) -> defaultdict[date, list[tuple[str, int, float]]]:
    """Return the open pools of each day as (token, number of blocks, variance of the price)."""
    noted: defaultdict[date, list[tuple[str, int, float]]] = defaultdict(list)
    for day, note in run.dated_notes(TradedPool):
        noted[day].append((note.token, note.blocks, float(note.variance)))
    return noted


def _month(run: RunFolder, token: str, month: str, days: Sequence[PoolDay]) -> PoolMonth:
    def gained_by(who: str | None) -> Decimal:
        # Income is negative in the books.
        booked = (day.moved_usd[income(who, Kind.POOLS)] for day in days if who)
        return -sum(booked, ZERO)

    fees, gained = gained_by(run.chart.parties.maker), gained_by(run.chart.parties.arbitrageurs)
    loss = fees + gained
    expected = Decimal(sum(day.expected_usd for day in days)).quantize(CENT)
    volatility = math.sqrt(sum(day.variance for day in days) / len(days) * DAYS_PER_YEAR)
    return PoolMonth(
        pool=token,
        month=month,
        days=len(days),
        value_usd=(sum((day.value_usd for day in days), ZERO) / len(days)).quantize(CENT),
        volatility_pct=Decimal(100 * volatility).quantize(Decimal("0.1")),
        blocks=sum(day.blocks for day in days),
        trades=sum(day.trades for day in days),
        loss_usd=loss,
        fees_usd=fees,
        arbitrageurs_usd=gained,
        expected_loss_usd=expected,
        of_expected_pct=percent(loss, expected),
    )


def _pool_table(found: PoolResults) -> Table:
    return Table.of(
        "pools",
        "Pools: fees earned, and losses to arbitrage",
        (
            "pool",
            "month",
            "days",
            "value_usd",
            "volatility_pct",
            "blocks",
            "trades",
            "loss_usd",
            "fees_usd",
            "arbitrageurs_usd",
            "expected_loss_usd",
            "of_expected_pct",
        ),
        found.months,
        (
            "The value of a pool is twice its dollars at the start of a day. The table has the "
            "mean over days. The loss is the loss versus rebalancing: it compares the pool with a "
            "holder who makes the same trades at the lead price. The maker got a part of this "
            "loss back as fees, and arbitrageurs kept the other part. The loss is a loss of "
            "tokens, so no cause of the hole contains it.",
            "The expected loss of a day is the value times the day's realised variance, divided by "
            "8.",
        ),
    )
