"""Reports read a Beancount ledger if it states roles and how each account counts in the hole."""

import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.scripts import example
from click.testing import CliRunner, Result

from ledger.declared_accounts import LedgerFileError
from ledger.ledger_file import LedgerFile
from ledger.reports.days import calendar
from ledger.reports.life.solvency import solvency
from ledger.reports.life.timeline import timeline
from ledger.reports.money.bridge import bridge
from ledger.reports.money.hole import hole
from ledger.reports.money.where import where
from ledger.reports.schedules.schedules import schedules
from ledger.reports.tracing.trace import trace
from ledger.reports.trail.entity_books import books
from ledger.reports.trail.trail_down import trail
from ledger.reports.trail.trail_up import trail_up
from ledger.run_folder import RunFolder
from runs.cli.main import main

HARBOUR = Path(__file__).parents[2] / "docs" / "any-ledger.beancount"

SMALL = """
2021-01-01 custom "role" "house" "Shop"
2021-01-01 custom "role" "customer" "Ann"
2021-01-01 open Assets:Bank
  hole: "liquid"
2021-01-01 open Assets:Shares
  hole: "cause"
2021-01-01 open Liabilities:Owed:Ann
  hole: "claim"
2021-01-01 open Expenses:Rent
  hole: "cause"
2021-01-02 * "Ann" "Ann deposits"
  Assets:Bank            100.00 USD
  Liabilities:Owed:Ann  -100.00 USD
2021-01-03 * "Landlord" "Rent"
  Expenses:Rent           40.00 USD
  Assets:Bank            -40.00 USD
"""


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., LedgerFile]:
    """Return a function that opens the ledger `SMALL` with replaced or added text."""

    def make(old: str = "", new: str = "", added: str = "") -> LedgerFile:
        assert old in SMALL
        path = tmp_path / "small.beancount"
        path.write_text(SMALL.replace(old, new) + added if old else SMALL + added)
        return LedgerFile.at(path)

    return make


def ask(*words: str | Path) -> Result:
    """Run a `moneytrail` command in this process."""
    return CliRunner().invoke(main, [str(word) for word in words])


# ------------------------------------------------------------------- a run opened as a ledger file


@pytest.mark.parametrize(
    "question",
    [
        where,
        timeline,
        trace,
        schedules,
        lambda run: solvency(run, calendar(run)[-1]),
        lambda run: books(run, "FTX"),
        lambda run: books(run, "Firm01"),
        lambda run: trail(run, kind="PickOff"),
        lambda run: trail_up(run, last_deposit(run)),
    ],
    ids=["where", "timeline", "trace", "schedules", "solvency", "books", "firm", "trail", "entry"],
)
def test_tables_that_need_no_fills_are_the_same_for_the_folder_of_a_run_and_for_its_ledger_file(
    tiny_run, main_file, question
):
    folder = {table.name: table for table in question(tiny_run).tables()}
    by_file = question(main_file).tables()

    assert by_file
    # A ledger file has no fills. So the table `linked` lacks the payments that are fills, and the
    # table `figures` counts each fill only at the end of its day.
    others = [table for table in by_file if table.name not in ("figures", "linked")]
    assert [table for table in others if table != folder[table.name]] == []
    assert question(main_file).answer().split(":")[0] == question(tiny_run).answer().split(":")[0]


def last_deposit(run: RunFolder) -> int:
    """Return the seq of the last deposit."""
    ((seq,),) = run.select("SELECT max(seq) FROM postings WHERE tag = 'deposit'")
    return int(seq)


@pytest.fixture(scope="module")
def main_file(tiny_run: RunFolder) -> LedgerFile:
    """Return the main.beancount of the tiny run, opened as a ledger file."""
    return LedgerFile.at(tiny_run.path / "main.beancount")


# ----------------------------------------------------------------------- valid ledgers


def test_the_hole_is_claims_less_cash_and_is_also_the_sum_of_the_amounts_of_all_kinds(opened):
    found = hole(opened())

    assert (found.claims_usd, found.hole_usd) == (Decimal(100), Decimal(40))
    assert found.kinds_usd["Rent"] == Decimal(40)
    assert found.unexplained_usd == 0


def test_a_customer_without_books_gets_an_account_that_mirrors_the_claim(opened):
    run = opened()
    (account,) = [a for a in run.opens if a.startswith("Assets:Ann:Claims")]
    bridges = {each.customers: each for each in bridge(run)}

    assert account == "Assets:Ann:Claims:Shop"
    assert bridges["all"].movements_usd == {"deposits": Decimal(100)}
    assert bridges["all"].unexplained_usd == 0


def test_purchased_shares_count_at_cost_as_a_use_of_money_and_at_market_value_as_a_holding(opened):
    added = """
2021-01-04 * "Broker" "Shares"
  Assets:Shares             3 ACME {3.33 USD}
  Assets:Bank           -9.99 USD
2021-01-05 price ACME 2.00 USD
2021-01-06 * "Broker" "A loss on one"
  Assets:Shares            -1 ACME {3.33 USD} @ 2.00 USD
  Assets:Bank            2.00 USD
  Expenses:Rent          1.33 USD
"""
    run = opened(added=added)
    held = next(each for each in solvency(run, calendar(run)[-1]).holdings if each.units)

    assert hole(run).kinds_usd["Portfolio"] == Decimal("6.66")
    assert (held.token, held.units, held.counted_usd) == ("ACME", Decimal(2), Decimal(4))
    assert hole(run).unexplained_usd == 0


def test_rounded_costs_of_assets_sum_to_the_cash_that_was_paid(opened):
    added = """
2021-01-04 * "Shares"
  Assets:Shares     1 ACME {3.334 USD}
  Assets:Shares     1 BOLT {3.334 USD}
  Assets:Bank   -6.67 USD
"""
    assert hole(opened(added=added)).kinds_usd["Portfolio"] == Decimal("6.67")


