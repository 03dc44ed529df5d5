"""The report on the hole agrees with hand calculations and with independent queries."""

from collections import defaultdict
from decimal import Decimal

import pytest
from bean_queries import saved_query

from ledger.motives import Motive
from ledger.reports.market.maker_share import recorded_share_pct, volume
from ledger.reports.money.bridge import DEPOSITS, OPENING, WITHDRAWALS, bridge, claim_movements
from ledger.reports.money.cash import cash_statement
from ledger.reports.money.hole import hole
from ledger.reports.money.quarters import where_by_quarter
from ledger.reports.money.where import where
from ledger.reports.table import Table
from ledger.run_folder import RunFolder


def usd(**amounts: int) -> dict[str, Decimal]:
    return {name: Decimal(f"{amount}.00") for name, amount in amounts.items()}


def table(run: RunFolder, name: str) -> Table:
    return next(table for table in where(run).tables() if table.name == name)


# ----------------------------------------------------------------------- the hole


def test_the_hole_is_the_claims_of_customers_less_the_liquid_assets_of_the_group(afternoon):
    found = hole(afternoon)

    assert found.claims_usd == Decimal("811.00")  # claims of four customers: 80 + 261 + 0 + 470
    assert found.liquid_usd == {
        "Assets:FTX:Cash": Decimal("300.00"),
        "Assets:Alameda:Cash": Decimal("0.00"),
        "Assets:Alameda:Claims:Binance": Decimal("388.00"),
    }
    assert found.hole_usd == Decimal("123.00")
    assert found.hole_of_exchange_usd == Decimal("511.00")  # claims less cash: 811 - 300


def test_the_hole_is_the_sum_of_positive_uses_and_negative_sources(afternoon):
    found = hole(afternoon)

    assert found.uses_usd == usd(Ventures=2400, PickOff=800, GapLoss=40, Hedging=12, Funding=1)
    assert found.sources_usd == usd(Spread=-50, Fees=-65, VariationMargin=-915, Opening=-2100)
    assert found.unexplained_usd == 0


def test_the_amount_of_an_account_is_unexplained_if_the_account_has_no_part_in_the_hole(
    afternoon_with,
):
    fees = "2022-05-09 open Income:FTX:Fees                            USD\n"
    found = hole(afternoon_with(fees, forgotten=fees + '  hole: "cause"\n'))

    assert found.hole_usd == Decimal("123.00")
    assert found.unexplained_usd == Decimal("-65.00")


def test_shares_are_percentages_of_all_uses(afternoon):
    rows = table(afternoon, "hole-by-kind").rows
    shares = {kind: share for side, kind, _, share in rows if share is not None}

    assert shares == {  # in percent of all uses (3,253.00)
        "Ventures": Decimal("73.8"),
        "PickOff": Decimal("24.6"),
        "GapLoss": Decimal("1.2"),
        "Hedging": Decimal("0.4"),
        "Funding": Decimal("0.0"),
        "all uses": Decimal("100.0"),
    }
    assert {side for side, *_, share in rows if share is not None} == {"use"}


def test_the_table_lists_uses_first_and_then_sources_from_large_to_small_and_ends_with_the_hole(
    afternoon,
):
    rows = [row[:3] for row in table(afternoon, "hole-by-kind").rows]

    assert [kind for side, kind, _ in rows if side == "source"] == [
        "Opening",
        "VariationMargin",
        "Fees",
        "Spread",
        "all sources",
    ]
    assert [side for side, *_ in rows] == ["use"] * 6 + ["source"] * 5 + [None]
    assert rows[-1] == (None, "hole", Decimal("123.00"))


def test_the_amount_of_each_kind_agrees_with_the_saved_query_to_the_cent(run):
    asked = dict(saved_query(run, "where-did-the-money-go"))

    kinds = hole(run).kinds_usd
    assert {kind: number for kind, number in kinds.items() if kind in asked} == asked
    assert not any(number for kind, number in kinds.items() if kind not in asked)
    assert len(asked) > 5


