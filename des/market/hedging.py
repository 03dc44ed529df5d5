"""Hedging on the lead venue. An order reaches the lead venue some time after the decision.

A trading firm hedges each fill separately, as soon as the firm learns of the fill. The captive
maker and the backstop providers hedge their net positions at settlements. The directional desk,
which does not hedge, also places its orders at settlements.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from des.clock import microseconds
from des.compile_cache import njit
from des.price.lead_price import Ticks
from des.quoting.quotes import latest
from des.rows import clear
from des.scenario import Firm, Scenario
from des.turns import in_turn
from ledger.fills import ROW, new_rows
from ledger.kinds import Kind
from ledger.motives import Motive
from ledger.parties import Parties

COST_UNIT = 10**8  # half-spreads are in hundred-millionths of the price

_PICKOFF, _HEDGE, _UNWINDING = map(int, (Motive.PICKOFF, Motive.HEDGE, Motive.UNWINDING))
# `des.quoting.race` explains why these are integers of numpy.
_NONE: int = np.int64(0)  # type: ignore[assignment]
_ONE: int = np.int64(1)  # type: ignore[assignment]


class HedgeOrders(NamedTuple):
    """Market orders that are on their way to the lead venue, as arrays of equal length."""

    due_us: np.ndarray
    hedger: np.ndarray
    lots: np.ndarray  # positive for a purchase


class HedgeTerms(NamedTuple):
    """The terms on which an order on the lead venue is filled."""

    half_spread_e8: int  # half-spread in hundred-millionths of the price
    outside: int  # the counterparty of all orders on the lead venue


def lead_delays_us(scenario: Scenario, parties: Parties, firms: Sequence[Firm]) -> np.ndarray:
    """Return each holder's delay to the lead venue, or 0 if the holder sends no orders there."""
    maker_us = microseconds(scenario.maker.hedge_delay_ms / 1_000)
    delay_us = dict.fromkeys(parties.holders, 0) | {parties.maker: maker_us}
    for firm in firms:
        delay_us[firm.name] = microseconds((firm.reaction_ms + scenario.lead.gateway_ms) / 1_000)
    if parties.directional:
        delay_us[f"{parties.directional}:{Kind.DIRECTIONAL}"] = maker_us
    providers = scenario.leverage.providers if scenario.leverage else ()
    for holder, provider in zip(parties.backstops, providers, strict=True):
        delay_us[holder] = microseconds(provider.unwind_delay_s)
    return np.array(list(delay_us.values()), dtype=np.int64)


class HedgeDesk:
    """Places orders on the lead venue in one market, and fills them."""

    def __init__(self, delay_us: np.ndarray, half_spread_bps: float, outside: int) -> None:
        """Initialise the desk without orders.

        Args:
            delay_us: for each party and each separate desk of the maker, the time from a decision
                until the order on the lead venue is filled. If a firm hedges a fill, the time
                begins with this fill.
            half_spread_bps: the cost of crossing the lead venue's spread.
            outside: the counterparty of all orders on the lead venue.
        """
        self._delay_us = delay_us
        self._terms = HedgeTerms(round(half_spread_bps * COST_UNIT / 10_000), outside)
        self._under_way = _no_orders(0)
        self._ordered_lots = 0
        self._pushed = 0  # the number of orders under way that already move the lead price

    def follow(self, house_fills: np.ndarray) -> None:
        """Place a hedge order for each hit by a firm and for each position that a firm unwinds.

        Args:
            house_fills: fills on the house (dtype ROW). Only hits and unwindings have an effect.
        """
        if len(house_fills):
            self._under_way, lots = _followed(self._under_way, house_fills, self._delay_us)
            self._ordered_lots += lots

    def decide(self, now_us: int, hedger: int, lots: int, most_lots: int | None = None) -> None:
        """Place an order of at most *most_lots* that moves a hedger's net position towards zero.

        The hedger's orders that are on their way count as filled.

        Args:
            now_us: the time of the settlement.
            hedger: the code of the hedger or of the directional desk.
            lots: the hedger's lots on both venues together, or the lots by which the directional
                desk is above its target.
            most_lots: the largest number of lots in one order. None: there is no limit.
        """
        if not lots and not len(self._under_way.lots):
            return  # the usual case
        needed = -lots - _lots_of(self._under_way, hedger)
        if most_lots is not None:
            needed = max(-most_lots, min(most_lots, needed))
        if needed:
            order = int(now_us + self._delay_us[hedger]), hedger, needed
            self._under_way = _with(self._under_way, order)
            self._ordered_lots += needed

    def ordered_lots(self) -> int:
        """Return the net lots that were ordered since the last call.

        `Listing` adds the impact of these orders to the lead price.
        """
        ordered, self._ordered_lots = self._ordered_lots, 0
        self._pushed = len(self._under_way.lots)
        return ordered

    def fills(self, end_us: int, ticks: Ticks, impact_per_root_lot: float) -> np.ndarray:
        """Fill the orders due before *end_us*.

        A purchase costs the lead price plus the half-spread and the impact. A sale brings the lead
        price minus the half-spread and the impact. An order that already moves the lead price has
        no further impact.

        Args:
            end_us: the interval's end.
            ticks: the lead price in the interval.
            impact_per_root_lot: an order's own impact on the log-price, divided by the square root
                of its lots.

        Returns:
            The fills as rows of dtype ROW, in the order of time.
        """
        if not len(self._under_way.due_us):
            return new_rows(0)
        pushed = self._pushed
        self._pushed = int((self._under_way.due_us[:pushed] >= end_us).sum())
        rows, self._under_way = _filled(
            self._under_way, end_us, ticks, self._terms, impact_per_root_lot, pushed
        )
        return rows


