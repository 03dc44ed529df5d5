"""The capacity of backstop providers to take over positions of failed accounts."""

from collections.abc import Sequence

from des.clock import HOUR_US
from des.scenario import Provider
from ledger.money import pro_rata, to_cents


class Backstop:
    """The providers' unused capacity in the current interval and in the current clock hour."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        self._minute = [to_cents(provider.usd_per_minute) for provider in providers]
        self._hour = [to_cents(provider.usd_per_hour) for provider in providers]
        self._now_left = [0 for _ in providers]
        self._hour_left = list(self._hour)
        self._in_hour = -1

    def refill(self, time_us: int, elapsed_s: int, able: Sequence[bool]) -> None:
        """Refill the capacity for an interval.

        If the interval ends in a new clock hour, the capacity for the hour is refilled too.

        Args:
            time_us: the interval's end.
            elapsed_s: the interval's length in seconds.
            able: for each provider, whether the provider may take positions.
        """
        if time_us // HOUR_US != self._in_hour:
            self._in_hour, self._hour_left = time_us // HOUR_US, list(self._hour)
        by_minute = zip(self._minute, able, strict=True)
        self._now_left = [cents * elapsed_s // 60 if may else 0 for cents, may in by_minute]

    def take(self, lots: int, lot_cents: int) -> list[int]:
        """Divide lots among the providers in proportion to their unused capacity.

        Returns:
            The lots that each provider takes. If the providers' capacity is too small, the sum is
            below *lots*.
        """
        unused = [min(pair) for pair in zip(self._now_left, self._hour_left, strict=True)]
        room = [cents // lot_cents for cents in unused]
        taken = pro_rata(min(lots, sum(room)), room)
        for i, count in enumerate(taken):
            self._now_left[i] -= count * lot_cents
            self._hour_left[i] -= count * lot_cents
        return taken
