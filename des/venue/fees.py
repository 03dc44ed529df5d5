"""Taker fees by tier. A firm's volume in the last thirty days determines its fee on the next day.

A member of the venue is a party, or a desk of a party with positions of its own.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np

from des.compile_cache import njit
from des.scenario import FeeTier
from des.venue.venue import Venue
from ledger.money import to_cents

WINDOW_DAYS = 30


class FeeSchedule:
    """The fee tiers of one venue, and the takers' volume in the last thirty days."""

    def __init__(
        self,
        tiers: Sequence[FeeTier],
        volume_30d_cents: np.ndarray,
        discount: np.ndarray | None = None,
        floor_bps: float = 0.0,
    ) -> None:
        """Initialise with the volume before the run.

        Args:
            tiers: the fee tiers.
            volume_30d_cents: each taker's volume in the thirty days before the run. It is spread
                evenly over these days.
            discount: each taker's discount, as a share of its tier's fee. None: there are no
                discounts.
            floor_bps: the lowest fee after a discount, in basis points. If a tier's own fee is
                lower, the tier's fee applies without a discount.
        """
        none = np.zeros(len(volume_30d_cents))
        self._discount_e4 = np.rint(10_000 * (none if discount is None else discount)).astype(int)
        self._floor_e6 = round(floor_bps * 100)
        self._from_cents = np.array([to_cents(tier.volume_usd) for tier in tiers])
        self._rates_e6 = np.array([round(tier.taker_bps * 100) for tier in tiers], dtype=np.int64)
        daily, rest = np.divmod(volume_30d_cents, WINDOW_DAYS)
        self._days = deque([daily + rest, *[daily] * (WINDOW_DAYS - 1)], maxlen=WINDOW_DAYS)
        self.rates_e6 = self._rates()  # each taker's fee today, in millionths

    def _rates(self) -> np.ndarray:
        volume = sum(self._days)
        tier_e6 = self._rates_e6[np.searchsorted(self._from_cents, volume, side="right") - 1]
        # A discount is rounded down to a whole millionth, so the fee is rounded up.
        rates_e6 = tier_e6 - tier_e6 * self._discount_e4 // 10_000
        return np.maximum(rates_e6, np.minimum(tier_e6, self._floor_e6))

    def close_day(self, volume_cents: np.ndarray) -> None:
        """Replace the oldest day's volume by this day's volume, and set the next day's fees."""
        self._days.append(volume_cents)
        self.rates_e6 = self._rates()


class TakerFees:
    """The taker fee of each member of the venue: by tier for firms, and fixed for all others."""

    def __init__(
        self, venue: Venue, takers: np.ndarray, schedule: FeeSchedule, customers_e6: int
    ) -> None:
        """Initialise the fees.

        Args:
            venue: the venue that charges the fees.
            takers: the codes of the members that have a tier.
            schedule: the fee tiers of these takers.
            customers_e6: the fee of all other members, in millionths of their volume. Among these
                members only retail customers take quotes. They have accounts in all tiers, so their
                fee is a mean.
        """
        self._venue, self._takers, self._schedule = venue, takers, schedule
        self._volume_cents = np.zeros(len(venue.fee_e6), dtype=np.int64)  # volume taken today
        venue.fee_e6[:] = customers_e6
        self._set()

    def follow(self, market: int, rows: np.ndarray) -> None:
        """Add the volume of a market's fills (dtype ROW) to the takers' volume today."""
        _count(rows, self._venue.tick_cents[market], self._volume_cents)

    def close_day(self) -> None:
        """Add the day's volume to the last thirty days, and set the fees of the next day."""
        self._schedule.close_day(self._volume_cents[self._takers])
        self._volume_cents[:] = 0
        self._set()

    def _set(self) -> None:
        self._venue.fee_e6[self._takers] = self._schedule.rates_e6


@njit(cache=True)
def _count(rows: np.ndarray, tick_cents: int, volume_cents: np.ndarray) -> None:
    for row in rows:
        volume_cents[row.taker] += abs(row.lots) * row.price * tick_cents
