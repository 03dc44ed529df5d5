"""The net position of uninformed customers in one market, and its closing over time.

A customer holds a position for a random time, with an exponential distribution and a stated mean.
So in each hour a part of the orders is expected to close the share 1 - exp(-hour / mean) of the net
position. The other orders open positions, on either side with equal probability. The net position
is then an autoregressive process of order 1, which returns to zero. Without closing, the net
position is a random walk.

Suppose that on average lambda orders arrive per hour as a Poisson process, that s is the mean
square of their sizes, and that positions are held for T hours on average. In the long run the
variance of the net position is lambda s / (1 - exp(-2 / T)), about lambda s T / 2. A model in which
each position is opened by one order and closed by another has the variance lambda s T / 2, if
lambda / 2 positions are opened per hour as a Poisson process and each lasts T hours on average.

Sources: Uhlenbeck & Ornstein (1930), Physical Review 36, 823-841; the number in service of an
    infinite-server queue: Takacs (1962), Introduction to the Theory of Queues, chapter 3.
"""

import math
from dataclasses import dataclass

from des.repeated_orders import Noise
from ledger.times import HOURS_PER_DAY


@dataclass(slots=True)
class HeldPosition:
    """The net position of customers, the sum of all their orders so far."""

    holding_days: float  # the mean time until a position is closed
    lots: int = 0  # net position, above zero if long
    _open_lots: float = 0.0  # the random part of the position that later hours will reverse
    _closed_lots: float = 0.0  # lots that the current hour is expected to close

    def buyers(self, flow_lots: float, hours: int, noise: Noise) -> float:
        """Return the probability that an order of the coming hour is a purchase.

        Orders close a part of the position, but not the random part that later hours will reverse.

        Args:
            flow_lots: the expected volume of the hour in lots. At most this volume can be closed.
            hours: the number of hours that this hour represents.
            noise: the effect of the hour's random orders on the net position. See
                `des.repeated_orders`.
        """
        if noise is Noise.BEGINS:
            self._open_lots = 0.0
        held = self.lots - self._open_lots
        closed = -held * math.expm1(-hours / (HOURS_PER_DAY * self.holding_days))
        self._closed_lots = max(-flow_lots, min(flow_lots, closed))
        return (1 - self._closed_lots / flow_lots) / 2 if flow_lots else 0.5

    def add(self, lots: int, noise: Noise) -> None:
        """Add the net lots of the hour's orders: the expected closing plus a random deviation."""
        self.lots += lots
        if noise is not Noise.STAYS:
            self._open_lots += lots + self._closed_lots
