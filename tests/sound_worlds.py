"""A function that simulates a world and requires that its books pass all checks."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from beancount import loader

from des.scenario import Scenario
from ledger.day_ledger import days_of, render_days
from ledger.proof import invariants
from ledger.proof.recompute import wrong_fills
from ledger.run_folder import RunFolder
from ledger.text_loader import collector_at_rest
from runs.execute import execute


@contextmanager
def sound_run(scenario: Scenario) -> Iterator[RunFolder]:
    """Simulate a world, check its books, and yield the run; then delete the run."""
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
    for _, text in render_days(run, days_of(run)):
        with collector_at_rest():
            entries, errors, options = loader.load_string(text)
            assert not errors
            assert not invariants.check(entries, options, "line")[1]
    assert not list(wrong_fills(run))
