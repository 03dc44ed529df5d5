"""The trading firms as takers: how fast they are, what edge they ask for, how much they take."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from des.chance import decision_key
from des.clock import microseconds
from des.scenario import Firm
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

    by_threshold: tuple[tuple[int, int], ...]  # (ticks beyond which it pays, firm), lowest first
    take_lots: tuple[list[int], list[int]]  # what one order takes at most, by side and firm


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
    limit = np.floor(np.maximum(margin_cents, 0) * takers.leverage_max / lot_cents)
    room = np.stack((limit - lots, limit + lots))
    take = np.clip(np.minimum(room, takers.order_cents // lot_cents), 0, None)
    threshold = mark_ticks * (fee_e6 + takers.hurdle_e6) // RATE_UNIT
    buy, sell = take.astype(np.int64).tolist()
    return Terms(
        tuple(sorted((ticks, firm) for firm, ticks in enumerate(threshold.tolist()))), (buy, sell)
    )


def nobody_takes() -> Terms:
    """Return the terms of a world without firms."""
    return Terms((), ([], []))


def gateway_keys(seed: int, market: str, firms: Sequence[Firm]) -> list[int]:
    """Return the keys of the firms' gateway draws in one market."""
    return [decision_key(seed, "gateway", market, firm.name) for firm in firms]
