"""The captive maker's tokens and dollars in liquidity pools, and the arbitrage with these pools.

A pool opens at the end of its first day, with the stated dollars and with tokens of the same value,
rounded down to whole tokens. If the maker lacks dollars or tokens, or the dollars are worth less
than one token, the pool does not open. From the next day to the pool's last day, arbitrageurs trade
with the pool at each block until no further trade is profitable. After each trade they make the
opposite trade with the rest of the world, at the lead price. At the end of the last day the pool
closes, and its reserves return to the maker.

Simplifications and their effects:

- No customers trade with a pool. So it earns less in fees than a real pool.
- Arbitrageurs pay no fees to the blockchain and are never late. So a pool loses more than a real
  pool, and it loses even if the price moves little.
- Only whole tokens are traded. So a trade waits until it is profitable for at least one token.
- A pool's trades do not move the token's lead price.

Payments to projects that build on the token are not in this module. They are uses of the kind
`Grants`.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from des.clock import DAY_US, HOUR_US, midnight_us
from des.compile_cache import njit
from des.custody.custody import Custody
from des.defi.pool import ConstantProductPool, block_times_us
from des.given import given
from des.market.listing import Listing
from des.price.lead_price import Ticks
from des.scenario import Pool, Scenario
from des.treasury.purse import Purse
from des.treasury.token_holdings import TokenHoldings
from ledger.accounts import in_pool, pooled
from ledger.journal import Journal
from ledger.money import to_cents
from ledger.notes import TradedPool, rounded
from ledger.parties import OUTSIDE, Parties
from ledger.pools import Arbitrages, arbitrage_pool, close_pool, open_pool, pool_link
from ledger.times import day_of

# We estimate the dollars and tokens that the rest of the world needs for trades with a pool. The
# rest of the world starts with this multiple of the estimate. So the dollars also cover the gains
# of arbitrageurs, which are unknown at the start.
ROOM = 10


class PoolProgramme:
    """Opens pools, simulates the arbitrage of each day, and closes pools."""

    def __init__(
        self,
        scenario: Scenario,
        parties: Parties,
        custody: Custody,
        purse: Purse,
        holdings: TokenHoldings,
        listings: Sequence[Listing],
        journal: Journal,
    ) -> None:
        """Start without pools.

        Args:
            scenario: a scenario with a group.
            parties: all parties that keep books, by role.
            custody: moves the cash.
            purse: raises the maker's money.
            holdings: the maker's tokens, inside and outside pools.
            listings: the listings of all markets, which have the lead prices.
            journal: records the daily variance of the lead price of each token in a pool.
        """
        group, names = given(scenario.group), [market.name for market in scenario.markets]
        markets = {token.name: token.market for token in group.tokens}
        self._run, self._pools = scenario.run, group.pools or ()
        self._place = {pool.token: names.index(given(markets[pool.token])) for pool in self._pools}
        self._tick_cents = {
            token: 100 * Fraction(scenario.markets[place].tick_usd)
            for token, place in self._place.items()
        }
        self._parties, self._custody, self._journal = parties, custody, journal
        self._purse, self.holdings, self._listings = purse, holdings, listings
        self._seen: dict[str, int] = {}  # by token: the last price of the previous day, in ticks

    def outside_cents(self) -> int:
        """Return the cents that the rest of the world has at first for trades with pools."""
        return sum(to_cents(self._most(pool)[0]) for pool in self._pools)

    def outside_units(self) -> dict[str, int]:
        """Return the tokens that the rest of the world has at first for trades with pools."""
        return {pool.token: self._most(pool)[1] for pool in self._pools}

    def close_day(self, time_us: int) -> None:
        """Simulate a day of arbitrage, and close the pools whose last day ends now."""
        for terms in self._pools:
            if terms.token in self.holdings.pools:
                self._trade(time_us, terms)
                if day_of(time_us) == terms.until:
                    self._close(time_us, terms.token)

    def open_due(self, time_us: int, marks: np.ndarray) -> None:
        """Open the pools whose first day ends now.

        Args:
            time_us: the last microsecond of the day.
            marks: lead prices by market, in ticks.
        """
        for terms in self._pools:
            if day_of(time_us) == terms.since:
                self._open(time_us, terms, int(marks[self._place[terms.token]]))

    def booked(self) -> list[tuple[str, int, str]]:
        """Return each balance that the books should have: the account, the units, the commodity."""
        maker, found = self._parties.maker, []
        for terms in self._pools:
            pool, token = self.holdings.pools.get(terms.token), terms.token
            found.append((in_pool(maker, token), pool.cents if pool else 0, "USD"))
            found.append((pooled(maker, token), pool.lots if pool else 0, token))
        return found

    def _open(self, time_us: int, terms: Pool, mark_ticks: int) -> None:
        token, cents = terms.token, to_cents(terms.usd)
        units = int(cents / (mark_ticks * self._tick_cents[token]))
        has_tokens = 0 < units <= self.holdings.units[token]
        if not has_tokens or cents > self._purse.payable_cents(time_us):
            return
        self._purse.raise_cash(time_us, cents, (pool_link(token),))
        self.holdings.units[token] -= units
        self.holdings.pools[token] = ConstantProductPool.opened(
            units, cents, round(terms.fee_bps * 100), self._tick_cents[token].denominator
        )
        self._seen[token] = mark_ticks
        maker = self._parties.maker
        charged = f"for {terms.fee_bps:g} bps of what is traded"
        entry = open_pool(time_us, maker, token, units, cents, charged)
        self._custody.book({self._code(maker): -cents}, entry)

    def _trade(self, time_us: int, terms: Pool) -> None:
        token, start_us = terms.token, time_us + 1 - DAY_US
        pool, tick_cents = self.holdings.pools[token], self._tick_cents[token]
        today = self._listings[self._place[token]].ticks_of_day(time_us + 1)
        prices = np.append(self._seen[token], today.prices)
        # The unit of the prices in `outside` is a cent divided by `tick_cents.denominator`. So
        # these prices are whole numbers.
        outside = Ticks(np.append(start_us - 1, today.times_us), prices * tick_cents.numerator)
        block_us = block_times_us(self._run.seed, token, terms.block_s, start_us, time_us + 1)
        self._seen[token] = int(prices[-1])
        self.holdings.pools[token], rows = pool.arbitrage(block_us, outside)
        variance = realised_variance(block_us, outside)
        self._journal.note(time_us, TradedPool(token, len(block_us), rounded(variance, 9)))
        if len(rows):
            self._book(time_us, token, _summed(rows, tick_cents.denominator))

    def _book(self, time_us: int, token: str, day: Arbitrages) -> None:
        maker, arbitrageurs = self._parties.maker, given(self._parties.arbitrageurs)
        change_cents = {
            self._code(maker): day.fee_cents,
            self._code(arbitrageurs): day.outside_cents - day.cents - day.fee_cents,
            self._code(OUTSIDE): -day.outside_cents,
        }
        entry = arbitrage_pool(time_us, maker, arbitrageurs, token, day)
        self._custody.book(change_cents, entry)

    def _close(self, time_us: int, token: str) -> None:
        pool, maker = self.holdings.pools.pop(token), self._parties.maker
        _, taken = pool.remove_liquidity(pool.shares)
        self.holdings.units[token] += taken.lots
        entry = close_pool(time_us, maker, token, taken.lots, taken.cents)
        self._custody.book({self._code(maker): taken.cents}, entry)

    def _code(self, name: str) -> int:
        return self._parties.names.index(name)

    def _most(self, terms: Pool) -> tuple[int, int]:
        """Return the rest of the world's opening dollars and tokens for trades with a pool.

        They are ROOM times an estimate of the dollars and tokens that such trades need. In the
        estimate the pool's dollars are proportional to the square root of the price, and its tokens
        to the inverse of this root. For a pool whose first day is not in the run, both results are
        0.
        """
        run, lead = self._run, self._listings[self._place[terms.token]].price
        if not run.start <= terms.since < run.end:
            return 0, 0
        hours_us = range(midnight_us(terms.since) + DAY_US, midnight_us(run.end) + 1, HOUR_US)
        prices_usd = [lead.hour_price_usd(hour_us) for hour_us in hours_us]
        first, lowest, highest = prices_usd[0], min(prices_usd), max(prices_usd)
        most_units = terms.usd / math.sqrt(first * lowest)
        return math.ceil(ROOM * terms.usd * math.sqrt(highest / first)), math.ceil(
            ROOM * most_units
        )


def realised_variance(block_us: np.ndarray, ticks: Ticks) -> float:
    """Return the sum of the squared changes of the log-price from one block to the next.

    Args:
        block_us: times of the blocks, ascending, shape (n,).
        ticks: the price. The first tick is before the first block, and the first change starts at
            the price of this tick.
    """
    return float(_squared_moves(block_us, ticks.times_us, ticks.prices))


@njit(cache=True)
def _squared_moves(block_us: np.ndarray, tick_us: np.ndarray, tick_price: np.ndarray) -> float:
    squares, tick, seen = 0.0, 0, tick_price[0]
    for time_us in block_us:
        while tick + 1 < len(tick_us) and tick_us[tick + 1] <= time_us:
            tick += 1
        # For most blocks the price is the same as at the previous block.
        if tick_price[tick] != seen:
            squares += math.log(tick_price[tick] / seen) ** 2
            seen = tick_price[tick]
    return squares


def _summed(rows: np.ndarray, lot_ticks_per_cent: int) -> Arbitrages:
    # Python's integers are used, since a day's sum of lots times ticks may exceed 64 bits.
    lots, outside = rows["lots"].tolist(), rows["outside"].tolist()
    lot_ticks = sum(n * price for n, price in zip(lots, outside, strict=True))
    return Arbitrages(
        trades=len(rows),
        units=sum(lots),
        cents=int(rows["cents"].sum()),
        fee_cents=int(rows["fee_cents"].sum()),
        outside_cents=lot_ticks // lot_ticks_per_cent,
    )
