"""A house that halts closes all positions at the mark; afterwards it has no trades and no losses.

The world is that of the bank run, with customers on margin and two backstops. After the halt the
price falls by nine tenths in an hour: a position that is still open would lose.
"""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sound_worlds import assert_sound

from ledger.motives import Motive
from ledger.reports.days import calendar
from ledger.reports.life.standing import standings
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.execute import execute
from runs.scenarios import load

WORLDS = Path(__file__).parent / "worlds"
RUN = WORLDS / "run.toml"
HALT, FALLEN = (datetime(2022, 5, 12, hour, tzinfo=UTC) for hour in (20, 21))


def crash_after_halt() -> dict:
    """Return the changes of the world: customers on margin, and a crash after the halt."""
    market = load(str(RUN)).model_dump(exclude_none=True)["markets"][0]
    later = ({"at": HALT, "price_usd": 29_000.0}, {"at": FALLEN, "price_usd": 3_000.0})
    market["price"] |= {"anchors": (*market["price"]["anchors"], *later), "ticks_per_s": 0.1}
    # No posting falls on a full hour, so an older quote could still be valid after the halt.
    market["quoter"] |= {"refresh_s": 1_000.0}
    leverage = load(str(WORLDS / "margin.toml")).leverage.model_dump(exclude_none=True)
    venture = load(str(RUN)).group.uses[0].model_dump(exclude_none=True)
    return {
        "run": {"end": date(2022, 5, 14), "day_ledgers": ()},
        "markets": (market,),
        "retail": {"flow": {"halt_after_h": 2.0}},
        "group": {"uses": (venture | {"usd": 700_000.0},)},
        "leverage": leverage | {"holders": 60, "arrivals_per_day": 10.0},
    }


@pytest.fixture(scope="module")
def halted(executed) -> RunFolder:
    return executed(RUN, **crash_after_halt())


def halt_of(run: RunFolder) -> datetime:
    """Return the one moment at which all positions are closed."""
    ((at,),) = run.select("SELECT DISTINCT time FROM rows WHERE motive = 'closing'")
    return at


def held(run: RunFolder, until: datetime) -> dict[tuple[str, str], int]:
    """Add up each party's position on each venue, by all trades up to and at a moment."""
    paid = [motive.word for motive in Motive if motive.is_payment]
    found = run.select(
        """
        WITH trades AS (
            SELECT venue, taker AS who, lots FROM rows
            WHERE time <= $1 AND motive::VARCHAR NOT IN (SELECT unnest($2))
            UNION ALL
            SELECT venue, maker, -lots FROM rows
            WHERE time <= $1 AND motive::VARCHAR NOT IN (SELECT unnest($2))
        )
        SELECT venue, who, sum(lots) AS lots FROM trades GROUP BY ALL HAVING lots <> 0
        """,
        [until, paid],
    )
    return {(venue, who): int(lots) for venue, who, lots in found}


def test_a_halt_leaves_no_position_on_the_house(halted):
    at = halt_of(halted)
    before = halted.select("SELECT max(time) FROM rows WHERE time < ?", [at])[0][0]
    had = {who for (venue, who), _ in held(halted, before).items() if venue == "FTX"}

    assert at.replace(tzinfo=UTC) == HALT
    assert {"Alameda", "Retail", "OtherMakers", "Firm01"} <= had
    assert not {who for (venue, who) in held(halted, at) if venue == "FTX"}


def test_positions_are_closed_at_the_mark_of_the_settlement_before(halted):
    at = halt_of(halted)
    marks = halted.select(
        "SELECT DISTINCT price FROM rows WHERE motive = 'variation-margin' AND venue = 'FTX' "
        "AND time = (SELECT max(time) FROM rows WHERE motive = 'variation-margin' AND time < $1)",
        [at],
    )
    closed = halted.select(
        "SELECT DISTINCT price, lead, edge_cents, fee_cents FROM rows WHERE motive = 'closing'"
    )

    assert [(price, price, 0, 0) for (price,) in marks] == closed


def test_nothing_trades_on_a_house_that_has_halted(halted):
    later = halted.select(
        "SELECT count(*) FROM rows WHERE venue = 'FTX' AND time > ?", [halt_of(halted)]
    )

    assert later == [(0,)]


def test_a_halt_leaves_no_customer_a_position_on_margin(halted):
    at = halt_of(halted)
    trades = ("leverage", "liquidation", "backstop", "deleveraging")

    def holders(since: str) -> set[int]:
        found = halted.select(
            f"SELECT holder FROM rows WHERE time {since} $1 AND motive::VARCHAR IN "
            "(SELECT unnest($2)) GROUP BY holder HAVING sum(lots) <> 0",
            [at, list(trades)],
        )
        return {holder for (holder,) in found}

    assert len(holders("<")) > 10
    assert not holders("<=")


def test_hedges_of_closed_positions_are_closed_too(halted):
    (end,) = halted.select("SELECT max(time) FROM rows")[0]
    on_lead = {who for (venue, who) in held(halted, halt_of(halted)) if venue == "Binance"}

    assert {"Alameda", "Firm01", "Outside"} <= on_lead
    assert not held(halted, end)


def test_a_halted_houses_debts_do_not_change_with_the_price(halted):
    """The price falls by nine tenths; there is no gap loss, since no party has a position."""
    day = halt_of(halted).date()
    moved = halted.select(
        "SELECT date, account FROM postings WHERE date > ? AND account LIKE 'Liabilities:FTX:%'",
        [day],
    )
    gaps = halted.select(
        "SELECT date FROM postings WHERE date > ? AND account LIKE '%:GapLoss%'", [day]
    )

    assert not moved
    assert not gaps


def test_days_after_a_halt_are_days_of_the_run(executed):
    """The last day has no postings; its figures are those of the evening before."""
    changes = crash_after_halt()
    run = executed(RUN, **{**changes, "run": {**changes["run"], "end": date(2022, 5, 16)}})

    ((posted,),) = run.select("SELECT max(date) FROM postings")
    assert posted < date(2022, 5, 15) == calendar(run)[-1] == standings(run)[-1].day
    assert standings(run)[-1].hole_usd == hole(run).hole_usd


def test_the_books_of_a_halt_balance(halted):
    assert halt_of(halted)
    assert_sound(halted)


def test_both_ways_write_the_same_halt(halted, tmp_path):
    quotes = execute(load(str(RUN), crash_after_halt()), tmp_path / "quotes", every_quote=True)
    written = [
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in (halted.path, tmp_path / "quotes")
    ]

    assert written[0] == written[1], quotes
