"""Liquidations by hour, each party's gains and losses, and the parties that paid customers' debts.

Every step of a liquidation has rows in the fills. There are five kinds of steps: a fill in the
order book, a takeover by a backstop, a closing against customers with opposite positions, a payment
without a trade, and a sale of pledged tokens. The table `seized` has the sales of pledged tokens.
The parties' gains are read from the general ledger, by kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb

from ledger.accounts import expense, income, pool
from ledger.kinds import Kind
from ledger.money import tick_cents
from ledger.motives import Motive
from ledger.notes import StatedFund
from ledger.reports.dollars import CENT, ZERO, usd_balances
from ledger.run_folder import RunFolder

# The kinds of income accounts with results of liquidations. The cost of hedging positions that were
# taken over is in an expense account.
KINDS = (Kind.LIQUIDATION, Kind.BACKSTOP, Kind.DELEVERAGING, Kind.INSURANCE, Kind.SOCIALISED)

# There is one query for each motive. DuckDB can skip the parts of a file that lack this motive, but
# it reads all parts if a query has several motives.
_STEPS = " UNION ALL ".join(
    f"FROM rows WHERE motive = '{motive.word}'" for motive in Motive if motive.entry.ends_account
)


@dataclass(frozen=True, slots=True)
class CascadeHour:
    """The liquidations of one hour, valued at the lead price."""

    at: datetime
    accounts: int  # accounts liquidated in the order book or by backstops
    in_book_usd: Decimal
    backstop_usd: Decimal
    deleveraged_usd: Decimal  # closed against customers with opposite positions
    bankrupt: int  # accounts whose debts the insurance fund or all customers paid

    @property
    def hour(self) -> str:
        """Return the hour as a text."""
        return self.at.strftime("%Y-%m-%d %H:00")

    @property
    def liquidated_usd(self) -> Decimal:
        """Return all liquidations of the hour: the sum of the three amounts above."""
        return self.in_book_usd + self.backstop_usd + self.deleveraged_usd


@dataclass(frozen=True, slots=True)
class LiquidatedDay:
    """The liquidations of one day in one market, valued at the lead price."""

    day: date
    market: str
    in_book_usd: Decimal
    backstop_usd: Decimal
    deleveraged_usd: Decimal
    liquidated_usd: Decimal  # the sum of the three amounts above


@dataclass(frozen=True, slots=True)
class LiquidationGain:
    """A party's results of liquidations, as booked in the general ledger."""

    who: str
    in_book_usd: Decimal
    backstop_usd: Decimal
    deleveraging_usd: Decimal
    insurance_usd: Decimal
    socialised_usd: Decimal
    # The result of hedges of positions that were taken over. A cost is below zero.
    unwinding_usd: Decimal

    @property
    def sum_usd(self) -> Decimal:
        """Return the sum of all results."""
        forced = self.in_book_usd + self.backstop_usd + self.deleveraging_usd
        return forced + self.insurance_usd + self.socialised_usd + self.unwinding_usd


@dataclass(frozen=True, slots=True)
class BankruptDebts:
    """The debts of bankrupt accounts by payer, and the insurance fund's receipts and balance."""

    by_fund_usd: Decimal
    by_backstops_usd: Decimal  # debts that backstops took over together with positions
    by_customers_usd: Decimal
    left_to_fund_usd: Decimal  # the money that the fund received from closed accounts
    fund_usd: Decimal  # the fund's balance at the end
    stated_usd: tuple[Decimal, ...]  # each size of the fund that the exchange stated


