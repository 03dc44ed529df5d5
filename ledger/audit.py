"""The audit: is this run what it was when it was sealed, and do its books hold?

From the outside in: the seal; the general ledger, through Beancount's own loader and the
invariants; the fills, recomputed and summed; day ledgers, rendered anew, loaded by Beancount and
held against the invariants line by line. Each step says what it looked at and names what is wrong.
"""

import random
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from beancount import loader

from ledger import invariants
from ledger.day_ledger import days_of, render_day
from ledger.recompute import wrong_fills
from ledger.run_folder import RunFolder, RunFolderError, placed
from ledger.seal import broken_seals

SAMPLE_DAYS = 2
SAMPLE_SEED = 20221111

T = TypeVar("T")
Argument = str | tuple[date, bool] | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One step of the audit: what was looked at, and what is wrong with it."""

    step: str
    problems: tuple[str, ...]


def audit(
    folder: Path, every_day: bool = False, executor: Executor | None = None
) -> Iterator[Finding]:
    """Audit a run, step by step.

    Args:
        folder: the run.
        every_day: have Beancount load the ledgers of all days; else of a seeded sample, while
            those on disk are compared with what the books give.
        executor: who does the work: local processes, a cluster's workers that see the same
            folder, or (None) this process. The findings are the same.
    """
    run = RunFolder(folder)
    days = _try(lambda: _days_to_check(run, every_day))
    plan: list[tuple[str, list[tuple[str, Argument]]]] = [
        ("seal: every file is as it was sealed", [("seal", None)]),
        ("general ledger: Beancount loads it, and the invariants hold", [("general", None)]),
        ("fills: recomputed, and summed against the general ledger", [("fills", None)]),
        (
            f"day ledgers: {_coverage(run, days)}each stands alone",
            # Where the days can't even be listed, why is what there is to say of them.
            [("told", days)] if isinstance(days, str) else [("day", day) for day in days],
        ),
    ]
    if executor is None:
        for step, tasks in plan:
            yield Finding(step, tuple(p for task in tasks for p in _perform(run, *task)))
        return
    audit_id = uuid.uuid4().hex
    submitted = [
        (step, [executor.submit(_perform_afar, str(folder), audit_id, *task) for task in tasks])
        # What takes longest comes last in the report and first in the queue.
        for step, tasks in reversed(plan)
    ]
    for step, futures in reversed(submitted):
        yield Finding(step, tuple(p for future in futures for p in future.result()))


def _perform_afar(folder: str, audit_id: str, check: str, argument: Argument) -> tuple[str, ...]:
    return _perform(_opened(folder, audit_id), check, argument)


@lru_cache(maxsize=1)
def _opened(folder: str, audit_id: str) -> RunFolder:
    """Open a run once per worker and audit: in the next audit it may be another."""
    return RunFolder(Path(folder))


def _perform(run: RunFolder, check: str, argument: Argument) -> tuple[str, ...]:
    """Run one check; books that can't be read at all are a finding like any other."""
    problems: list[str] = []
    # What was found before a check broke off still counts.
    broken = _try(lambda: problems.extend(_CHECKS[check](run, argument)))
    return (*problems, broken) if isinstance(broken, str) else tuple(problems)


def _try(work: Callable[[], T]) -> T | str:
    """Return what *work* returns, or in one line why it can't be done."""
    try:
        return work()
    except RunFolderError as error:
        return str(error)
    except Exception as error:  # whatever a forger may have thought of
        return f"it can't be read: {type(error).__name__}: {error}".splitlines()[0]


def _general(run: RunFolder, _: Argument) -> Iterator[str]:
    entries, errors = run.loaded
    yield from map(placed, errors)
    yield from map(placed, invariants.check(entries, {})[1])


def _day_ledger(run: RunFolder, argument: Argument) -> Iterator[str]:
    """Compare a day's ledger, where there is one, with what the books give, and load it."""
    day, load = argument
    stored = run.path / "days" / f"{day}.beancount"
    name = f"days/{day}.beancount"
    text = render_day(run, day)
    if stored.is_file() and stored.read_text(encoding="utf-8") != text:
        yield f"{name}: it is not what the general ledger and the fills give"
    if load:
        entries, errors, _ = loader.load_string(text)
        for error in errors or invariants.check(entries, {}, "line")[1]:
            yield f"{name}: {placed(error)}"


def _coverage(run: RunFolder, days: list[tuple[date, bool]] | str) -> str:
    if isinstance(days, str):
        return ""
    loaded = sum(load for _, load in days)
    return f"Beancount loads {loaded} of {len(days_of(run))} days, those on disk are compared; "


def _days_to_check(run: RunFolder, every_day: bool) -> list[tuple[date, bool]]:
    """Return the days to look at, and whether Beancount is to load each."""
    days = days_of(run)
    stored = {path.stem for path in (run.path / "days").glob("*.beancount")}
    unknown = sorted(stored - {str(day) for day in days})
    if unknown:
        raise RunFolderError(f"days/{unknown[0]}.beancount: it is of no day that the books have")
    drawn = (
        days if every_day else random.Random(SAMPLE_SEED).sample(days, min(SAMPLE_DAYS, len(days)))
    )
    looked_at = [(day, day in drawn) for day in days if day in drawn or str(day) in stored]
    # What takes longest first, so that workers end together.
    return sorted(looked_at, key=lambda each: (not each[1], each[0]))


_CHECKS: dict[str, Callable[[RunFolder, Argument], Iterator[str]]] = {
    "seal": lambda run, _: iter(broken_seals(run.path)),
    "general": _general,
    "fills": lambda run, _: wrong_fills(run),
    "day": _day_ledger,
    "told": lambda _, why: iter((why,)),
}