def test_the_hole_of_the_group_and_the_hole_of_the_exchange_agree_with_saved_queries(run):
    ((inventory,),) = saved_query(run, "hole")
    by_day = saved_query(run, f"hole-of-{run.chart.parties.house.lower()}-by-day")
    found = hole(run)

    assert found.hole_usd == inventory.get_currency_units("USD").number
    assert found.hole_of_exchange_usd == by_day[-1][1].get_currency_units("USD").number
    assert found.unexplained_usd == 0


# -------------------------------------------------------------------------- the cash


def test_a_gain_that_is_still_a_claim_does_not_count_as_cash_received(afternoon):
    statement = cash_statement(afternoon)

    assert [(p.party, p.paid_in_usd, p.paid_out_usd) for p in statement.parties] == [
        ("Outside", 0, 2400),
        ("Binance", 0, 400),
        ("Firm01", 300, 700),  # Firm01 gained 600.00 and still has a claim of 80.00
        ("Retail", 800, 0),
    ]
    assert [p.net_received_usd for p in statement.parties] == [2400, 400, 400, -800]


def test_transfers_within_the_group_are_not_in_the_cash_statement(afternoon):
    assert "Alameda" not in {party.party for party in cash_statement(afternoon).parties}


def test_the_party_named_in_a_posting_takes_precedence_over_the_payee_of_the_entry(afternoon_with):
    shared = """
2022-05-10 * "Firm01" "FTX pays 200.00 out, half of it to Firm02" #withdrawal
  seq: 26
  time: "09:00:00.000000"
  Assets:FTX:Cash                            -100.00 USD
  Assets:FTX:Cash                            -100.00 USD
    party: "Firm02"
  Liabilities:FTX:Customers:Firm01            100.00 USD
  Liabilities:FTX:Customers:Firm02            100.00 USD
"""
    received = {
        party.party: party.paid_out_usd for party in cash_statement(afternoon_with(shared)).parties
    }

    assert received["Firm01"] == 800
    assert received["Firm02"] == 100


def test_the_net_receipts_of_all_parties_equal_the_decrease_in_the_cash_of_the_group(any_run):
    statement = cash_statement(any_run)

    change = statement.closing_usd - statement.opening_usd
    assert statement.everybody.net_received_usd == -change
    assert change != 0


def test_the_cash_statement_goes_from_opening_cash_to_closing_cash_and_ends_with_the_change(
    afternoon,
):
    assert [amount for _, amount in table(afternoon, "cash-change").rows] == [
        2700,
        1100,
        -3500,
        300,
        -2400,
    ]


def test_the_net_cash_that_each_party_received_agrees_with_the_saved_query(run):
    # The query leaves out opening balances, because they have no payee.
    asked = dict(saved_query(run, "where-did-the-cash-go"))
    eliminated = asked.pop(run.chart.parties.maker)

    assert {p.party: p.net_received_usd for p in cash_statement(run).parties} == asked
    assert eliminated == 0


# ------------------------------------------------------------------------ the bridge


def test_the_bridge_states_all_changes_from_opening_claims_to_closing_claims(afternoon):
    firms, retail, others, everybody = bridge(afternoon)

    assert firms.movements_usd == {
        OPENING: 100,
        DEPOSITS: 300,
        WITHDRAWALS: -700,
        **usd(PickOff=800, Fees=-30, VariationMargin=-130, Funding=1),
    }
    assert retail.movements_usd == {
        DEPOSITS: 800,
        **usd(Spread=-50, Fees=-5, VariationMargin=-785, GapLoss=40),
    }
    assert others.movements_usd == {OPENING: 500, "Fees": -30}
    assert [each.left_usd for each in (firms, retail, others, everybody)] == [341, 0, 470, 811]


