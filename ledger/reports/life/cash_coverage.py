"""Cash coverage: can the house's cash pay the firms' profits, and all claims?

A firm's gains on the house increase the firm's claim on the house. The firm can withdraw its gains
only while the house has cash, but the firm's own books do not show the house's cash. So the report
compares three figures with the house's cash at the end of each day: the firms' profits at the house
so far, the firms' claims, and all claims of customers. Firms' claims also include deposits and
results of price moves. Profits are after hedging costs, although firms pay these costs on the lead
venue.

The report `skill` shows the causes of profits. In the model customers do not read the books, so
they do not notice when claims first exceed the cash.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum

from ledger.accounts import cash, lent, owed
from ledger.money import dollars
from ledger.notes import UnpaidRequest
from ledger.reports.days import calendar, posted_cents
from ledger.reports.dollars import percent, spoken
from ledger.reports.firms.daily_results import house_accounts
from ledger.reports.money.hole_in_kind import CoinsAtMark, coins_at_mark
from ledger.reports.table import Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Close:
    """The house's cash, customers' claims and the firms' profits at the end of a day.

    Coins count at the day's mark.
    """

    day: date
    firms_profit_usd: Decimal  # since the first day: edge, less fees, less hedging costs
    firms_claims_usd: Decimal
    retail_claims_usd: Decimal
    other_claims_usd: Decimal
    house_cash_usd: Decimal
    credit_drawn_usd: Decimal  # the captive maker's debt on its credit line

    @property
    def claims_usd(self) -> Decimal:
        """Return the claims of all customers outside the house group."""
        return self.firms_claims_usd + self.retail_claims_usd + self.other_claims_usd

    @property
    def cover_pct(self) -> Decimal | None:
        """Return the cash as a percentage of all claims, or None if there are no claims."""
        return percent(self.house_cash_usd, self.claims_usd)

    @property
    def beyond_cash(self) -> "list[Chips]":
        """Return the figures that exceed the cash."""
        return [chips for chips in Chips if chips.usd(self) > self.house_cash_usd]

    @property
    def more_than_the_cash(self) -> str | None:
        """Return the names of the figures that exceed the cash, or None if there are none."""
        return ", ".join(chips.value for chips in self.beyond_cash) or None


class Chips(Enum):
    """A figure that is compared with the cash, and the wording of the figure."""

    PROFIT = "firms' profit"
    FIRMS = "firms' claims"
    ALL = "all claims"

    def usd(self, close: Close) -> Decimal:
        """Return the value of the figure at a day's close."""
        return {
            Chips.PROFIT: close.firms_profit_usd,
            Chips.FIRMS: close.firms_claims_usd,
            Chips.ALL: close.claims_usd,
        }[self]


@dataclass(frozen=True, slots=True)
class FirstShort:
    """An event, such as claims above the cash: its first day, and the number of its days."""

    what: str
    first_day: date | None = None
    usd: Decimal | None = None
    house_cash_usd: Decimal | None = None  # cash at the end of the first day
    days: int = 0


@dataclass(frozen=True, slots=True)
class CoverageByDay:
    """The house's cash, customers' claims and the firms' profits at the end of each day.

    For each figure, `dates` has the first day on which the figure exceeded the cash. It also has
    the first day on which a withdrawal was not paid in full.
    """

    closes: tuple[Close, ...]
    dates: tuple[FirstShort, ...]  # one for each figure, and one for unpaid withdrawals

    def answer(self) -> str:
        """State the number of days with claims above the cash, and cash and claims at the end."""
        last = self.closes[-1]
        short = [close for close in self.closes if Chips.ALL in close.beyond_cash]
        covers = "" if last.cover_pct is None else f" ({last.cover_pct}%)"
        ends = (
            f"On {last.day} the exchange has {spoken(last.house_cash_usd)} of cash for "
            f"{spoken(last.claims_usd)} of claims{covers}."
        )
        if not short:
            return f"The exchange could pay all customers at once on every day. {ends}"
        return (
            f"The exchange could not have paid all customers at once on {len(short)} of "
            f"{len(self.closes)} days, first on {short[0].day}. {ends}"
        )

    def tables(self) -> list[Table]:
        """Return a table of each event's first day, and a table of all days."""
        return [_dates_table(self), _closes_table(self)]


