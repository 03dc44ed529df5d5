"""If customers close positions, the books also record customers' trades with the other makers."""

import tempfile
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from sound_worlds import assert_sound

from des.world import World
from ledger.motives import Motive
from ledger.run_folder import RunFolder
from runs.scenarios import load

BUSY = Path(__file__).parent / "worlds" / "busy.toml"
CLOSING = {
    "run": {"end": date(2022, 5, 31)},
    "retail": {"holding_days": 0.2},
    "other_makers": {"opening_cash_usd": 100_000.0},
}
NOON = datetime(2022, 6, 1, 12)
UNWINDING = {"run": {"end": date(2022, 6, 2)}, "firms": {"holding_days": 0.5}}


@pytest.fixture(scope="module")
def closing(executed) -> RunFolder:
    return executed(BUSY, **CLOSING)


def test_trades_with_other_makers_are_booked_net_at_the_mark_and_without_a_fee(closing):
    rows = closing.select(
        "SELECT DISTINCT taker, maker, holder, price = lead, edge_cents, fee_cents FROM rows "
        f"WHERE motive = '{Motive.NET.word}'"
    )
    twice = closing.select(
        "SELECT time, market FROM rows "
        f"WHERE motive = '{Motive.NET.word}' GROUP BY ALL HAVING count(*) > 1"
    )

    assert rows == [("Retail", "OtherMakers", None, True, 0, 0)]
    assert not twice


def test_trades_with_other_makers_are_not_booked_if_customers_never_close_positions(executed):
    run = executed(BUSY, run=CLOSING["run"])

    assert not run.select(f"SELECT 1 FROM rows WHERE motive = '{Motive.NET.word}'")


def test_the_house_records_the_net_position_that_results_from_all_orders_of_customers():
    scenario = load(str(BUSY), CLOSING)
    with tempfile.TemporaryDirectory() as folder:
        world = World(scenario, Path(folder))
        world.run(lambda: None)
        retail = world.journal.chart.parties.names.index("Retail")
        house = world._cast.house
        flows = [listing._uninformed for listing in world.listings]

    assert [flow.held.lots for flow in flows] == house.lots[:, retail].tolist()
    assert house.lots[:, retail].any()


def test_books_with_netted_and_unwound_positions_are_valid(executed):
    run = executed(BUSY, **CLOSING | UNWINDING)
    motives = Counter(motive for (motive,) in run.select("SELECT motive FROM rows"))

    assert_sound(run)
    assert motives[Motive.NET.word] > 20
    assert motives[Motive.UNWINDING.word] > 0
    assert motives[Motive.SPREAD.word] > 20


def test_a_firm_unwinds_against_the_other_makers_and_closes_its_hedge(executed):
    """At noon a firm's two positions in a market, one on each venue, sum to zero."""
    run = executed(BUSY, **CLOSING | UNWINDING)
    trades = [motive.word for motive in Motive if not motive.is_payment]
    found = run.select(
        """
        WITH trades AS (
            SELECT time, market, venue, taker AS who, lots FROM rows WHERE motive::VARCHAR IN $1
            UNION ALL
            SELECT time, market, venue, maker, -lots FROM rows WHERE motive::VARCHAR IN $1
        )
        SELECT who, market, sum(lots) FILTER (venue = 'FTX'), sum(lots) FILTER (venue = 'Binance')
        FROM trades WHERE starts_with(who, 'Firm') AND time < $2 GROUP BY ALL
        """,
        [trades, NOON],
    )
    firms = run.select(
        f"SELECT DISTINCT maker, price = lead FROM rows WHERE motive = '{Motive.UNWINDING.word}'"
    )

    assert firms == [("OtherMakers", True)]
    assert found
    for who, market, house, lead in found:
        assert (house or 0) + (lead or 0) == 0, (who, market)


def test_the_chart_of_accounts_names_the_party_whose_trades_are_booked_net(closing, tiny_run):
    assert closing.chart.parties.netted == "OtherMakers"
    assert tiny_run.chart.parties.netted is None


def test_the_other_makers_pay_losses_on_their_positions(closing):
    told = [entry.narration for entry in closing.transactions if entry.payee == "OtherMakers"]

    assert any("for losses of its positions" in each for each in told)
    assert not any("price gap" in each for each in told)
