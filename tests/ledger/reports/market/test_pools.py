"""Entries of liquidity pools balance, and the report on pools agrees with bean-query."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bean_queries import asking
from beancount import loader
from beancount.core import data
from click.testing import CliRunner
from folder_contents import contents
from hypothesis import given
from hypothesis import strategies as st

from ledger.kinds import Kind
from ledger.notes import TradedPool
from ledger.pools import Arbitrages, arbitrage_pool, close_pool, open_pool
from ledger.proof import invariants
from ledger.reports.life.balance_sheet import sheets
from ledger.reports.life.standing import standings
from ledger.reports.market.pool_results import pool_days, pools
from ledger.reports.money.cash import cash_statement
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from ledger.transaction import check_balance, kind_of
from runs import removals
from runs.cli.main import main
from runs.execute import execute
from runs.full_audit import audit
from runs.scenarios import load

WORLD = Path(__file__).parents[3] / "worlds" / "pools.toml"
SCENARIO = load(str(WORLD))
LAST = date(2022, 6, 2)


@pytest.fixture(scope="module")
def run(executed) -> RunFolder:
    return executed(WORLD)


@pytest.fixture(scope="module")
def without(executed) -> RunFolder:
    """Return a run of the same world without pools, in which the maker keeps its tokens."""
    return executed(WORLD, group={"pools": None})


@pytest.fixture(scope="module")
def ask(run) -> Callable[[str], list[tuple]]:
    """Return a function that queries the run's books with bean-query."""
    return asking(run, "check.beancount")


def opened_before(run: RunFolder, day: date) -> list[tuple]:
    """Return the entries before a day, without the opening balances."""
    return [
        (entry.date, entry.narration, [(p.account, p.units) for p in entry.postings])
        for entry in run.transactions
        if entry.date < day and "opening" not in entry.tags
    ]


# ---- single entries


@given(
    units=st.integers(-(10**9), 10**9),
    cents=st.integers(-(10**12), 10**12),
    fee_cents=st.integers(0, 10**9),
    outside_cents=st.integers(-(10**12), 10**12),
)
def test_an_arbitrage_entry_balances_in_the_books_of_all_three_parties(
    units, cents, fee_cents, outside_cents
):
    day = Arbitrages(1, units, cents, fee_cents, outside_cents)

    entry = arbitrage_pool(0, "Alameda", "Arbitrageurs", "SOL", day)

    check_balance(entry.narration, entry.postings)
    money = [
        p.units for p in entry.postings if p.commodity == "USD" and p.account.startswith("Assets:")
    ]
    assert sum(money) == 0


def test_closing_a_pool_has_the_postings_of_its_opening_with_the_opposite_sign():
    into = open_pool(0, "Alameda", "SOL", 7, 1_000, "for 30 bps")
    out_of = close_pool(0, "Alameda", "SOL", 7, 1_000)

    check_balance(into.narration, into.postings)
    assert [(p.account, -p.units) for p in into.postings] == [
        (p.account, p.units) for p in out_of.postings
    ]
    assert into.links == out_of.links


# ---- a whole run


@pytest.mark.parametrize(
    ("every_day", "days"), [(False, 2), pytest.param(True, 5, marks=pytest.mark.slow)]
)
def test_a_run_with_pools_passes_the_audit(run, every_day, days):
    findings = list(audit(run.path, every_day))

    assert [finding.problems for finding in findings] == [()] * 7
    assert f" {days} of 5 days, each alone" in findings[-1].step


def test_a_run_simulated_quote_by_quote_has_the_same_bytes_as_a_run_simulated_by_intervals(
    run, tmp_path
):
    execute(SCENARIO, tmp_path / "run", every_quote=True)

    assert contents(tmp_path / "run") == contents(run.path)


def test_a_pool_returns_all_its_dollars_and_tokens_when_it_is_closed(run, ask):
    (closing,) = (e for e in run.transactions if "pool" in e.tags and e.date == date(2022, 6, 1))
    held = dict(
        ask("SELECT account, sum(number) WHERE account ~ ':Pool(s)?:SOL$' GROUP BY account")
    )

    moved = {p.account: p.units.number for p in closing.postings}
    assert moved["Assets:Alameda:Pools:SOL"] < -18_000_000
    assert moved["Assets:Alameda:Cash"] == -moved["Assets:Alameda:Pools:SOL"]
    assert moved["Assets:Alameda:Tokens:SOL"] == -moved["Assets:Alameda:Tokens:Pool:SOL"]
    assert set(held.values()) == {0}
    assert len(held) == 2


