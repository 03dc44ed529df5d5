"""The trading firms as takers: how fast they are, what edge they ask for, how much they take."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from des.chance import decision_key
from des.clock import microseconds
from des.compile_cache import njit
from des.quoting.quotes import ASK, BID, SIGN
from des.scenario import Firm
from des.turns import in_turn
from ledger.money import RATE_UNIT, to_cents


@dataclass(frozen=True, slots=True)
class Takers:
    """What does not change about the firms, as equally long arrays."""

    reaction_us: np.ndarray
    hurdle_e6: np.ndarray  # millionths of the price
    order_cents: np.ndarray  # what one order takes at most
    leverage_max: np.ndarray

    @classmethod
    def of(cls, firms: Sequence[Firm]) -> "Takers":
        """Read the firms of a scenario."""
        return cls(
            np.array([microseconds(firm.reaction_ms / 1_000) for firm in firms], dtype=np.int64),
            np.array([round(firm.hurdle_bps * 100) for firm in firms], dtype=np.int64),
            np.array([to_cents(firm.order_usd) for firm in firms], dtype=np.int64),
            np.array([firm.leverage_max for firm in firms], dtype=np.float64),
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """The firms' decisions until the next settlement."""

    threshold: np.ndarray  # ticks beyond a quote from which hitting it pays, lowest first
    firm: np.ndarray  # whose threshold it is
    take_lots: np.ndarray  # what one order takes at most, shape (2, firms): by side and firm


def terms(
    takers: Takers,
    mark_ticks: int,
    cents_per_lot_tick: int,
    fee_e6: np.ndarray,
    lots: np.ndarray,
    margin_cents: np.ndarray,
) -> Terms:
    """Decide from the state of a settlement.

    A quote is worth hitting when it is beyond the lead price by more than fee and hurdle. A firm
    takes no more than one order's size, and no more than keeps its position within its leverage.

    Args:
        takers: the firms.
        mark_ticks: the lead price at the settlement.
        cents_per_lot_tick: value of one tick on one lot.
        fee_e6: taker fee of each firm in millionths.
        lots: position of each firm in this market.
        margin_cents: what each firm may use in this market as margin.
    """
    lot_cents = mark_ticks * cents_per_lot_tick
    take_lots = _take_lots(lot_cents, takers.order_cents, takers.leverage_max, lots, margin_cents)
    return Terms(*_thresholds(mark_ticks, fee_e6, takers.hurdle_e6), take_lots)


@njit(cache=True)
def _thresholds(
    mark_ticks: int, fee_e6: np.ndarray, hurdle_e6: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return in ticks what hitting a quote costs and must bring, lowest first, and whom."""
    threshold = mark_ticks * (fee_e6 + hurdle_e6) // RATE_UNIT
    firm, rising = in_turn(threshold, threshold), np.empty(len(threshold), np.int64)
    for place in range(len(firm)):
        rising[place] = threshold[firm[place]]
    return rising, firm


@njit(cache=True)
def _take_lots(
    lot_cents: int,
    order_cents: np.ndarray,
    leverage_max: np.ndarray,
    lots: np.ndarray,
    margin_cents: np.ndarray,
) -> np.ndarray:
    take = np.empty((2, len(lots)), dtype=np.int64)
    for firm in range(len(lots)):
        # In floats: what margin allows may be more than fits an integer.
        limit = np.floor(max(margin_cents[firm], 0) * leverage_max[firm] / lot_cents)
        for side in (ASK, BID):
            room = limit - SIGN[side] * lots[firm]
            take[side, firm] = max(min(room, order_cents[firm] // lot_cents), 0)
    return take


def nobody_takes(firms: int) -> Terms:
    """Return the terms of *firms* that never send an order."""
    none = np.empty(0, dtype=np.int64)
    return Terms(none, none, np.zeros((2, firms), dtype=np.int64))


def gateway_keys(seed: int, market: str, firms: Sequence[Firm]) -> np.ndarray:
    """Return the keys of the firms' gateway draws in one market, uint64."""
    keys = [decision_key(seed, "gateway", market, firm.name) for firm in firms]
    return np.array(keys, dtype=np.uint64)
