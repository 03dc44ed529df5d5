"""The monthly decisions of a maker that loses every month agree with the maker's fills."""

import math
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise
from pathlib import Path

import pytest

from des.scenario import Valuation
from ledger.appraisal import AS_TRADING_FIRM, BY_GROWTH, WITHOUT_MAKER
from ledger.kinds import LEAD_QUOTING
from ledger.notes import TradedDay
from ledger.reports.life.share_prices import appraisals, reviews, rounds, valuation
from ledger.run_folder import RunFolder
from runs.full_audit import audit
from runs.scenarios import load

LOCK_IN = Path(__file__).parent / "worlds" / "lock-in.toml"
SCENARIO = load(str(LOCK_IN))
MAKER, HOUSE = SCENARIO.maker, SCENARIO.house.name
LOT_USD_MOST = 450.0
ORDER_USD = SCENARIO.markets[0].order_usd_mean
MONTH_USD = SCENARIO.markets[0].demand[0].usd  # The stated demand is the same in all months.
FIRSTS = [date(2022, month, 1) for month in (2, 3, 4, 5)]
# A decision on a day of FIRSTS is about the previous month, which has the same index in MONTHS.
MONTHS = ["2022-01", "2022-02", "2022-03", "2022-04"]
SPENT = f"Expenses:{HOUSE}:Operations"
LITTLE = {"growth_multiple": 1.0, "growth_multiple_range": (0.0, 3.0)}


@pytest.fixture(scope="module")
def captive(executed) -> RunFolder:
    return executed(LOCK_IN)


@pytest.fixture(scope="module")
def independent(executed) -> RunFolder:
    return executed(LOCK_IN, maker={"policy": "independent"})


@pytest.fixture(scope="module")
def worth_little(executed) -> RunFolder:
    """Return a run with a captive maker, and a house whose value is the growth of its fees."""
    return executed(LOCK_IN, group={"valuation": LITTLE})


@pytest.fixture(scope="module")
def unvalued(executed) -> RunFolder:
    """Return a run with a captive maker and a house without a valuation."""
    return executed(LOCK_IN, group={"valuation": None})


@pytest.fixture(params=["captive", "independent", "worth_little"])
def any_of_them(request) -> RunFolder:
    return request.getfixturevalue(request.param)


def decisions(run: RunFolder) -> dict[date, str]:
    return {each.day: each.decided for each in reviews(run)}


def by_month(run: RunFolder, figure: str, condition: str) -> dict[str, int]:
    """Compute the SQL expression *figure* for each month, over rows that satisfy *condition*."""
    with run.connect() as connection:
        found = connection.execute(
            f"SELECT strftime(time, '%Y-%m') AS month, ({figure})::BIGINT FROM rows "
            f"WHERE {condition} GROUP BY month"
        )
        return dict(found.fetchall())


def results(run: RunFolder) -> list[int]:
    """Return the monthly result of the maker's quotes and hedges in cents, from single fills."""
    name = MAKER.name
    lost = by_month(run, "sum(edge_cents)", f"maker = '{name}' AND motive IN ('pickoff', 'spread')")
    hedges = by_month(
        run, "sum(edge_cents - fee_cents)", f"taker = '{name}' AND motive = 'hedging'"
    )
    return [hedges.get(month, 0) - lost.get(month, 0) for month in MONTHS]


def fees_on_fills(run: RunFolder) -> list[int]:
    """Return the monthly fees on fills of the maker's quotes, in cents."""
    fees = by_month(run, "sum(fee_cents)", f"maker = '{MAKER.name}' AND venue = '{HOUSE}'")
    return [fees.get(month, 0) for month in MONTHS]


def fees_of_others(run: RunFolder) -> list[int]:
    """Return the monthly fees on trades with the other makers, in cents."""
    rate = Decimal(repr(SCENARIO.retail.fee_bps)) / 10_000
    paid = dict.fromkeys(MONTHS, 0)
    for entry in run.transactions:
        if "fees" in entry.tags and (month := f"{entry.date:%Y-%m}") in paid:
            paid[month] += round(entry.meta["volume"].number * rate * 100)
    return list(paid.values())