def cash_coverage(run: RunFolder) -> CoverageByDay:
    """Return cash, claims and firms' profits by day, and the first day of each event."""
    days = closes(run)
    outgrown = (_first_short(chips, days) for chips in Chips)
    return CoverageByDay(tuple(days), (*outgrown, _first_unpaid(days, unpaid_requests(run))))


def closes(run: RunFolder) -> list[Close]:
    """Read the house's cash, customers' claims and the firms' profits at the end of each day."""
    parties = run.chart.parties
    firms = {owed(parties.house, firm) for firm in parties.firms}
    retail = owed(parties.house, parties.retail)
    claims = {account for account, opened in run.opens.items() if opened.hole == "claim"}
    posted = posted_cents(
        run,
        [
            [account for firm in parties.firms for account in house_accounts(firm)],
            sorted(firms),
            [retail],
            sorted(claims - firms - {retail}),
            [cash(parties.house)],
            [lent(parties.house, parties.maker)],
        ],
    )
    # In the books gains and debts are negative, and assets are positive.
    standing = posted.cumsum(axis=0) * [-1, -1, -1, -1, 1, 1]
    return [
        _with_coins(Close(day, *map(dollars, amounts)), coins)
        for day, amounts, coins in zip(calendar(run), standing, coins_at_mark(run), strict=True)
    ]


def _with_coins(close: Close, coins: CoinsAtMark) -> Close:
    """Add the value at mark of coins that are owed to customers, held, or lent to the maker.

    Only retail customers are owed coins.
    """
    return replace(
        close,
        retail_claims_usd=close.retail_claims_usd + coins.owed_usd,
        house_cash_usd=close.house_cash_usd + coins.there_usd,
        credit_drawn_usd=close.credit_drawn_usd + coins.lent_usd,
    )


def unpaid_requests(run: RunFolder) -> list[tuple[date, Decimal]]:
    """Return the day and the amount of each withdrawal request that was not paid at once."""
    return [(day, note.usd) for day, note in run.dated_notes(UnpaidRequest)]


def _first_short(chips: Chips, days: Sequence[Close]) -> FirstShort:
    what, beyond = f"{chips.value} above the cash", [c for c in days if chips in c.beyond_cash]
    if not beyond:
        return FirstShort(what)
    first = beyond[0]
    return FirstShort(what, first.day, chips.usd(first), first.house_cash_usd, len(beyond))


def _first_unpaid(days: Sequence[Close], unpaid: Sequence[tuple[date, Decimal]]) -> FirstShort:
    what = "a withdrawal not paid in full"
    if not unpaid:
        return FirstShort(what)
    (day, usd), *_ = unpaid
    at_close = {close.day: close.house_cash_usd for close in days}
    return FirstShort(what, day, usd, at_close[day], len({day for day, _ in unpaid}))


def _dates_table(found: CoverageByDay) -> Table:
    return Table.of(
        "dates",
        "When the exchange could no longer pay its customers",
        ("what", "first_day", "usd", "house_cash_usd", "days"),
        found.dates,
        (
            "Amounts are at the close of the first day. The last column is the number of days with "
            f"the event, out of {len(found.closes)} days. A blank date means that the event never "
            "happened.",
            "The last line has the amount of the first request that was not paid in full. The "
            "books have the unpaid requests of retail customers and of borrowers against tokens. "
            "If the scenario has a flow of customers' money, the books also have the unpaid "
            "requests of firms.",
        ),
    )


def _closes_table(found: CoverageByDay) -> Table:
    return Table.of(
        "cash-coverage",
        "The firms' profits, the customers' claims, and the exchange's cash",
        (
            "day",
            "firms_profit_usd",
            "firms_claims_usd",
            "retail_claims_usd",
            "other_claims_usd",
            "claims_usd",
            "house_cash_usd",
            "cover_pct",
            "credit_drawn_usd",
            "more_than_the_cash",
        ),
        found.closes,
        (
            "Profit is the firms' result at the house since the first day: edge, less fees on the "
            "house, less hedging costs. All other amounts are balances at the day's close.",
            "A firm's claim also includes its opening claim, its net deposits, and its gains and "
            "losses from price moves and funding. Hedging costs are paid on the lead venue, so "
            "they do not reduce the claim. 'Cover' is the cash as a percentage of all claims.",
        ),
    )
