"""The audit: is this run what it was when it was sealed, and do its books hold?

From the outside in: the seal; the general ledger, through Beancount's own loader and the
invariants; the fills, recomputed and summed; day ledgers, rendered anew, loaded by Beancount and
held against the invariants line by line. Each step says what it looked at and names what is wrong.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from beancount import loader

from ledger import invariants
from ledger.day_ledger import days_of, render_days
from ledger.recompute import wrong_fills
from ledger.run_folder import RunFolder, RunFolderError
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
        every_day: check the ledgers of all days; else those on disk and a seeded sample.
    """
    run = RunFolder(folder)
    yield Finding("seal: every file is as it was sealed", tuple(broken_seals(folder)))
    yield _step("general ledger: Beancount loads it, the invariants hold", _general, run)
    yield _step("fills: recomputed, and summed against the general ledger", wrong_fills, run)
    try:
        days = _days(run, every_day)
    except RunFolderError as error:
        yield Finding("day ledgers", (str(error),))
        return
    yield _step(
        f"day ledgers: {len(days)} of {len(days_of(run))} days stand alone",
        lambda run: _day_ledgers(run, days),
        run,
    )


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
    entries, options = run.entries, {}
    for error in invariants.check(entries, options)[1]:
        yield _placed(error)


def _day_ledgers(run: RunFolder, days: Sequence[date]) -> Iterator[str]:
    for day, text in render_days(run, days):
        name = f"days/{day}.beancount"
        stored = run.path / name
        if stored.is_file() and stored.read_text(encoding="utf-8") != text:
            yield f"{name}: it is not what the general ledger and the fills give"
        entries, errors, options = loader.load_string(text)
        for error in errors or invariants.check(entries, options, "line")[1]:
            yield f"{name}: {_placed(error)}"


def _placed(error) -> str:
    source = error.source or {}
    where = f"{Path(source.get('filename', '')).name}:{source.get('lineno', '?')}"
    return f"{where}: {error.message}".splitlines()[0]


def _days(run: RunFolder, every_day: bool) -> list[date]:
    days = days_of(run)
    if every_day:
        return days
    stored = {date.fromisoformat(path.stem) for path in (run.path / "days").glob("*.beancount")}
    others = [day for day in days if day not in stored]
    sample = random.Random(SAMPLE_SEED).sample(others, min(SAMPLE_DAYS, len(others)))
    return sorted({*stored, *sample} & {*days})
