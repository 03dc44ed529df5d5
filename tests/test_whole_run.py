"""Beancount alone, saved queries and DuckDB give the same results as the project's own code.

The ledger in tests/golden is small enough to read. A test compares its files with a new run, byte
for byte. `pytest --update-golden` writes these files again.
"""

import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from beancount import loader
from beancount.core.data import Open, Query, Transaction
from beanquery.query import run_query

from ledger.notes import UnpaidRequest
from ledger.proof import invariants
from ledger.run_folder import RunFolder

CENT = Decimal("0.01")


@cache
def saved_queries(run: RunFolder) -> dict[str, list[tuple]]:
    """Return the rows of every saved query of main.beancount, by the query's name."""
    entries, errors, options = loader.load_file(str(run.path / "main.beancount"))
    assert not errors
    return {
        entry.name: run_query(entries, options, entry.query_string)[1]
        for entry in entries
        if isinstance(entry, Query)
    }


def parts(run: RunFolder) -> Counter:
    """Return the dollars in all accounts, summed by the key `hole` of the accounts."""
    part_of = {e.account: e.meta.get("hole") for e in run.entries if isinstance(e, Open)}
    found: Counter = Counter()
    for entry in run.transactions:
        for posting in entry.postings:
            if posting.units.currency == "USD":
                found[part_of[posting.account]] += posting.units.number
    return found


# ----------------------------------------------------------------------- Beancount without our code

WITHOUT_US = """
import sys
sys.modules["ledger"] = sys.modules["des"] = sys.modules["runs"] = None
try:
    import ledger
except ImportError:
    pass
else:
    sys.exit("ledger can be imported")
from beancount import loader
for path in sys.argv[1:]:
    entries, errors, _ = loader.load_file(path)
    print(len(entries), len(errors))
"""