def test_the_bridge_leaves_nothing_unexplained(any_run):
    *classes, everybody = bridge(any_run)

    assert [each.unexplained_usd for each in (*classes, everybody)] == [0, 0, 0, 0]
    assert everybody.left_usd == hole(any_run).claims_usd
    assert everybody.left_usd == sum(each.left_usd for each in classes)
    for reason, number in everybody.movements_usd.items():
        assert number == sum(each.movements_usd.get(reason, 0) for each in classes)


def test_a_loan_against_tokens_explains_the_increase_in_the_claim_of_the_borrower(lending_run):
    *_, everybody = bridge(lending_run)

    assert everybody.movements_usd["MarginLoans"] == Decimal("35454545.45")
    assert everybody.unexplained_usd == 0
    assert everybody.left_usd == hole(lending_run).claims_usd


def test_a_claim_that_is_only_in_the_books_of_the_house_is_unexplained(afternoon_with):
    gift = """
2022-05-10 * "Firm01" "FTX owes Firm01 7.00 more, and Firm01 does not record it" #fees
  seq: 26
  time: "09:00:00.000000"
  Liabilities:FTX:Customers:Firm01             -7.00 USD
  Income:FTX:Fees                               7.00 USD
"""
    firms, retail, others, everybody = bridge(afternoon_with(gift))

    assert (firms.unexplained_usd, everybody.unexplained_usd) == (7, 7)
    assert (retail.unexplained_usd, others.unexplained_usd) == (0, 0)


def test_a_change_of_a_claim_for_an_unknown_reason_is_unexplained(afternoon_with):
    swap = """
2022-05-10 * "Firm02" "Firm02's claim on FTX becomes one on Binance"
  seq: 26
  time: "09:00:00.000000"
  Liabilities:FTX:Customers:Firm02              5.00 USD
  Expenses:FTX:GapLoss                         -5.00 USD
  Assets:Firm02:Claims:FTX                     -5.00 USD
  Assets:Firm02:Claims:Binance                  5.00 USD
"""
    firms, *_ = bridge(afternoon_with(swap))

    assert firms.unexplained_usd == -5


def test_the_trading_results_that_change_a_claim_are_the_sums_of_single_fills(run):
    witnessed: dict[tuple[str, str, str], int] = defaultdict(int)
    with run.connect() as connection:
        sums = connection.execute(
            "SELECT venue, taker, maker, motive, sum(edge_cents), sum(fee_cents) FROM rows "
            "GROUP BY ALL"
        ).fetchall()
    seen = {motive for *_, motive, _, _ in sums}
    kinds = {motive.word: motive.entry.kind for motive in Motive if motive.word in seen}
    for venue, taker, maker, motive, edge_cents, fee_cents in sums:
        cost = "Hedging" if motive == Motive.HEDGE.word else "Fees"
        witnessed[venue, taker, kinds[motive]] += edge_cents
        witnessed[venue, taker, cost] -= fee_cents
        # In a settlement at the house, the maker of the row is the house, not a customer.
        if maker != venue:
            witnessed[venue, maker, kinds[motive]] -= edge_cents

    parties = run.chart.parties
    booked = {
        (venue, customer, reason): int(number * 100)
        for venue in (parties.house, parties.lead)
        for (customer, reason), number in claim_movements(run, venue).items()
        if reason in {*kinds.values(), "Fees"} and customer != parties.other_makers
    }
    assert booked == {place: cents for place, cents in witnessed.items() if place in booked}
    assert not any(cents for place, cents in witnessed.items() if place not in booked)
    assert {reason for *_, reason in booked} == {*kinds.values(), "Fees"}


# ------------------------------------------------------------------------ the volume


def test_the_volume_of_the_maker_includes_fills_of_its_quotes_at_the_house_but_not_its_hedges(
    afternoon,
):
    (traded,) = volume(afternoon)

    assert (traded.market, traded.month) == ("BTC-PERP", "2022-05")
    # Quantity times price of four fills: 10 x 30,000 + 10 x 30,020 + 5 x 30,000 + 1 x 29,950.
    assert traded.maker_usd == Decimal("780150.00")
    assert traded.others_usd == Decimal("3120600.00")
    assert traded.maker_share_pct == Decimal("20.0")


