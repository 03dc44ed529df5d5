"""The trading firms' positions in one market after a settlement, their claims and their fees."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class FirmsInMarket:
    """Arrays with one element for each trading firm."""

    lots: np.ndarray
    claim_cents: np.ndarray  # the firms' claims on the house venue
    margin_cents: np.ndarray  # the part of the claim that is margin for this market
    fee_e6: np.ndarray  # the firms' taker fees, in millionths of the traded amount
    trades: np.ndarray  # whether the firm may hit quotes, bool
