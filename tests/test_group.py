"""The books of a group that borrows, sells shares, spends, holds tokens and takes positions."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bean_queries import asking
from beancount import loader
from beancount.core import data
from beancount.core.amount import Amount

from des.treasury.purse import Purse
from ledger.accounts import cash, debt
from ledger.kinds import Kind
from ledger.notes import RoundValuation, UnpaidRecall, UnpaidUse
from ledger.reports.life.milestones import Milestone
from ledger.reports.life.timeline import timeline
from ledger.reports.money.hole import hole
from ledger.reports.money.where import where
from ledger.reports.trail.entity_books import books
from ledger.run_folder import RunFolder
from ledger.transaction import kind_of
from runs.execute import execute
from runs.full_audit import audit
from runs.scenarios import load

GROUP = Path(__file__).parent / "worlds" / "group.toml"
SCENARIO = load(str(GROUP))
USES = SCENARIO.group.model_dump(exclude_none=True)["uses"]
# the last day of May, and the last day of the run
CLOSES = (date(2022, 5, 31), date(2022, 6, 3))
MAKER, HOUSE = SCENARIO.maker.name, SCENARIO.house.name


@pytest.fixture(scope="module")
def run(executed) -> RunFolder:
    return executed(GROUP)


@pytest.fixture(scope="module")
def ask(run) -> Callable[[str], list[tuple]]:
    """Return a function that queries the run's books with Beancount's own tool."""
    return asking(run)


def rows_of(run: RunFolder, condition: str = "true") -> list[tuple]:
    """Return the fills and payments that satisfy a condition, sorted by sequence number."""
    with run.connect() as connection:
        return connection.execute(f"FROM rows WHERE {condition} ORDER BY seq").fetchall()


def lines_of(run: RunFolder, before: date) -> list[str]:
    """Return the text of each ledger entry that is dated before a day."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(run.path.glob("20*.beancount"))]
    entries = [entry for text in texts for entry in text.split("\n\n")]
    return [entry for entry in entries if entry.lstrip("; ")[:10] < str(before)]


def usd(dollars: int) -> Amount:
    return Amount(Decimal(dollars), "USD")


def tagged(run: RunFolder, tag: str) -> list[data.Transaction]:
    return [entry for entry in run.transactions if tag in entry.tags]


def moved(entry: data.Transaction, account: str) -> Decimal:
    return sum((p.units.number for p in entry.postings if p.account == account), Decimal(0))


# ------------------------------------------------------------------------------- the books


def test_the_books_of_every_day_pass_the_audit(run):
    findings = list(audit(run.path, every_day=True))

    assert [finding.problems for finding in findings] == [()] * 7
    assert " 5 of 5 days, each alone" in findings[-1].step


def test_beancount_loads_the_books_without_errors(run):
    for name in ("main.beancount", "check.beancount"):
        assert loader.load_file(str(run.path / name))[1] == []


@pytest.mark.parametrize("close", CLOSES)
def test_debts_within_the_group_sum_to_zero_and_the_books_of_every_entity_balance(ask, close):
    def total(where: str) -> Decimal:
        ((number,),) = ask(f"SELECT sum(number) AS n WHERE date <= {close} AND {where}")
        return number

    by_entity = ask(
        "SELECT splitcomp(account, ':', 1) AS entity, currency, sum(number) AS must_be_zero "
        f"WHERE date <= {close} AND NOT account ~ ':Contracts:' GROUP BY entity, currency"
    )

    assert total("open_meta(account, 'hole') = 'group'") == 0
    assert total("account ~ ':(Claims|Customers):'") == 0
    assert total("account ~ ':(Loans|Shares):'") == 0
    assert total("account ~ '^Assets:.*:Shares:'") == 150_000
    assert {entity for entity, *_ in by_entity} >= {HOUSE, MAKER, "Lender01", "MineCo", "Outside"}
    assert {residual for *_, residual in by_entity} == {0}


@pytest.mark.parametrize("close", CLOSES)
def test_the_hole_is_the_sum_of_its_causes(ask, close):
    parts = dict(
        ask(
            "SELECT open_meta(account, 'hole') AS part, sum(number) AS usd "
            f"WHERE date <= {close} AND currency = 'USD' GROUP BY part"
        )
    )

    assert -parts["claim"] - parts["liquid"] == parts["cause"] != 0