def loaded_without_us(paths: Sequence[Path], elsewhere: Path) -> list[tuple[int, int]]:
    """For each file, return how many directives and errors Beancount finds without our code."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", WITHOUT_US, *map(str, paths)],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )
    counts = (line.split() for line in done.stdout.splitlines())
    return [(int(entries), int(errors)) for entries, errors in counts]


def test_beancount_loads_the_main_file_without_our_code_and_the_check_file_with_our_plugin(
    run, tmp_path
):
    paths = [run.path / name for name in ("main.beancount", "check.beancount")]
    assert not loader.load_file(str(paths[1]))[1]

    main, check = loaded_without_us(paths, tmp_path)
    assert main == (len(run.entries), 0)
    assert check[1] > 0


def test_beancount_loads_day_ledgers_without_our_code(tiny_run, tmp_path):
    days = sorted((tiny_run.path / "days").iterdir())
    found = loaded_without_us(days, tmp_path)

    assert len(found) == len(days) == 3
    for entries, errors in found:
        assert entries > 0
        assert errors == 0


def test_the_general_ledger_satisfies_every_invariant(run):
    assert not invariants.check(list(run.entries), {})[1]


# ------------------------------------------------------------------------------- the queries


def test_every_saved_query_returns_rows_unless_it_searches_for_errors(run):
    answers = saved_queries(run)

    house = run.chart.parties.house.lower()
    assert {"hole", "where-did-the-money-go", f"hole-of-{house}-by-day"} <= answers.keys()
    for name, rows in answers.items():
        assert rows or name.startswith("check-"), name


def test_saved_queries_that_search_for_errors_find_no_error(run):
    checks = {name: rows for name, rows in saved_queries(run).items() if name.startswith("check-")}

    assert len(checks) >= 3
    for name, rows in checks.items():
        assert all(row[-1].is_empty() for row in rows), name


def test_saved_queries_give_the_same_hole_by_cause_and_by_party_and_by_day(run):
    answers = saved_queries(run)

    ((inventory,),) = answers["hole"]
    by_claims_and_cash = inventory.get_currency_units("USD").number
    by_cause = sum(number for _, number in answers["where-did-the-money-go"])
    by_party = sum(number for *_, number in answers["who-received-it"])
    by_day = answers["hole-by-day"][-1][1].get_currency_units("USD").number

    assert by_claims_and_cash == by_cause == by_party == by_day != 0


def test_causes_sum_to_the_hole_and_debts_within_the_group_sum_to_zero(run):
    found = parts(run)

    assert -found["claim"] - found["liquid"] == found["cause"]
    assert found["group"] == 0


# ------------------------------------------------------------------------ conservation of cash


def test_the_total_cash_of_all_entities_is_constant(run):
    cash: Counter = Counter()
    totals = set()
    for entry in run.transactions:
        for posting in entry.postings:
            if posting.account.split(":")[2] == "Cash":
                cash[posting.account] += posting.units.number
        totals.add(sum(cash.values()))

    assert len(totals) == 1
    assert min(cash.values()) >= 0


def test_the_books_of_each_venue_balance(run):
    """In the books of each venue, assets equal debts plus equity."""
    for venue in (run.chart.parties.house, run.chart.parties.lead):
        total = sum(
            posting.units.number
            for entry in run.transactions
            for posting in entry.postings
            if posting.account.split(":")[1] == venue
        )

        assert total == 0


@pytest.mark.parametrize(
    "kinds",
    [
        ("PickOff",),
        ("Spread",),
        ("VariationMargin",),
        ("Funding",),
        ("GapLoss",),
        ("Fees", "Hedging"),  # hedgers book the fees of the lead venue as Hedging
    ],
    ids="+".join,
)
def test_gains_and_losses_of_each_listed_kind_sum_to_zero_and_so_do_fees_and_hedging_costs(
    busy_run, kinds
):
    moved = [
        posting.units.number
        for entry in busy_run.transactions
        for posting in entry.postings
        if posting.account.split(":")[2] in kinds
    ]

    assert any(moved)
    assert sum(moved) == 0


def test_sequence_numbers_of_entries_and_fills_have_no_gaps_and_are_in_order_of_time(run):
    seqs = [int(entry.meta["seq"]) for entry in run.transactions]
    moments = [(int(e.meta["seq"]), f"{e.date} {e.meta['time']}") for e in run.transactions]
    with run.connect() as connection:
        for seq, time in connection.execute(
            "SELECT seq, strftime(time, '%Y-%m-%d %H:%M:%S.%f') FROM rows"
        ).fetchall():
            seqs.append(seq)
            moments.append((seq, time))
    moments.sort()

    assert sorted(seqs) == list(range(1, len(seqs) + 1))
    assert [time for _, time in moments] == sorted(time for _, time in moments)


# ---------------------------------------------------------- independent sums by DuckDB alone

# This query computes the dollar postings of fills and settlement payments, by the rules of the
# books. It sums the postings by motive, taker and account.
LEGS = """
WITH legs AS (
    SELECT *, CASE motive
        WHEN 'pickoff' THEN 'PickOff' WHEN 'spread' THEN 'Spread' WHEN 'hedging' THEN 'Hedging'
        WHEN 'variation-margin' THEN 'VariationMargin' WHEN 'funding' THEN 'Funding'
    END AS kind FROM rows
)
SELECT motive, taker, account, sum(cents)::BIGINT AS cents FROM (
    SELECT motive, taker,
           CASE motive WHEN 'hedging' THEN 'Expenses:' ELSE 'Income:' END || taker || ':' || kind
           AS account, -edge_cents AS cents FROM legs
    UNION ALL
    SELECT motive, taker,
           CASE WHEN maker = venue THEN 'Liabilities:' ELSE 'Income:' END || maker || ':' || kind,
           edge_cents FROM legs
    UNION ALL
    SELECT motive, taker, 'Expenses:' || taker || CASE motive
           WHEN 'hedging' THEN ':Hedging' ELSE ':Fees' END, fee_cents FROM legs
    UNION ALL
    SELECT motive, taker, 'Income:' || venue || ':Fees', -fee_cents FROM legs
    UNION ALL
    SELECT motive, taker, 'Assets:' || taker || ':Claims:' || venue, edge_cents - fee_cents
    FROM legs
    UNION ALL
    SELECT motive, taker, 'Liabilities:' || venue || ':Customers:' || taker, fee_cents - edge_cents
    FROM legs
    UNION ALL
    SELECT motive, taker, 'Assets:' || maker || ':Claims:' || venue, -edge_cents FROM legs
    WHERE maker <> venue
    UNION ALL
    SELECT motive, taker, 'Liabilities:' || venue || ':Customers:' || maker, edge_cents FROM legs
    WHERE maker <> venue
) GROUP BY ALL HAVING sum(cents) <> 0
"""


def test_postings_that_sql_computes_from_fills_equal_the_postings_of_the_ledger(run):
    with run.connect() as connection:
        witnessed = {
            (motive, taker, account): cents * CENT
            for motive, taker, account, cents in connection.execute(LEGS).fetchall()
        }
        first_fills = dict(connection.execute("SELECT seq, taker FROM rows").fetchall())

    booked: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for entry in run.transactions:
        if "fills" in entry.meta:
            (motive,) = entry.tags
            taker = first_fills[int(entry.meta["first-fill"])]
            for posting in entry.postings:
                if posting.units.currency == "USD":
                    booked[motive, taker, posting.account] += posting.units.number

    assert witnessed == {place: number for place, number in booked.items() if number}
    assert {motive for motive, *_ in witnessed} == {
        "pickoff",
        "spread",
        "hedging",
        "variation-margin",
        "funding",
    }


def test_positions_in_the_ledger_equal_the_positions_that_sql_computes_from_fills(run):
    lots: dict[tuple[str, str], int] = defaultdict(int)
    with run.connect() as connection:
        for venue, market, taker, maker, traded in connection.execute(
            "SELECT venue, market, taker, maker, sum(lots)::BIGINT FROM rows "
            "WHERE motive IN ('pickoff', 'spread', 'hedging') GROUP BY ALL"
        ).fetchall():
            commodity = f"{market}.{venue.upper()}"
            lots[taker, commodity] += traded
            lots[maker, commodity] -= traded
    lot = {c.commodity: Decimal(c.lot) for c in run.chart.contracts}
    witnessed = {key: n * lot[key[1]] for key, n in lots.items() if n}

    booked: Counter = Counter()
    for entry in run.transactions:
        for posting in entry.postings:
            if posting.units.currency != "USD":
                entity = posting.account.split(":")[1]
                booked[entity, posting.units.currency] += posting.units.number

    assert witnessed == {key: number for key, number in booked.items() if number}
    assert witnessed


# ------------------------------------------------------------------------ the golden ledger

GOLDEN = Path(__file__).with_name("golden")
WRITTEN_DOWN = (
    "main.beancount",
    "check.beancount",
    "group.beancount",
    "check-group.beancount",
    "fava-group.beancount",
    "2022-04.beancount",
    "2022-05.beancount",
    "days/2022-05-01.beancount",
)


@pytest.mark.parametrize("name", WRITTEN_DOWN)
def test_the_golden_ledger_is_unchanged(small_run, name, request):
    written = (small_run.path / name).read_bytes()
    if request.config.getoption("--update-golden"):
        (GOLDEN / name).parent.mkdir(exist_ok=True)
        (GOLDEN / name).write_bytes(written)

    assert written.decode() == (GOLDEN / name).read_bytes().decode()


def test_the_golden_ledger_is_short_and_its_entries_have_nine_different_tags():
    entries, errors, _ = loader.load_file(str(GOLDEN / "main.beancount"))
    tags = {tag for entry in entries if isinstance(entry, Transaction) for tag in entry.tags}

    assert not errors
    assert tags == {
        "opening",
        "deposit",
        "withdrawal",
        "fees",
        "pickoff",
        "spread",
        "hedging",
        "variation-margin",
        "credit-line",
    }
    for name in WRITTEN_DOWN:
        assert (GOLDEN / name).read_text(encoding="utf-8").count("\n") < 330


# ------------------------------------------------------------- entries in the busy world


@pytest.mark.parametrize("tag", ["gap-loss", "credit-line", "deposit", "withdrawal", "fees"])
def test_the_busy_world_has_gap_losses_and_credit_and_deposits_and_withdrawals_and_fees(
    busy_run, tag
):
    assert any(tag in entry.tags for entry in busy_run.transactions)


def test_the_busy_world_has_two_months_and_two_markets_and_unpaid_requests(busy_run):
    assert {entry.date.month for entry in busy_run.transactions} == {5, 6}
    assert len(busy_run.fill_files) == 2
    assert len({contract.market for contract in busy_run.chart.contracts}) == 2
    assert busy_run.notes(UnpaidRequest)
