"""A venue keeps its members' claims and positions, and settles the positions.

A member is a party, or a desk of a party with positions of its own. A desk's money is in the
party's account.

Suppose that a member has n contracts of a market, with the entry value v. At a settlement with
the mark M, the member receives the variation margin n * M - v. Then v becomes n * M. For each long
position there is a short position. So n and v, summed over all members, are zero, and the payments
of a settlement also sum to zero.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from des.compile_cache import njit
from des.rows import clear, row_edge_cents, row_fee_cents
from ledger.fills import ROW, new_rows
from ledger.journal import Journal
from ledger.money import Contract
from ledger.motives import Motive

FUNDING_UNIT = 10**9  # funding rates are in billionths of a position's value


def hourly_funding_e9(bps_per_day: float) -> int:
    """Convert a daily funding rate to an hourly rate in billionths. Above zero: longs pay."""
    return round(bps_per_day / 24 * FUNDING_UNIT / 10_000)


class Venue:
    """Claims and positions of all members, as whole numbers. `lots` has a row for each market."""

    def __init__(
        self,
        code: int,
        contracts: Sequence[Contract],
        members: int,
        pays: int,
        journal: Journal,
        desks: Mapping[int, int] = {},
    ) -> None:
        """Initialise without claims or positions.

        Args:
            code: the index of the venue among the venues of the books.
            contracts: the contracts that trade here, by market.
            members: the number of parties plus the number of desks with positions of their own.
            pays: the counterparty of settlements. On the house venue it is the house, and on the
                lead venue it is Outside.
            journal: records the fills.
            desks: the party in whose account each desk trades, by desk.
        """
        self.code, self._pays, self._journal = code, pays, journal
        self.tick_cents = np.array([c.cents_per_lot_tick for c in contracts], dtype=np.int64)
        self._stands_for = np.array([c.stands_for for c in contracts], dtype=np.int64)
        self.claims = np.zeros(members, dtype=np.int64)  # cents
        self.lots = np.zeros((len(contracts), members), dtype=np.int64)
        # Entry values in cents. Lots of the last settlement count at its mark, and later fills at
        # their lead price.
        self._value = np.zeros((len(contracts), members), dtype=np.int64)
        self._account = np.array([desks.get(member, member) for member in range(members)])
        self.fee_e6 = np.zeros(members, dtype=np.int64)  # each member's taker fee, in millionths
        self._free = np.zeros(members, dtype=np.int64)

    def fill(self, market: int, rows: np.ndarray) -> None:
        """Book the fills of orders. The takers pay this venue's fees.

        Args:
            market: the index of the market.
            rows: fills of dtype ROW with parties, quantities and prices. This method adds venue,
                market, edge and fee.
        """
        self._trade(market, rows, self.fee_e6)

    def exchange(self, market: int, rows: np.ndarray) -> None:
        """Record contracts that change owner without an order. No fee is due."""
        self._trade(market, rows, self._free)

    def _trade(self, market: int, rows: np.ndarray, fee_e6: np.ndarray) -> None:
        """Change claims by edge and fee. Add the contracts to positions, at the lead price."""
        if not len(rows):
            return
        where = self.code, market, self.tick_cents[market], self._stands_for[market]
        positions = self.lots[market], self._value[market]
        _book(rows, where, fee_e6, self._account, self.claims, positions)
        self._journal.trade(rows)

    def close_positions(self, marks: np.ndarray, time_us: int) -> None:
        """Close all positions at *marks*, directly after a settlement at the same marks.

        Longs sell to shorts, in the order of the members' codes. No member gains or loses.
        """
        for market, mark in enumerate(marks.tolist()):
            rows = _matched(self.lots[market])
            rows["time_us"], rows["price"], rows["lead"] = time_us, mark, mark
            self.exchange(market, rows)

    def notional(self, marks: np.ndarray) -> np.ndarray:
        """Return, for each account, the sum of its positions' absolute values in cents."""
        return _notional(self.lots, marks * self.tick_cents, self._account)

    def pay(self, rows: np.ndarray) -> None:
        """Record payments. Each payment is a row of dtype ROW.

        The party in the field `taker` receives the row's `edge_cents`, and the party in the field
        `maker` pays them. If the amount is negative, the taker pays the maker. If the
        maker is the counterparty of settlements (see `pays`), only the taker's claim changes.
        """
        if not len(rows):
            return
        rows["venue"] = self.code
        np.add.at(self.claims, rows["taker"], rows["edge_cents"])
        others = rows[rows["maker"] != self._pays]
        np.subtract.at(self.claims, others["maker"], others["edge_cents"])
        self._journal.trade(rows)

    def settle(self, marks: np.ndarray, time_us: int) -> None:
        """Pay the variation margin of all markets at *marks*, which are in ticks, by market."""
        payments = _margin(self.lots, marks * self.tick_cents, self._value)
        self._pay(Motive.MARGIN, payments, marks, time_us)

    def fund(self, marks: np.ndarray, rate_e9: int, time_us: int) -> None:
        """Pay funding: *rate_e9* billionths of each position's value at *marks*.

        If the rate is above zero, longs pay shorts. If it is below zero, shorts pay longs.
        """
        payments = _funding(self.lots, marks * self.tick_cents, rate_e9)
        self._pay(Motive.FUNDING, payments, marks, time_us)

    def _pay(self, motive: Motive, payments: np.ndarray, marks: np.ndarray, time_us: int) -> None:
        head = time_us, int(motive), self.code, self._pays
        rows = _paid(payments, self.lots, marks, self._account, self.claims, head)
        self._journal.trade(rows)


