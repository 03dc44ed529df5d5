"""The books and the hole in kind are correct if customers have claims in coins."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data
from beanquery.query import run_query
from click.testing import CliRunner
from whole_cents import assert_whole_cents

from ledger.notes import UnpaidRequest
from ledger.reports.days import calendar
from ledger.reports.dollars import spoken
from ledger.reports.life.answer import answer
from ledger.reports.life.cash_coverage import closes
from ledger.reports.life.solvency import solvency
from ledger.reports.life.standing import standings
from ledger.reports.life.waiting import queue_usd
from ledger.reports.money.hole import hole, in_a_sentence
from ledger.reports.money.hole_in_kind import AT_MARK, LackingLine, hole_in_kind
from ledger.reports.money.hole_opened import hole_opened, holes_by_day
from ledger.reports.money.quarters import where_by_quarter
from ledger.reports.money.where import where
from ledger.run_folder import RunFolder
from runs.attribution import coalitions_played
from runs.attribution.attributed import attribute
from runs.claims.evidence import RunEvidence
from runs.claims.figures import FIGURES
from runs.cli.main import main
from runs.counterfactual import compare
from runs.experiments import experiment, sweep
from runs.full_audit import audit
from runs.kept_results import KeptResults
from runs.record.facts import load_record
from runs.removals import without
from runs.scenarios import load
from runs.study.member_figures import figures

WORLD = Path(__file__).parent / "worlds" / "coins.toml"
SCENARIO = load(str(WORLD))
START = SCENARIO.run.start
COINS = ("BTC", "ALTS", "STABLE")


@pytest.fixture(scope="module")
def run(executed) -> RunFolder:
    return executed(WORLD)


def coins(**changes: Any) -> dict[str, Any]:
    """Return the settings of customers' coins, with *changes* to each coin."""
    said = SCENARIO.retail.coins.model_dump(exclude_none=True)
    return said | {"owed": [each | changes for each in said["owed"]]}


def standing_still() -> dict[str, Any]:
    """Return settings that make all prices constant."""
    (market,) = (each.model_dump(exclude_none=True) for each in SCENARIO.markets)
    market["price"] |= {
        "anchors": [{"at": START, "price_usd": 30_000}],
        "volatility": [{"since": START, "annual": 0.0}],
    }
    said = coins()
    for coin in said["owed"]:
        coin["prices"] = coin.get("prices", [])[:1]
    return {"markets": [market], "retail": {"coins": said}}


def hole_at_mark(run: RunFolder) -> list[tuple[date, Decimal]]:
    """Let DuckDB compute the hole of each day, with coins at the day's prices."""
    return run.select(
        """
        WITH days AS (SELECT DISTINCT date FROM postings),
        moved AS (
            SELECT date, commodity, -sum(units * unit) AS n FROM postings
            WHERE hole IN ('claim', 'liquid') GROUP BY ALL
        )
        SELECT days.date, sum(n * coalesce(
            (SELECT arg_max(usd, prices.date) FROM prices
             WHERE prices.commodity = moved.commodity AND prices.date <= days.date), 1))
        FROM days JOIN moved ON moved.date <= days.date GROUP BY ALL ORDER BY ALL
        """
    )


# ------------------------------------------------------------------------------- limiting cases


def test_coins_with_a_share_of_zero_give_the_same_books_as_claims_in_dollars(
    executed,
):
    without = executed(WORLD, retail={"coins": None})
    nothing = executed(WORLD, retail={"coins": coins(share=0.0, supply=0)})
    (month,) = (path.name for path in without.path.glob("????-??.beancount"))

    assert text_of(without, month) == text_of(nothing, month)


def text_of(run: RunFolder, name: str) -> str:
    """Return the ledger text of a month without the lines that mention coin dealers."""
    return "".join(
        line
        for line in (run.path / name).read_text().splitlines(keepends=True)
        if "Coin-Dealers" not in line
    )


