"""The trading firms as takers: their speed, their smallest acceptable gain, their order sizes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from des.chance import decision_key
from des.clock import microseconds
from des.compile_cache import njit
from des.quoting.firms_in_market import FirmsInMarket
from des.quoting.quotes import ASK, BID, SIGN
from des.scenario import Firm
from des.turns import in_turn
from ledger.money import RATE_UNIT

LOTS_MAX = 2**61  # more than any firm's position, but small enough that sums do not overflow


@dataclass(frozen=True, slots=True)
class Takers:
    """The constant properties of the firms, as arrays with one value for each firm."""

    reaction_us: np.ndarray
    hurdle_e6: np.ndarray  # the least gain for a hit, in millionths of the price
    # The largest value of an order, as a share of the firm's claim on the house.
    order_share: np.ndarray
    leverage_max: np.ndarray

    @classmethod
    def of(cls, firms: Sequence[Firm]) -> "Takers":
        """Convert the firms of a scenario."""
        return cls(
            np.array([microseconds(firm.reaction_ms / 1_000) for firm in firms], dtype=np.int64),
            np.array([round(firm.hurdle_bps * 100) for firm in firms], dtype=np.int64),
            np.array([firm.order_share for firm in firms], dtype=np.float64),
            np.array([firm.leverage_max for firm in firms], dtype=np.float64),
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """The firms' thresholds and limits until the next settlement."""

    # A hit is profitable if the lead price is more than this number of ticks beyond the quote.
    threshold: np.ndarray  # in rising order, only for firms that trade
    firm: np.ndarray  # the firm of each threshold
    order_lots: np.ndarray  # the largest size of one order, by firm
    room_lots: np.ndarray  # lots by which a position may still change, by side, shape (2, firms)


def terms(
    takers: Takers,
    mark_ticks: int,
    cents_per_lot_tick: int,
    state: FirmsInMarket,
    hurdle_times: float = 1.0,
    order_times: int = 1,
) -> Terms:
    """Return the firms' thresholds and limits until the next settlement.

    A hit is profitable for a firm if the lead price is beyond the quote by more than the firm's fee
    and hurdle. An order's value is at most the product of `order_share`, *order_times* and the
    firm's claim on the house. No order takes the firm's position beyond `leverage_max` times the
    firm's margin in this market.

    Args:
        takers: the trading firms.
        mark_ticks: the lead price at the settlement.
        cents_per_lot_tick: the value of one tick on one lot, in cents.
        state: the firms' positions, claims, margin and fees.
        hurdle_times: a factor on the firms' hurdles. See `competing`.
        order_times: the number of real orders that one simulated order represents.
    """
    lot_cents = mark_ticks * cents_per_lot_tick
    hurdle_e6 = np.rint(takers.hurdle_e6 * hurdle_times).astype(np.int64)
    return Terms(
        *_thresholds(mark_ticks, state.fee_e6, hurdle_e6, state.trades),
        *_most_lots(
            lot_cents,
            order_times * takers.order_share,
            takers.leverage_max,
            state.lots,
            state.claim_cents,
            state.margin_cents,
        ),
    )


def competing(firms_that_trade: int, exponent: float) -> float:
    """Return the factor by which competition changes a firm's hurdle.

    Args:
        firms_that_trade: the number of firms that trade. 0 counts as 1.
        exponent: the strength of competition. 0: competition has no effect.

    Formula: firms_that_trade ** -exponent.
    """
    return float(max(firms_that_trade, 1) ** -exponent)


@njit(cache=True)
def _thresholds(
    mark_ticks: int, fee_e6: np.ndarray, hurdle_e6: np.ndarray, trades: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return thresholds in ticks, in rising order, and the firm of each threshold.

    A firm that does not trade has no threshold.
    """
    threshold = mark_ticks * (fee_e6 + hurdle_e6) // RATE_UNIT
    rising, firm, n = np.empty(len(threshold), np.int64), np.empty(len(threshold), np.int64), 0
    for i in in_turn(threshold, threshold):
        if trades[i]:
            rising[n], firm[n] = threshold[i], i
            n += 1
    return rising[:n].copy(), firm[:n].copy()


@njit(cache=True)
def _most_lots(
    lot_cents: int,
    order_share: np.ndarray,
    leverage_max: np.ndarray,
    lots: np.ndarray,
    claim_cents: np.ndarray,
    margin_cents: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    order, room = np.empty(len(lots), dtype=np.int64), np.empty((2, len(lots)), dtype=np.int64)
    for firm in range(len(lots)):
        # `most` and `asked` are floats, since the position that margin allows may be too large for
        # an integer.
        most = np.floor(max(margin_cents[firm], 0) * leverage_max[firm] / lot_cents)
        asked = np.floor(max(claim_cents[firm], 0) * order_share[firm] / lot_cents)
        order[firm] = min(asked, LOTS_MAX)
        for side in (ASK, BID):
            room[side, firm] = min(most, LOTS_MAX) - SIGN[side] * lots[firm]
    return order, room


def nobody_takes(firms: int) -> Terms:
    """Return terms with which no firm sends an order. *firms* is the number of firms."""
    none = np.empty(0, dtype=np.int64)
    return Terms(none, none, np.zeros(firms, dtype=np.int64), np.zeros((2, firms), dtype=np.int64))


def gateway_keys(seed: int, market: str, firms: Sequence[Firm]) -> np.ndarray:
    """Return the keys from which the firms' gateway delays in a market are drawn, uint64."""
    keys = [decision_key(seed, "gateway", market, firm.name) for firm in firms]
    return np.array(keys, dtype=np.uint64)