@pytest.mark.parametrize(
    ("recorded", "verdict"),
    [
        ("2 45", "inside"),
        ("20.000 20.000", "inside"),
        ("20.1 45", "outside"),
        ("2 19.9", "outside"),
        (None, "no record"),
    ],
)
def test_the_share_of_the_maker_is_compared_with_the_recorded_range(
    afternoon_with, recorded, verdict
):
    record = f'2022-05-09 custom "maker-share-recorded" {recorded}\n' if recorded else ""

    (row,) = table(afternoon_with(record), "volume").rows

    assert row[4] == Decimal("20.0")
    assert row[-1] == verdict


def test_the_volume_table_has_no_recorded_range_if_the_record_has_no_share_of_the_maker(afternoon):
    assert recorded_share_pct(afternoon) is None
    assert table(afternoon, "volume").rows[0][-3:] == (None, None, "no record")


def test_the_share_of_the_maker_is_zero_if_none_of_its_quotes_is_filled(afternoon_with):
    noted = '2022-05-09 custom "traded" "BTC-PERP" 29950.00 USD 3120600.00 USD 750200.00 USD'
    others = '2022-05-09 custom "traded" "BTC-PERP" 0.00 USD 3120600.00 USD 0.00 USD 0.00 USD\n'
    (traded,) = volume(afternoon_with(others, forgotten=f"{noted} 0.00 USD"))

    assert (traded.maker_usd, traded.others_usd) == (0, 3_120_600)
    assert traded.maker_share_pct == 0


def test_a_forced_order_that_fills_a_quote_of_the_maker_is_part_of_the_volume_of_the_maker(
    margin_run,
):
    parties = margin_run.chart.parties
    cents = {c.market: c.cents_per_lot_tick for c in margin_run.chart.contracts}
    met = defaultdict(int)
    for market, maker, lot_ticks in margin_run.select(
        "SELECT market, maker, sum(abs(lots) * price) FROM rows WHERE motive IN "
        "('pickoff', 'spread', 'liquidation') AND venue = ? GROUP BY ALL",
        [parties.house],
    ):
        met[market, maker] += lot_ticks * cents[market]

    usd = defaultdict(Decimal)
    for each in volume(margin_run):
        usd[each.market] += each.maker_usd
    assert all(met[market, parties.maker] == 100 * usd[market] for market in usd)
    assert {maker for _, maker in met} == {parties.maker, parties.other_makers}


def test_the_volume_of_the_maker_by_market_and_month_agrees_with_single_fills(run):
    house = run.chart.parties.house
    cents = {c.market: c.cents_per_lot_tick for c in run.chart.contracts if c.venue == house}
    notional: dict[tuple[str, str], int] = defaultdict(int)
    with run.connect() as connection:
        for market, time, lots, price in connection.execute(
            "SELECT market, time, lots, price FROM rows WHERE motive IN ('pickoff', 'spread')"
        ).fetchall():
            notional[market, f"{time:%Y-%m}"] += abs(lots) * price * cents[market]

    assert {(v.market, v.month): v.maker_usd * 100 for v in volume(run)} == notional


# ------------------------------------------------------------------------ the tables


def test_each_table_states_correctly_whether_it_has_rows(any_run):
    for table in where(any_run).tables():
        assert table.has_rows == bool(table.rows), table.name


def test_all_dollar_amounts_in_the_tables_have_two_decimals(any_run):
    tables = where(any_run).tables()

    assert [table.name for table in tables] == [
        "hole-by-kind",
        "hole-by-cause",
        "paid-in-use",
        "hole",
        "the-mechanism",
        "views",
        "cash-by-receiver",
        "cash-change",
        "bridge",
        "volume",
    ]
    for found in tables:
        for row in found.rows:
            for column, cell in zip(found.columns, row, strict=True):
                if column.endswith("usd"):
                    assert cell.as_tuple().exponent == -2


# ------------------------------------------------------------------------ by quarter