def test_the_causes_of_the_group_explain_the_whole_hole(run):
    the_hole = hole(run)

    assert the_hole.unexplained_usd == 0
    assert set(the_hole.kinds_usd) >= {
        "Ventures", "Sponsorship", "Buyback", "Politics", "Acquisitions", "Tokens", "Interest",
        "Operations", "Loans", "Shares", "Directional",
    }  # fmt: skip
    assert the_hole.kinds_usd["Ventures"] == 250_000
    # The acquisition is not paid, because the house does not have enough money.
    assert the_hole.kinds_usd["Acquisitions"] == 0
    assert the_hole.kinds_usd["Tokens"] == 42_000
    assert the_hole.kinds_usd["Shares"] == -150_000
    tables = {table.name: table for table in where(run).tables()}
    received = {row[0]: row[3] for row in tables["cash-by-receiver"].rows}
    assert received["First-Investor"] == 700_000
    assert received["Investors"] == -150_000


def test_the_total_cash_of_all_entities_is_constant(ask):
    cash_by_day = ask(
        "SELECT date, last(balance) AS held WHERE account ~ '^Assets:[^:]+:Cash$' GROUP BY date"
    )

    assert len(cash_by_day) == 5
    assert len({str(held) for _, held in cash_by_day}) == 1


def test_the_maker_buys_all_tokens_of_the_parties_that_hold_them_at_the_start(ask):
    held = ask(
        "SELECT account, currency, sum(number) AS n WHERE account ~ '^Assets:.*:Tokens:' "
        "GROUP BY account, currency ORDER BY account"
    )

    assert held == [
        ("Assets:Alameda:Tokens:FTT", "FTT", 10),
        ("Assets:Alameda:Tokens:SOL", "SOL", 5_000),
        ("Assets:FTX:Tokens:FTT", "FTT", 0),
        ("Assets:Outside:Tokens:SOL", "SOL", 0),
    ]


def test_tokens_have_a_price_on_every_day_on_which_they_are_held(run):
    prices = [entry for entry in run.entries if isinstance(entry, data.Price)]
    sol = {entry.date.day: entry.amount.number for entry in prices if entry.currency == "SOL"}

    assert sol == {day: Decimal(usd) for day, usd in zip((30, 31, 1, 2, 3), SOL, strict=True)}
    assert sum(entry.currency == "FTT" for entry in prices) == 4  # every day from 31 May


SOL = ("45.5", "45.5", "45.5", "12.25", "12.25")


# ---------------------------------------------------------------------------- payments


def test_uses_of_money_are_paid_on_their_stated_days_if_there_is_enough_money(run):
    paid = [
        (entry.date, entry.payee, -moved(entry, cash(MAKER)) - moved(entry, cash(HOUSE)))
        for entry in run.transactions
        if entry.tags & {"use", "venture"}
    ]

    assert paid == [
        (date(2022, 5, 30), "MineCo", 250_000),
        (date(2022, 5, 31), "Stadium", Decimal("15000.01")),
        (date(2022, 6, 1), "Stadium", 15_000),
        (date(2022, 6, 1), "First-Investor", 700_000),
        (date(2022, 6, 2), "Outside", 30_000),
    ]


def test_a_use_of_money_that_cannot_be_paid_has_a_note_and_no_payment(run):
    bid = UnpaidUse("MineCo", Decimal(20_000_000), Kind.ACQUISITIONS)

    assert run.dated_notes(UnpaidUse) == [(date(2022, 6, 3), bid)]
    assert not [entry for entry in run.transactions if "use-mineco-2" in entry.links]


def test_if_a_lender_lowers_its_limit_the_part_of_the_debt_above_the_limit_is_repaid(run):
    (called, *_) = recalls = tagged(run, "recall")

    assert (called.date, called.payee) == (date(2022, 6, 2), "Lender01")
    assert moved(called, debt(MAKER, "Lender01")) == 250_000
    assert [entry.payee for entry in recalls] == [
        "Lender01",
        "Lender02",
    ]  # the tokens that are pledged to Lender02 lost value
    assert not run.notes(UnpaidRecall)


