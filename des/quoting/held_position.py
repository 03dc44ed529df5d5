"""The net position of uninformed customers in one market. Orders close it over time.

A customer holds a position for a random time, with an exponential distribution and a mean of T
hours. So in each hour a part of the orders closes, on average, the share 1 - exp(-1 / T) of the net
position. All other orders are purchases or sales with equal probability. The net position is then
an autoregressive process of order 1, which tends to return to zero. If orders closed nothing, the
net position would be a random walk.

Let orders arrive as a Poisson process with lambda orders per hour, and let s be the mean square of
their sizes. In the long run the variance of the net position is lambda * s / (1 - exp(-2 / T)). For
a large T this is about lambda * s * T / 2. A second model has the same variance,
lambda * s * T / 2. In this model one order opens each position and another order closes it.
Positions open as a Poisson process with lambda / 2 positions per hour, and each position lasts T
hours on average.

Sources: Uhlenbeck & Ornstein (1930), Physical Review 36, 823-841. For the second model, a queue
    with infinitely many servers: Takacs (1962), Introduction to the Theory of Queues, chapter 3.
"""

import math
from dataclasses import dataclass

from des.repeated_orders import Noise
from ledger.times import HOURS_PER_DAY


@dataclass(slots=True)
class HeldPosition:
    """The net position of uninformed customers: their purchases minus their sales so far."""

    holding_days: float  # the mean time until a position is closed
    lots: int = 0  # net position, above zero if long
    _open_lots: float = 0.0  # the random part of the position that later hours will reverse
    _closed_lots: float = 0.0  # lots that this hour is expected to close, above zero if long

    def buyers(self, flow_lots: float, hours: int, noise: Noise) -> float:
        """Return the probability that an order of the coming hour is a purchase.

        With this probability, orders are expected to close a share of the position. The random part
        of the position, which later hours will reverse, is subtracted from the position first.

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
        """Add the hour's net purchases in lots.

        They are a random part minus the lots that orders were expected to close in the hour.
        """
        self.lots += lots
        if noise is not Noise.STAYS:
            self._open_lots += lots + self._closed_lots
