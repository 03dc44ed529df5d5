"""Customers whose margin failed: the cascade by hour, who lost, who earned, and who paid debts.

Every step of a liquidation is a row of the fills. A step has its place in one of four ways out:
filled in the book, taken by a backstop, closed against the other side, or nothing but a payment;
tokens that are sold first have a table of their own.
What everybody gained by it is the general ledger's, by kind.
"""

from decimal import Decimal

import duckdb

from ledger.accounts import expense, income, pool
from ledger.fills import Motive
from ledger.kinds import Kind
from ledger.parties import books_of
from ledger.reports.dollars import ZERO, usd_balances
from ledger.reports.liquidations.course import course, create_held
from ledger.reports.liquidations.seized import seized
from ledger.reports.table import Table
from ledger.run_folder import RunFolder

# What a liquidation brings whom, beside what backstops' positions do later.
KINDS = (Kind.LIQUIDATION, Kind.BACKSTOP, Kind.DELEVERAGING, Kind.INSURANCE, Kind.SOCIALISED)
CENT = Decimal("0.01")
CAPTIVE = "captive"  # of providers: the house's own maker

_STEPS = "', '".join(motive.word for motive in Motive if motive.ends_account)


def liquidations(run: RunFolder) -> list[Table]:
    """Return the cascade by hour and by day, gains, backstops, debts, the course, and a check."""
    with run.connect() as connection:
        _create_steps(connection, run)
        create_held(connection, run)
        return [
            _cascade(connection, run),
            _days(connection),
            _gains(run),
            _backstops(connection, run),
            _debts(connection, run),
            *([seized(connection, run)] if run.chart.collateral else ()),
            course(connection, run),
            _check(connection, run),
        ]