def costs(run: RunFolder) -> list[int]:
    """Return the house's monthly operating costs, in cents."""
    paid = dict.fromkeys(MONTHS, 0)
    for entry in run.transactions:
        if "operations" in entry.tags and (month := f"{entry.date:%Y-%m}") in paid:
            paid[month] += sum(
                int(p.units.number * 100) for p in entry.postings if p.account == SPENT
            )
    return list(paid.values())


def shown(run: RunFolder) -> list[float]:
    """Return for each month the displayed size of the maker, as a share of its full size."""
    told = decisions(run)
    shares = [1.0]
    for first in FIRSTS:
        after = {"sizes down": shares[-1] / 2, "shuts off": 0.0}
        shares.append(after.get(told.get(first), shares[-1]))
    return shares[:-1]


def stated_usd(months: int) -> float:
    """Return the stated demand in the run's first *months* months, in dollars."""
    # The run contains only the last three days of January.
    return MONTH_USD * 3 / 31 + MONTH_USD * (months - 1)


def uninformed_usd(run: RunFolder) -> list[float]:
    """Return the uninformed volume of each month, from the notes in the books."""
    usd = dict.fromkeys(MONTHS, 0.0)
    for day, note in run.dated_notes(TradedDay):
        if (month := f"{day:%Y-%m}") in usd:
            usd[month] += float(note.captive_usd + note.others_usd)
    return list(usd.values())


def terms(run: RunFolder) -> Valuation:
    return load(str(run.path / "scenario.toml")).group.valuation


def priced(basis_cents: int, multiples: tuple[float, ...]) -> tuple[float, ...]:
    """Return a figure, and its product with each multiple. No product is below zero."""
    return (basis_cents, *(multiple * max(basis_cents, 0) for multiple in multiples))


def noted_cents(run: RunFolder, way: str) -> list[tuple[int, ...]]:
    found = appraisals(run)
    return [tuple(int(usd * 100) for usd in found[month][way]) for month in MONTHS]


# ---------------------------------------------------------------------------- the decisions


def test_an_independent_maker_that_always_loses_halves_its_size_three_times_and_then_stops(
    independent,
):
    assert list(decisions(independent).values()) == ["sizes down"] * 3 + ["shuts off"]
    assert all(each.month_usd < 0 for each in reviews(independent))
    assert list(decisions(independent)) == FIRSTS


def test_a_captive_maker_continues_to_quote_although_it_loses(captive, independent):
    assert list(decisions(captive).items()) == [(first, "quotes on") for first in FIRSTS]
    assert all(each.year_usd < 0 for each in reviews(captive))
    lost = [sum(results(run)) for run in (captive, independent)]
    assert lost[0] < lost[1] < 0


@pytest.mark.parametrize("off", [date(2022, 2, 15), date(2022, 2, 28)])
def test_a_month_in_which_the_maker_quotes_only_on_some_days_is_reviewed(executed, off):
    policy = {"policy": "independent", "quoter_off": off}
    span = {"start": date(2022, 1, 31), "end": date(2022, 4, 1)}
    run = executed(LOCK_IN, maker=policy, run=span)

    assert [each.day for each in reviews(run)] == FIRSTS[:2]


def test_the_result_of_the_first_month_does_not_depend_on_the_policy_of_the_maker(
    captive, independent
):
    assert reviews(captive)[0].month_usd == reviews(independent)[0].month_usd


def test_a_captive_maker_stops_if_its_quotes_cost_at_least_what_they_add_to_the_value_of_the_shares(
    worth_little,
):
    """The cost is the loss of the last twelve months."""
    (only,) = reviews(worth_little)

    assert (only.day, only.decided) == (FIRSTS[0], "shuts off")
    assert -only.year_usd >= only.shares_would_lose_usd > 0


def test_a_captive_maker_of_a_house_without_a_valuation_never_stops_quoting(unvalued):
    assert set(decisions(unvalued).values()) == {"quotes on"}
    assert {each.shares_would_lose_usd for each in reviews(unvalued)} == {None}


def test_a_maker_that_has_stopped_quoting_has_no_fills_and_no_reviews(independent, worth_little):
    for run, since in ((independent, FIRSTS[-1]), (worth_little, FIRSTS[0])):
        fills = f"maker = '{MAKER.name}' AND motive IN ('pickoff', 'spread')"
        assert by_month(run, "count(*)", f"{fills} AND time < '{since}'")
        assert not by_month(run, "count(*)", f"{fills} AND time >= '{since}'")
        assert [each for each in reviews(run) if each.day > since] == []


