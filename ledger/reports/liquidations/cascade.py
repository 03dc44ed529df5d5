"""Customers whose margin failed: the cascade by hour, who lost, who earned, and who paid debts.

Every step of a liquidation is a row of the fills. A step has its place in one of four ways out:
filled in the book, taken by a backstop, closed against the other side, or nothing but a payment;
tokens that are sold first have a table of their own.
What everybody gained by it is the general ledger's, by kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb

from ledger.accounts import expense, income, pool
from ledger.kinds import Kind
from ledger.motives import Motive
from ledger.notes import StatedFund
from ledger.reports.dollars import ZERO, usd_balances
from ledger.run_folder import RunFolder

# What a liquidation brings whom, beside what backstops' positions do later.
KINDS = (Kind.LIQUIDATION, Kind.BACKSTOP, Kind.DELEVERAGING, Kind.INSURANCE, Kind.SOCIALISED)
CENT = Decimal("0.01")

# One motive at a time, since the files know of each part whether it has a word, not one of many.
_STEPS = " UNION ALL ".join(
    f"FROM rows WHERE motive = '{motive.word}'" for motive in Motive if motive.entry.ends_account
)


@dataclass(frozen=True, slots=True)
class CascadeHour:
    """What was liquidated in an hour, by the lead price."""

    at: datetime
    accounts: int  # liquidated in the book, or taken over
    in_book_usd: Decimal
    backstop_usd: Decimal
    deleveraged_usd: Decimal
    bankrupt: int  # accounts whose debts the insurance fund or all customers paid

    @property
    def hour(self) -> str:
        """Return the hour as it is printed."""
        return self.at.strftime("%Y-%m-%d %H:00")


@dataclass(frozen=True, slots=True)
class LiquidatedDay:
    """What was liquidated on a day in a market, by the lead price."""

    day: date
    market: str
    in_book_usd: Decimal
    backstop_usd: Decimal
    deleveraged_usd: Decimal
    liquidated_usd: Decimal  # the sum


@dataclass(frozen=True, slots=True)
class LiquidationGain:
    """What liquidations brought somebody, by the general ledger."""

    who: str
    in_book_usd: Decimal
    backstop_usd: Decimal
    deleveraging_usd: Decimal
    insurance_usd: Decimal
    socialised_usd: Decimal
    unwinding_usd: Decimal

    @property
    def sum_usd(self) -> Decimal:
        """Return all of it."""
        forced = self.in_book_usd + self.backstop_usd + self.deleveraging_usd
        return forced + self.insurance_usd + self.socialised_usd + self.unwinding_usd


@dataclass(frozen=True, slots=True)
class BankruptDebts:
    """Who paid the debts of the bankrupt, and what is in the insurance fund."""

    by_fund_usd: Decimal
    by_backstops_usd: Decimal  # taken over with positions
    by_customers_usd: Decimal
    left_to_fund_usd: Decimal
    fund_usd: Decimal  # at the end
    stated_usd: tuple[Decimal, ...]  # what the exchange said was in it


def create_steps(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> None:
    """Set the rows of liquidations apart as `steps`, and give to what they come `liquidated`.

    They are few among the fills, and are asked for many times.
    A position closed against the other side is one trade, and each of that side one more: what
    changed hands is the larger sum of the two, which is the account's own.
    """
    house = run.chart.parties.house
    cents = [(c.market, c.cents_per_lot_tick) for c in run.chart.contracts if c.venue == house]
    connection.execute("CREATE TEMP TABLE contracts (market VARCHAR, cents BIGINT)")
    connection.executemany("INSERT INTO contracts VALUES (?, ?)", cents)
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
    """Return what was liquidated, hour by hour."""
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
    """Return the same by day and market."""
    found = connection.execute(
        f"SELECT time::DATE AS day, market, {_WAYS_OUT}, sum(worth_cents) "
        "FROM liquidated GROUP BY day, market ORDER BY day, market",
        words("liquidation", "backstop", "deleveraging"),
    ).fetchall()
    return tuple(
        LiquidatedDay(day, market, *map(usd_of_cents, cents)) for day, market, *cents in found
    )


def liquidation_gains(run: RunFolder) -> tuple[LiquidationGain, ...]:
    """Return what liquidations brought each customer and provider whom they moved."""
    parties, balances = run.chart.parties, usd_balances(run)
    gained = []
    for name in dict.fromkeys((*parties.house_customers, *parties.providers)):
        gains = [-balances[income(name, kind)] for kind in KINDS]
        gains.append(-balances[expense(name, Kind.BACKSTOP)])  # what unwinding cost
        if any(gains):
            gained.append(LiquidationGain(name, *gains))
    return tuple(gained)


def bankrupt_debts(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> BankruptDebts:
    """Return who paid the debts of the bankrupt."""
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
    """Return motives as the fills spell them."""
    return {name: Motive[name.upper()].word for name in names}


def usd_of_cents(cents: int | Decimal | None) -> Decimal:
    """Return dollars; nothing is zero."""
    return Decimal(int(cents)) * CENT if cents else ZERO
