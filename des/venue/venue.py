"""A venue: what it owes its members, what they hold, and how positions are settled.

Per account: contracts n and entry value v. At the mark M the variation margin is n M - v, then
v becomes n M. Every long has its short, so the sums of n and of v over all members are zero and
what a settlement takes from some is exactly what it gives to others.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numba import njit

from ledger.fills import new_rows, price_fills
from ledger.journal import Journal
from ledger.money import Contract
from ledger.motives import Motive

FUNDING_UNIT = 10**9  # funding rates are in billionths of the notional


def hourly_funding_e9(bps_per_day: float) -> int:
    """Return a funding rate as what longs pay shorts each hour, in billionths."""
    return round(bps_per_day / 24 * FUNDING_UNIT / 10_000)


class Venue:
    """Claims and positions of all members, as integers; rows of `lots` are markets."""

    def __init__(
        self,
        code: int,
        contracts: Sequence[Contract],
        members: int,
        pays: int,
        journal: Journal,
        desks: Mapping[int, int] = {},
    ) -> None:
        """Begin with nobody owning anything.

        Args:
            code: the venue's place among the venues in the books.
            contracts: what trades here, by market.
            members: how many parties there are in all, and desks with a position of their own.
            pays: who is on the other side of settlements: the venue, for its pool, or whoever is
                the one counterparty of all others.
            journal: takes down the fills.
            desks: by desk, the party whose account it trades on.
        """
        self.code, self._pays, self._journal = code, pays, journal
        self.tick_cents = np.array([c.cents_per_lot_tick for c in contracts], dtype=np.int64)
        self.claims = np.zeros(members, dtype=np.int64)  # cents
        self.lots = np.zeros((len(contracts), members), dtype=np.int64)
        self._value = np.zeros((len(contracts), members), dtype=np.int64)  # cents, at entry
        self._account = np.array([desks.get(member, member) for member in range(members)])
        self.fee_e6 = np.zeros(members, dtype=np.int64)  # each one's as a taker, millionths

    def fill(self, market: int, rows: np.ndarray) -> None:
        """Book orders that were filled: their takers pay this venue's fee.

        Args:
            market: where.
            rows: of dtype ROW, which say who traded what at which prices. Venue, market, edge and
                fee are added here, and nowhere else.
        """
        self._trade(market, rows, self.fee_e6[rows["taker"]])

    def exchange(self, market: int, rows: np.ndarray) -> None:
        """Book positions that change hands without an order, and so without a fee."""
        self._trade(market, rows, 0)

    def _trade(self, market: int, rows: np.ndarray, fee_e6: np.ndarray | int) -> None:
        """Settle edge and fee at once, positions at the lead price."""
        if not len(rows):
            return
        cents = self.tick_cents[market]
        rows["venue"], rows["market"], rows["fee_e6"] = self.code, market, fee_e6
        price_fills(rows, cents)
        _book(rows, cents, self._account, self.claims, self.lots[market], self._value[market])
        self._journal.trade(rows)

    def notional(self, marks: np.ndarray) -> np.ndarray:
        """Return the cents that each account's positions are worth, longs and shorts alike."""
        held = np.abs(self.lots * (marks * self.tick_cents)[:, None]).sum(axis=0)
        return self._by_account(held)

    def pay(self, rows: np.ndarray) -> None:
        """Book payments (dtype ROW) from their makers, or from this venue, to their takers."""
        if not len(rows):
            return
        rows["venue"] = self.code
        np.add.at(self.claims, rows["taker"], rows["edge_cents"])
        others = rows[rows["maker"] != self._pays]
        np.subtract.at(self.claims, others["maker"], others["edge_cents"])
        self._journal.trade(rows)

    def settle(self, marks: np.ndarray, time_us: int) -> None:
        """Pay variation margin in all markets at *marks* (ticks, by market)."""
        worth = self.lots * (marks * self.tick_cents)[:, None]
        payments = worth - self._value
        self._value = worth
        self._pay(Motive.MARGIN, payments, marks, time_us)

    def fund(self, marks: np.ndarray, rate_e9: int, time_us: int) -> None:
        """Let longs pay shorts *rate_e9* billionths of the notional at *marks*."""
        due = -self.lots * (marks * self.tick_cents)[:, None] * rate_e9
        payments = np.stack([_whole_cents(row) for row in due])
        self._pay(Motive.FUNDING, payments, marks, time_us)

    def _pay(self, motive: Motive, payments: np.ndarray, marks: np.ndarray, time_us: int) -> None:
        self.claims += self._by_account(payments.sum(axis=0))
        payments[:, self._pays] = 0  # its payment is the other side of everybody else's
        market, member = np.nonzero(payments)
        rows = new_rows(len(market))
        rows["time_us"], rows["motive"], rows["venue"] = time_us, motive, self.code
        rows["market"], rows["taker"], rows["maker"] = market, member, self._pays
        rows["lots"] = self.lots[market, member]
        rows["price"] = rows["lead"] = marks[market]
        rows["edge_cents"] = payments[market, member]
        self._journal.trade(rows)

    def _by_account(self, cents: np.ndarray) -> np.ndarray:
        """Sum what members have by the accounts that they trade on."""
        summed = np.zeros_like(cents)
        np.add.at(summed, self._account, cents)
        return summed


@njit(cache=True)
def _book(
    rows: np.ndarray,
    cents: int,
    account: np.ndarray,
    claims: np.ndarray,
    lots: np.ndarray,
    value: np.ndarray,
) -> None:
    """Move edge, fee and contracts of priced fills between the accounts of one market."""
    for row in rows:
        taker, maker, worth = row.taker, row.maker, row.lots * row.lead * cents
        claims[account[taker]] += row.edge_cents - row.fee_cents
        claims[account[maker]] -= row.edge_cents
        lots[taker] += row.lots
        lots[maker] -= row.lots
        value[taker] += worth
        value[maker] -= worth


def _whole_cents(due: np.ndarray) -> np.ndarray:
    """Round payments that sum to zero so that they still do; largest remainders get odd cents."""
    whole, rest = np.divmod(due, FUNDING_UNIT)
    odd = -int(whole.sum())
    if odd:
        whole[np.argsort(-rest, kind="stable")[:odd]] += 1
    return whole
