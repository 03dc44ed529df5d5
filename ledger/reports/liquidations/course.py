"""The course of a run: lead prices, and each backstop's position and result so far.

A backstop's position on both venues is computed from takeovers and hedges in the fills. A
backstop's result is the discount of takeovers, plus variation margin and funding, less the cost of
hedging. The printed table `backstops` has the totals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

import duckdb

from ledger.money import dollars
from ledger.motives import HEDGES, Motive, words
from ledger.parties import books_of
from ledger.reports.days import calendar
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder

HOURLY_DAYS = 7  # a step is an hour in runs of at most this many days, and a day in longer runs
LEAD, HELD, RESULT = "_lead_usd", "_held_usd", "_result_usd"  # endings of column names


def create_held(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> None:
    """Create the table `held`: backstops' takeovers, hedges, variation margin and funding."""
    connection.execute("CREATE TEMP TABLE backstops (who VARCHAR)")
    for name in run.chart.parties.backstops:
        connection.execute("INSERT INTO backstops VALUES (?)", [name])
    handed, laid_off = Motive.BACKSTOP.word, "', '".join(words(HEDGES))
    moves = "', '".join(words((Motive.MARGIN, Motive.FUNDING)))
    connection.execute(
        f"""
        CREATE TEMP TABLE held AS
        SELECT seq, time, market, lead, maker AS who, 'discount' AS part,
               -lots AS lots, -edge_cents AS cents
        FROM rows WHERE motive = '{handed}'
        UNION ALL
        SELECT seq, time, market, lead, taker, 'unwinding', lots, edge_cents - fee_cents
        FROM rows WHERE motive IN ('{laid_off}') AND taker IN (FROM backstops)
        UNION ALL
        -- These rows are many, and their other columns are not needed.
        SELECT NULL, time, NULL, NULL, taker, 'moves', 0, edge_cents
        FROM rows WHERE motive IN ('{moves}') AND taker IN (FROM backstops)
        """
    )


@dataclass(frozen=True, slots=True)
class CourseStep:
    """Prices, positions and results in one step, which is an hour or a day."""

    until: datetime
    lead_usd: Mapping[str, Decimal]  # each market's lead price at the end of the step
    # Each provider's largest position in the step. A short position is below zero.
    held_usd: Mapping[str, Decimal]
    result_usd: Mapping[str, Decimal]  # the result of each provider since the start


@dataclass(frozen=True, slots=True)
class Course:
    """The course of a run. The first step is the start, when positions and results are zero."""

    word: str  # the length of a step: hour or day
    markets: tuple[str, ...]
    providers: tuple[str, ...]
    steps: tuple[CourseStep, ...]

    def table(self) -> Table:
        """Return a table with one row for each step."""
        return Table(
            "course",
            "The course of the cascade: prices, backstops' positions and backstops' results",
            (
                "time",
                *(market + LEAD for market in self.markets),
                *(name + column for name in self.providers for column in (HELD, RESULT)),
            ),
            [self._cells(step) for step in self.steps],
            (
                f"'Held' is the backstop's largest position in the {self.word} before 'time'. A "
                "position above zero is long. A position is summed over both venues and all "
                "markets. In each market it is valued at the lead price of the backstop's last "
                "takeover or hedge. Results are inception to date.",
            ),
        )

    def _cells(self, step: CourseStep) -> tuple[Cell, ...]:
        amounts = (
            each[name] for name in self.providers for each in (step.held_usd, step.result_usd)
        )
        prices = (step.lead_usd[market] for market in self.markets)
        return (f"{step.until:%Y-%m-%d %H:%M}", *prices, *amounts)


def course(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> Course:
    """Return prices, positions and results by hour, or by day in runs of more than a week.

    Args:
        connection: a connection to the fills, with the tables `held` and `contracts`.
        run: the run.
    """
    chart, days = run.chart, calendar(run)
    word, a_day = ("hour", 24) if len(days) <= HOURLY_DAYS else ("day", 1)
    start, step = datetime.combine(days[0], time()), timedelta(days=1) / a_day
    begins = f"date_trunc('{word}', time)::TIMESTAMP"
    opened, closed = _prices(connection, begins)
    most, left, gained = _positions(connection, begins)

    names = tuple(books_of(who) for who in chart.parties.backstops)
    contracts = [c for c in chart.contracts if c.venue == chart.parties.house]
    lead = [opened.get(c.market, 0) for c in contracts]
    results = [0 for _ in chart.parties.backstops]
    carried = list(results)

    def step_at(until: datetime, held: Sequence[int]) -> CourseStep:
        prices = {
            c.market: Decimal(c.price.text(ticks)) for c, ticks in zip(contracts, lead, strict=True)
        }
        held_usd, result_usd = (
            dict(zip(names, map(dollars, cents), strict=True)) for cents in (held, results)
        )
        return CourseStep(until, prices, held_usd, result_usd)

    steps = [step_at(start, carried)]
    for i in range(a_day * len(days)):
        at = start + i * step
        lead = [closed.get((at, c.market), lead[n]) for n, c in enumerate(contracts)]
        held = []
        for n, who in enumerate(chart.parties.backstops):
            held.append(max(carried[n], most.get((at, who), 0), key=abs))
            carried[n] = left.get((at, who), carried[n])
            results[n] += gained.get((at, who), 0)
        steps.append(step_at(at + step, held))
    return Course(word, tuple(c.market for c in contracts), names, tuple(steps))


def _prices(
    connection: duckdb.DuckDBPyConnection, begins: str
) -> tuple[dict[str, int], dict[tuple[datetime, str], int]]:
    """Return each market's first lead price, and its last lead price in each step, in ticks."""
    found = connection.execute(
        f"SELECT {begins} AS begins, market, arg_min(lead, seq), arg_max(lead, seq) FROM rows "
        "WHERE lead > 0 GROUP BY ALL ORDER BY begins DESC"  # 0: the row has no lead price
    ).fetchall()
    # Each market's last row belongs to its first step. A dict keeps a market's last row. So the
    # first dict has each market's first lead price.
    return (
        {market: ticks for _, market, ticks, _ in found},
        {(at, market): ticks for at, market, _, ticks in found},
    )


def _positions(
    connection: duckdb.DuckDBPyConnection, begins: str
) -> tuple[dict[tuple[datetime, str], int], ...]:
    """Return the largest position, the last position and the result of each step and backstop."""
    found = connection.execute(
        f"""
        WITH by_market AS (
            SELECT *, sum(lots) OVER trades * lead * contracts.cents AS worth_cents
            FROM (FROM held WHERE lots != 0) JOIN contracts USING (market)
            WINDOW trades AS (PARTITION BY who, market ORDER BY seq)
        ),
        changes AS (
            SELECT *, worth_cents - lag(worth_cents, 1, 0) OVER trades AS change FROM by_market
            WINDOW trades AS (PARTITION BY who, market ORDER BY seq)
        ),
        together AS (
            SELECT seq, time, who, sum(change) OVER (PARTITION BY who ORDER BY seq) AS worth_cents
            FROM changes
        )
        SELECT {begins}, who, arg_max(worth_cents, abs(worth_cents))::HUGEINT,
               arg_max(worth_cents, seq)::HUGEINT
        FROM together GROUP BY ALL
        """
    ).fetchall()
    gained = connection.execute(
        f"SELECT {begins}, who, sum(cents)::HUGEINT FROM held GROUP BY ALL"
    ).fetchall()
    return (
        {(at, who): most for at, who, most, _ in found},
        {(at, who): left for at, who, _, left in found},
        {(at, who): cents for at, who, cents in gained},
    )