def test_each_decision_to_reduce_the_displayed_size_halves_it(independent):
    # A fill in a sampled hour represents the fills of several hours.
    lot = float(SCENARIO.markets[0].lot) / SCENARIO.run.one_hour_in
    quoter = SCENARIO.markets[0].quoter
    hits = f"maker = '{MAKER.name}' AND motive = 'pickoff'"
    largest, without_a_lot = (
        by_month(independent, f"max({lots} * lead)", hits)
        for lots in ("abs(lots)", f"(abs(lots) - {SCENARIO.run.one_hour_in})")
    )

    assert shown(independent) == [1, 1 / 2, 1 / 4, 1 / 8]
    for month, share in zip(MONTHS, shown(independent), strict=True):
        size = quoter.displayed_usd * share
        # Each hour the size is rounded up to whole lots, at the price at the start of the hour.
        assert without_a_lot[month] * lot < 1.05 * size
        assert largest[month] * lot > 0.95 * size


def test_the_volume_of_customers_is_proportional_to_the_squared_depth_of_all_makers(independent):
    """The elasticity of volume to depth is two.

    The other makers display as much as the maker's full size. The maker displays a share of its
    full size. So the depth of all makers is proportional to 1 + share.
    """
    begun = [stated_usd(n) for n in range(1, 5)]
    stated = [begun[0], *(after - before for before, after in pairwise(begun))]
    for traded, usd, share in zip(
        uninformed_usd(independent), stated, shown(independent), strict=True
    ):
        # The number of orders in a month has a Poisson distribution. The mean square of their sizes
        # is twice the squared mean. The maker's size is rounded up to whole lots, and the size of
        # the other makers is rounded down.
        error = 4 * math.sqrt(2 * ORDER_USD / traded)
        lot = LOT_USD_MOST / SCENARIO.markets[0].quoter.displayed_usd
        assert (1 + share) ** 2 * (1 - error) < traded / usd
        assert traded / usd < (1 + (share + lot) / (1 - lot)) ** 2 * (1 + error)


# ---------------------------------------------------------------------------- the figures


def test_each_result_in_a_review_is_the_sum_of_the_results_of_single_fills(any_of_them):
    months = results(any_of_them)
    told = reviews(any_of_them)

    assert [int(each.month_usd * 100) for each in told] == months[: len(told)]
    assert [int(each.year_usd * 100) for each in told] == list(accumulate(months))[: len(told)]


def test_a_review_of_quotes_on_the_lead_venue_uses_the_result_of_the_previous_month(crowd_run):
    lead = crowd_run.chart.parties.lead
    (only,) = reviews(crowd_run)
    accounts = {f"Income:{MAKER.name}:{kind}" for kind in LEAD_QUOTING}
    gained = -sum(
        posting.units.number
        for entry in crowd_run.transactions
        for posting in entry.postings
        if entry.date < only.day and posting.account in accounts
    )

    assert (only.day, only.venue, only.decided) == (
        date(2022, 6, 1),
        lead,
        "moves to the house venue",
    )
    assert only.month_usd == only.year_usd == gained < 0


def test_the_growth_of_fees_includes_fees_on_fills_of_the_maker_and_on_all_other_volume(
    any_of_them,
):
    paid = zip(fees_on_fills(any_of_them), fees_of_others(any_of_them), strict=True)
    growth = accumulate(map(sum, paid))  # the previous year has no fees, so all fees are growth

    multiples = terms(any_of_them).growth_multiples
    assert noted_cents(any_of_them, BY_GROWTH) == [priced(cents, multiples) for cents in growth]


def test_the_estimated_growth_of_fees_without_the_makers_quotes_is_the_fee_on_the_stated_demand(
    any_of_them,
):
    """The displayed size of the maker does not change this fee."""
    rate = SCENARIO.retail.fee_bps / 10_000
    noted = noted_cents(any_of_them, WITHOUT_MAKER)
    for months, (basis_cents, *_) in enumerate(noted, start=1):
        usd = stated_usd(months)
        assert basis_cents / 100 == pytest.approx(
            rate * usd, rel=4 * math.sqrt(2 * ORDER_USD / usd)
        )