def test_dollars_in_pools_are_liquid_assets(run, ask):
    cash_by_day = ask(
        "SELECT date, last(balance) AS held WHERE account ~ '^Assets:.*:(Cash$|Pools:)' "
        "GROUP BY date"
    )
    ((in_pool,),) = ask("SELECT sum(number) WHERE account = 'Assets:Alameda:Pools:FTT'")

    assert len(cash_by_day) == 5
    assert len({str(held) for _, held in cash_by_day}) == 1
    assert hole(run).liquid_usd["Assets:Alameda:Pools:FTT"] == in_pool > 9_000_000
    assert cash_statement(run).closing_usd > in_pool
    assert "not named" not in {party.party for party in cash_statement(run).parties}


def test_fees_of_pools_are_a_source_of_money_and_the_hole_is_fully_explained(run, ask):
    the_hole = hole(run)
    ((fees,),) = ask("SELECT sum(number) WHERE account = 'Income:Alameda:Pools'")

    assert the_hole.unexplained_usd == 0
    assert the_hole.kinds_usd["Pools"] == fees < 0
    assert the_hole.kinds_usd["Grants"] == 3_000_000
    assert all(at.unexplained_usd == at.within_group_usd == 0 for at in standings(run))


def test_tokens_in_a_pool_are_valued_like_other_tokens(run, ask):
    sheet = sheets(run, LAST)["Alameda"]
    lines = {line.account: line for line in sheet.lines}
    ((units,),) = ask("SELECT sum(number) WHERE account = 'Assets:Alameda:Tokens:Pool:FTT'")
    marks = [e for e in run.entries if isinstance(e, data.Price) and e.currency == "SOL"]

    assert sheet.difference_usd == 0
    assert units > 300_000
    assert "Assets:Alameda:Tokens:Pool:FTT" not in lines  # the group's own token counts as zero
    (at,) = (at for at in standings(run) if at.day == date(2022, 5, 29))
    # The group has 1,000,000 SOL. The pool has 461,041 of these.
    assert at.paper_usd == 1_000_000 * marks[0].amount.number


# ---- the report


