"""A constant-product pool, and the arbitrageur who can trade with it at each block of its chain.

The pool has two reserves: tokens and dollars. Except for rounding, a trade does not change the
product of the two quantities. The outside price is the lead price of the token. Only arbitrage
changes the pool's price: at each block an arbitrageur trades until no further lot is profitable.

The provider's loss versus rebalancing compares the pool's trades with trades of the same tokens at
the outside price. The loss equals the arbitrageur's gain plus the fee.

The fee is paid in dollars, for purchases and for sales. The fee is not added to the reserves: the
providers receive the fee as income at once. So the product of the reserves changes only by
rounding, or if a provider removes liquidity. The books record losses and fees separately,
as the theory of constant-product pools does. The first real pools of this kind added fees to their
reserves, so that the reserves grew over time.

All amounts are integers. Each payment and each fee is rounded in favour of the pool or its
providers. For amounts, floats are used only in first estimates and in the check of the limits.
"""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np

from des.chance import distinct, stream
from des.clock import HOUR_US, YEAR_S
from des.compile_cache import njit
from des.price.lead_price import Ticks
from ledger.mistake import MistakeError
from ledger.money import RATE_UNIT

# If reserves and prices are within these limits, or only slightly above, every product of integers
# in the compiled functions fits in 64 bits or is compared in 128 bits.
LOTS_MAX = 2**31
CENTS_MAX = 2**50
PRICE_TICKS_MAX = 2**31
LOT_TICKS_PER_CENT_MAX = 1_000

# One trade of the arbitrageur with the pool.
ARBITRAGE = np.dtype(
    [
        ("time_us", np.int64),  # the time of the trade's block
        ("outside", np.int64),  # the outside price, in ticks
        ("before", np.int64),  # the pool's price before the trade, in ticks, rounded half up
        ("after", np.int64),  # the pool's price after the trade, in ticks, rounded half up
        ("lots", np.int64),  # positive when the arbitrageur buys
        ("cents", np.int64),  # paid into the reserves; negative if the reserves pay out
        ("fee_cents", np.int64),  # the arbitrageur's fee to the providers
        ("gain_cents", np.int64),  # gain after the fee, at the outside price, rounded down
    ]
)

# The mask for the lower half of a 64-bit number, and the shift that moves the upper half down.
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


class PoolRangeError(MistakeError, ValueError):
    """A pool's reserves or prices may leave the range in which trades can be computed exactly."""


class Liquidity(NamedTuple):
    """The shares that a provider returns, and the tokens and dollars that the pool pays out."""

    lots: int
    cents: int
    shares: int