def test_the_valuation_as_a_trading_firm_uses_fees_plus_results_of_quotes_minus_costs(any_of_them):
    parts = (fees_on_fills, fees_of_others, results, costs)
    months = zip(*(part(any_of_them) for part in parts), strict=True)
    earned = accumulate(fees + others + quotes - paid for fees, others, quotes, paid in months)

    multiples = terms(any_of_them).earnings_multiples
    noted = noted_cents(any_of_them, AS_TRADING_FIRM)
    assert noted == [priced(cents, multiples) for cents in earned]


def test_the_value_that_shares_would_lose_is_the_middle_value_with_quotes_minus_the_one_without(
    any_of_them,
):
    found = appraisals(any_of_them)
    for each, month in zip(reviews(any_of_them), MONTHS, strict=False):
        with_them, without = found[month][BY_GROWTH], found[month][WITHOUT_MAKER]
        assert each.shares_would_lose_usd == with_them.middle_usd - without.middle_usd


def test_the_computed_value_at_a_funding_round_is_the_value_of_the_previous_month(captive):
    found = appraisals(captive)
    (sold,) = rounds(captive)

    assert (sold.day, sold.name, sold.raised_usd, sold.recorded_usd) == (
        date(2022, 4, 20),
        "seed",
        50_000,
        2_000_000,
    )
    assert found["seed"] == found["2022-03"]
    assert list(found) == ["2022-01", "2022-02", "2022-03", "seed", "2022-04"]


# ------------------------------------------------------------------------------ the consequences


def moved(run: RunFolder, until: date) -> list[tuple]:
    """Return all entries before a day."""
    return [
        (entry.date, entry.narration, [(p.account, p.units) for p in entry.postings])
        for entry in run.transactions
        if entry.date < until
    ]


def test_if_a_valuation_changes_no_decision_all_entries_and_fills_stay_the_same(captive, unvalued):
    assert moved(captive, SCENARIO.run.end) == moved(unvalued, SCENARIO.run.end)
    for month in captive.fill_files:
        assert month.read_bytes() == (unvalued.path / "fills" / month.name).read_bytes()


def test_the_books_of_two_runs_are_equal_until_the_first_decision_that_differs(
    unvalued, worth_little
):
    first = FIRSTS[0]

    assert moved(worth_little, first) == moved(unvalued, first)
    assert moved(worth_little, SCENARIO.run.end) != moved(unvalued, SCENARIO.run.end)


def test_the_run_of_an_independent_maker_passes_the_audit(independent):
    assert [finding.problems for finding in audit(independent.path)] == [()] * 7


# ------------------------------------------------------------------------------- the report


def test_the_valuation_report_has_a_row_for_every_funding_round_and_every_month(any_of_them):
    tables = {table.name: table for table in valuation(any_of_them).tables()}

    assert [row[1] for row in tables["rounds"].rows] == ["seed"]
    assert [row[0] for row in tables["months"].rows] == MONTHS
    assert len(tables["ways"].rows) == 3 * (len(MONTHS) + 1)


def test_the_recorded_value_at_a_funding_round_is_compared_with_the_computed_value(captive):
    rounds_table = valuation(captive).tables()[0]
    row = dict(zip(rounds_table.columns, rounds_table.rows[0], strict=True))
    noted = appraisals(captive)["seed"]

    assert row["recorded_over_growth"] == round(2_000_000 / row["growth_usd"], 1)
    assert row["low_usd"] * 4 == row["by_growth_usd"] * 2 == row["high_usd"]
    assert row["growth_usd"] * 20 == row["by_growth_usd"]
    assert row["without_quotes_usd"] == noted[WITHOUT_MAKER].middle_usd
    assert row["as_trading_firm_usd"] == noted[AS_TRADING_FIRM].middle_usd


def test_a_funding_round_has_no_computed_value_if_the_house_has_no_valuation(unvalued):
    table, months, _, ways = valuation(unvalued).tables()

    assert table.rows == [(date(2022, 4, 20), "seed", 50_000, 2_000_000, *(None,) * 7)]
    assert (months.rows, ways.rows) == ([], [])


def test_books_without_funding_rounds_and_reviews_give_empty_tables(tiny_run):
    assert [table.rows for table in valuation(tiny_run).tables()] == [[]] * 4