def test_at_constant_prices_the_hole_is_the_same_with_claims_in_coins_or_in_dollars(executed):
    still = standing_still()
    in_kind = executed(WORLD, **still)
    in_dollars = executed(WORLD, **still | {"retail": {"coins": None}})

    assert hole_at_mark(in_kind) == hole_at_mark(in_dollars)


def test_at_constant_prices_the_queue_is_the_same_with_claims_in_coins_or_in_dollars(
    executed,
):
    still = standing_still() | {"group": {"uses": [use(1_900_000)]}}
    often = {"deposits_per_day": 20, "withdrawals_per_day": 90}
    in_kind = executed(WORLD, **still | {"retail": still["retail"] | often})
    in_dollars = executed(WORLD, **still | {"retail": often | {"coins": None}})
    waiting = [queue_usd(run, calendar(run)) for run in (in_kind, in_dollars)]

    assert hole_at_mark(in_kind) == hole_at_mark(in_dollars)
    assert waiting[0] == waiting[1]
    assert max(waiting[0]) > 0


def use(usd: int) -> dict[str, Any]:
    """Return the settings of the only use of money, with the amount *usd*."""
    (only,) = SCENARIO.group.uses
    return only.model_dump(exclude_none=True) | {"usd": usd}


# ------------------------------------------------------------------------------- the books


def test_the_books_of_every_day_pass_the_audit(run):
    assert [finding.problems for finding in audit(run.path, every_day=True)] == [()] * 7


def test_on_every_day_the_house_holds_or_has_lent_each_coin_that_it_owes(run):
    found = run.select(
        "SELECT date, commodity, sum(units) FROM postings WHERE entity = 'FTX' "
        "AND commodity IN (SELECT unnest(?)) AND kind IN ('Coins', 'CreditLine') "
        "GROUP BY ALL ORDER BY ALL",
        [COINS],
    )

    assert len(found) >= 3 * 3
    assert all(apart == 0 for *_, apart in found)
    assert tagged(run, "coins")


def tagged(run: RunFolder, tag: str) -> list[data.Transaction]:
    return [entry for entry in run.transactions if tag in entry.tags]


@pytest.fixture(scope="module")
def slow_dealers_run(executed) -> RunFolder:
    """Return a run with many withdrawals, in which dealers buy few coins a day.

    The maker's only use of money is smaller than in the scenario.
    """
    bought = {"coins": coins() | {"dealers_buy_usd_per_day": 60_000}}
    often = {"deposits_per_day": 20, "withdrawals_per_day": 120}
    days = {"day_ledgers": "all"}
    return executed(WORLD, run=days, retail=bought | often, group={"uses": [use(700_000)]})


def test_requests_for_dollars_wait_while_coins_are_paid_out_if_dealers_buy_few_coins(
    slow_dealers_run,
):
    run = slow_dealers_run
    waits = {note.commodity for note in run.notes(UnpaidRequest)}
    since = min(day for day, note in run.dated_notes(UnpaidRequest) if note.commodity == "USD")
    handed_over = {
        coin
        for entry in tagged(run, "withdrawal")
        for coin in COINS
        if entry.date > since and f" {coin} from " in entry.narration
    }

    assert waits == {"USD", *COINS}
    assert handed_over
    assert queue_usd(run, calendar(run))[-1] > 0


def test_on_each_day_dealers_pay_at_most_their_limit_plus_the_price_of_one_lot_of_each_coin(
    slow_dealers_run,
):
    sold: dict[date, Decimal] = {}
    for entry in tagged(slow_dealers_run, "coins"):
        paid = of(entry, "Assets:Coin-Dealers:Cash", "USD")
        sold[entry.date] = sold.get(entry.date, Decimal(0)) - min(paid, Decimal(0))
    # The last lot of each coin may exceed the limit. A lot of BTC costs about 300 dollars, a lot of
    # ALTS costs at most 20, and a lot of STABLE costs 1.
    lots_usd = Decimal(300 + 20 + 1)

    assert max(sold.values()) > 50_000
    assert all(usd <= 60_000 + lots_usd for usd in sold.values())


