"""Lenders outside the group: limits, debts and interest."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from des.custody.custody import HALTED, Custody
from des.scenario import Lender
from ledger import financing
from ledger.accounts import debt
from ledger.journal import Journal
from ledger.money import dollars, to_cents
from ledger.notes import UnpaidInterest, UnpaidRecall
from ledger.parties import Parties
from ledger.times import day_of

DAYS_OF_YEAR = 365
RATE_UNIT = 100 * 10**6  # rates are in millionths of a per cent


class Lenders:
    """Lenders to the captive maker, in the order in which the maker asks them for loans.

    Each lender has a limit, which depends on the date, and recalls the part of its loan above the
    limit. If the scenario states `advance` for a lender, the limit is also at most this share of
    the value of the maker's tokens and coins at the last valuation. Each lender with `advance`
    counts all tokens and coins as its own collateral, since lenders do not know of each other.
    """

    def __init__(
        self,
        lenders: Sequence[Lender],
        tranche_cents: int,
        parties: Parties,
        custody: Custody,
        journal: Journal,
    ) -> None:
        """Start without loans.

        Args:
            lenders: the scenario's lenders.
            tranche_cents: a loan for a payment is a multiple of this amount, unless it reaches the
                limit. `draw_in_full` does not use this amount.
            parties, custody, journal: the world's parties, custody and journal.
        """
        self._lenders, self._tranche_cents = lenders, tranche_cents
        self._parties, self._custody, self._journal = parties, custody, journal
        self._maker = parties.names.index(parties.maker)
        self._code = [parties.names.index(lender.name) for lender in lenders]
        self._rate = [round(Decimal(repr(each.rate_pct_per_year)) * 10**6) for each in lenders]
        self.owed_cents = [0 for _ in lenders]
        # For each lender: the debt at the end of each day, summed since interest was last paid.
        self._cent_days = [0 for _ in lenders]
        self._collateral_cents = 0

    def opening_cash(self) -> dict[str, int]:
        """Return each lender's opening cash: its largest limit."""
        return {
            lender.name: max(to_cents(limit.usd) for limit in lender.limits)
            for lender in self._lenders
        }

    def look(self, collateral_cents: int) -> None:
        """Store the value of the maker's tokens and coins, which lenders count as collateral."""
        self._collateral_cents = collateral_cents

    def unused_cents(self, time_us: int) -> int:
        """Return the cents that all lenders together can still lend."""
        return sum(self._room_cents(i, time_us) for i in range(len(self._lenders)))

    def borrow(self, time_us: int, needed_cents: int, links: tuple[str, ...] = ()) -> None:
        """Let the maker borrow *needed_cents*, rounded up to whole tranches, within the limits."""
        for i in range(len(self._lenders)):
            tranches = -(-needed_cents // self._tranche_cents)
            cents = min(tranches * self._tranche_cents, self._room_cents(i, time_us))
            if cents > 0:
                self._lend(time_us, i, cents, links)
                needed_cents -= cents

    def draw_in_full(self, time_us: int) -> Iterator[tuple[int, int]]:
        """Draw the loans with `drawn_in_full` up to their limits, even if no money is needed.

        A loan is drawn on each day on which a limit of its lender begins, and on the first of each
        month.

        Yields:
            The index of each lender that lends today, and the cents that are drawn.
        """
        day = day_of(time_us)
        for i, lender in enumerate(self._lenders):
            decides = day.day == 1 or any(limit.since == day for limit in lender.limits)
            cents = self._room_cents(i, time_us) if lender.drawn_in_full and decides else 0
            if cents > 0:
                self._lend(time_us, i, cents)
                yield i, cents

    def recalled(self, time_us: int) -> Iterator[tuple[int, int]]:
        """Yield the index of each lender that recalls money, and the recalled cents."""
        for i, owed in enumerate(self.owed_cents):
            beyond = owed - self._limit_cents(i, time_us)
            if owed and beyond > 0:
                yield i, beyond

    def repay(self, time_us: int, place: int, cents: int) -> None:
        """Repay *cents* of a loan that a lender recalls."""
        if cents:
            self.owed_cents[place] -= cents
            lender = self._lenders[place].name
            entry = financing.recall(time_us, lender, self._parties.maker, cents)
            self._custody.pay(self._maker, self._code[place], cents, entry)

    def interest_due(self) -> Iterator[tuple[int, int]]:
        """Yield the index of each lender to which interest is due, and the interest in cents."""
        for i, cent_days in enumerate(self._cent_days):
            cents = interest_cents(cent_days, self._rate[i])
            if cents:
                yield i, cents

    def pay_interest(self, time_us: int, place: int, cents: int) -> None:
        """Pay a lender its interest."""
        self._cent_days[place] = 0
        lender = self._lenders[place].name
        entry = financing.interest(time_us, lender, self._parties.maker, cents)
        self._custody.pay(self._maker, self._code[place], cents, entry)

    def close_day(self) -> None:
        """Accrue a day's interest on the debt at the end of the day."""
        for i, owed in enumerate(self.owed_cents):
            self._cent_days[i] += owed

    def note_unpaid(
        self, time_us: int, kind: type[UnpaidRecall | UnpaidInterest], place: int, cents: int
    ) -> None:
        """Record that *cents* of a recall or of interest could not be paid. They remain due."""
        account = debt(self._parties.maker, self._lenders[place].name)
        self._journal.note(time_us, kind(account, dollars(cents)))

    def _lend(self, time_us: int, place: int, cents: int, links: tuple[str, ...] = ()) -> None:
        self.owed_cents[place] += cents
        lender = self._lenders[place].name
        entry = financing.lend(time_us, lender, self._parties.maker, cents, links)
        self._custody.pay(self._code[place], self._maker, cents, entry)

    def _room_cents(self, place: int, time_us: int) -> int:
        if self._custody.status[self._parties.house] == HALTED:
            return 0  # no loans to the captive maker of a halted house
        return max(self._limit_cents(place, time_us) - self.owed_cents[place], 0)

    def _limit_cents(self, place: int, time_us: int) -> int:
        lender = self._lenders[place]
        limit = to_cents(lender.limit_usd(day_of(time_us)))
        if lender.advance is None:
            return limit
        return min(limit, int(Decimal(repr(lender.advance)) * self._collateral_cents))


def interest_cents(cent_days: int, rate: int) -> int:
    """Return simple interest, rounded half up to the cent.

    Args:
        cent_days: the debt in cents at the end of each day, summed over days.
        rate: yearly rate in millionths of a per cent. A year has 365 days.
    """
    year = DAYS_OF_YEAR * RATE_UNIT
    return (cent_days * rate + year // 2) // year
