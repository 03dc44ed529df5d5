"""The volume of one market on the house, in cents: uninformed orders, hits, forced orders."""

from collections import deque
from operator import add
from typing import NamedTuple, Self

import numpy as np

from des.compile_cache import njit
from ledger.motives import Motive, VolumePart, counted_as
from ledger.times import HOURS_PER_DAY

_PARTS, _NO_ORDER = tuple(VolumePart), -1
# Orders with the motive m count in the part _PARTS[_COUNTS_IN[m]] of the volume. They do not count
# if _COUNTS_IN[m] is _NO_ORDER.
_COUNTS_IN = np.full(len(Motive), _NO_ORDER)
for _place, _part in enumerate(_PARTS):
    _COUNTS_IN[list(counted_as(_part))] = _place


class Traded(NamedTuple):
    """Volume in cents by the motive of the orders. Uninformed orders are also split by maker."""

    captive_cents: int = 0  # uninformed orders that the captive maker filled
    others_cents: int = 0  # uninformed orders that the other makers filled
    hits_cents: int = 0  # firms' hits on the captive maker's quotes
    forced_cents: int = 0  # forced orders that any maker filled

    @property
    def all_cents(self) -> int:
        """Return the total volume. Each trade counts once."""
        return sum(self)

    @property
    def uninformed_cents(self) -> int:
        """Return the volume of uninformed orders."""
        return self.captive_cents + self.others_cents

    def plus(self, other: "Traded") -> Self:
        """Return the sum of two volumes, part by part."""
        return type(self)(*map(add, self, other))


NOTHING = Traded()


class MarketVolume:
    """Sums up the volume of today, of this month, and of about the last 24 hours."""

    def __init__(self, cents_per_lot_tick: int) -> None:
        """Initialise with no volume. *cents_per_lot_tick* is the value of one tick on one lot."""
        self._tick_cents = cents_per_lot_tick
        # For each of the latest played hours: the number of hours that it represents, and its
        # volume in cents.
        self._hours: deque[tuple[int, int]] = deque()
        self._response = 1.0
        self.hour_stands_for = 1  # number of hours that the current played hour represents
        self.hours_today = 0  # number of today's played hours, including the current hour
        self.stood_for_today = 0  # number of hours that today's played hours represent
        self.today = self.this_month = self.last_month = NOTHING
        # Today's uninformed volume, without the volume that the captive maker's quotes add.
        self.without_maker_cents = 0.0

    def begin_hour(self, response: float, stands_for: int = 1) -> None:
        """Begin a played hour.

        Args:
            response: the factor by which the captive maker's quotes raise customers' volume.
            stands_for: the number of hours that the played hour represents.
        """
        self._response, self.hour_stands_for = response, stands_for
        self.hours_today += 1
        self.stood_for_today += stands_for
        self._hours.append((stands_for, 0))
        while sum(hours for hours, _ in self._hours) - self._hours[0][0] >= HOURS_PER_DAY:
            self._hours.popleft()

    def count(self, rows: np.ndarray, others_lot_ticks: int) -> None:
        """Add the volume that was traded in a part of the hour.

        Args:
            rows: the fills on the house (dtype ROW).
            others_lot_ticks: lots times price, in ticks, of uninformed orders that the other makers
                filled.
        """
        if not len(rows) and not others_lot_ticks:
            return
        captive, hits, forced = _lot_ticks(rows).tolist()
        by_cause = (captive, others_lot_ticks, hits, forced)
        if not any(by_cause):
            return
        now = Traded._make([self._tick_cents * lot_ticks for lot_ticks in by_cause])
        self.today, self.this_month = self.today.plus(now), self.this_month.plus(now)
        hours, cents = self._hours[-1]
        self._hours[-1] = hours, cents + now.all_cents
        self.without_maker_cents += now.uninformed_cents / self._response

    def usd_per_day(self) -> float:
        """Return the volume of the latest played hours, in dollars per day.

        The hours are counted back from the latest one until they together represent at least 24
        hours. On the first day they are all played hours so far. Before the first played hour the
        volume is 0.
        """
        if not self._hours:
            return 0.0
        hours, cents = map(sum, zip(*self._hours, strict=True))
        return cents / 100 * HOURS_PER_DAY / hours

    def close_day(self) -> None:
        """Begin the next day."""
        self.today, self.without_maker_cents = NOTHING, 0.0
        self.hours_today = self.stood_for_today = 0

    def close_month(self) -> None:
        """Begin the next month."""
        self.last_month, self.this_month = self.this_month, NOTHING


@njit(cache=True)
def _lot_ticks(rows: np.ndarray) -> np.ndarray:
    """Return the sum of lots times price for each part of the volume, in the order of _PARTS."""
    sums = np.zeros(len(_PARTS), np.int64)
    for row in rows:
        place = _COUNTS_IN[row.motive]
        if place != _NO_ORDER:
            sums[place] += abs(row.lots) * row.price
    return sums
