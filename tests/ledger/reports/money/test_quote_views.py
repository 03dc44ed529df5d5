"""The results of the maker's quotes agree with the fills and with the general ledger."""

from collections import defaultdict

import pytest

from ledger.kinds import Kind
from ledger.reports.dollars import usd_balances
from ledger.reports.money.quote_views import quote_views, views_table
from ledger.run_folder import RunFolder

RUNS = ("tiny_run", "busy_run", "margin_run")


@pytest.fixture(params=RUNS)
def each_run(request: pytest.FixtureRequest) -> RunFolder:
    """Return one of three small runs. Only `margin_run` has forced orders."""
    return request.getfixturevalue(request.param)


def test_the_results_of_quotes_agree_with_a_calculation_by_hand(afternoon):
    views = {view.kind: view for view in quote_views(afternoon).kinds}

    assert (views["PickOff"].fills, views["PickOff"].maker_usd) == (3, -800)
    assert (views["Spread"].fills, views["Spread"].maker_usd) == (1, 50)
    assert (views["PickOff"].taker_fees_usd, views["Spread"].taker_fees_usd) == (30, 5)
    assert views["PickOff"].group_usd == -770
    # Only the maker's hedge counts, not the hedge of Firm02. The fee for the hedge goes to Binance,
    # so it is no income of the group.
    assert (views["Hedging"].maker_usd, views["Hedging"].taker_fees_usd) == (-12, 0)


def test_the_counts_and_results_and_fees_in_the_report_equal_the_sums_over_single_fills(each_run):
    parties = each_run.chart.parties
    cents: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for motive, venue, taker, maker, lots, price, lead, fee_cents, market in each_run.select(
        "SELECT motive, venue, taker, maker, lots, price, lead, fee_cents, market FROM rows"
    ):
        unit = next(
            c.cents_per_lot_tick
            for c in each_run.chart.contracts
            if (c.venue, c.market) == (venue, market)
        )
        gained = (price - lead) * lots * unit
        if motive in ("pickoff", "spread", "liquidation") and maker == parties.maker:
            for i, amount in enumerate((1, gained, fee_cents)):
                cents[motive][i] += amount
        elif motive == "hedging" and taker == parties.maker:
            for i, amount in enumerate((1, -gained - fee_cents, 0)):
                cents[motive][i] += amount
    words = {"PickOff": "pickoff", "Spread": "spread", "Liquidation": "liquidation"}
    for view in quote_views(each_run).kinds:
        fills, maker_cents, fees_cents = cents[words.get(view.kind, "hedging")]
        assert view.fills == fills
        assert (view.maker_usd * 100, view.taker_fees_usd * 100) == (maker_cents, fees_cents)


def test_the_results_of_the_maker_and_the_fees_from_takers_agree_with_the_general_ledger(each_run):
    parties, balances = each_run.chart.parties, usd_balances(each_run)
    income = f"Income:{parties.maker}"

    for view in quote_views(each_run).kinds:
        if view.kind == Kind.HEDGING:
            assert view.maker_usd == -balances[f"Expenses:{parties.maker}:Hedging"]
            continue
        account = f"{income}:{view.kind}"
        assert view.maker_usd == -balances[account]
        ((fees,),) = each_run.select(
            "SELECT coalesce(-sum(units) * 0.01, 0) FROM postings WHERE account = ? AND seq IN "
            "(SELECT seq FROM postings WHERE account = ?)",
            [f"Income:{parties.house}:Fees", account],
        )
        assert view.taker_fees_usd == fees


def test_the_result_of_the_group_is_the_result_of_the_maker_plus_the_fees_from_takers(tiny_run):
    found = quote_views(tiny_run)
    *kinds, whole = views_table(found).rows

    assert found.taker_fees_usd > 0
    assert found.group_usd == found.maker_usd + found.taker_fees_usd
    assert whole[1:] == tuple(sum(column) for column in list(zip(*kinds, strict=True))[1:])
    assert whole[-1] == found.group_usd > whole[2] == found.maker_usd
