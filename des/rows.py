"""Rows of fills in compiled code: the ledger's rules for edge and fee, and an empty row."""

from collections.abc import Callable

import numpy as np

from des.compile_cache import njit
from ledger.fills import ABSENT, edge_cents
from ledger.money import fee_cents

# Compiled versions of the ledger's own rules.
row_edge_cents: Callable[[int, int, int, int], int] = njit(cache=True)(edge_cents)
row_fee_cents: Callable[[int, int], int] = njit(cache=True)(fee_cents)


@njit(cache=True)
def clear(row: np.void) -> None:
    """Set every field of a row to the value that the field has in `new_rows`."""
    row.seq = row.time_us = row.motive = row.venue = row.market = row.taker = row.maker = 0
    row.lots = row.price = row.lead = row.trigger = 0
    row.holder = row.lead_when_quoted = row.quote_age_us = ABSENT
    row.fee_e6 = row.edge_cents = row.fee_cents = 0