def _matched(lots: np.ndarray) -> np.ndarray:
    """Return rows (dtype ROW) in which longs sell all their lots to shorts.

    Args:
        lots: the position of each member. The positions sum to zero.
    """
    longs, shorts = np.flatnonzero(lots > 0), np.flatnonzero(lots < 0)
    sold, bought = lots[longs].cumsum(), -lots[shorts].cumsum()
    # Place the lots of all longs end to end on a line, and the lots of all shorts on a second line.
    # A trade ends at each point where a member's lots end on one of the two lines.
    ends = np.union1d(sold, bought)
    rows = new_rows(len(ends))
    rows["motive"] = Motive.CLOSING
    rows["lots"] = -np.diff(ends, prepend=0)
    rows["taker"] = longs[sold.searchsorted(ends)]
    rows["maker"] = shorts[bought.searchsorted(ends)]
    return rows


@njit(cache=True)
def _book(
    rows: np.ndarray,
    where: tuple[int, int, int, int],
    fee_e6: np.ndarray,
    account: np.ndarray,
    claims: np.ndarray,
    positions: tuple[np.ndarray, np.ndarray],
) -> None:
    """Compute the edge and the fee of each fill, and change the claims and positions.

    Args:
        rows: the fills (dtype ROW). This function sets venue, market, edge and fee.
        where: the code of the venue; the index of the market; the value of a lot at a price of one
            tick, in cents, summed over all similar markets; the number of similar markets.
        fee_e6: the taker fee of each member, in millionths.
        account: the account of each member.
        claims: cents by account, changed in place.
        positions: the lots and the entry values in cents, both by member, changed in place.
    """
    (venue, market, cents, alike), (lots, value) = where, positions
    for row in rows:
        row.venue, row.market, row.fee_e6 = venue, market, fee_e6[row.taker]
        row.edge_cents = row_edge_cents(row.lead, row.price, row.lots, cents)
        of_one_cents = abs(row.lots) * row.price * (cents // alike)
        row.fee_cents = alike * row_fee_cents(of_one_cents, row.fee_e6)
        taker, maker, worth = row.taker, row.maker, row.lots * row.lead * cents
        claims[account[taker]] += row.edge_cents - row.fee_cents
        claims[account[maker]] -= row.edge_cents
        lots[taker] += row.lots
        lots[maker] -= row.lots
        value[taker] += worth
        value[maker] -= worth


@njit(cache=True)
def _notional(lots: np.ndarray, lot_cents: np.ndarray, account: np.ndarray) -> np.ndarray:
    """Return, for each account, the sum of its positions' absolute values in cents."""
    held = np.zeros(lots.shape[1], np.int64)
    for market in range(lots.shape[0]):
        for member in range(lots.shape[1]):
            held[account[member]] += abs(lots[market, member] * lot_cents[market])
    return held


@njit(cache=True)
def _margin(lots: np.ndarray, lot_cents: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Return the variation margin in cents, by market and member, and set new entry values.

    Args:
        lots: the positions, by market and member.
        lot_cents: the value of a lot at the mark, in cents, by market.
        value: the entry values in cents, by market and member. They become values at the mark.
    """
    payments = np.empty(lots.shape, np.int64)
    for market in range(lots.shape[0]):
        for member in range(lots.shape[1]):
            worth = lots[market, member] * lot_cents[market]
            payments[market, member] = worth - value[market, member]
            value[market, member] = worth
    return payments


@njit(cache=True)
def _funding(lots: np.ndarray, lot_cents: np.ndarray, rate_e9: int) -> np.ndarray:
    """Return the cents of funding that each member receives, by market and member.

    In each market the amounts sum to zero. They are rounded down, and the cents that are left over
    go to the members with the largest remainders. If remainders are equal, the member with the
    lower index comes first.
    """
    markets, members = lots.shape
    payments, rest = np.empty(lots.shape, np.int64), np.empty(members, np.int64)
    for market in range(markets):
        odd = 0
        for member in range(members):
            due = -lots[market, member] * lot_cents[market] * rate_e9
            payments[market, member] = due // FUNDING_UNIT
            rest[member] = due % FUNDING_UNIT
            odd -= payments[market, member]
        for _ in range(odd):
            largest = 0
            for member in range(members):
                if rest[member] > rest[largest]:
                    largest = member
            payments[market, largest] += 1
            rest[largest] = -1
    return payments


@njit(cache=True)
def _paid(
    payments: np.ndarray,
    lots: np.ndarray,
    marks: np.ndarray,
    account: np.ndarray,
    claims: np.ndarray,
    head: tuple[int, int, int, int],
) -> np.ndarray:
    """Book payments, and return a row for each payment between a member and the counterparty.

    Args:
        payments, lots: the cents that members receive, and their positions, by market and member.
        marks: the lead price in ticks, by market.
        account: the account of each member.
        claims: cents by account, changed in place.
        head: the time, the motive, the venue's code, and the counterparty's code.

    Returns:
        Rows of dtype ROW, in the order of the markets.
    """
    time_us, motive, venue, pays = head
    rows, n = np.empty(payments.size, dtype=ROW), 0
    for market in range(payments.shape[0]):
        for member in range(payments.shape[1]):
            paid = payments[market, member]
            claims[account[member]] += paid
            if not paid or member == pays:
                continue
            row = rows[n]
            clear(row)
            row.time_us, row.motive, row.venue, row.market = time_us, motive, venue, market
            row.taker, row.maker, row.lots = member, pays, lots[market, member]
            row.price = row.lead = marks[market]
            row.edge_cents = paid
            n += 1
    return rows[:n].copy()