@njit(cache=True)
def _no_orders(n: int) -> HedgeOrders:
    return HedgeOrders(np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64))


@njit(cache=True)
def _note(orders: HedgeOrders, i: int, due_us: int, hedger: int | np.int64, lots: int) -> None:
    orders.due_us[i], orders.hedger[i], orders.lots[i] = due_us, hedger, lots


@njit(cache=True)
def _lots_of(orders: HedgeOrders, hedger: int) -> int:
    """Return the net lots of one hedger's orders."""
    lots = 0
    for i in range(len(orders.lots)):
        if orders.hedger[i] == hedger:
            lots += orders.lots[i]
    return lots


@njit(cache=True)
def _longer(orders: HedgeOrders, more: int) -> HedgeOrders:
    """Copy the orders into arrays with room for *more* orders at the end."""
    n = len(orders.lots)
    longer = _no_orders(n + more)
    for i in range(n):
        _note(longer, i, orders.due_us[i], orders.hedger[i], orders.lots[i])
    return longer


@njit(cache=True)
def _with(orders: HedgeOrders, order: tuple[int, int, int]) -> HedgeOrders:
    """Return *orders* followed by *order*, which is given as its due time, hedger and lots."""
    longer = _longer(orders, _ONE)
    _note(longer, len(orders.lots), order[0], order[1], order[2])
    return longer


@njit(cache=True)
def _followed(
    orders: HedgeOrders, fills: np.ndarray, delay_us: np.ndarray
) -> tuple[HedgeOrders, int]:
    """Append to *orders* a hedge order for each hit and each unwound position in *fills*.

    *fills* has dtype ROW. Returns all orders, and the net lots of the new orders.
    """
    taken = _NONE
    for fill in fills:
        taken += fill.motive == _PICKOFF or fill.motive == _UNWINDING
    longer, i, lots = _longer(orders, taken), len(orders.lots), 0
    for fill in fills:
        if fill.motive == _PICKOFF or fill.motive == _UNWINDING:
            taker = np.int64(fill.taker)
            _note(longer, i, fill.time_us + delay_us[taker], taker, -fill.lots)
            i += 1
            lots -= fill.lots
    return longer, lots


@njit(cache=True)
def _filled(
    orders: HedgeOrders,
    end_us: int,
    ticks: Ticks,
    terms: HedgeTerms,
    impact_per_root_lot: float,
    pushed: int,
) -> tuple[np.ndarray, HedgeOrders]:
    """Fill the orders due before *end_us*. Return the fills (dtype ROW) and the other orders.

    *pushed* is the number of orders, at the start of *orders*, that already move the lead price.
    """
    n = 0
    for due_us in orders.due_us:
        n += due_us < end_us
    rows, left = np.empty(n, dtype=ROW), _no_orders(len(orders.lots) - n)
    later = tick = _NONE
    for at, i in enumerate(in_turn(orders.due_us, orders.hedger)):
        due_us, hedger, lots = orders.due_us[i], orders.hedger[i], orders.lots[i]
        if due_us >= end_us:
            break  # the loop is in the order of due times, so the other orders are due later
        tick = latest(ticks.times_us, tick, due_us)
        lead = ticks.prices[tick]
        cost = -(-lead * terms.half_spread_e8 // COST_UNIT)
        if impact_per_root_lot and i >= pushed:
            cost += math.ceil(lead * impact_per_root_lot * math.sqrt(abs(lots)))
        row = rows[at]
        clear(row)
        row.time_us, row.motive, row.taker, row.maker = due_us, _HEDGE, hedger, terms.outside
        row.lots, row.lead = lots, lead
        row.price = max(lead + (cost if lots > 0 else -cost), 1)
    for i in range(len(orders.lots)):
        if orders.due_us[i] >= end_us:
            _note(left, later, orders.due_us[i], orders.hedger[i], orders.lots[i])
            later += 1
    return rows, left
