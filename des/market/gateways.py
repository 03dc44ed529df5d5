"""The delay of orders to the house venue, in quiet hours and in busy hours."""

from dataclasses import dataclass

import numpy as np

from des.chance import lognormal_quantiles_us
from des.clock import microseconds
from des.scenario import House


@dataclass(frozen=True, slots=True)
class Gateways:
    """Two tables of equally likely delays: one for quiet hours, and one for busy hours."""

    quiet_us: np.ndarray
    busy_us: np.ndarray
    busy_above: float

    @classmethod
    def of(cls, house: House) -> "Gateways":
        """Compute the delays from the scenario's figures for the house venue."""
        quiet, busy = (
            lognormal_quantiles_us(microseconds(median_ms / 1_000), house.gateway_log_sd)
            for median_ms in (house.gateway_ms_median, house.gateway_ms_median_busy)
        )
        return cls(quiet, busy, house.busy_above)

    def at(self, volatility_ratio: float) -> np.ndarray:
        """Return the delays of an hour.

        *volatility_ratio* is the hour's volatility divided by the stated volatility.
        """
        return self.busy_us if volatility_ratio >= self.busy_above else self.quiet_us
