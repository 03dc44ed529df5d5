"""The net position of uninformed customers in one market, and its closing.

Each customer closes a position after an exponential time with a stated mean. So in each hour the
part 1 - exp(-hour / mean) of the net position is closed out of the hour's flow; the rest of the
flow opens positions, on either side with equal probability. The net position is then an
autoregressive process of order 1, which returns to zero; without closing it is a random walk.

With a flow of Poisson orders, lambda an hour of mean square s, and the mean time T in hours, its
variance in the long run is lambda s / (1 - exp(-2 / T)): about lambda s T / 2. Positions on both
sides that arrive as Poisson processes and last T each have the same variance.

Sources: Uhlenbeck & Ornstein (1930), Physical Review 36, 823-841; the number in service of an
    infinite-server queue: Takacs (1962), Introduction to the Theory of Queues, chapter 3.
"""

import math
from dataclasses import dataclass

from ledger.times import HOURS_PER_DAY


@dataclass(slots=True)
class HeldPosition:
    """The customers' net position, the sum of all their orders so far."""

    holding_days: float  # the mean time until a position is closed
    lots: int = 0  # net; long above zero
    _left_lots: float = 0.0  # the expected position after the last hour

    def buyers(self, flow_lots: float, hours: int, is_twin: bool) -> float:
        """Return the chance that an order of the hour that begins buys.

        Args:
            flow_lots: the expected volume of the hour. No more than that is closed.
            hours: how many hours this one stands for.
            is_twin: whether it repeats the traded hour before with sides reversed. It then leans
                against the expected position after that hour, without that hour's noise.
        """
        held = self._left_lots if is_twin else float(self.lots)
        closed = -held * math.expm1(-hours / (HOURS_PER_DAY * self.holding_days))
        closed = max(-flow_lots, min(flow_lots, closed))
        self._left_lots = held - closed
        return (1 - closed / flow_lots) / 2 if flow_lots else 0.5
