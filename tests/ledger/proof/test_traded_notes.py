"""Notes state the volume of each day. The audit compares them with fills and entries."""

import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.copy_of_text import write_copy
from ledger.notes import ForcedDay, TradedDay
from ledger.proof.traded_notes import wrong_forced_notes, wrong_notes
from ledger.reports.market.maker_share import volume
from ledger.run_folder import RunFolder

CENT = Decimal("0.01")
NOTE = re.compile(rf'(?m)^\S+ custom "{TradedDay.kind}" .*\n')


@pytest.fixture
def folder(margin_run: RunFolder, tmp_path: Path) -> Path:
    """Return a copy of a run with hits, forced orders and other orders. A test may change it."""
    shutil.copytree(margin_run.path, tmp_path / "run")
    return tmp_path / "run"


def found_with(folder: Path, note: str, becomes: str) -> list[str]:
    """Return the findings after one note is replaced in the text and in the Parquet copy."""
    for path in sorted(folder.glob("????-??.beancount")):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(note, becomes, 1), encoding="utf-8")
    write_copy(folder, RunFolder(folder).entries)
    return list(wrong_notes(RunFolder(folder)))


def first_note(folder: Path) -> str:
    path = min(folder.glob("????-??.beancount"))
    return NOTE.search(path.read_text(encoding="utf-8")).group()


@pytest.mark.parametrize("name", ["tiny_run", "busy_run", "margin_run"])
def test_the_notes_on_volume_of_an_unchanged_run_are_correct(name, request):
    assert list(wrong_notes(request.getfixturevalue(name))) == []


@pytest.mark.parametrize(
    ("place", "cause"), [(0, "captive"), (1, "others"), (2, "hits"), (3, "forced")]
)
def test_a_changed_amount_in_a_note_on_volume_is_found(folder, place, cause):
    note = first_note(folder)
    amounts = note.split(" USD")
    *before, number = amounts[place].split(" ")
    amounts[place] = " ".join((*before, f"{Decimal(number) + CENT}"))

    (problem,) = found_with(folder, note, " USD".join(amounts))

    assert f"({cause})" in problem
    assert problem.startswith(note[:10])


def test_a_missing_note_on_volume_is_found(folder):
    (problem,) = found_with(folder, first_note(folder), "")

    assert "there is no note on the volume of" in problem


FORCED = re.compile(rf'(?m)^\S+ custom "{ForcedDay.kind}" "[^"]*" (?P<usd>\S+) USD\n')


def forced_notes(folder: Path) -> list[re.Match[str]]:
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("????-??.beancount")))
    return [note for text in texts for note in FORCED.finditer(text)]


def test_only_a_run_with_forced_orders_has_notes_on_forced_orders(
    margin_run: RunFolder, tiny_run: RunFolder
):
    assert sum(note.captive_usd for note in margin_run.notes(ForcedDay)) > 0
    assert list(wrong_forced_notes(margin_run)) == []
    assert tiny_run.notes(ForcedDay) == []
    assert list(wrong_forced_notes(tiny_run)) == []


def test_a_changed_amount_in_a_note_on_forced_orders_is_found(folder: Path):
    note = forced_notes(folder)[0]
    more = note.group().replace(note["usd"], f"{Decimal(note['usd']) + CENT}")
    found_with(folder, note.group(), more)

    (problem,) = wrong_forced_notes(RunFolder(folder))

    assert problem.startswith(note.group()[:10])
    assert "of forced orders in" in problem
    assert "with the captive maker, but the fills have " in problem


def test_a_missing_note_on_forced_orders_is_found_if_other_days_have_such_notes(folder: Path):
    first, *others = forced_notes(folder)
    assert others
    found_with(folder, first.group(), "")

    (problem,) = wrong_forced_notes(RunFolder(folder))

    assert "there is no note on forced orders in" in problem


def test_the_volume_is_the_same_if_forced_orders_are_read_from_fills_instead_of_notes(
    folder: Path, margin_run: RunFolder
):
    for note in forced_notes(folder):
        found_with(folder, note.group(), "")
    older = RunFolder(folder)

    assert older.notes(ForcedDay) == []
    assert volume(older) == volume(margin_run)
    assert list(wrong_forced_notes(older)) == []
