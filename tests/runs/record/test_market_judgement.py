"""The comparison of markets with the record: monthly figures and verdicts."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import mean

import pytest

from ledger.notes import PriceRange, ShownBook, TradedDay
from ledger.reports.market.market_days import MarketDay, market_days
from ledger.reports.market.order_cost import shown_cost_bps
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from runs.printing import Answered, render
from runs.record.day_blocks import Estimate
from runs.record.facts import Fact, Range, Record, load_record
from runs.record.market_figures import ORDER_USD, Inputs
from runs.record.market_judgement import Judged, MarketJudgement, _whole, market_judgement
from runs.scenarios import dump, load

FREE = Inputs(False, frozenset())
MONTHLY = ("volume", "share", "fees", "cost-10m")


def fact(key: str, value: float, first: date, last: date, **more: object) -> Fact:
    about = {"unit": "pct", "role": "outcome", "source": "s", "provenance": "found: p", **more}
    return Fact(key=key, since=first, until=last, value=value, **about)


def life(
    days: int = 60, times: int = 1, recorded_usd: int = 4_100_000, market: str = "BTC-PERP"
) -> dict[str, list[MarketDay]]:
    """Return the days of one market from 2020-06-01 on.

    The volume, the price range and the order book vary slightly from day to day.
    """
    found = []
    for i in range(days):
        usd = [times * Decimal(1_000_000 + 1_000 * (i * 7 % 5) + j) for j in range(4)]
        maker_usd = usd[0] + usd[2]
        found.append(
            MarketDay(
                date(2020, 6, 1) + timedelta(i),
                TradedDay(market, *usd, recorded_usd=times * Decimal(recorded_usd)),
                maker_usd,
                sum(usd) / 5_000,
                PriceRange(market, Decimal(9_000), Decimal(9_100 + 10 * (i % 3))),
                ShownBook(market, *map(Decimal, ("1_400_000", "100_000", 2, "2.5", 4 + i % 2)), 2),
            )
        )
    return {market: found}


def table(tables: list[Table], name: str) -> list[dict]:
    found = next(table for table in tables if table.name == name)
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


# ------------------------------------------------------------------------ figures by month


@pytest.mark.parametrize("name", ["busy_run", "margin_run"])
def test_the_volume_and_share_and_fees_of_a_month_follow_from_sums_over_its_days(
    name: str, request: pytest.FixtureRequest
):
    run: RunFolder = request.getfixturevalue(name)
    months = defaultdict(list)
    for day in market_days(run):
        months[f"{day.day:%Y-%m}", day.market].append(day)
        if name == "busy_run":  # only this run has two markets
            months[f"{day.day:%Y-%m}", "all markets"].append(day)

    tables = market_judgement(run, load_record()).tables()

    volume, share, fees = (
        {(row["month"], row["market"]): row for row in table(tables, f"{each}-by-month")}
        for each in MONTHLY[:3]
    )
    assert set(volume) == set(share) == set(fees) == set(months)
    for place, days in months.items():
        traded = sum(day.all_usd for day in days)
        assert volume[place]["volume_usd_m"] == pytest.approx(traded / 10**6, abs=Decimal("0.005"))
        of_maker = 100 * sum(day.maker_usd for day in days) / traded
        assert share[place]["share_pct"] == pytest.approx(of_maker, abs=Decimal("0.05"))
        paid = sum(day.fees_usd for day in days) / 10**6
        assert fees[place]["fees_usd_m"] == pytest.approx(paid, abs=Decimal("0.00005"))


def test_the_summed_volume_of_all_markets_is_compared_with_the_volume_of_the_exchange():
    days = {**life(), **life(market="ETH-PERP")}
    together = {"all markets": [_whole(d.day, (d, e)) for d, e in zip(*days.values(), strict=True)]}
    june = (date(2020, 6, 1), date(2020, 6, 30))
    over_time = fact("volume-of-ftx-over-time", 246_000_000, *june, unit="USD", role="input")
    record = Record(fact=(over_time, fact("volume-of-ftx-over-time", 1, june[0], date(2021, 1, 1))))

    tables = MarketJudgement(days | together, record, FREE).tables()

    (row,) = (r for r in table(tables, "markets") if r["period"] == "2020-06 to 2020-06")
    traded = sum(d.all_usd for of_one in days.values() for d in of_one[:30])
    assert row["run"] == pytest.approx(traded / 10**6, abs=Decimal("0.005"))
    assert row["rec_min"] == row["rec_max"] == 246
    whole, _ = (r for r in table(tables, "volume-by-month") if r["market"] == "all markets")
    assert whole["volume_usd_m"] == row["run"]
    assert whole["rec_min"] == 2 * 123


def test_the_monthly_cost_of_an_order_is_the_mean_of_its_daily_costs():
    days = life()
    (june, july) = table(MarketJudgement(days, load_record(), FREE).tables(), "cost-10m-by-month")

    costs = [shown_cost_bps(day.book, ORDER_USD) for day in days["BTC-PERP"]]
    assert float(june["cost_10m_bps"]) == pytest.approx(mean(costs[:30]), abs=0.05)
    assert float(july["cost_10m_bps"]) == pytest.approx(mean(costs[30:]), abs=0.05)
    assert june["low"] <= june["cost_10m_bps"] <= june["high"]
    assert (june["rec_min"], june["rec_max"], june["verdict"]) == (32, 32, "below")
    assert july["verdict"] == "silent"


def test_recorded_fees_are_the_recorded_volume_times_the_recorded_fee_yield():
    record = Record(
        fact=(fact("fee-yield", 2.0, date(2020, 1, 1), date(2020, 12, 31), unit="bps"),)
    )
    tables = MarketJudgement(life(), record, FREE).tables()

    (june, _) = table(tables, "volume-by-month")
    assert june["rec_min"] == june["rec_max"] == Decimal("123.00")
    (june, _) = table(tables, "fees-by-month")
    assert june["rec_min"] == pytest.approx(Decimal("0.0246"))


def test_a_month_has_no_recorded_volume_if_the_volume_of_one_day_is_not_recorded():
    days = life()["BTC-PERP"]
    days[5] = replace(days[5], traded=replace(days[5].traded, recorded_usd=None))
    june, july = table(
        MarketJudgement({"BTC-PERP": days}, load_record(), FREE).tables(), "volume-by-month"
    )

    assert (june["rec_min"], june["verdict"]) == (None, "silent")
    assert july["rec_min"]


def test_a_cost_recorded_for_one_day_is_compared_with_the_mean_cost_of_the_15_days_around_it():
    days = life()["BTC-PERP"]
    near = days[21 - 7 : 21 + 8]  # the 15 days around 22 June
    thin = replace(days[0].book, others_usd=Decimal(100_000))
    elsewhere = [replace(day, book=thin) for day in (*days[:14], *days[29:])]
    of_market = {"BTC-PERP": [*elsewhere[:14], *near, *elsewhere[14:]]}

    found = table(MarketJudgement(of_market, load_record(), FREE).tables(), "markets")

    (cost,) = (row for row in found if row["figure"] == "cost_10m_bps")
    assert cost["period"] == "2020-06-22"
    expected = mean(shown_cost_bps(day.book, ORDER_USD) for day in near)
    assert float(cost["run"]) == pytest.approx(expected, abs=0.0501)


# ------------------------------------------------------------------------------ the verdicts


@pytest.mark.parametrize(
    ("error", "given", "said"),
    [
        ((3.0, 5.0), False, "inside"),
        ((1.0, 2.0), False, "inside"),  # the interval ends where the recorded range begins
        ((1.0, 1.9), False, "below"),
        ((2.96, 4.0), False, "inside"),  # 2.96 is printed as 3.0, the end of the range
        ((3.1, 9.0), False, "above"),
        ((1.0, 5.0), True, "as given"),
        # An input states the figure, but the run's interval is above the recorded range.
        ((3.1, 9.0), True, "above"),
        (None, False, "inside"),
    ],
)
def test_a_figure_is_outside_the_record_only_if_its_whole_error_interval_is_outside(
    error, given, said
):
    found = Estimate(2.5 if error is None else sum(error) / 2, error)
    recorded = Range(Decimal(2), Decimal(3))

    assert Judged("x", "BTC-PERP", "2020", 1, found, recorded, given).verdict == said
    assert Judged("x", "BTC-PERP", "2020", 1, found, None, False).verdict == "silent"


def test_an_input_that_agrees_with_the_record_has_the_verdict_as_given():
    days = life(recorded_usd=4_008_006)
    about = {"unit": "bps", "market": "BTC-PERP"}
    day = date(2020, 6, 20)
    record = Record(fact=(fact("cost-of-a-ten-million-order", 30.0, day, day, **about),))
    given = Inputs(True, frozenset({"BTC-PERP"}))

    for inputs, expected in ((FREE, "inside"), (given, "as given")):
        found = table(MarketJudgement(days, record, inputs).tables(), "markets")
        assert {row["figure"]: row["verdict"] for row in found} == {
            "volume_usd_m": expected,
            "cost_10m_bps": expected,
        }


def test_the_inputs_of_a_run_are_read_from_its_scenario(busy_run: RunFolder, tmp_path: Path):
    (tmp_path / "scenario.toml").write_text(dump(load("may-2021")))

    assert Inputs.of(busy_run) == FREE
    given = Inputs.of(RunFolder(tmp_path))
    assert given.has_recorded_volume
    assert "BTC-PERP" in given.with_recorded_depth
    assert not given.aims_at_share


def test_the_share_of_the_maker_is_marked_as_given_if_the_scenario_has_a_target_share(
    busy_run: RunFolder, tmp_path: Path
):
    (tmp_path / "scenario.toml").write_text(dump(load("ftx-sampled")))
    aimed = Inputs.of(RunFolder(tmp_path))
    days = life(recorded_usd=4_000_000)
    record = Record(
        fact=(fact("share-of-maker-in-volume", 45.0, date(2020, 1, 1), date(2020, 12, 31)),)
    )

    assert aimed.aims_at_share
    for inputs, is_given in ((FREE, False), (aimed, True)):
        rows = MarketJudgement(days, record, inputs).on_record()
        assert [row.is_given for row in rows if row.figure == "share_pct"] == [is_given]


def test_the_answer_counts_figures_inside_the_record_and_lists_figures_outside():
    record = Record(
        fact=(
            fact("share-of-maker-in-volume", 45.0, date(2020, 1, 1), date(2020, 12, 31)),
            fact("fee-yield", 2.0, date(2020, 1, 1), date(2020, 12, 31), unit="bps"),
        )
    )
    given = Inputs(True, frozenset())

    answer = MarketJudgement(life(recorded_usd=4_000_000), record, given).tables()[0].notes[0]

    assert "1 of 2 outcomes are inside the recorded range, and 0 of 1" in answer
    as_given = MarketJudgement(life(recorded_usd=4_008_006), record, given).tables()[0].notes[0]
    assert "and 1 of 1" in as_given
    assert "volume_usd_m" not in as_given
    outside = "Outside: volume_usd_m of BTC-PERP in 2020 (above), share_pct of BTC-PERP in 2020"
    assert outside in answer


def test_a_run_of_a_few_days_has_no_error_intervals(busy_run: RunFolder):
    tables = market_judgement(busy_run, load_record()).tables()

    for name in MONTHLY:
        for row in table(tables, f"{name}-by-month"):
            assert (row["low"], row["high"]) == (None, None)


# -------------------------------------------------------------------------------- the print


def test_printed_tables_with_large_volumes_are_at_most_100_characters_wide():
    """The example is a market with a volume of some 156 billion dollars a month."""
    tables = MarketJudgement(life(200, times=1_300), load_record(), FREE).tables()

    for each in tables:
        bare = Table(each.name, "", each.columns, each.rows)
        text = render(Answered([bare]), "table", each.name)
        assert max(map(len, text.splitlines())) <= 100, each.name
