"""The market impact of orders on the lead venue. These orders move the lead price for some time.

The impact on the log-price is called the offset. Suppose that the offset was last computed D
seconds ago, and that orders now buy for Q dollars, or sell if Q is negative. Then the offset
becomes

    offset * exp(-D / tau) + kappa * sigma_day * sign(Q) * sqrt(|Q| / V)

Here tau is the decay time in seconds, kappa is the strength of the impact (a number without unit),
sigma_day is the volatility of one day, and V is the daily volume in dollars. The formula is the
square-root law of market impact (Toth et al. 2011, Physical Review X 1, 021006) with exponential
decay and without a permanent part. The simulated price follows recorded prices, which already
contain the impact of real orders. So kappa is 0 in the shipped scenarios. An experiment varies
kappa.
"""

import math


class Impact:
    """The temporary impact on the log-price of one market."""

    def __init__(self, kappa: float, tau_s: float, daily_volume_usd: float) -> None:
        self._kappa, self._tau_s, self._daily_volume_usd = kappa, tau_s, daily_volume_usd
        self.log_offset = 0.0

    def per_root_usd(self, daily_volatility: float) -> float:
        """Return how far an order of one dollar moves the log-price.

        An order of n dollars moves the log-price sqrt(n) times as far.
        """
        if not self._kappa:
            return 0.0
        return self._kappa * daily_volatility / math.sqrt(self._daily_volume_usd)

    def update(self, elapsed_s: float, usd: float, daily_volatility: float) -> None:
        """Let the offset decay for *elapsed_s* seconds, then add the impact of new orders.

        *usd* is the value of purchases minus the value of sales.
        """
        pushed = self.per_root_usd(daily_volatility) * math.sqrt(abs(usd))
        self.log_offset *= math.exp(-elapsed_s / self._tau_s)
        self.log_offset += math.copysign(pushed, usd)
