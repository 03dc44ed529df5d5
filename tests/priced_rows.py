"""Computes the edge and the fee of fills that a test writes by hand."""

import numpy as np

from ledger.fills import edge_cents
from ledger.money import fee_cents


def price_fills(rows: np.ndarray, cents_per_lot_tick: int) -> None:
    """Set the edge and the fee of each fill. Its contract must represent a single market."""
    rows["edge_cents"] = edge_cents(rows["lead"], rows["price"], rows["lots"], cents_per_lot_tick)
    traded_cents = np.abs(rows["lots"]) * rows["price"] * cents_per_lot_tick
    rows["fee_cents"] = fee_cents(traded_cents, rows["fee_e6"])
