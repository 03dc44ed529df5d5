"""Any note is read back unchanged, and no two kinds of notes have the same name."""

import re
from dataclasses import fields
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import get_type_hints

import pytest
from beancount import loader
from beancount.core import data
from hypothesis import given
from hypothesis import strategies as st

from ledger import fee_notes, notes, pledged_terms
from ledger.notes import Note, Pays, Reviewed, Usd, Value, rounded

NOTES = [
    each
    for module in (notes, fee_notes, pledged_terms)
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, Note) and each.__module__ == module.__name__
]
NOTES.remove(Note)
LEDGER = Path(notes.__file__).parent
CENTS = st.integers(-(10**15), 10**15).map(lambda cents: Decimal(cents).scaleb(-2))
NUMBERS, AMOUNTS = (notes.Whole, notes.Number), (notes.Usd, notes.MaybeUsd)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")))
OF_FIELD = {
    notes.Word: WORDS,
    notes.MaybeWord: WORDS,
    notes.Account: st.sampled_from(["Assets:Alameda:Cash", "Liabilities:FTX:Customers:Retail"]),
    notes.Whole: st.integers(0, 10**9),
    notes.Number: st.decimals(0, 1000, places=9),
    notes.Usd: CENTS,
    notes.MaybeUsd: CENTS,
    notes.Figures: st.lists(st.integers(0, 10**12)).map(tuple),
}


def written(kind: type[Note]) -> st.SearchStrategy[Note]:
    """Return a Hypothesis strategy for notes of a kind, with or without their optional fields."""
    hints = get_type_hints(kind, include_extras=True)
    shapes = [hints[field.name] for field in fields(kind)]
    # Beancount reads a number before a negative amount as a subtraction. No real note has a number
    # before a negative amount.
    said = st.tuples(
        *(
            OF_FIELD[shape].map(abs) if before in NUMBERS and shape in AMOUNTS else OF_FIELD[shape]
            for before, shape in pairwise((None, *shapes))
        )
    )
    least = len(shapes) - shapes.count(notes.MaybeUsd) - shapes.count(notes.MaybeWord)
    return st.builds(lambda values, n: kind(*values[:n]), said, st.integers(least, len(shapes)))


def plain(value: object) -> Value:
    return (value.number, value.currency) if isinstance(value, data.Amount) else value


@given(note=st.one_of(*map(written, NOTES)))
def test_beancount_reads_a_note_back_as_it_was_written(note):
    (entry,), errors, _ = loader.load_string(f"2022-06-01 {note.text()}\n")

    assert not errors
    assert entry.date == date(2022, 6, 1)
    assert entry.type == note.kind
    assert type(note).read(plain(each.value) for each in entry.values) == note


def test_each_kind_of_note_has_its_own_name():
    assert len({kind.kind for kind in NOTES}) == len(NOTES) > 15


def test_an_amount_is_written_with_its_currency_and_a_word_is_written_in_quotation_marks():
    note = Reviewed("FTX", "captive", "goes on", Decimal("-1.50"), Decimal("0.00"))

    assert note.text() == 'custom "review" "FTX" "captive" "goes on" -1.50 USD 0.00 USD'
    assert Pays("FTX", 'a "use"', "Outside").text() == 'custom "pays" "FTX" "a \\"use\\"" "Outside"'


def test_a_note_without_a_required_field_is_refused():
    with pytest.raises(TypeError, match="to"):
        Pays.read(["FTX", "Property"])


def test_a_figure_is_rounded_to_the_requested_number_of_decimals():
    assert str(rounded(0.1234567, 6)) == "0.123457"
    assert str(rounded(2.0, 3)) == "2.000"
    assert get_type_hints(Reviewed, include_extras=True)["month_usd"] == Usd


@pytest.mark.parametrize("kind", NOTES)
def test_each_kind_of_note_is_read_somewhere_in_the_package_ledger(kind):
    """If no code reads a kind of note, the books do not need it."""
    read = re.compile(rf"\b(?:dated_)?notes\({kind.__name__}\)")

    assert any(read.search(path.read_text(encoding="utf-8")) for path in LEDGER.rglob("*.py"))
