"""Functions that simulate a world and require that its books pass all checks."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from beancount.core.data import Balance, Directive, Open, Transaction
from beancount.parser import parser
from wrong_fills import wrong_fills

from des.scenario import Scenario
from ledger.day_ledger import days_of, render_days
from ledger.proof import invariants
from ledger.run_folder import RunFolder
from ledger.text_loader import collector_at_rest
from runs.execute import execute


@contextmanager
def sound_run(scenario: Scenario) -> Iterator[RunFolder]:
    """Simulate a world, check its books, and yield the run. Delete the run at the end."""
    with tempfile.TemporaryDirectory() as name:
        execute(scenario, Path(name) / "run")
        run = RunFolder(Path(name) / "run")
        assert_sound(run)
        yield run


def assert_sound(run: RunFolder) -> None:
    """Require that the general ledger, all day ledgers and all fills pass the checks."""
    entries, errors = run.loaded
    assert not errors
    assert not invariants.check(entries, {})[1]
    assert_days_and_fills_are_sound(run)


def assert_days_and_fills_are_sound(run: RunFolder) -> None:
    """Require that all day ledgers and all fills pass the checks."""
    for _, text in render_days(run, days_of(run)):
        with collector_at_rest():
            entries, errors, options = parser.parse_string(text)
            assert not errors
            assert not list(faults_of(entries))
            assert not invariants.check(entries, options, "line")[1]
    assert not list(wrong_fills(run))


def faults_of(entries: list[Directive]) -> Iterator[str]:
    """Yield errors in parsed entries that Beancount finds only when it loads a whole ledger.

    Loading takes twice as long as parsing. These checks are exact, while Beancount's checks have a
    tolerance.
    """
    currencies: dict[str, list[str]] = {}
    balances: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Open):
            if entry.account in currencies:
                yield f"{entry.account} is opened twice"
            currencies[entry.account] = entry.currencies or []
        elif isinstance(entry, Transaction):
            for account, (number, currency), *_ in entry.postings:
                if currency not in currencies.get(account, ()):
                    yield f"{entry.date}: {account} is not open for {currency}"
                balances[account, currency] += number
        elif isinstance(entry, Balance):
            number, currency = entry.amount
            if currency not in currencies.get(entry.account, ()):
                yield f"{entry.date}: {entry.account} is not open for {currency}"
            if balances[entry.account, currency] != number:
                yield f"{entry.date}: {entry.account} has {balances[entry.account, currency]}"