def rows_of(run: RunFolder) -> dict[tuple[str, str], dict]:
    (table,) = pools(run).tables()
    return {row[:2]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


def test_fees_and_losses_in_the_report_equal_the_account_balances(run, ask):
    found = rows_of(run)

    for token, month, condition in (
        ("SOL", "2022-05", "month = 5"),
        ("SOL", "2022-06", "month = 6"),
        ("FTT", "2022-06", "month = 6"),
    ):
        sums = dict(
            ask(
                "SELECT account, -sum(number) WHERE account ~ '^Income:.*:Pools' AND year = 2022 "
                f"AND {condition} AND 'pool-{token.lower()}' IN links GROUP BY account"
            )
        )
        row = found[token, month]
        assert row["fees_usd"] == sums.get("Income:Alameda:Pools", 0)
        assert row["arbitrageurs_usd"] == sums["Income:Arbitrageurs:Pools"]
        assert row["loss_usd"] == row["fees_usd"] + row["arbitrageurs_usd"]
    assert found["FTT", "all"] == found["FTT", "2022-06"] | {"month": "all"}
    assert [place for place in found if place[1] == "all"] == [("SOL", "all"), ("FTT", "all")]


def test_the_expected_loss_is_variance_times_value_divided_by_eight(run):
    """On the first day the pool has 20,000,000.00 dollars, and tokens of the same value."""
    noted = run.notes(TradedPool)
    first = next(pool_days(run))

    assert (first.token, first.value_usd) == ("SOL", 40_000_000)
    assert TradedPool(first.token, first.blocks, Decimal(str(first.variance))) == noted[0]
    assert first.expected_usd == pytest.approx(40_000_000 / 8 * float(noted[0].variance))
    assert (
        sum(each.blocks for each in noted if each.token == "SOL")
        == (rows_of(run)["SOL", "all"]["blocks"])
    )


@pytest.mark.parametrize(("token", "within_pct"), [("SOL", 10), ("FTT", 3)])
def test_the_loss_of_a_pool_is_near_the_expected_loss(run, token, within_pct):
    """The expected loss uses the realised variance. So chance causes only a small difference.

    The pool of SOL has a fee. Its loss also depends on the sequence of the price moves, so the
    test accepts a larger difference for this pool.
    """
    row = rows_of(run)[token, "all"]

    assert abs(row["of_expected_pct"] - 100) < within_pct
    assert row["trades"] <= row["blocks"]


def test_a_fee_prevents_arbitrage_in_most_blocks_and_returns_most_of_the_loss_to_the_maker(run):
    found = rows_of(run)
    charged, free = found["SOL", "all"], found["FTT", "all"]

    assert charged["trades"] < charged["blocks"] / 5
    assert charged["fees_usd"] > charged["loss_usd"] / 2
    assert free["trades"] > free["blocks"] * 3 / 4
    assert free["fees_usd"] == 0


def test_the_pools_command_prints_the_report(run):
    printed = CliRunner().invoke(main, ["pools", str(run.path), "--format", "csv"])

    assert printed.exit_code == 0
    assert [line.split(",")[:2] for line in printed.output.splitlines()[1:]] == [
        list(place) for place in rows_of(run)
    ]


def test_the_report_is_empty_if_there_are_no_pools(tiny_run):
    (table,) = pools(tiny_run).tables()

    assert table.rows == []


# ---- counterfactuals


def test_a_run_without_pools_has_no_accounts_of_pools_and_has_the_same_fills_until_a_pool_opens(
    run, without
):
    assert Kind.POOLS in {kind_of(account) for account in run.opens}
    assert Kind.POOLS not in {kind_of(account) for account in without.opens}
    assert not [account for account in without.opens if "Arbitrageurs" in account]
    # The first pool opens at the end of 2022-05-29. Before this time both runs have the same fills.
    ours, theirs = (
        connection.execute(
            "SELECT * EXCLUDE seq FROM rows WHERE time::DATE <= '2022-05-29' ORDER BY seq"
        ).fetchall()
        for connection in (run.connect(), without.connect())
    )
    assert ours == theirs
    assert len(ours) > 300


def test_a_counterfactual_can_remove_pools_and_tokens(run):
    assert removals.without(run, "Pools").scenario.group.pools is None
    bare = removals.without(run, "Tokens").scenario.group
    assert (bare.pools, bare.tokens) == (None, ())


def test_entries_before_the_opening_of_a_pool_are_the_same_in_a_run_without_this_pool(
    run, executed
):
    only = SCENARIO.group.pools[0].model_dump(exclude_none=True)
    other = executed(WORLD, group={"pools": (only,)})
    day = date(2022, 5, 31)

    assert opened_before(other, day) == opened_before(run, day)
    assert len(opened_before(run, day)) > 20
    assert "Assets:Alameda:Pools:FTT" not in other.opens


def test_arbitrage_with_a_pool_is_the_same_if_the_dollars_in_the_pool_lift_the_mark_of_the_token(
    run, executed
):
    lift = {"elasticity": 0.5, "reference_usd": 1_000_000.0}
    lifted = executed(WORLD, group={"lift": lift})
    day = date(2022, 5, 29)

    marks = [
        next(e.amount.number for e in each.entries if isinstance(e, data.Price) and e.date == day)
        for each in (run, lifted)
    ]
    assert float(marks[1] / marks[0]) == pytest.approx(2.522261, abs=1e-6)  # 1 + ln(21) / 2
    assert opened_before(lifted, day) == opened_before(run, day)
    trades = [
        [e.narration for e in each.transactions if "arbitrage" in e.tags] for each in (run, lifted)
    ]
    assert trades[0] == trades[1]
    assert loader.load_file(str(lifted.path / "check.beancount"))[1] == []


# ---- wrongly booked pools

HEAD = """
option "tolerance_multiplier" "0"
2022-05-01 open Assets:Alameda:Cash USD
  hole: "liquid"
2022-05-01 open Assets:Alameda:Pools:SOL USD
  hole: "liquid"
2022-05-01 open Equity:Alameda:Opening USD
  hole: "cause"
2022-05-01 * "Opening" #opening
  seq: 1
  time: "00:00:00.000000"
  Assets:Alameda:Cash            100.00 USD
  Equity:Alameda:Opening        -100.00 USD
"""


def broken(ledger: str) -> set[str]:
    entries, errors, options = loader.load_string(HEAD + ledger)
    assert errors == []
    return {error.invariant for error in invariants.check(entries, options)[1]}


@pytest.mark.parametrize(
    ("postings", "found"),
    [
        ("Assets:Alameda:Pools:SOL 60.00 USD\n  Assets:Alameda:Cash -60.00 USD", set()),
        (
            "Assets:Alameda:Pools:SOL 60.00 USD\n  Equity:Alameda:Opening -60.00 USD",
            {"world-cash-is-constant"},
        ),
        (
            "Assets:Alameda:Cash 1.00 USD\n  Assets:Alameda:Pools:SOL -1.00 USD",
            {"no-negative-cash"},
        ),
    ],
)
def test_an_invariant_fails_if_dollars_of_a_pool_come_from_nowhere_or_are_negative(postings, found):
    entry = f'2022-05-02 * "It moves" #pool\n  seq: 2\n  time: "23:59:59.999999"\n  {postings}\n'

    assert broken(entry) == found
