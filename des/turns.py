"""The order of events within a microsecond.

Ticks come first. Then come deposits, withdrawals and new quotes. Then orders arrive: those of
firms in the order of the firms' numbers, and then all others. A settlement comes last.
"""

import numpy as np
import simpy

from des.compile_cache import njit

QUOTE = 1
ORDER = 2  # the turn of an order is this number plus the firm's number
SETTLEMENT = 2**62


class Moment(simpy.Event):
    """An event at a given time. In one microsecond, events with a lower turn come first."""

    def __init__(self, env: simpy.Environment, time_us: int, turn: int) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        # SimPy accepts any integer as priority, but its type annotation allows only two constants.
        env.schedule(self, priority=turn, delay=time_us - env.now)  # type: ignore[arg-type]


@njit("int64[::1](int64[::1], int64[::1])", cache=True)
def in_turn(time_us: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Return the indices that sort events by time. Ties are sorted by rank, then by input order.

    Args:
        time_us, rank: the time and the rank of each event, shape (n,).

    Returns:
        Indices, int64, shape (n,).
    """
    n, width = len(time_us), 1
    places, merged = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(n):
        places[i] = i
    while width < n:
        for low in range(0, n, 2 * width):
            left, middle, high = low, min(low + width, n), min(low + 2 * width, n)
            right = middle
            for at in range(low, high):
                takes_right = right < high
                if takes_right and left < middle:
                    a, b = places[left], places[right]
                    later = time_us[a] - time_us[b]
                    takes_right = later > 0 or (later == 0 and rank[a] > rank[b])
                if takes_right:
                    merged[at] = places[right]
                    right += 1
                else:
                    merged[at] = places[left]
                    left += 1
        places, merged = merged, places
        width *= 2
    return places


@njit("int64(int64[::1], int64)", cache=True)
def first_at(times_us: np.ndarray, time_us: int) -> int:
    """Return the index of the first time at or after *time_us*, or len(times_us) if there is none.

    The times are in rising order. Compiled code uses this function, because numpy's `searchsorted`
    takes long to compile.
    """
    low, high = 0, len(times_us)
    while low < high:
        middle = (low + high) // 2
        if times_us[middle] < time_us:
            low = middle + 1
        else:
            high = middle
    return low
