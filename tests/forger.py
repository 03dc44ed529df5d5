"""A forger that changes the books of a run and writes all dependent files again.

`forged` gives changed entries, notes and fills to the project's own journal. So the project's own
code makes everything that depends on them: sequence numbers, closing entries, control totals,
balances, Parquet copies, day ledgers, the group's books and the seal. With `rewritten`, closing
entries, control totals and balances stay as they are.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from beancount.core import data

from ledger import fill_store
from ledger.copy_of_text import directives, scales_of, transaction_of, write_copy
from ledger.day_ledger import render_days
from ledger.directive_store import Directive
from ledger.group_books import write_group
from ledger.hit_statistics import sealed_statistics
from ledger.journal import Journal
from ledger.notes import FillsOfDay
from ledger.proof.closing_entries import last_microsecond
from ledger.proof.seal import seal
from ledger.run_folder import MANIFEST, RunFolder
from ledger.transaction import Movement
from ledger.values import unquoted


@dataclass
class Said:
    """A note, an event or a price, as the journal records it."""

    directive: Directive

    @property
    def kind(self) -> str:
        return self.directive.name

    def words(self) -> tuple[str, ...]:
        return self.directive.words


@dataclass
class ForgedDay:
    """The entries and notes of a day in the order of the ledger's text, and the day's fills.

    Each entry has its sequence number. Entries and notes that sum up fills are left out.
    """

    items: list[tuple[int, Movement] | Said]
    rows: np.ndarray

    def place_of(self, tag: str, payee: str) -> int:
        """Return the index of the first entry with this tag and this payee."""
        return next(
            n
            for n, item in enumerate(self.items)
            if isinstance(item, tuple) and (item[1].tag, item[1].payee) == (tag, payee)
        )


Days = dict[date, ForgedDay]


def forged(run: RunFolder, folder: Path, change: Callable[[Days], None]) -> Path:
    """Change the days of a run, and write the run again, so that all its files agree."""
    days = _days_of(run)
    change(days)
    folder.mkdir()
    start, last = min(days), max(days)
    scenario = (run.path / "scenario.toml").read_text(encoding="utf-8")
    question = json.loads((run.path / MANIFEST).read_text(encoding="utf-8"))["run"]["question"]
    start_us = last_microsecond(start - timedelta(days=1)) + 1
    journal = Journal(folder, question, run.chart, run.names, start_us)
    for day in sorted(days):
        _book(journal, day, days[day])
    journal.finish(last_microsecond(last))
    (folder / "scenario.toml").write_text(scenario, encoding="utf-8")
    return completed(folder, run)


def rewritten(run: RunFolder, folder: Path, name: str, old: str, new: str) -> Path:
    """Copy a run, replace a text once in one file, and write all dependent files again."""
    shutil.copytree(run.path, folder)
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    write_copy(folder, RunFolder(folder).entries)
    return completed(folder, run)


def completed(folder: Path, run: RunFolder, **said: object) -> Path:
    """Write the group's books and the day ledgers from the general ledger, and seal the folder."""
    books = RunFolder(folder)
    write_group(books)
    (folder / "days").mkdir(exist_ok=True)
    days = [date.fromisoformat(path.stem) for path in (run.path / "days").glob("*.beancount")]
    for day, text in render_days(books, days):
        (folder / "days" / f"{day}.beancount").write_text(text, encoding="utf-8")
    manifest = json.loads((run.path / MANIFEST).read_text(encoding="utf-8"))
    seal(folder, {**manifest["run"], **sealed_statistics(books), **said})
    return folder


def _days_of(run: RunFolder) -> Days:
    scales = scales_of(list(directives(run.entries)))
    with run.connect() as connection:
        rows = fill_store.read(connection, "rows", run.names)
    day_of_row = rows["time_us"].view("datetime64[us]").astype("datetime64[D]")
    days: Days = {}
    in_months = [e for e in run.entries if not e.meta["filename"].endswith("main.beancount")]
    for entry in sorted(in_months, key=lambda e: (e.meta["filename"], e.meta["lineno"])):
        if isinstance(entry, data.Balance):
            continue
        day = days.setdefault(
            entry.date, ForgedDay([], rows[day_of_row == np.datetime64(entry.date)])
        )
        if isinstance(entry, data.Transaction):
            if "fills" not in entry.meta:
                day.items.append((int(entry.meta["seq"]), transaction_of(entry, scales)))
        elif getattr(entry, "type", None) != FillsOfDay.kind:
            day.items += [Said(each) for each in directives([entry])]
    return days


def _book(journal: Journal, day: date, forged_day: ForgedDay) -> None:
    end_us, rows = last_microsecond(day), forged_day.rows
    for item in forged_day.items:
        if isinstance(item, Said):
            journal.post()
            _say(journal, end_us, item)
        else:
            seq, movement = item
            journal.trade(rows[rows["seq"] < seq])
            rows = rows[rows["seq"] >= seq]
            journal.record(movement)
    journal.trade(rows)
    journal.close_day(end_us)


def _say(journal: Journal, time_us: int, said: Said) -> None:
    directive = said.directive
    match directive.directive:
        case "event":
            journal.event(time_us, directive.name, unquoted(directive.words[0]))
        case "price":
            journal.price(time_us, directive.name, directive.words[0].split()[0])
        case _:
            journal.note(time_us, said)