@dataclass(frozen=True, slots=True)
class ConstantProductPool:
    """A pool: its reserves, its shares and its fee.

    Tokens are in lots, dollars in cents, and prices in ticks. At a price of one tick,
    *lot_ticks_per_cent* lots are worth one cent.
    """

    lots: int
    cents: int
    shares: int
    fee_e6: int  # the fee in millionths of the dollars exchanged
    lot_ticks_per_cent: int = 1

    @classmethod
    def opened(cls, lots: int, cents: int, fee_e6: int, lot_ticks_per_cent: int = 1) -> Self:
        """Open a pool with the tokens and dollars of its first provider, who gets all shares.

        Raises:
            ValueError: tokens or dollars are missing, or another argument is out of range.
        """
        if lots < 1 or cents < 1:
            raise ValueError(f"a pool cannot open with {lots} lots and {cents} cents; give both")
        if not 0 <= fee_e6 < RATE_UNIT:
            raise ValueError(
                f"a fee of {fee_e6} millionths is out of range; give at least 0 and less than "
                f"{RATE_UNIT}"
            )
        if not 1 <= lot_ticks_per_cent <= LOT_TICKS_PER_CENT_MAX:
            raise ValueError(
                f"{lot_ticks_per_cent} lot-ticks per cent is not within 1 to "
                f"{LOT_TICKS_PER_CENT_MAX}; give another lot size"
            )
        return cls(lots, cents, math.isqrt(lots * cents), fee_e6, lot_ticks_per_cent)

    def remove_liquidity(self, shares: int) -> tuple[Self, Liquidity]:
        """Pay out the part of both reserves that *shares* represent, rounded down.

        Raises:
            ValueError: *shares* is not positive, or more than the pool has.
        """
        if not 1 <= shares <= self.shares:
            raise ValueError(f"a pool with {self.shares} shares cannot take back {shares} shares")
        lots, cents = (held * shares // self.shares for held in (self.lots, self.cents))
        left = replace(
            self, lots=self.lots - lots, cents=self.cents - cents, shares=self.shares - shares
        )
        return left, Liquidity(lots, cents, shares)

    def arbitrage(self, block_us: np.ndarray, ticks: Ticks) -> tuple[Self, np.ndarray]:
        """Simulate an arbitrageur who can trade with the pool at each block.

        The arbitrageur buys while the pool's price times (1 + fee) is below the outside price, and
        sells while the pool's price times (1 - fee) is above the outside price. Trades are in whole
        lots. The arbitrageur trades only if the gain after the fee is at least a cent.

        Args:
            block_us: times of the blocks, ascending, int64, shape (n,).
            ticks: the outside price. The first tick must not be after the first block.

        Returns:
            The pool after the last block; and the trades, as rows of dtype ARBITRAGE in the order
            of time.

        Raises:
            ValueError: no tick is at or before the first block.
            PoolRangeError: a price is too high, or at these prices the reserves may exceed the
                range of exact integers.
        """
        if not len(block_us) or not self.shares:
            return self, np.empty(0, dtype=ARBITRAGE)
        if not len(ticks.times_us) or ticks.times_us[0] > block_us[0]:
            raise ValueError("no tick at or before the first block; add an earlier tick")
        self._check_range(int(ticks.prices.min()), int(ticks.prices.max()))
        rows = np.empty(len(block_us), dtype=ARBITRAGE)
        terms = self.fee_e6, self.lot_ticks_per_cent
        n = _arbitrage(self.lots, self.cents, *terms, block_us, *ticks, rows)
        rows = rows[:n].copy()  # a copy frees the memory of the many unused rows
        lots = self.lots - int(rows["lots"].sum())
        return replace(self, lots=lots, cents=self.cents + int(rows["cents"].sum())), rows

    def _check_range(self, lowest: int, highest: int) -> None:
        """Refuse prices above the limit, and prices at which the reserves may exceed the limits."""
        if highest >= PRICE_TICKS_MAX:
            raise PoolRangeError(f"a price of {highest} ticks is too high; give a coarser tick")
        root = math.sqrt(self.lots * self.cents)
        # The estimate ignores the fee, because a fee only makes trades smaller.
        lots = max(self.lots, root * math.sqrt(self.lot_ticks_per_cent / lowest))
        cents = max(self.cents, root * math.sqrt(highest / self.lot_ticks_per_cent))
        if lots >= LOTS_MAX:
            raise PoolRangeError(f"the pool may reach {lots:.3g} lots; give larger lots")
        if cents >= CENTS_MAX:
            raise PoolRangeError(f"the pool may reach {cents:.3g} cents; add fewer dollars to it")


def block_times_us(
    seed: int, chain: str, block_s_mean: float, start_us: int, end_us: int
) -> np.ndarray:
    """Draw the random times of a chain's blocks, from *start_us* on and before *end_us*.

    The blocks come as a Poisson process. An hour's blocks depend only on seed, chain, mean and
    hour.

    Args:
        seed: the run's seed.
        chain: the name of the chain.
        block_s_mean: the mean time between two blocks, in seconds.
        start_us, end_us: the start of the span, and its end.

    Returns:
        The times in microseconds, strictly rising, int64.
    """
    times = [np.empty(0, dtype=np.int64)]
    for hour in range(start_us // HOUR_US, -(-end_us // HOUR_US)):
        draws = stream(seed, "chain", "block times", chain, hour)
        offsets_us = draws.integers(HOUR_US, size=draws.poisson(3600 / block_s_mean))
        # No two blocks have the same time.
        times.append(hour * HOUR_US + distinct(offsets_us, HOUR_US))
    drawn_us = np.concatenate(times)
    first, last = drawn_us.searchsorted((start_us, end_us))
    return drawn_us[first:last]


@njit("uint64(uint64, uint64)", cache=True)
def _high_half(a: int, b: int) -> int:
    """Return the upper 64 bits of the 128-bit product of two 64-bit numbers."""
    inner = (a >> _HALF) * (b & _LOW) + (((a & _LOW) * (b & _LOW)) >> _HALF)
    outer = (a & _LOW) * (b >> _HALF) + (inner & _LOW)
    return (a >> _HALF) * (b >> _HALF) + (inner >> _HALF) + (outer >> _HALF)


@njit("boolean(uint64, uint64, uint64, uint64)", cache=True)
def _exceeds(a: int, b: int, c: int, d: int) -> bool:
    """Tell whether a * b > c * d, computed with 128 bits."""
    high, other_high = _high_half(a, b), _high_half(c, d)
    return high > other_high or (high == other_high and a * b > c * d)


@njit(cache=True)
def _arbitrage(
    lots: int,
    cents: int,
    fee_e6: int,
    lot_ticks_per_cent: int,
    block_us: np.ndarray,
    tick_us: np.ndarray,
    tick_price: np.ndarray,
    rows: np.ndarray,
) -> int:
    """Trade at each block where this is profitable, record the trades, and return their number.

    The marginal price of a lot is cents / lots. The pool's ask is the marginal price times
    (1 + fee), and the pool's bid is the marginal price times (1 - fee). The outside price is
    compared with the ask and the bid. In a comparison each price is multiplied by the other
    price's denominator, so that only integers are needed.
    """
    n, tick = 0, 0
    ask = lot_ticks_per_cent * (RATE_UNIT + fee_e6)
    bid = lot_ticks_per_cent * (RATE_UNIT - fee_e6)
    for time_us in block_us:
        while tick + 1 < len(tick_us) and tick_us[tick + 1] <= time_us:
            tick += 1
        price = tick_price[tick]
        outside = price * RATE_UNIT
        if _exceeds(lots, outside, cents, ask):
            left = _lots_up(lots * ask, cents, outside)
        elif _exceeds(cents, bid, lots, outside):
            left = _lots_down(lots * bid, cents, outside)
        else:
            continue
        bought = lots - left
        # The payment is rounded up, so that the product of the reserves does not fall.
        paid = _rounded_up(bought, cents, left)
        fee = _rounded_up(fee_e6, abs(paid), RATE_UNIT)
        gain = bought * price - (paid + fee) * lot_ticks_per_cent
        if gain < lot_ticks_per_cent:
            continue
        row = rows[n]
        row.time_us, row.outside = time_us, price
        row.before = _price_ticks(lots, cents, lot_ticks_per_cent)
        lots, cents = left, cents + paid
        row.after = _price_ticks(lots, cents, lot_ticks_per_cent)
        row.lots, row.cents, row.fee_cents = bought, paid, fee
        row.gain_cents = gain // lot_ticks_per_cent
        n += 1
    return n


@njit(cache=True)
def _lots_down(scaled_lots: int, cents: int, outside: int) -> int:
    """Return the most lots that the pool can hold while its bid is at least *outside*.

    The product of the reserves, lots * cents, stays the same. So if the pool has n lots, the price
    of a lot is lots * cents / n^2. `_lots_up` calls this function with the ask instead of the bid.

    Args:
        scaled_lots: the lots in the pool, multiplied by the variable `bid` of `_arbitrage`.
            `_lots_up` gives the lots times `ask`.
        cents: the dollars in the pool, in cents.
        outside: the outside price in ticks, times RATE_UNIT.
    """
    n = np.int64(math.sqrt(float(scaled_lots) * float(cents) / float(outside)))
    while _exceeds(n * n, outside, scaled_lots, cents):
        n -= 1
    while not _exceeds((n + 1) * (n + 1), outside, scaled_lots, cents):
        n += 1
    return n


@njit(cache=True)
def _lots_up(scaled_lots: int, cents: int, outside: int) -> int:
    """Return the fewest lots that the pool can hold while its ask is at most *outside*."""
    n = _lots_down(scaled_lots, cents, outside)
    return n + 1 if _exceeds(scaled_lots, cents, n * n, outside) else n


@njit(cache=True)
def _rounded_up(part: int, amount: int, whole: int) -> int:
    """Return amount * part / whole, rounded up.

    The product part * whole must fit in 64 bits, but amount * part may be larger.
    """
    return part * (amount // whole) - (-part * (amount % whole)) // whole


@njit(cache=True)
def _price_ticks(lots: int, cents: int, lot_ticks_per_cent: int) -> int:
    return (2 * cents * lot_ticks_per_cent + lots) // (2 * lots)


def loss_versus_rebalancing_rate(volatility: float) -> float:
    """Return the loss to arbitrageurs per year and dollar in the pool, if the pool has no fee.

    Args:
        volatility: sigma, the annualised volatility of the outside price, which has no jumps.

    Source: sigma^2 / 8, the limit for very frequent blocks. Milionis, Moallemi, Roughgarden &
        Zhang (2022), Automated Market Making and Loss-Versus-Rebalancing, arXiv 2208.06046.
    """
    return volatility**2 / 8


def arbitrage_share(volatility: float, block_s_mean: float, fee: float) -> float:
    """Return the share of blocks in which the arbitrageur trades.

    The gap is the log of the ratio of the outside price to the pool's price. The band is the range
    of gaps at which no trade is profitable.

    Args:
        volatility: sigma, the annualised volatility of the outside price, which has no jumps and no
            drift.
        block_s_mean: the mean time between blocks, in seconds. dt is this time in years. The
            blocks come as a Poisson process.
        fee: the fee, as a fraction of the dollars exchanged.

    Source: 1 / (1 + sqrt(2) gamma / (sigma sqrt(dt))), an exact result. The gap at a block is
        uniform within the band, and exponential outside the band. Milionis, Moallemi & Roughgarden
        (2023), Automated Market Making and Arbitrage Profits in the Presence of Fees, arXiv
        2305.14604v2, theorem 1. The band in the paper is from -gamma to gamma. Our band is from
        ln(1 - fee) to ln(1 + fee). Only the width of the band matters, so gamma is half the width.
    """
    gamma = (math.log1p(fee) - math.log1p(-fee)) / 2
    return 1 / (1 + gamma * _decay(volatility, block_s_mean))


def arbitrage_gain_rate(volatility: float, block_s_mean: float, fee: float) -> float:
    """Return the gain of arbitrageurs after fees, per year and dollar of the pool's value.

    The symbols sigma, gamma and dt are explained in `arbitrage_share`. The pool's value is twice
    the square root of lots * cents * outside price. The reserves would have this value if trades
    without a fee had moved the pool's price to the outside price.

    Args:
        volatility, block_s_mean, fee: as in `arbitrage_share`. sigma^2 dt must be below 8.

    Source: sigma^2 / 8 * share * e^(gamma / 2) / (1 - sigma^2 dt / 8), an exact result, with the
        share of `arbitrage_share`; arXiv 2305.14604v2, corollary 2. In the paper the fee is charged
        on the asset that is paid in, dollars or tokens. Here the fee is charged only on dollars. So
        the same derivation gives another factor in place of e^(gamma / 2). This factor is
        sqrt(1 + fee) for purchases and sqrt(1 - fee) for sales. The code uses the mean of both,
        because purchases and sales are equally frequent.
    """
    share = arbitrage_share(volatility, block_s_mean, fee)
    edges = (math.sqrt(1 + fee) + math.sqrt(1 - fee)) / 2
    overshoot = 1 - volatility**2 * block_s_mean / YEAR_S / 8
    return loss_versus_rebalancing_rate(volatility) * share * edges / overshoot


def fee_rate(volatility: float, block_s_mean: float, fee: float) -> float:
    """Return the fees that arbitrageurs pay, per year and dollar of the pool's value.

    The pool's value is the same as in `arbitrage_gain_rate`.

    The loss versus rebalancing is the fees plus the arbitrageurs' gain. For small fees and frequent
    blocks this loss is about sigma^2 / 8. So the fees return a part of the loss to the providers.

    Args:
        volatility, block_s_mean, fee: as in `arbitrage_gain_rate`.

    Source: derived like the gain in `arbitrage_gain_rate`. The gap and the band are explained in
        `arbitrage_share`. Let a = sqrt(2 / dt) / sigma. When the arbitrageur trades, the distance
        of the gap from the band has an exponential distribution with rate a. After the trade the
        gap is at the edge of the band. The dollars exchanged, divided by the pool's dollars after
        the trade, are on average 1 / (2 a + 1) in a purchase and 1 / (2 a - 1) in a sale. The
        pool's dollars after the trade are half of the pool's value, divided by sqrt(1 + fee) after
        a purchase and by sqrt(1 - fee) after a sale.
    """
    a = _decay(volatility, block_s_mean)
    bought, sold = 1 / math.sqrt(1 + fee) / (2 * a + 1), 1 / math.sqrt(1 - fee) / (2 * a - 1)
    per_block = arbitrage_share(volatility, block_s_mean, fee) * fee * (bought + sold) / 4
    return per_block * YEAR_S / block_s_mean


def _decay(volatility: float, block_s_mean: float) -> float:
    """Return the rate of the gap's exponential distribution outside the band: `a` in `fee_rate`."""
    return math.sqrt(2 * YEAR_S / block_s_mean) / volatility