def test_with_a_small_credit_line_a_recall_is_paid_in_part_and_the_unpaid_part_remains_a_debt(
    executed,
):
    run = executed(GROUP, maker={"credit_line_usd": 460_000})
    (day, noted), *_ = run.dated_notes(UnpaidRecall)
    account, unpaid = noted.debt, noted.usd

    owed = -sum(moved(entry, account) for entry in run.transactions)
    assert (day, account) == (date(2022, 6, 2), debt(MAKER, "Lender01"))
    assert 0 < unpaid < 250_000
    assert timeline(run).firsts[Milestone.LENDER_NOT_PAID].day == day
    assert 150_000 <= owed <= 150_000 + unpaid
    assert list(audit(run.path))[2].problems == ()


@pytest.fixture(scope="module")
def five_weeks(executed) -> RunFolder:
    """Return a run of five weeks with two month ends, in which the price seldom changes."""
    market = SCENARIO.markets[0].model_dump(exclude_none=True)
    market["price"] |= {"ticks_per_s": 0.01}
    market["demand"] = tuple({"month": f"2022-0{n}", "usd": 1.2e8} for n in (5, 6, 7))
    span = {"start": date(2022, 5, 30), "end": date(2022, 7, 3), "day_ledgers": ()}
    return executed(GROUP, run=span, markets=(market,))


@pytest.mark.parametrize(("lender", "rate_pct"), [("Lender01", 8), ("Lender02", Decimal("12.5"))])
def test_monthly_interest_is_computed_from_the_debt_at_the_end_of_each_day_of_the_month(
    five_weeks, lender, rate_pct
):
    owed = Decimal(0)
    by_day = {}
    for entry in five_weeks.transactions:
        owed -= moved(entry, debt(MAKER, lender))
        by_day[entry.date] = owed
    paid = {
        entry.date: moved(entry, "Expenses:Alameda:Interest")
        for entry in tagged(five_weeks, "interest")
        if entry.payee == lender
    }

    for first, month in ((date(2022, 6, 1), 5), (date(2022, 7, 1), 6)):
        due = sum(usd for day, usd in by_day.items() if day.month == month) * rate_pct / 100 / 365
        assert abs(paid.pop(first, 0) - due) <= Decimal("0.005")
    assert not paid


def test_operating_costs_are_a_share_of_the_fees_of_the_previous_month(five_weeks):
    paid = tagged(five_weeks, "operations")

    assert [(entry.date, entry.payee) for entry in paid] == [
        (date(2022, 6, 1), "Outside"),
        (date(2022, 7, 1), "Outside"),
    ]
    for entry in paid:
        month = entry.date.month - 1
        entries = [each for each in five_weeks.transactions if each.date.month == month]
        fees = -sum(moved(each, "Income:FTX:Fees") for each in entries)
        assert fees > 1_000
        assert abs(moved(entry, "Expenses:FTX:Operations") - fees / 4) <= Decimal("0.005")


def test_the_house_receives_cash_in_a_funding_round_and_the_valuation_is_only_a_note(run):
    (sold,) = tagged(run, "equity")

    assert moved(sold, cash(HOUSE)) == 150_000
    noted = RoundValuation("series-b", Decimal(150_000), Decimal(20_000_000))
    assert run.notes(RoundValuation) == [noted]
    numbers = {p.units.number for entry in run.transactions for p in entry.postings}
    assert 20_000_000 not in {abs(number) for number in numbers}


# ---------------------------------------------------------------------------- counterfactuals


@pytest.mark.parametrize("place", range(len(USES)), ids=[use["kind"] for use in USES])
def test_the_removal_of_a_use_of_money_changes_no_earlier_entry(run, executed, place):
    removed = USES[place]
    uses = tuple(use for use in USES if use is not removed)
    without = executed(GROUP, group={"uses": uses})
    day = removed["date"]

    assert removed["kind"] not in {kind_of(account) for account in without.opens}
    assert lines_of(without, day) == lines_of(run, day)
    # The use is paid at the end of its day, so the fills of that day are also equal.
    until = f"time::DATE <= '{day}'"
    assert rows_of(without, until) == rows_of(run, until)
    assert len(rows_of(run, until)) > 300


