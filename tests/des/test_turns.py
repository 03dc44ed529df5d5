"""What comes first: by time, then by rank, then as it stands."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from des.turns import in_turn


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=70))
def test_happenings_come_by_time_then_rank_and_ties_keep_their_order(happenings):
    times, ranks = np.array(happenings, dtype=np.int64).reshape(-1, 2).T.copy()

    expected = sorted(range(len(happenings)), key=lambda i: happenings[i])
    assert in_turn(times, ranks).tolist() == expected
