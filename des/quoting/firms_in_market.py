"""What a settlement leaves to the trading firms in one market."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class FirmsInMarket:
    """What the trading firms have and pay, as equally long arrays."""

    lots: np.ndarray
    claim_cents: np.ndarray  # on the venue, in all
    margin_cents: np.ndarray  # of it, that a firm may use in this market
    fee_e6: np.ndarray
    trades: np.ndarray  # bool: it hits quotes