def test_separate_queues_for_coins_do_not_change_the_hole_if_dealers_buy_enough_coins(
    run, executed
):
    enough = executed(WORLD, retail={"coins": coins() | {"dealers_buy_usd_per_day": 10**9}})

    assert not run.notes(UnpaidRequest)
    assert hole_at_mark(enough) == hole_at_mark(run)


def test_the_books_pass_the_audit_if_dealers_buy_few_coins(slow_dealers_run):
    assert [f.problems for f in audit(slow_dealers_run.path, every_day=True)] == [()] * 7
    assert all(line.owed == line.there + line.lent for line in coin_lines(slow_dealers_run))


def coin_lines(run: RunFolder) -> list[LackingLine]:
    return [line for line in hole_in_kind(run).lines if line.commodity != "USD"]


def test_the_coin_alts_is_sold_at_the_price_of_the_day_or_of_the_day_before(run):
    (alts,) = (coin for coin in SCENARIO.owed_coins if coin.name == "ALTS")
    sold = [e for e in tagged(run, "coins") if "ALTS" in e.narration]

    for entry in sold:
        units, usd = (of(entry, "Equity:Alameda:Coins:ALTS", each) for each in ("ALTS", "USD"))
        assert units > 0 > usd
        # Before the first settlement of a day, the previous day's price applies.
        prices = {alts.price_usd_on(entry.date - timedelta(days=n)) for n in (0, 1)}
        assert -usd / units in {Decimal(str(price)) for price in prices if price}


def of(entry: data.Transaction, account: str, commodity: str) -> Decimal:
    found = (p.units for p in entry.postings if p.account == account)
    return sum((units.number for units in found if units.currency == commodity), Decimal(0))


def test_the_narrations_of_deposits_and_withdrawals_mention_each_coin(run):
    for tag, word in (("deposit", "deposits"), ("withdrawal", "withdraws")):
        told = [entry.narration for entry in tagged(run, tag) if word in entry.narration]
        for coin in COINS:
            assert any(f" {coin} " in each for each in told), (tag, coin)


def test_bean_query_gives_the_hole_in_kind_and_the_hole_at_market_prices(run):
    entries, _, options = loader.load_file(str(run.path / "main.beancount"))
    asked = {e.name: e.query_string for e in entries if isinstance(e, data.Query)}
    in_kind = dict(run_query(entries, options, asked["hole-in-kind"])[1])
    at_mark = dict(run_query(entries, options, asked["hole-at-mark"])[1])
    (*_, (_, last)) = hole_at_mark(run)

    assert {*in_kind} == {*COINS, "USD"}
    assert all(in_kind[coin] > 0 for coin in COINS)
    assert sum(each.get_only_position().units.number for each in at_mark.values()) == last


# ---------------------------------------------------------------- changes of the hole


def test_changes_by_price_and_by_quantity_explain_the_change_of_the_hole_at_market_prices(
    run,
):
    for day in calendar(run):
        found = hole_in_kind(run, day)

        assert found.day == day
        assert all(line.unexplained_usd == 0 for line in found.lines)
        assert found.at_mark_usd == dict(hole_at_mark(run))[day]
        assert_whole_cents(found.tables())
    assert found.by_price_usd < 0 < found.by_use_usd  # the coins that the maker sold became cheaper


def test_in_verdicts_and_studies_the_hole_includes_coins_at_market_prices(run, tiny_run):
    in_kind = hole_in_kind(run).at_mark_usd

    assert in_kind != hole(run).hole_usd
    assert RunEvidence(run).missing_usd == FIGURES["hole"].of(RunEvidence(run)) == in_kind
    assert figures(run, load_record())["hole_usd"] == float(in_kind)
    assert RunEvidence(tiny_run).missing_usd == hole(tiny_run).hole_usd


