"""Texts are the same whether they are written for a whole column or row by row."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.columns import alike, each, joined

NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1)).map(lambda n: np.array(n, dtype=np.int64))
WORDS = st.text(max_size=5)


@given(NUMBERS)
def test_a_column_of_numbers_gives_the_same_texts_as_single_numbers(numbers):
    assert each("<{}>".format, numbers) == [f"<{number}>" for number in numbers.tolist()]


def test_a_single_number_gives_one_text_and_not_a_list():
    assert each("<{}>".format, -7) == "<-7>"


@given(st.lists(st.integers(0, 3)))
def test_a_repeated_number_is_converted_to_text_only_once(numbers):
    written: Counter = Counter()

    each(lambda number: written.update([number]) or "", np.array(numbers, dtype=np.int64))

    assert written == Counter(set(numbers))


@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(WORDS | st.lists(WORDS, min_size=n, max_size=n)))
)
def test_a_single_text_that_is_joined_with_columns_is_in_every_row(parts):
    columns = [part for part in parts if isinstance(part, list)]

    told = joined(parts)

    if not columns:
        assert told == "".join(parts)
        return
    assert told == [
        "".join(part[row] if isinstance(part, list) else part for part in parts)
        for row in range(len(columns[0]))
    ]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 65_535), st.booleans())))
def test_rows_with_equal_keys_form_a_group_and_the_groups_are_sorted_by_key(keys):
    places: dict[tuple, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    codes, more, flags = zip(*keys, strict=True) if keys else ((), (), ())
    columns = (np.array(codes, np.uint8), np.array(more, np.uint16), np.array(flags, bool))

    together = [rows.tolist() for rows in alike(np.arange(len(keys)), *columns)]

    assert together == [places[key] for key in sorted(places)]


def test_rows_with_too_many_possible_keys_are_refused():
    column = np.array([2**40])

    with pytest.raises(ValueError, match="dims"):
        list(alike(column, column, column))