def by_quarter(run: RunFolder) -> tuple[tuple[str, ...], dict[str, tuple]]:
    (found,) = where_by_quarter(run).tables()
    return found.columns, {row[1]: row[2:] for row in found.rows}


def test_each_quarter_has_the_uses_and_sources_of_its_entries(life):
    columns, rows = by_quarter(life)

    assert columns[2:] == ("whole_life_usd", "2022q2_usd", "2022q3_usd", "unexplained_usd")
    # the writedown of a venture has the same kind as the venture
    assert rows["Ventures"] == (2400, 2400, 0, 0)
    assert rows["Tokens"] == (400, 400, 0, 0)
    assert rows["Loans"] == (-400, -400, 0, 0)  # the group borrows 1,000 and repays 600
    assert rows["Opening"] == (-2100, -2100, 0, 0)
    assert rows["hole: sum of its kinds"] == (123, 123, 0, 0)


QUARTERS_LATER = """
2022-08-01 * "Retail" "FTX charges Retail 9.00, and gives it back in the next year" #fees
  seq: 33
  time: "12:00:00.000000"
  Income:FTX:Fees                              -9.00 USD
  Assets:FTX:Cash                               9.00 USD
  Assets:Retail:Cash                           -9.00 USD
  Expenses:Retail:Fees                          9.00 USD
2023-01-01 * "Retail" "FTX gives it back" #fees
  seq: 34
  time: "12:00:00.000000"
  Income:FTX:Fees                               9.00 USD
  Assets:FTX:Cash                              -9.00 USD
  Assets:Retail:Cash                            9.00 USD
  Expenses:Retail:Fees                         -9.00 USD
2023-01-01 * "Lender01" "Alameda repays the rest and more" #recall
  seq: 35
  time: "12:00:01.000000"
  Liabilities:Alameda:Loans:Lender01          400.00 USD
  Assets:Alameda:Claims:Binance              -400.00 USD
  Assets:Lender01:Cash                        400.00 USD
  Assets:Lender01:Loans:Alameda              -400.00 USD
"""


def test_the_table_shows_quarters_without_entries_and_kinds_whose_total_is_zero(life_with):
    columns, rows = by_quarter(life_with(QUARTERS_LATER))

    assert columns[3:-1] == ("2022q2_usd", "2022q3_usd", "2022q4_usd", "2023q1_usd")
    assert rows["Fees"] == (-65, -65, -9, 0, 9, 0)
    assert rows["Loans"] == (0, -400, 0, 0, 400, 0)
    assert rows["hole: claims less liquid assets"] == (523, 123, -9, 0, 409, 0)


def test_quarters_sum_to_the_whole_run_and_leave_nothing_unexplained(any_run):
    (found,) = where_by_quarter(any_run).tables()
    told = table(any_run, "hole-by-kind").rows

    whole_life = {row[1]: row[2] for row in found.rows}
    assert {kind: usd for _, kind, usd, _ in told if kind != "hole" and usd} == {
        kind: usd for kind, usd in whole_life.items() if ":" not in kind and "0.00" not in kind
    }
    assert {row[-1] for row in found.rows} == {0}
    assert set(found.rows[-1][2:]) == {0}


def test_the_table_by_quarter_lists_the_kinds_in_the_same_order_as_the_table_of_the_whole_run(
    any_run,
):
    (found,) = where_by_quarter(any_run).tables()
    told = [row[:2] for row in table(any_run, "hole-by-kind").rows if row[2]]

    assert [row[:2] for row in found.rows if row[0]] == [each for each in told if each[0]]


def test_postings_are_unexplained_in_their_quarter_if_their_account_has_no_part_in_the_hole(
    afternoon_with,
):
    fees = "2022-05-09 open Income:FTX:Fees                            USD\n"
    _, rows = by_quarter(afternoon_with(fees, forgotten=fees + '  hole: "cause"\n'))

    assert rows["unexplained (must be 0.00)"] == (-65, -65, 0)
