"""Compares the preamble of the books with the scenario and the code.

The preamble is the part of the books that decides how entries are read: options, accounts with
their parts in the hole, roles, saved queries and plugin lines. The preamble follows from a run's
scenario. The first day's notes on inputs, such as rates and firms, also follow from the scenario.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger.chart import Chart
from ledger.fee_notes import CustomersFee, FeeDiscount, FeeFloor, TakerFee, VolumeBefore
from ledger.main_file import check_text, main_text
from ledger.notes import (
    CandlesRead,
    FirmProfile,
    FundingRate,
    Note,
    RecordedShare,
    StatedFund,
)
from ledger.pledged_terms import PledgedTerms
from ledger.proof.first_difference import line_that_differs
from ledger.run_folder import MANIFEST, RunFolder

MAIN, CHECK, SCENARIO = "main.beancount", "check.beancount", "scenario.toml"

# The kinds of notes that follow from the scenario alone.
INPUTS: tuple[type[Note], ...] = (
    FundingRate,
    TakerFee,
    FeeFloor,
    CustomersFee,
    VolumeBefore,
    FirmProfile,
    FeeDiscount,
    StatedFund,
    RecordedShare,
    CandlesRead,
    PledgedTerms,
)


@dataclass(frozen=True, slots=True)
class Given:
    """Data that follow from a run's scenario. The books must agree with these data."""

    scenario: str  # the text of the file scenario.toml
    question: str
    seed: int
    chart: Chart
    start: date
    end: date  # the day after the last day
    months: tuple[str, ...]  # months that have a file, such as 2022-05
    inputs: tuple[Note, ...]
    latency_us: Mapping[str, int]  # the captive maker's latency, by market
    hours_are_sampled: bool  # whether a run plays only some hours
    hours_are_grouped: bool  # whether these hours are drawn from groups


def wrong_preamble(folder: Path, given: Given) -> Iterator[str]:
    """Yield a sentence for each text that does not follow from the scenario.

    The texts are main.beancount, check.beancount, scenario.toml, and the question and the seed in
    manifest.json.
    """
    includes = [f"{month}.beancount" for month in given.months]
    main = main_text(given.question, given.chart, given.start, given.end, includes)
    for name, due in ((MAIN, main), (CHECK, check_text()), (SCENARIO, given.scenario)):
        yield from line_that_differs(name, _text(folder / name), due, "scenario and program give")
    run = json.loads(_text(folder / MANIFEST) or "{}").get("run", {})
    for key, value in (("question", given.question), ("seed", given.seed)):
        if run.get(key) != value:
            yield f"{MANIFEST}: the {key} is {run.get(key)!r}, but {SCENARIO} has {value!r}"


def wrong_inputs(run: RunFolder, given: Given) -> Iterator[str]:
    """Yield a sentence for each wrong, missing or repeated note on an input of the scenario."""
    for kind in INPUTS:
        due = [(given.start, note) for note in given.inputs if isinstance(note, kind)]
        found = run.dated_notes(kind)
        for day, note in found:
            if (day, note) not in due:
                yield f"{_placed(run, day, note)}: {SCENARIO} does not give {note.text()}"
        for day, note in due:
            if (day, note) not in found:
                missing = f"this note on an input of {SCENARIO} is missing: {note.text()}"
                yield f"{day:%Y-%m}.beancount: {missing}"
        if len(found) > len(due) and not set(found) - set(due):
            yield f"{given.start:%Y-%m}.beancount: a note on an input occurs twice: {kind.kind}"


def _placed(run: RunFolder, day: date, note: Note) -> str:
    """Return the name of a note's file, with the number of the note's line if the line is found."""
    name = f"{day:%Y-%m}.beancount"
    before, found, _ = _text(run.path / name).partition(f"{day} {note.text()}\n")
    return f"{name}:{before.count(chr(10)) + 1}" if found else name


def _text(path: Path) -> str:
    """Return the text of a file, or an empty text if there is no file."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""
