"""A day ledger has each fill and cash movement of a day, and starts from earlier balances."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from beancount import loader
from beancount.core.data import Balance, Directive, Open, Transaction
from beancount.parser import parser
from sound_worlds import faults_of

from ledger import fill_store
from ledger.day_ledger import days_of, render_day, render_days
from ledger.entries import contract_table
from ledger.fills import Fill, Pairing, postings
from ledger.proof import invariants
from ledger.run_folder import RunFolder, RunFolderError
from ledger.text_loader import collector_at_rest
from ledger.times import time_of_day
from ledger.transaction import MONEY, entity_of, is_contract

ONE_DAY = timedelta(days=1)

Sums = Counter  # amounts by (account, commodity)


class Day(NamedTuple):
    """A day ledger as Beancount reads it."""

    day: date
    entries: list[Directive]
    errors: list
    options: dict

    @property
    def forward(self) -> Sums:
        return sums(e for e in self._transactions() if "seq" not in e.meta)

    @property
    def moved(self) -> Sums:
        return sums(self.of_the_day())

    @property
    def asserted(self) -> dict[tuple[str, str], Decimal]:
        return {
            (e.account, e.amount.currency): e.amount.number
            for e in self.entries
            if isinstance(e, Balance)
        }

    def of_the_day(self) -> list[Transaction]:
        return [e for e in self._transactions() if "seq" in e.meta]

    def _transactions(self) -> Iterator[Transaction]:
        return (e for e in self.entries if isinstance(e, Transaction))


def sums(entries: Iterator[Transaction] | list[Transaction]) -> Sums:
    found: Counter = Counter()
    for entry in entries:
        for posting in entry.postings:
            found[posting.account, posting.units.currency] += posting.units.number
    return found


def nonzero(found: Sums) -> dict[tuple[str, str], Decimal]:
    return {key: number for key, number in found.items() if number}


@cache
def days(path: Path) -> tuple[Day, ...]:
    """Read all day ledgers that were written with a run."""
    return tuple(
        Day(date.fromisoformat(file.stem), *loader.load_file(str(file)))
        for file in sorted((path / "days").glob("*.beancount"))
    )


def general_ledger(run: RunFolder, before: date) -> Sums:
    return sums(entry for entry in run.transactions if entry.date < before)


def test_every_day_with_entries_has_a_day_ledger(run):
    assert [each.day for each in days(run.path)] == days_of(run)
    assert len(days_of(run)) == 3


def test_every_fill_that_the_general_ledger_sums_is_a_separate_entry_of_a_day_ledger(run):
    shown = 0
    for each in days(run.path):
        closing = [e for e in run.transactions if e.date == each.day and "fills" in e.meta]
        fills = [e for e in each.of_the_day() if "quantity" in e.meta]

        assert len(fills) == sum(int(entry.meta["fills"]) for entry in closing)
        assert not any("fills" in entry.meta for entry in each.of_the_day())
        shown += len(fills)
    assert shown


def test_the_entry_of_each_fill_has_the_postings_that_the_posting_rule_gives_for_its_row(run):
    """Beancount reads the day ledgers, and DuckDB reads the rows of the fills."""
    scale = {c.commodity: Decimal(c.lot) for c in run.chart.contracts} | {MONEY: Decimal("0.01")}
    contract = contract_table(run.chart, run.names)
    shown = {
        int(entry.meta["seq"]): entry
        for each in days(run.path)
        for entry in each.of_the_day()
        if "quantity" in entry.meta
    }
    with run.connect() as connection:
        rows = fill_store.read(connection, "rows", run.names)

    for fill in map(Fill._make, rows.tolist()):
        traded = contract[fill.venue, fill.market]
        lots, pairing = {traded.commodity: fill.lots}, Pairing.of(fill, run.names)
        posted = postings(run.chart, pairing, fill.edge_cents, fill.fee_cents, lots)
        entry = shown.pop(fill.seq)
        assert [(p.account, *p.units) for p in entry.postings] == [
            (p.account, p.units * scale[p.commodity], p.commodity) for p in posted
        ]
        assert entry.meta["quantity"] == fill.lots * Decimal(traded.lot)
        assert entry.meta["price"] == fill.price * Decimal(traded.tick_usd)
        assert entry.meta["time"] == time_of_day(fill.time_us)
    assert not shown


def test_each_day_ledger_passes_bean_check_by_itself(run):
    for each in days(run.path):
        assert not each.errors


def test_each_day_ledger_satisfies_every_invariant(run):
    for each in days(run.path):
        assert not invariants.check(each.entries, each.options, "line")[1]


def test_each_day_ledger_changes_every_account_by_the_same_amount_as_the_general_ledger(run):
    for each in days(run.path):
        booked = sums(entry for entry in run.transactions if entry.date == each.day)

        assert nonzero(each.moved) == nonzero(booked)


def test_each_day_ledger_starts_from_the_balances_of_the_general_ledger(run):
    for each in days(run.path):
        before = general_ledger(run, each.day)
        for (account, commodity), number in each.forward.items():
            if not account.endswith(":Opening"):
                assert number == before[account, commodity]
        for (account, commodity), _ in each.moved.items():
            if not account.startswith(("Income:", "Expenses:")) and ":Opening" not in account:
                assert each.forward[account, commodity] == before[account, commodity]


def test_a_closing_balance_that_the_next_day_brings_forward_is_unchanged(run):
    ledgers = days(run.path)
    for each, following in pairwise(ledgers):
        both = each.asserted.keys() & following.forward.keys()
        touched = {key for key in both if not key[0].endswith(":Opening")}

        assert touched
        for key in touched:
            assert following.forward[key] == each.asserted[key]


def test_closing_balances_of_assets_and_debts_equal_the_general_ledger_and_are_dated_the_next_day(
    run,
):
    for each in days(run.path):
        after = general_ledger(run, each.day + ONE_DAY)
        assert {e.date for e in each.entries if isinstance(e, Balance)} == {each.day + ONE_DAY}
        assert each.asserted.keys() == each.forward.keys() | each.moved.keys()
        for (account, commodity), number in each.asserted.items():
            if account.startswith("Assets:") or account.startswith("Liabilities:"):
                assert number == after[account, commodity]


def test_income_and_expenses_start_at_zero_and_each_entity_has_one_opening_account(run):
    for each in days(run.path)[1:]:
        (entry,) = [e for e in each.entries if isinstance(e, Transaction) and "seq" not in e.meta]
        roots = {posting.account.split(":")[0] for posting in entry.postings}
        openings = [p.account for p in entry.postings if p.account.endswith(":Opening")]

        assert entry.date == each.day - ONE_DAY
        assert roots <= {"Assets", "Liabilities", "Equity"}
        assert len(openings) == len(set(openings)) > 0
        money = [p for p in entry.postings if not is_contract(p.account)]
        assert {entity_of(p.account) for p in money} == {entity_of(a) for a in openings}


def test_the_first_day_has_no_balances_brought_forward(run):
    assert not days(run.path)[0].forward


def test_a_day_ledger_opens_only_the_accounts_that_it_uses(run):
    for each in days(run.path):
        opened = {entry.account for entry in each.entries if isinstance(entry, Open)}

        assert opened == {account for account, _ in each.asserted}


def test_each_account_has_the_same_part_in_the_hole_as_in_the_general_ledger(run):
    for each in days(run.path):
        for entry in each.entries:
            if isinstance(entry, Open):
                assert entry.meta.get("hole") == run.opens[entry.account].hole


def test_transactions_of_a_day_ledger_are_in_the_order_of_seq(run):
    for each in days(run.path):
        written = sorted(each.of_the_day(), key=lambda entry: entry.meta["lineno"])
        seqs = [int(entry.meta["seq"]) for entry in written]

        assert seqs == sorted(set(seqs))


def test_cash_movements_are_copied_unchanged_from_the_general_ledger(run):
    for each in days(run.path):
        text = (run.path / "days" / f"{each.day}.beancount").read_text(encoding="utf-8")
        month = (run.path / f"{each.day:%Y-%m}.beancount").read_text(encoding="utf-8")
        entries = [part for part in month.split("\n\n") if part.startswith(f"{each.day} * ")]
        movements = [part for part in entries if "\n  fills: " not in part]

        assert movements
        for part in movements:
            assert text.count(f"{part}\n\n") == month.count(f"{part}\n\n")


def test_a_day_ledger_that_is_rendered_again_has_the_same_bytes(run):
    fresh = RunFolder(run.path)
    for day in days_of(fresh):
        written = (run.path / "days" / f"{day}.beancount").read_bytes()

        assert render_day(fresh, day).encode() == written


def test_days_that_are_rendered_together_equal_days_that_are_rendered_one_by_one(busy_run):
    first, _, last = days_of(busy_run)

    assert list(render_days(busy_run, [last, first])) == [
        (first, render_day(busy_run, first)),
        (last, render_day(busy_run, last)),
    ]


def test_a_day_outside_the_run_is_refused_with_the_first_and_the_last_day_of_the_run(tiny_run):
    first, *_, last = days_of(tiny_run)

    with pytest.raises(RunFolderError, match=f"give a day from {first} to {last}"):
        render_day(tiny_run, last + ONE_DAY)


MAY = [date(2021, 5, 1) + n * ONE_DAY for n in range(31)]

# The first day, the days of the price crashes of 19 and 23 May, and the last day.
BOOKED_DAYS = [date(2021, 5, day) for day in (1, 19, 23, 31)]


@pytest.mark.slow
@pytest.mark.parametrize("day", MAY, ids=str)
def test_each_day_ledger_of_a_volatile_month_has_no_fault_and_sums_to_the_general_ledger(
    may_run, day
):
    """Beancount loads the day ledgers of BOOKED_DAYS, and only parses those of the other days.

    Parsing takes half the time of loading. On all days `faults_of` checks that the accounts are
    open and that the asserted balances are correct.
    """
    read = loader.load_string if day in BOOKED_DAYS else parser.parse_string
    with collector_at_rest():
        each = Day(day, *read(render_day(may_run, day)))
        moved, forward = each.moved, each.forward
        before = general_ledger(may_run, day)

        assert not each.errors
        assert not list(faults_of(each.entries))
        assert not invariants.check(each.entries, each.options, "line")[1]
    assert nonzero(moved)
    assert nonzero(moved) == nonzero(
        sums(entry for entry in may_run.transactions if entry.date == day)
    )
    for (account, commodity), number in forward.items():
        if not account.endswith(":Opening"):
            assert number == before[account, commodity]
    assert each.asserted.keys() == {*forward, *moved}


@pytest.mark.slow
def test_the_run_has_entries_on_all_days_of_may_2021(may_run):
    assert days_of(may_run) == MAY