def test_in_counterfactuals_sweeps_and_attributions_the_hole_includes_coins_at_market_prices(
    run, tmp_path, monkeypatch
):
    in_kind = hole_in_kind(run)
    for module, name in ((sweep, "books_of"), (coalitions_played, "books_of_accounts")):
        monkeypatch.setattr(module, name, lambda _: nullcontext(run))
    monkeypatch.setattr(experiment, "cores", lambda: 1)
    compared = compare(run, run, without(run, "Coins"))
    swept = sweep.sweep(str(WORLD), "maker.credit_line_usd", ["1e9"], [1], [])
    ventures = ("Ventures",)
    kept = KeptResults(tmp_path / "kept", {})
    played = coalitions_played.play_all(SCENARIO, ventures, kept)
    values = coalitions_played.play([frozenset()], ventures, kept, executor=None)
    found = attribute(SCENARIO, ventures, 4, played, lambda _: values)

    for report in (compared, swept, found):
        assert spoken(in_kind.at_mark_usd) in report.answer()
        assert AT_MARK in " ".join((report.answer(), *report.tables()[0].notes))
    assert compared.at_mark_usd == (in_kind.at_mark_usd,) * 2
    assert swept.holes_usd("1e9") == [in_kind.at_mark_usd]
    assert found.values == dict.fromkeys(
        [frozenset(), frozenset(ventures)], Fraction(in_kind.at_mark_usd)
    )
    *parts, total = (row[1] for row in found.tables()[0].rows)
    assert sum(parts) == total == in_kind.at_mark_usd


def test_an_independent_calculation_gives_the_same_effect_of_changed_quantities_on_the_hole(run):
    """DuckDB sums the postings of claims and liquid assets after the first day.

    The prices of a coin are from the scenario, or from the books if the scenario states none.
    """
    stated = [
        (coin.name, day, coin.price_usd_on(day))
        for coin in SCENARIO.owed_coins
        for day in calendar(run)
        if coin.prices
    ]
    names, days, usd = zip(*stated, strict=True)
    ((use,),) = run.select(
        """
        WITH stated AS (SELECT unnest(?) AS commodity, unnest(?) AS date, unnest(?) AS usd),
        marks AS (
            FROM stated UNION ALL
            SELECT commodity, date, usd FROM prices WHERE commodity NOT IN (FROM unnest(?))
        )
        SELECT -sum(units * unit * coalesce(usd, 1)) FROM postings
        LEFT JOIN marks USING (commodity, date)
        WHERE hole IN ('claim', 'liquid') AND date > ?
        """,
        [names, days, [Decimal(str(each)) for each in usd], names, START],
    )

    assert hole_in_kind(run).by_use_usd == use


def test_at_constant_prices_the_hole_changes_by_quantity_but_not_by_price(executed):
    found = hole_in_kind(executed(WORLD, **standing_still()))

    assert found.by_price_usd == 0 < found.by_use_usd


def test_the_missing_quantity_of_coins_is_reported_by_the_commands_solvency_and_where(
    run, tiny_run
):
    for report in (where(run), solvency(run, calendar(run)[-1])):
        assert {"hole-in-kind", "hole-by-price-and-use"} <= {t.name for t in report.tables()}
        assert " STABLE are missing. At the prices of 2022-05-14" in report.answer()
    for name in ("cash-by-receiver", "cash-change", "bridge"):
        (table,) = (each for each in where(run).tables() if each.name == name)
        owed_usd = sum(
            n.owed * n.mark_usd for n in where(run).in_kind.lines if n.commodity != "USD"
        )
        assert "in BTC, ALTS and STABLE are not included" in table.notes[-1]
        assert f"the claims in coins are worth {spoken(owed_usd)}: see" in table.notes[-1]
    assert not any("has only dollars" in n for t in where(tiny_run).tables() for n in t.notes)
    assert ", coins left out, and" in where(run).answer()


