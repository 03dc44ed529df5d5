"""The audit: is this run what it was when it was sealed, and do its books hold?

From the outside in: the seal; the general ledger, through Beancount's own loader and the
invariants; the fills, recomputed and summed; day ledgers, rendered anew, loaded by Beancount and
held against the invariants line by line. Each step says what it looked at and names what is wrong.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from beancount import loader

from ledger import invariants
from ledger.day_ledger import days_of, render_days
from ledger.recompute import wrong_fills
from ledger.run_folder import RunFolder, RunFolderError, placed
from ledger.seal import broken_seals

SAMPLE_DAYS = 2
SAMPLE_SEED = 20221111


@dataclass(frozen=True, slots=True)
class Finding:
    """One step of the audit: what was looked at, and what is wrong with it."""

    step: str
    problems: tuple[str, ...]


def audit(folder: Path, every_day: bool = False) -> Iterator[Finding]:
    """Audit a run, step by step.

    Args:
        folder: the run.
        every_day: have Beancount load the ledgers of all days; else of a seeded sample, while
            those on disk are compared with what the books give.
    """
    run = RunFolder(folder)
    which = "all" if every_day else f"{SAMPLE_DAYS} days drawn, and those on disk"
    for step, check in (
        ("seal: every file is as it was sealed", lambda run: iter(broken_seals(run.path))),
        ("general ledger: Beancount loads it, and the invariants hold", _general),
        ("fills: recomputed, and summed against the general ledger", wrong_fills),
        (f"day ledgers ({which}): each stands alone", partial(_day_ledgers, every_day=every_day)),
    ):
        yield _step(step, check, run)


def _step(step: str, check: Callable[[RunFolder], Iterator[str]], run: RunFolder) -> Finding:
    """Run one check; books that can't be read at all are a finding like any other."""
    problems = []
    try:
        problems.extend(check(run))
    except RunFolderError as error:
        problems.append(str(error))
    except Exception as error:  # whatever a forger may have thought of
        problems.append(f"it can't be read: {type(error).__name__}: {error}".splitlines()[0])
    return Finding(step, tuple(problems))


def _general(run: RunFolder) -> Iterator[str]:
    entries, errors = run.loaded
    yield from map(placed, errors)
    yield from map(placed, invariants.check(entries, {})[1])


def _day_ledgers(run: RunFolder, every_day: bool) -> Iterator[str]:
    """Compare the day ledgers on disk with what the books give, and load a sample."""
    days = days_of(run)
    stored = {path.stem: path for path in (run.path / "days").glob("*.beancount")}
    for name in sorted(stored.keys() - {str(day) for day in days}):
        yield f"days/{name}.beancount: it is of no day that the books have"
    sample = set(random.Random(SAMPLE_SEED).sample(days, min(SAMPLE_DAYS, len(days))))
    looked_at = days if every_day else [day for day in days if day in sample or str(day) in stored]
    for day, text in render_days(run, looked_at):
        name = f"days/{day}.beancount"
        if str(day) in stored and stored[str(day)].read_text(encoding="utf-8") != text:
            yield f"{name}: it is not what the general ledger and the fills give"
        if every_day or day in sample:
            entries, errors, _ = loader.load_string(text)
            for error in errors or invariants.check(entries, {}, "line")[1]:
                yield f"{name}: {placed(error)}"