def test_a_group_without_activity_writes_the_same_books_as_a_scenario_without_a_group(
    tiny_run, executed
):
    run = executed("tiny", group={"house_cost_share": 0.0})

    for name in ("main.beancount", "2022-05.beancount", "fills/2022-05.parquet"):
        assert (run.path / name).read_bytes() == (tiny_run.path / name).read_bytes()


def test_without_long_positions_there_is_no_directional_account_and_no_directional_fill(executed):
    without = executed(GROUP, group={"longs": ()})

    assert not [account for account in without.opens if "Directional" in account]
    assert not rows_of(without, "taker = 'Alameda:Directional'")


@pytest.mark.parametrize("never", [True, False])
def test_the_house_lends_money_of_customers_unless_the_scenario_forbids_this(
    never, monkeypatch, tmp_path
):
    left = []  # after each draw: the house's cash minus all claims except the maker's, in cents

    def noting(name: str) -> None:
        brings_money = getattr(Purse, name)

        def noted(purse: Purse, *arguments: object) -> None:
            before = purse.credit.drawn_cents
            brings_money(purse, *arguments)
            if purse.credit.drawn_cents > before:
                claims = purse._house.claims
                outsiders = int(claims.sum() - claims[purse._maker])
                left.append(purse._custody.till(HOUSE) - outsiders)

        monkeypatch.setattr(Purse, name, noted)

    noting("raise_cash")
    noting("cover_debit")
    group = {"never_lend_customer_money": never}

    execute(load(str(GROUP), {"group": group, "run": {"day_ledgers": ()}}), tmp_path / "run")

    assert len(left) > 3
    assert (min(left) >= 0) is never
    assert (hole(RunFolder.at(tmp_path / "run")).hole_of_exchange_usd <= 0) is never


# ------------------------------------------ the directional book: long positions held for a gain


def test_the_result_of_the_directional_book_is_a_separate_cause_of_the_hole(run):
    with run.connect() as connection:
        ((bought, sold, edge, fee),) = connection.execute(
            "SELECT sum(lots) FILTER (lots > 0), sum(lots) FILTER (lots < 0), "
            "sum(edge_cents), sum(fee_cents) FROM rows "
            "WHERE taker = 'Alameda:Directional' AND motive = 'hedging'"
        ).fetchall()
        ((paid,),) = connection.execute(
            "SELECT sum(edge_cents) FROM rows WHERE taker = 'Alameda:Directional' "
            "AND motive IN ('variation-margin', 'funding')"
        ).fetchall()

    assert bought == -sold > 1_000
    costs = hole(run).kinds_usd["Directional"]
    assert costs == Decimal(fee - edge - paid) / 100


def test_the_directional_book_sells_its_position_if_a_margin_call_cannot_be_paid(executed):
    long = SCENARIO.group.longs[0].model_dump() | {"usd": 4_000_000.0, "until": date(2022, 7, 1)}
    run = executed(
        GROUP,
        group={"longs": (long,), "lenders": (), "uses": (), "tokens": ()},
        maker={"credit_line_usd": 0.0},
    )
    closed = [
        e.date for e in run.entries if isinstance(e, data.Event) and "closed" in e.description
    ]

    assert len(closed) == 1
    with run.connect() as connection:
        held, after = connection.execute(
            "SELECT sum(lots), sum(lots) FILTER (time > ?::DATE + INTERVAL 2 DAY) FROM rows "
            "WHERE taker = 'Alameda:Directional' AND motive = 'hedging'",
            [closed[0]],
        ).fetchone()
    assert held == 0
    assert not after
    assert list(audit(run.path))[2].problems == ()


# ------------------------------------------------------------------------------- the report


def test_the_report_on_the_books_of_an_entity_shows_its_contracts_and_tokens(run):
    tables = {table.name: table for table in books(run, MAKER).tables()}

    assert [row[0] for row in tables["contracts"].rows] == [
        "Assets:Alameda:Contracts:FTX:Quoter",
        "Assets:Alameda:Contracts:Binance:Quoter",
        "Assets:Alameda:Contracts:Binance:Directional",
    ]
    assert {row[1] for row in tables["tokens"].rows} == {"SOL", "FTT"}
    assert "tokens" not in {table.name for table in books(run, "Retail").tables()}