def test_a_coin_of_which_the_group_holds_more_than_it_owes_is_not_called_missing(run):
    found = hole_in_kind(run)
    btc, *others = found.lines
    spare = replace(btc, owed=btc.there - Decimal("1.50"))

    said = replace(found, lines=(spare, *others)).answer()

    assert btc.commodity == "BTC"
    assert "and the group holds 1.50 BTC more than it owes. At the prices" in said
    assert "BTC" not in said.partition(" are missing")[0]


def test_without_a_hole_in_dollars_the_sentence_says_that_no_dollar_is_missing_if_coins_are_owed(
    tiny_run,
):
    said = in_a_sentence(hole(tiny_run), "FTX", in_coins=True)

    assert said.endswith(": no dollar is missing.")
    assert in_a_sentence(hole(tiny_run), "FTX").endswith(": nothing is missing.")


def test_the_hole_by_quarter_says_that_coins_are_left_out(run, tiny_run):
    by_quarter = where_by_quarter(run)
    (table,), (in_dollars,) = by_quarter.tables(), where_by_quarter(tiny_run).tables()

    assert by_quarter.answer().startswith("The hole in dollars is ")
    assert any("in BTC, ALTS and STABLE are not included" in note for note in table.notes)
    assert not any("not included" in note for note in in_dollars.notes)
    assert " STABLE are missing" in answer(run)
    assert hole_in_kind(tiny_run) is None
    assert "lacking" not in where(tiny_run).answer()


@pytest.mark.parametrize("table", ["hole-in-kind", "hole-by-price-and-use"])
def test_each_table_of_the_hole_in_kind_can_be_printed_by_its_name(run, table):
    for command in (["where", str(run.path)], ["solvency", str(run.path), "2022-05-12"]):
        printed = CliRunner().invoke(main, [*command, "--table", table])

        assert printed.exit_code == 0, printed.output
        assert "ALTS" in printed.output


def test_the_timeline_values_coins_at_the_prices_of_the_day(run):
    at_mark = dict(hole_at_mark(run))
    for at in standings(run):
        assert at.hole_usd == at_mark[at.day]
        assert at.unexplained_usd == at.within_group_usd == 0
        assert at.net_at_mark_usd == solvency(run, at.day).consolidated.net_at_mark_usd
    for close, at in zip(closes(run), standings(run), strict=True):
        assert close.claims_usd == at.claims_usd
        assert close.house_cash_usd == at.house_cash_usd
        assert close.credit_drawn_usd == at.credit_drawn_usd
    for day, at in zip(holes_by_day(run), standings(run), strict=True):
        assert day.hole_usd == at.hole_usd
        assert day.hole_of_exchange_usd == at.hole_of_exchange_usd


def test_the_sentence_about_the_first_day_of_the_hole_values_coins_at_market_prices(run):
    opened = hole_opened(run)

    assert opened.growth is None
    assert opened.in_a_sentence() in where(run).answer()
    assert opened.in_a_sentence() == (
        f"With coins at market prices the hole stayed open from {opened.day} on."
    )


def test_the_groups_balance_sheet_shows_the_missing_coins_but_the_exchanges_balance_sheet_does_not(
    run,
):
    found = solvency(run, calendar(run)[-1])
    coins_usd = sum(n.lacking_usd for n in found.in_kind.lines if n.commodity != "USD")

    assert {sheet.difference_usd for sheet in found.sheets.values()} == {0}
    assert found.sheets["FTX"].unbooked_usd == 0
    assert found.consolidated.unbooked_usd == -coins_usd < 0


def test_books_without_coins_have_no_saved_query_for_the_hole_in_kind(tiny_run):
    assert "hole-in-kind" not in (tiny_run.path / "main.beancount").read_text()
