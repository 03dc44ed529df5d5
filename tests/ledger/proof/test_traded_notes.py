"""Notes of what was traded can't say anything else than fills and entries do."""

import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.copy_of_text import write_copy
from ledger.notes import TradedDay
from ledger.proof.traded_notes import wrong_notes
from ledger.run_folder import RunFolder

CENT = Decimal("0.01")
NOTE = re.compile(rf'(?m)^\S+ custom "{TradedDay.kind}" .*\n')


@pytest.fixture
def folder(margin_run: RunFolder, tmp_path: Path) -> Path:
    """A copy with every kind of trading in it, to be changed."""
    shutil.copytree(margin_run.path, tmp_path / "run")
    return tmp_path / "run"


def found_with(folder: Path, note: str, becomes: str) -> list[str]:
    """Return what is found when one note becomes another, in text and copy alike."""
    for path in sorted(folder.glob("????-??.beancount")):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(note, becomes, 1), encoding="utf-8")
    write_copy(folder, RunFolder(folder).entries)
    return list(wrong_notes(RunFolder(folder)))


def first_note(folder: Path) -> str:
    path = min(folder.glob("????-??.beancount"))
    return NOTE.search(path.read_text(encoding="utf-8")).group()


@pytest.mark.parametrize("name", ["tiny_run", "busy_run", "margin_run"])
def test_the_notes_of_an_honest_run_are_correct(name, request):
    assert list(wrong_notes(request.getfixturevalue(name))) == []


@pytest.mark.parametrize(
    ("place", "cause"), [(0, "captive"), (1, "others"), (2, "hits"), (3, "forced")]
)
def test_no_amount_of_a_note_can_be_changed(folder, place, cause):
    note = first_note(folder)
    amounts = note.split(" USD")
    *before, number = amounts[place].split(" ")
    amounts[place] = " ".join((*before, f"{Decimal(number) + CENT}"))

    (problem,) = found_with(folder, note, " USD".join(amounts))

    assert f"({cause})" in problem
    assert problem.startswith(note[:10])


def test_no_note_can_be_removed(folder):
    (problem,) = found_with(folder, first_note(folder), "")

    assert "notes nothing" in problem