def test_euros_count_like_dollars_if_they_are_the_operating_currency(opened):
    currency = 'option "operating_currency" "EUR"\n'
    run = opened("USD", "EUR", currency)

    assert run.currency == "EUR"
    assert hole(run).hole_usd == Decimal(40)


# ---------------------------------------------------------------------- refused ledgers


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('Expenses:Rent\n  hole: "cause"', "Expenses:Rent", "10: Expenses:Rent has no part"),
        ('hole: "liquid"', 'hole: "cash"', '4: Assets:Bank has hole: "cash"'),
        ('"customer" "Ann"', '"lender" "Bo"', "8: Liabilities:Owed:Ann is a claim"),
        ('"house" "Shop"', '"lender" "Bo"', "no party is the house"),
        ('"customer" "Ann"', '"friend" "Ann"', "the role 'friend' is unknown"),
        ("2021-01-03 *", "2021-01-03 balance", "syntax error"),
        ("-40.00 USD", "-40.00 USD\n  Assets:Gone  0.00 USD", "Assets:Gone"),
        ("40.00 USD", "40.005 USD", "15: 40.005 is not a multiple of the smallest unit, 0.01"),
        ("100.00 USD", "100.00 BTC", "12: Liabilities:Owed:Ann is a claim in BTC"),
        ('"role" "house" "Shop"', '"role" "house"', "2: "),
        ('Assets:Bank\n  hole: "liquid"', 'Assets:Bank\n  hole: "liquid"\n  entity: 3', "4: "),
    ],
)
def test_an_invalid_ledger_is_refused_in_one_line_that_names_the_file_and_the_error(
    opened, old, new, said
):
    with pytest.raises(LedgerFileError) as refused:
        opened(old, new)

    assert said in str(refused.value)
    assert "small.beancount" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_the_postings_of_each_entity_in_a_transaction_must_balance(opened):
    role = '\n2021-01-01 custom "role" "maker" "Fund"\n'
    fund = '2021-01-01 open Assets:Fund:Bank\n  hole: "liquid"\n'
    entry = '2021-01-04 * "To the fund"\n  Assets:Fund:Bank 5.00 USD\n  Assets:Bank -5.00 USD\n'

    with pytest.raises(LedgerFileError, match=r":22: the postings of Fund sum to 5\.00 USD"):
        opened(added=role + fund + entry)


def test_a_ledger_whose_transactions_have_no_postings_is_refused(tmp_path):
    path = tmp_path / "still.beancount"
    path.write_text(SMALL.partition("2021-01-02 *")[0] + '2021-01-02 * "Nothing"\n')

    with pytest.raises(LedgerFileError, match="no transaction of this ledger has postings"):
        LedgerFile.at(path)


@pytest.mark.parametrize("command", ["firms", "expectations", "audit", "cash-coverage"])
def test_reports_that_need_fills_print_an_error_of_one_line_for_a_ledger_file(command):
    refused = ask(command, HARBOUR)

    assert refused.exit_code
    assert "fills" in refused.output
    assert len(refused.output.splitlines()) == 1


# ------------------------------------------------------------------ the example ledger of Beancount


@pytest.fixture(scope="module")
def of_beancount(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write three months of Beancount's example ledger, with roles and `hole:` keys added."""
    folder = tmp_path_factory.mktemp("example")
    made = folder / "example.beancount"
    dates = ["--date-begin", "2024-01-01", "--date-end", "2024-04-01"]
    dates += ["--date-birth", "1980-05-12", "--seed", "1", "-o", str(made)]
    code = f"import sys; sys.argv[1:] = {dates!r}; from {example.__name__} import main; main()"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    told = re.sub(r"^(\S+ open) (\S+).*", _with_part, made.read_text(), flags=re.MULTILINE)
    roles = (("house", "US"), ("customer", "Chase"))
    told += "".join(f'\n1980-01-01 custom "role" "{role}" "{name}"' for role, name in roles)
    given = folder / "given.beancount"
    given.write_text(told + "\n")
    return given


def _with_part(line: re.Match[str]) -> str:
    account = line[2]
    if account.endswith("Slate"):
        return f'{line[0]}\n  hole: "claim"\n  with: "Chase"'
    is_cash = account.startswith("Assets") and account.endswith(("Checking", "Cash"))
    return f'{line[0]}\n  hole: "{"liquid" if is_cash else "cause"}"'


@pytest.mark.parametrize(
    "words",
    [
        ("where", "--all"),
        ("timeline", "--all"),
        ("solvency", "2024-02-01"),
        ("trace", "--of", "BayBook"),
        ("trail", "--seq", "20"),
        ("books", "US"),
        ("schedules", "--all"),
    ],
    ids=lambda words: words[0],
)
def test_reports_read_the_example_ledger_of_beancount(of_beancount, words):
    command, *options = words
    answered = ask(command, of_beancount, *options)

    assert not answered.exit_code, answered.output
    assert "a ledger without a seal" in answered.output


def test_the_causes_in_the_example_ledger_of_beancount_sum_to_the_hole(of_beancount):
    found = hole(LedgerFile.at(of_beancount))

    assert found.claims_usd > 0
    assert found.kinds_usd
    assert found.unexplained_usd == 0


def test_the_example_ledger_of_beancount_without_roles_is_refused_in_one_line(of_beancount):
    refused = ask("where", of_beancount.with_name("example.beancount"))

    assert refused.exit_code == 2
    assert "no party is the house" in refused.output
    assert len(refused.output.splitlines()) == 1
