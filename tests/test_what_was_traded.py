"""Notes, fills, fees and reports state the same traded volume, to the cent.

The tests use both rules for customers' demand. The demand is stated, or it is the recorded volume
minus hits and forced orders.
"""

import math
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from ledger.accounts import income
from ledger.notes import TradedDay
from ledger.reports.market.maker_share import volume
from ledger.reports.market.traded_days import contradictions_table, traded_days
from ledger.run_folder import RunFolder
from runs.record.measures import MeasuredBooks
from runs.scenarios import load

TINY = load("tiny")
ORDER_USD = TINY.markets[0].order_usd_mean
DAYS_OF_MAY = 31
LAST_HOUR = "23:00:00"


@pytest.fixture(params=["tiny_run", "busy_run", "margin_run"])
def any_run(request) -> RunFolder:
    return request.getfixturevalue(request.param)


def of_fills(run: RunFolder, condition: str) -> dict[tuple[date, str], Decimal]:
    """Return the dollar volume of the house's fills that fulfil *condition*, by day and market."""
    parties = run.chart.parties
    cents = {c.market: c.cents_per_lot_tick for c in run.chart.contracts}
    with run.connect() as connection:
        found = connection.execute(
            "SELECT time::DATE, market, sum(abs(lots) * price) FROM rows "
            f"WHERE venue = ? AND {condition} GROUP BY ALL",
            [parties.house],
        ).fetchall()
    return defaultdict(
        Decimal, {(day, name): Decimal(n * cents[name]).scaleb(-2) for day, name, n in found}
    )


def noted(run: RunFolder) -> dict[tuple[date, str], TradedDay]:
    return {(day, note.market): note for day, note in run.dated_notes(TradedDay)}


# ------------------------------------------------------------------------ agreement to the cent


def test_notes_on_volume_agree_with_fills_and_with_entries_for_fees_of_other_makers(any_run):
    captive, hits, forced = (
        of_fills(any_run, f"motive = '{motive}'") for motive in ("spread", "pickoff", "liquidation")
    )
    others = defaultdict(Decimal)
    for entry in any_run.transactions:
        if "fees" in entry.tags:
            others[entry.date, entry.meta["market"]] += entry.meta["volume"].number

    notes = noted(any_run)
    assert len(notes) >= 3
    for place, note in notes.items():
        assert (note.captive_usd, note.others_usd) == (captive[place], others[place])
        assert (note.hits_usd, note.forced_usd) == (hits[place], forced[place])
    assert {*captive, *hits, *forced, *others} <= set(notes)


def test_reports_on_the_makers_share_of_volume_include_all_traded_volume(any_run):
    traded = defaultdict(Decimal)
    for (day, market), note in noted(any_run).items():
        usd = note.captive_usd + note.others_usd + note.hits_usd + note.forced_usd
        traded[market, f"{day:%Y-%m}"] += usd

    shares = {(each.market, each.month): each for each in volume(any_run)}
    assert {place: each.maker_usd + each.others_usd for place, each in shares.items()} == traded
    by_day = MeasuredBooks(any_run).traded_usd
    assert sum(map(sum, by_day.values())) == sum(traded.values())
    assert sum(maker for maker, _ in by_day.values()) == sum(
        each.maker_usd for each in shares.values()
    )


def test_fees_on_trades_with_other_makers_are_volume_times_the_fee_rate_of_customers(any_run):
    rate = Decimal(repr(TINY.retail.fee_bps)) / 10_000
    paid = defaultdict(Decimal)
    for entry in any_run.transactions:
        if "fees" in entry.tags:
            earned = income(any_run.chart.parties.house, "Fees")
            paid[entry.date, entry.meta["market"]] -= sum(
                p.units.number for p in entry.postings if p.account == earned
            )

    assert sum(paid.values()) > 0
    for place, note in noted(any_run).items():
        assert paid[place] == round(note.others_usd * rate, 2)


# --------------------------------------------------------------------------- recorded demand


def as_recorded(executed, month_usd: float) -> RunFolder:
    market = TINY.markets[0].model_dump(exclude_none=True)
    market |= {"demand": (), "volume": ({"month": "2022-05", "usd": month_usd},)}
    return executed("tiny", markets=(market,), demand={"closure": "recorded"})


def test_the_volume_of_a_day_equals_the_record_except_for_a_deviation_in_the_last_hour(executed):
    """The volume of a day's earlier hours can be too large or too small.

    The demand of the next hour corrects this deviation.
    """
    month_usd = 300_000_000.0
    run = as_recorded(executed, month_usd)
    hour_usd = month_usd / DAYS_OF_MAY / 24
    # The number of orders has a Poisson distribution. The mean square of their sizes is at most
    # twice the square of the mean size.
    error_usd = 4 * math.sqrt(2 * ORDER_USD * 2 * hour_usd)
    last_hits = of_fills(run, f"motive = 'pickoff' AND time::TIME >= '{LAST_HOUR}'")

    notes = noted(run)
    assert len(notes) == 3
    for place, note in notes.items():
        traded = note.captive_usd + note.others_usd + note.hits_usd + note.forced_usd
        assert note.recorded_usd == round(Decimal(month_usd) / DAYS_OF_MAY, 2)
        beyond = float(traded - note.recorded_usd)
        assert -error_usd < beyond < error_usd + float(last_hits[place])
        assert error_usd < 0.12 * float(note.recorded_usd)
    assert max(note.hits_usd for note in notes.values()) > 0.05 * month_usd / DAYS_OF_MAY
    assert traded_days(run).contradictions == ()


def test_a_day_with_more_hits_than_recorded_volume_is_reported_as_a_contradiction(executed):
    run = as_recorded(executed, 6_000_000.0)
    found = traded_days(run)
    wrong = {
        day
        for (day, _), note in noted(run).items()
        if note.hits_usd + note.forced_usd > note.recorded_usd
    }

    assert 0 < len(wrong) < found.recorded == 3
    assert {each.day for each in found.contradictions} == wrong
    for each in found.contradictions:
        assert each.too_much_usd == each.hits_usd + each.forced_usd - each.recorded_usd > 0
    table = contradictions_table(found)
    assert [row[0] for row in table.rows] == sorted(wrong)
    assert f"{len(wrong)} of 3 days" in table.notes[0]


def test_no_day_is_reported_as_a_contradiction_if_there_is_no_recorded_volume(tiny_run):
    found = traded_days(tiny_run)

    assert (found.recorded, found.contradictions) == (0, ())


# ------------------------------------------------------------------------------ stated demand


def test_stated_demand_depends_on_the_spread_of_the_quotes(executed):
    """The elasticity to the spread is one, so half the spread gives twice the demand."""
    market = TINY.markets[0].model_dump(exclude_none=True)
    half_bps = market["quoter"]["half_spread_bps"]
    market["others"] |= {"half_spread_bps": 2 * half_bps, "calm_volatility": 100.0}
    run = executed("tiny", markets=(market,), demand={"spread_elasticity": 1.0})
    stated_usd = 3 * TINY.markets[0].demand[0].usd / DAYS_OF_MAY

    uninformed = float(sum(n.captive_usd + n.others_usd for n in run.notes(TradedDay)))
    error = 4 * math.sqrt(2 * ORDER_USD / uninformed)
    assert uninformed == pytest.approx(2 * stated_usd, rel=error + 0.01)
