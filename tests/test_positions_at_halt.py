"""At a halt, the house closes all positions at the mark. Later it has no trades and no losses.

The world has a bank run, customers on margin and two backstops. After the halt the price falls by
about 90 % in an hour. So a position that stayed open could have a large loss.
"""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from folder_contents import contents
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
    """Return settings that add customers on margin and a crash after the halt."""
    market = load(str(RUN)).model_dump(exclude_none=True)["markets"][0]
    later = ({"at": HALT, "price_usd": 29_000.0}, {"at": FALLEN, "price_usd": 3_000.0})
    market["price"] |= {"anchors": (*market["price"]["anchors"], *later), "ticks_per_s": 0.1}
    # A quote lasts 1,000 seconds, so a quote from before the halt could still be valid after it.
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
    """Return the time at which all positions are closed."""
    ((at,),) = run.select("SELECT DISTINCT time FROM rows WHERE motive = 'closing'")
    return at


def held(run: RunFolder, until: datetime) -> dict[tuple[str, str], int]:
    """Return positions by venue and party: the nonzero sums of all trades up to a moment."""
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


def test_no_party_has_a_position_at_the_house_after_a_halt(halted):
    at = halt_of(halted)
    before = halted.select("SELECT max(time) FROM rows WHERE time < ?", [at])[0][0]
    had = {who for (venue, who), _ in held(halted, before).items() if venue == "FTX"}

    assert at.replace(tzinfo=UTC) == HALT
    assert {"Alameda", "Retail", "OtherMakers", "Firm01"} <= had
    assert not {who for (venue, who) in held(halted, at) if venue == "FTX"}


def test_positions_are_closed_at_the_mark_of_the_last_settlement(halted):
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


def test_the_house_has_no_trades_after_a_halt(halted):
    later = halted.select(
        "SELECT count(*) FROM rows WHERE venue = 'FTX' AND time > ?", [halt_of(halted)]
    )

    assert later == [(0,)]


def test_no_customer_has_a_position_on_margin_after_a_halt(halted):
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


def test_hedges_on_the_lead_venue_are_closed_after_a_halt(halted):
    (end,) = halted.select("SELECT max(time) FROM rows")[0]
    on_lead = {who for (venue, who) in held(halted, halt_of(halted)) if venue == "Binance"}

    assert {"Alameda", "Firm01", "Outside"} <= on_lead
    assert not held(halted, end)


def test_prices_after_a_halt_do_not_change_the_debts_of_the_house(halted):
    """The price falls by about 90 %, but no party has a position at the house."""
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


def test_reports_include_the_days_after_the_last_entry(executed):
    """The last day has no postings. So the reports repeat the figures of the previous day."""
    changes = crash_after_halt()
    run = executed(RUN, **{**changes, "run": {**changes["run"], "end": date(2022, 5, 16)}})

    ((posted,),) = run.select("SELECT max(date) FROM postings")
    assert posted < date(2022, 5, 15) == calendar(run)[-1] == standings(run)[-1].day
    assert standings(run)[-1].hole_usd == hole(run).hole_usd


def test_the_books_of_a_run_with_a_halt_are_valid(halted):
    assert halt_of(halted)
    assert_sound(halted)


def test_a_run_with_a_halt_writes_the_same_bytes_if_it_is_simulated_quote_by_quote(
    halted, tmp_path
):
    quotes = execute(load(str(RUN), crash_after_halt()), tmp_path / "quotes", every_quote=True)

    assert contents(halted.path) == contents(tmp_path / "quotes"), quotes