def _create_steps(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> None:
    """Give the rows of liquidations the name `steps`, and to what they come `liquidated`.

    A position closed against the other side is one trade, and each of that side one more: what
    changed hands is the larger sum of the two, which is the account's own.
    """
    house = run.chart.parties.house
    cents = [(c.market, c.cents_per_lot_tick) for c in run.chart.contracts if c.venue == house]
    connection.execute("CREATE TABLE contracts (market VARCHAR, cents BIGINT)")
    connection.executemany("INSERT INTO contracts VALUES (?, ?)", cents)
    connection.execute(
        f"""
        CREATE VIEW steps AS
        SELECT time, date_trunc('hour', time) AS hour, motive, market, taker, maker, holder,
               sign(lots) AS side, price, edge_cents,
               (abs(lots) * lead * cents)::HUGEINT AS worth_cents
        FROM rows JOIN contracts USING (market)
        WHERE motive IN ('{_STEPS}')
        """
    )
    deleveraging = Motive.DELEVERAGING.word
    connection.execute(
        f"""
        CREATE VIEW liquidated AS
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


def _cascade(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> Table:
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
        _words("liquidation", "backstop", "deleveraging", "insurance", "socialised"),
    ).fetchall()
    rows = [
        (hour.strftime("%Y-%m-%d %H:00"), accounts, *(_usd(c) for c in cents), broke)
        for hour, accounts, *cents, broke in found
    ]
    notes = () if run.chart.parties.providers else ("Nobody trades on margin in this run.",)
    return Table(
        "cascade",
        "The cascade: what was liquidated, hour by hour",
        ("hour", "accounts", "in_book_usd", "backstop_usd", "deleveraged_usd", "bankrupt"),
        rows,
        (
            "Accounts were liquidated in the book or taken over; bankrupt are those whose debts "
            "the insurance fund or all customers paid. Worth is by the lead price.",
            *notes,
        ),
    )


def _days(connection: duckdb.DuckDBPyConnection) -> Table:
    found = connection.execute(
        f"SELECT time::DATE AS day, market, {_WAYS_OUT}, sum(worth_cents) "
        "FROM liquidated GROUP BY day, market ORDER BY day, market",
        _words("liquidation", "backstop", "deleveraging"),
    ).fetchall()
    return Table(
        "days",
        "The same by day and market",
        ("day", "market", "in_book_usd", "backstop_usd", "deleveraged_usd", "liquidated_usd"),
        [(day, market, *map(_usd, cents)) for day, market, *cents in found],
    )


def _gains(run: RunFolder) -> Table:
    parties, balances = run.chart.parties, usd_balances(run)
    customers = dict.fromkeys((*parties.house_customers, *parties.providers))
    rows = []
    for name in customers:
        gains = [-balances[income(name, kind)] for kind in KINDS]
        unwinding = -balances[expense(name, Kind.BACKSTOP)]
        if any(gains) or unwinding:
            rows.append((name, *gains, unwinding, sum(gains, unwinding)))
    return Table(
        "gains",
        "Who lost, and who earned",
        (
            "who",
            *(f"{word}_usd" for word in ("in_book", "backstop", "deleveraging", "insurance")),
            "socialised_usd",
            "unwinding_usd",
            "sum_usd",
        ),
        rows,
        (
            "In book is the edge of forced orders to the quotes that they hit, backstop all that "
            "positions taken over have brought: the discount at first, then every move of the "
            "price until they were laid off. What customers lost before, as variation margin, is "
            "not in it.",
        ),
    )


def _backstops(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> Table:
    rows = []
    for name in run.chart.parties.backstops:
        taken, *parts = connection.execute(
            """
            SELECT (SELECT coalesce(sum(worth_cents), 0) FROM steps
                    WHERE motive = $backstop AND maker = $who),
                   coalesce(sum(cents) FILTER (part = 'discount'), 0),
                   coalesce(sum(cents) FILTER (part = 'moves'), 0),
                   coalesce(sum(cents) FILTER (part = 'unwinding'), 0),
                   coalesce(sum(cents), 0)
            FROM held WHERE who = $who
            """,
            {"who": name} | _words("backstop"),
        ).fetchone()
        standing = CAPTIVE if books_of(name) == run.chart.parties.maker else "outside"
        rows.append((books_of(name), standing, *map(_usd, (taken, *parts))))
    return Table(
        "backstops",
        "The backstops: what they took over, and what became of it",
        (
            "provider",
            "standing",
            "taken_usd",
            "discount_usd",
            "moves_usd",
            "unwinding_usd",
            "result_usd",
        ),
        rows,
        (
            "Discount is what positions were worth beyond their price when they were taken over; "
            "moves are variation margin and funding on both venues since; unwinding is what laying "
            "them off cost.",
        ),
    )


def _debts(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> Table:
    parties, balances = run.chart.parties, usd_balances(run)
    sums = connection.execute(
        """
        SELECT coalesce(sum(edge_cents) FILTER (motive = $insurance AND edge_cents > 0), 0),
               coalesce(sum(edge_cents) FILTER (motive = $backstop AND edge_cents > 0), 0),
               coalesce(sum(edge_cents) FILTER (motive = $socialised AND edge_cents > 0), 0),
               coalesce(-sum(edge_cents) FILTER (motive = $insurance AND edge_cents < 0), 0)
        FROM steps
        """,
        _words("insurance", "backstop", "socialised"),
    ).fetchone()
    words = (
        "paid by the insurance fund",
        "taken over with positions by backstops",
        "borne by all customers",
        "left to the insurance fund",
    )
    rows = [(word, _usd(cents)) for word, cents in zip(words, sums, strict=True)]
    rows.append(("in the fund at the end", -balances[pool(parties.house, Kind.INSURANCE)]))
    stated = [value.number for _, value in run.customs("insurance-fund-stated")]
    rows += [("in the fund, as stated", number) for number in stated]
    return Table("debts", "Bankruptcies: who paid for them", ("what", "usd"), rows)


def _check(connection: duckdb.DuckDBPyConnection, run: RunFolder) -> Table:
    """Hold the backstops' results in the fills against the general ledger."""
    balances = usd_balances(run)
    rows = []
    for name, *_, result in _backstops(connection, run).rows:
        booked = -balances[income(name, Kind.BACKSTOP)] - balances[expense(name, Kind.BACKSTOP)]
        rows.append((name, result - booked))
    return Table(
        "check",
        "The fills less the general ledger: all must be 0.00",
        ("provider", "backstop_usd"),
        rows,
    )


def _words(*names: str) -> dict[str, str]:
    """Return motives as the fills spell them."""
    return {name: Motive[name.upper()].word for name in names}


def _usd(cents: int | Decimal) -> Decimal:
    return Decimal(int(cents)) * CENT if cents else ZERO
