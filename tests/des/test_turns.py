"""Events are sorted by time and then by rank. Equal events keep the given order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from des.turns import first_at, in_turn


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=70))
def test_events_are_sorted_by_time_and_then_by_rank_and_equal_events_keep_their_order(happenings):
    times, ranks = np.array(happenings, dtype=np.int64).reshape(-1, 2).T.copy()

    expected = sorted(range(len(happenings)), key=lambda i: happenings[i])
    assert in_turn(times, ranks).tolist() == expected


@given(st.sets(st.integers(0, 30)), st.integers(-1, 31))
def test_a_search_finds_the_first_time_that_is_not_before_a_given_time(times, time):
    rising = sorted(times)

    at = first_at(np.array(rising, dtype=np.int64), time)
    assert all(each < time for each in rising[:at])
    assert all(each >= time for each in rising[at:])