def create_steps(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> None:
    """Create the table `steps` (rows of liquidations) and the view `liquidated` (their volume).

    Few fills belong to liquidations, and the reports read these fills many times. So `steps` is a
    copy of these fills. If a position is closed against opposite positions, its account has a row,
    and each account with an opposite position has a row. The view `liquidated` counts only one of
    the two sides: the side with the larger sum.
    """
    house = run.chart.parties.house
    cents = tick_cents(run.chart.contracts, house)
    connection.execute("CREATE TEMP TABLE contracts (market VARCHAR, cents BIGINT)")
    connection.executemany("INSERT INTO contracts VALUES (?, ?)", [*cents.items()])
    connection.execute(
        f"""
        CREATE TEMP TABLE steps AS
        SELECT time, date_trunc('hour', time) AS hour, motive, market, taker, maker, holder,
               sign(lots) AS side, price, edge_cents,
               (abs(lots) * lead * cents)::HUGEINT AS worth_cents
        FROM ({_STEPS}) JOIN contracts USING (market)
        """
    )
    deleveraging = Motive.DELEVERAGING.word
    connection.execute(
        f"""
        CREATE TEMP VIEW liquidated AS
        SELECT time, market, motive, worth_cents FROM steps
        WHERE motive IN ('{Motive.LIQUIDATION.word}', '{Motive.BACKSTOP.word}')
        UNION ALL
        SELECT time, market, '{deleveraging}', max(worth_cents) FROM (
            SELECT time, market, price, side, sum(worth_cents) AS worth_cents
            FROM steps WHERE motive = '{deleveraging}' GROUP BY ALL
        ) GROUP BY time, market, price
        """
    )


_WAYS_OUT = """
    coalesce(sum(worth_cents) FILTER (motive = $liquidation), 0),
    coalesce(sum(worth_cents) FILTER (motive = $backstop), 0),
    coalesce(sum(worth_cents) FILTER (motive = $deleveraging), 0)
"""


def cascade(connection: duckdb.DuckDBPyConnection) -> tuple[CascadeHour, ...]:
    """Return the liquidations by hour."""
    found = connection.execute(
        f"""
        WITH worth AS (
            SELECT date_trunc('hour', time) AS hour, {_WAYS_OUT} FROM liquidated GROUP BY hour
        ),
        accounts AS (
            SELECT hour,
                   count(DISTINCT holder) FILTER (motive IN ($liquidation, $backstop)) AS ended,
                   count(DISTINCT holder) FILTER (
                       edge_cents > 0 AND motive IN ($insurance, $socialised)
                   ) AS bankrupt
            FROM steps GROUP BY hour
        )
        SELECT hour, ended, worth.* EXCLUDE (hour), bankrupt
        FROM accounts LEFT JOIN worth USING (hour) ORDER BY hour
        """,
        words("liquidation", "backstop", "deleveraging", "insurance", "socialised"),
    ).fetchall()
    return tuple(
        CascadeHour(
            hour,
            accounts,
            usd_of_cents(in_book),
            usd_of_cents(backstop),
            usd_of_cents(deleveraged),
            bankrupt,
        )
        for hour, accounts, in_book, backstop, deleveraged, bankrupt in found
    )


def liquidated_days(connection: duckdb.DuckDBPyConnection) -> tuple[LiquidatedDay, ...]:
    """Return the liquidations by day and market."""
    found = connection.execute(
        f"SELECT time::DATE AS day, market, {_WAYS_OUT}, sum(worth_cents) "
        "FROM liquidated GROUP BY day, market ORDER BY day, market",
        words("liquidation", "backstop", "deleveraging"),
    ).fetchall()
    return tuple(
        LiquidatedDay(day, market, *map(usd_of_cents, cents)) for day, market, *cents in found
    )


def liquidation_gains(run: RunFolder) -> tuple[LiquidationGain, ...]:
    """Return the results of each customer or provider that gained or lost by liquidations."""
    parties, balances = run.chart.parties, usd_balances(run)
    gained = []
    for name in dict.fromkeys((*parties.house_customers, *parties.providers)):
        gains = [-balances[income(name, kind)] for kind in KINDS]
        gains.append(-balances[expense(name, Kind.BACKSTOP)])  # a cost of hedging is below zero
        if any(gains):
            gained.append(LiquidationGain(name, *gains))
    return tuple(gained)


def bankrupt_debts(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> BankruptDebts:
    """Return the debts of bankrupt accounts by payer, and the fund's receipts and balance."""
    parties, balances = run.chart.parties, usd_balances(run)
    ((by_fund, by_backstops, by_customers, left_to_fund),) = connection.execute(
        """
        SELECT coalesce(sum(edge_cents) FILTER (motive = $insurance AND edge_cents > 0), 0),
               coalesce(sum(edge_cents) FILTER (motive = $backstop AND edge_cents > 0), 0),
               coalesce(sum(edge_cents) FILTER (motive = $socialised AND edge_cents > 0), 0),
               coalesce(-sum(edge_cents) FILTER (motive = $insurance AND edge_cents < 0), 0)
        FROM steps
        """,
        words("insurance", "backstop", "socialised"),
    ).fetchall()
    return BankruptDebts(
        usd_of_cents(by_fund),
        usd_of_cents(by_backstops),
        usd_of_cents(by_customers),
        usd_of_cents(left_to_fund),
        -balances[pool(parties.house, Kind.INSURANCE)],
        tuple(note.usd for note in run.notes(StatedFund)),
    )


def words(*names: str) -> Mapping[str, str]:
    """Return the motives' names as written in the fills, for use as parameters of a query."""
    return {name: Motive[name.upper()].word for name in names}


def usd_of_cents(cents: int | Decimal | None) -> Decimal:
    """Convert cents to dollars. None becomes zero."""
    return Decimal(int(cents)) * CENT if cents else ZERO
