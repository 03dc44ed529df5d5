"""A counterfactual states the hole, and the results of quotes for the maker and the group."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ledger.kinds import Kind
from ledger.reports.money.hole import hole
from ledger.reports.money.quote_views import QuoteView, QuoteViews
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from runs.counterfactual import WithAndWithout, counterfactual
from runs.removals import without
from runs.what_would_have_been import in_a_sentence, two_views


def views(maker_usd: int, fees_usd: int) -> QuoteViews:
    usd = Decimal(maker_usd), Decimal(fees_usd)
    return QuoteViews("Alameda", "FTX", (QuoteView(Kind.PICKOFF, 1, *usd),))


@pytest.fixture(scope="module")
def told(busy_run: RunFolder, tmp_path_factory) -> tuple[RunFolder, Table]:
    """Return the counterfactual of `busy_run` without hits, and the table of quotes' results."""
    folder = tmp_path_factory.mktemp("without") / "run"
    table, *_ = counterfactual(busy_run, without(busy_run, "PickOff"), folder).tables()
    return RunFolder.at(folder), table


def test_the_answer_states_the_hole_and_the_results_of_quotes_for_the_maker_and_the_group(busy_run):
    there = hole(busy_run)
    surplus = replace(there, liquid_usd={"FTX": there.claims_usd + 2_500_000})
    short = replace(there, liquid_usd={"FTX": there.claims_usd - 184_200_000})

    said = in_a_sentence(
        "PickOff",
        (short.hole_usd, surplus.hole_usd),
        (views(-164_000_000, 190_000_000), views(0, 0)),
    )
    assert said == (
        "With PickOff the group lacks $184.2 million. Without PickOff it would have a surplus "
        "of $2.5 million. Alameda's quotes cost Alameda $164.0 million and bring the group $26.0 "
        "million. Without PickOff they would bring Alameda $0 and bring the group $0."
    )


def test_results_of_quotes_have_the_same_unit_and_a_note_says_that_only_one_seed_is_played():
    holes = Decimal(1), Decimal(2)
    both = views(-8_600_000, 10_000_000), views(-269_015, 260_000)

    assert in_a_sentence("PickOff", holes, both).endswith(
        "Alameda's quotes cost Alameda $8.6 million and bring the group $1.4 million. Without "
        "PickOff they would cost Alameda $0.3 million and cost the group less than $0.1 million."
    )
    assert "one seed" in two_views(("with", "without", "difference"), *both).notes[-1]


def test_the_table_states_the_makers_loss_and_the_taker_fees_and_the_gain_of_the_group():
    table = two_views(("with", "without", "difference"), views(-100, 130), views(0, 0))

    lines = {line: figures for line, *figures in table.rows}
    assert lines["Alameda: all quotes"] == [-100, 0, -100]
    assert lines["FTX: taker fees on quotes"] == [130, 0, 130]
    assert lines["the group: quotes and fees"] == [30, 0, 30]


def test_results_of_quotes_in_the_table_agree_with_the_fills_of_both_runs(busy_run, told):
    other, table = told
    lines = {line: figures for line, *figures in table.rows}

    for i, run in enumerate((busy_run, other)):
        quotes, fees = summed(run)
        assert lines["Alameda: all quotes"][i] == quotes
        assert lines["FTX: taker fees on quotes"][i] == fees
        assert lines["the group: quotes and fees"][i] == quotes + fees
    assert lines["Alameda: PickOff"][1] == 0 > lines["Alameda: PickOff"][0]
    assert all(ours - theirs == difference for ours, theirs, difference in lines.values())


def test_the_answer_of_a_counterfactual_begins_with_the_hole_of_the_group(busy_run):
    there = hole(busy_run)
    made = without(busy_run, "PickOff")
    at_mark = there.hole_usd, there.hole_usd
    compared = WithAndWithout(
        made, there, there, at_mark, False, (views(-1, 2), views(0, 0)), (), None, True
    )

    assert compared.answer().startswith("With PickOff the group ")
    assert f"${abs(there.hole_usd):,.0f}" in compared.answer()


def summed(run: RunFolder) -> tuple[Decimal, Decimal]:
    """Return, in dollars, the maker's result on quotes and hedges, and the taker fees on quotes.

    The figures are summed fill by fill in Python. The report computes its sums in DuckDB.
    """
    quotes = fees = 0
    with run.connect() as connection:
        rows = connection.execute(
            "SELECT venue, maker, taker, motive, edge_cents, fee_cents FROM rows"
        ).fetchall()
    for venue, maker, taker, motive, edge, fee in rows:
        if taker == "Alameda" and motive == "hedging":
            quotes += edge - fee
        elif (venue, maker) == ("FTX", "Alameda") and motive in ("pickoff", "spread"):
            quotes -= edge
            fees += fee
    return Decimal(quotes).scaleb(-2), Decimal(fees).scaleb(-2)
