"""Customers' confidence in the house: each shock adds fear, and fear decays (see `Flow`)."""

import math
from collections.abc import Callable

from des.clock import HOUR_US
from des.scenario import Flow


def trust(fear: float) -> float:
    """Return customers' trust in the house, exp(-fear): 1 without fear, near 0 with much fear."""
    return math.exp(-fear)


class Confidence:
    """Customers' fear: a sum of shocks, each of which halves every `fear_half_life_h` hours."""

    def __init__(self, flow: Flow, claims_cents: Callable[[], int]) -> None:
        """Initialise without fear.

        Args:
            flow: states the shocks of fear, and their half-life.
            claims_cents: returns the cents that the house owes to all customers outside its group.
        """
        self._flow, self._claims_cents = flow, claims_cents
        self._fear, self._at_us = 0.0, 0

    def fear(self, time_us: int) -> float:
        """Return the fear at a time, which must not be before the last shock."""
        return self._fear * self._left(time_us - self._at_us)

    def shock(self, time_us: int, size: float) -> None:
        """Add a shock of fear.

        If *time_us* is before the last shock, the new shock decays from *time_us* to the time of
        the last shock, and only the remaining part is added.
        """
        if time_us > self._at_us:
            self._fear, self._at_us = self.fear(time_us), time_us
        self._fear += size * self._left(self._at_us - time_us)

    def ask(self, time_us: int, cents: int) -> None:
        """Add the fear that a request for withdrawal causes."""
        claims = self._claims_cents()
        if claims > 0:
            self.shock(time_us, self._flow.contagion * min(cents / claims, 1.0))

    def queue(self, time_us: int) -> None:
        """Add the fear that the start of a queue of withdrawals causes."""
        self.shock(time_us, self._flow.queue_shock)

    def _left(self, elapsed_us: int) -> float:
        return 0.5 ** (elapsed_us / HOUR_US / self._flow.fear_half_life_h)
