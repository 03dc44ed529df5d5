"""A blind audit finds the causes of the group's losses without the words that name these causes.

The audit sees which accounts are cash and which are claims. It sees no other kind, no motive and no
name. It recognises each cause of loss by a pattern:

- faster counterparties: takers whose mean gain on the maker's quotes is too large for chance. Gains
  are valued at the lead price. One fill proves nothing, because noise traders sometimes hit a stale
  quote too. So all fills of a taker are judged together.
- positions: the maker's net payments on its positions on both venues. Payments for price changes
  between a takeover and its hedge are not included.
- takeovers: the maker's loss on positions that it receives without a quote. The loss is counted
  until these positions are hedged. Customers' debts that the group has to pay are included.
- stakes: payments for assets that are carried at cost, including tokens and coins.
- sums handed over: payments from one payer to one party that bring the group no asset. At least
  half of their sum is paid on one day.
- regular spending: payments from one payer to one party that bring the group no asset. On each day
  less than half of their sum is paid.
- trading costs and interest: the cost of the maker's orders on the lead venue, and payments to
  lenders except repayments.

A large single payment looks the same for every purpose: a loan that is never repaid, a theft, the
end of a dispute, a buyback. Regular spending looks the same for houses, a stadium, a politician or
a charity. A venture and an acquired company are both carried at cost. The stripped books do not
show the purpose, so the audit cannot distinguish these cases.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from ledger.causes import LOSSES, Cause
from ledger.reports.blind.stripped_books import (
    CASH,
    CLAIMS,
    CUSTOMERS,
    NO_QUOTE,
    OTHER,
    BlindBooks,
    StrippedEntry,
    StrippedLine,
)

# A counterparty with at least FILLS_MIN fills counts as faster if its mean gain is more than SURE
# standard errors above zero. With so many fills the mean is nearly normally distributed. If the
# true mean is zero, chance alone exceeds this limit about once in 740 cases.
SURE, FILLS_MIN = 3.0, 30
ZERO = Decimal("0.00")


class Evidence(NamedTuple):
    """An amount of one cause, with its evidence. The amount may belong to one party."""

    cause: Cause
    party: str | None
    usd: Decimal  # a use of money is above zero, a source is below zero
    seen: str  # the evidence in the books


class Verdict(NamedTuple):
    """The causes of the two largest losses, and the difference between these losses."""

    main: Cause | None  # None if there are no losses
    second: Cause | None  # None if there are fewer than two losses
    margin_pct: Decimal  # (largest loss - second largest loss) / sum of all losses, in percent


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings of the audit, and the hole that the findings must explain."""

    findings: tuple[Evidence, ...]
    hole_usd: Decimal  # at the end of the run: customers' claims less liquid assets

    @property
    def usd(self) -> dict[Cause, Decimal]:
        """Return the amount of each cause. An amount above zero is a use of money."""
        found = dict.fromkeys(Cause, ZERO)
        for finding in self.findings:
            found[finding.cause] += finding.usd
        return found

    @property
    def unexplained_usd(self) -> Decimal:
        """Return the part of the hole that the findings do not explain."""
        return self.hole_usd - sum(self.usd.values(), ZERO)


def diagnose(books: BlindBooks) -> Diagnosis:
    """Find the uses and sources of money in stripped books."""
    findings = (*_from_trades(books), *_from_entries(books))
    return Diagnosis(findings, _hole(books))


def verdict(usd: Mapping[Cause, Decimal]) -> Verdict:
    """Return the causes of the two largest losses, and the difference in percent of all losses."""
    lost = {cause: usd[cause] for cause in LOSSES if usd[cause] > 0}
    first, second, *_ = (*sorted(lost, key=lost.__getitem__, reverse=True), None, None)
    if first is None:
        return Verdict(None, None, ZERO)
    ahead = lost[first] - (lost[second] if second else ZERO)
    return Verdict(first, second, (100 * ahead / sum(lost.values())).quantize(Decimal("0.1")))


def _hole(books: BlindBooks) -> Decimal:
    group = {books.house, books.maker}
    moved = (line.amount for line in books.closing if _is_claim(line, group, books.house))
    liquid = (line.amount for line in books.closing if _is_liquid(line, group))
    return -sum(moved, ZERO) - sum(liquid, ZERO)


def _is_liquid(line: StrippedLine, group: set[str]) -> bool:
    """Return whether a line is a liquid asset of the group: cash or a claim on an outside venue."""
    if line.owner not in group or line.root != "Assets":
        return False
    return line.word == CASH or (line.word == CLAIMS and line.party not in group)


def _is_claim(line: StrippedLine, group: set[str], house: str) -> bool:
    """Return whether a line is a debt of the exchange to a customer outside the group."""
    return line.owner == house and line.word == CUSTOMERS and line.party not in group


# ------------------------------------------------------------------------- trades and positions


def _from_trades(books: BlindBooks) -> Iterator[Evidence]:
    house, maker = books.parties.index(books.house), books.parties.index(books.maker)
    trades, paid = books.trades, books.payments
    at_house, by_maker = trades.venue == house, trades.taker == maker
    # The taker's gain, valued at the lead price at the moment of the trade.
    edge_cents = (trades.lead_cents - trades.price_cents) * trades.lots
    hit = at_house & (trades.maker == maker)
    quoted = trades.quote_age_us != NO_QUOTE
    taken, laid_off = hit & ~quoted, by_maker & ~at_house

    for taker in _codes(trades.taker[hit & quoted]):
        theirs = hit & quoted & (trades.taker == taker)
        yield _flow(books.parties[taker], edge_cents[theirs], trades.quote_age_us[theirs])
    for taker in _codes(trades.taker[at_house & ~by_maker]):
        fees = trades.fee_cents[at_house & (trades.taker == taker)]
        yield Evidence(Cause.FEES, books.parties[taker], -_usd(fees.sum()), "fees on its trades")
    costs = trades.fee_cents[laid_off] - edge_cents[laid_off]
    yield Evidence(Cause.COSTS, None, _usd(costs.sum()), f"{len(costs):,} orders of the maker")

    moved_cents = _moved_until_laid_off(books, taken, laid_off)
    received = paid.cents[paid.receiver == maker].sum() - paid.cents[paid.payer == maker].sum()
    from_pool = (paid.venue == house) & (paid.payer == house)
    yield Evidence(
        Cause.POSITIONS, None, -_usd(received + moved_cents), "net payments on positions"
    )
    if taken.any():
        at_once = _usd(edge_cents[taken].sum())
        yield Evidence(
            Cause.TAKEOVERS, None, at_once, f"{taken.sum():,} positions received without a quote"
        )
        yield Evidence(
            Cause.TAKEOVERS, None, _usd(moved_cents), "price changes between takeovers and hedges"
        )
    # Accounts with losses pay into the venue's pool, and the pool pays accounts with gains. If the
    # pool pays more than it receives, the venue has paid the difference for customers.
    kept = _usd(paid.cents[from_pool].sum())
    if kept:
        seen = "payments from the venue's pool to accounts, less payments from accounts to the pool"
        yield Evidence(Cause.TAKEOVERS, None, kept, seen)


def _codes(column: np.ndarray) -> list[int]:
    return np.unique(column).tolist()


def _flow(party: str, edge_cents: np.ndarray, age_us: np.ndarray) -> Evidence:
    """Return a party's gain on the maker's quotes, as evidence for one of two causes.

    The cause is `FASTER` if there are at least FILLS_MIN fills and the mean gain is more than SURE
    standard errors above zero. Otherwise the cause is `OTHER_FLOW`.
    """
    n, mean = len(edge_cents), edge_cents.mean()
    error = edge_cents.std() / math.sqrt(n)
    sure = n >= FILLS_MIN and mean > SURE * error
    gain = f"mean gain {mean / 100:,.2f} USD, standard error {error / 100:,.2f} USD"
    seen = f"{n:,} fills, median age of quotes {np.median(age_us) / 1e6:.1f} s, {gain}"
    cause = Cause.FASTER if sure else Cause.OTHER_FLOW
    return Evidence(cause, party, _usd(edge_cents.sum()), seen)


def _moved_until_laid_off(books: BlindBooks, taken: np.ndarray, laid_off: np.ndarray) -> int:
    """Return the maker's loss in cents on positions taken over, from price moves before hedging.

    The stripped books do not show which desk of the maker sends an order. An order on the lead
    venue may reduce the maker's whole position by some percentage. Then the positions taken over
    are assumed to fall by the same percentage.
    """
    trades, maker = books.trades, books.parties.index(books.maker)
    if not taken.any():
        return 0
    change = np.where(trades.taker == maker, trades.lots, 0)
    change -= np.where(trades.maker == maker, trades.lots, 0)
    lost = (
        _moved_in_market(change[market], trades.lead_cents[market], taken[market], laid_off[market])
        for market in (trades.market == code for code in _codes(trades.market))
    )
    return round(sum(lost))


def _moved_in_market(
    change: np.ndarray, lead_cents: np.ndarray, taken: np.ndarray, laid_off: np.ndarray
) -> float:
    before = np.cumsum(change) - change  # the maker's position on both venues before each trade
    lost, held, marked = 0.0, 0.0, int(lead_cents[0])
    for i in np.flatnonzero(taken | laid_off).tolist():
        lead, lots, position = int(lead_cents[i]), int(change[i]), int(before[i])
        lost -= held * (lead - marked)
        marked = lead
        if taken[i]:
            held += lots
        elif lots * position < 0:
            held *= 1 - min(abs(lots / position), 1)
    return lost - held * (int(lead_cents[-1]) - marked)


# --------------------------------------------------------------------------- movements of cash


class _Outflow(NamedTuple):
    """A payer in the group, and the paid party, which gives no asset in return."""

    payer: str
    party: str


def _from_entries(books: BlindBooks) -> Iterator[Evidence]:
    group = {books.house, books.maker}
    lenders = {line.party for entry in books.entries for line in entry.lines if _owed(line, group)}
    for_nothing: dict[_Outflow, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    totals: dict[tuple[Cause, str | None, str], Decimal] = defaultdict(Decimal)
    for entry in books.entries:
        for line in entry.lines:
            if line.owner in group and line.is_money and not _within(line, group, books.house):
                if outflow := _outflow(entry, line, group, lenders):
                    for_nothing[outflow][entry.day] += line.amount
                elif known := _cause(entry, line, group, books.house):
                    totals[known] += line.amount
    yield from (Evidence(cause, party, usd, seen) for (cause, party, seen), usd in totals.items())
    yield from (_rhythm(outflow.party, by_day) for outflow, by_day in for_nothing.items())


def _within(line: StrippedLine, group: set[str], house: str) -> bool:
    """Return whether a line is a liquid asset, a customer's claim, or a debt within the group."""
    return _is_liquid(line, group) or _is_claim(line, group, house) or line.party in group


def _owed(line: StrippedLine, group: set[str]) -> bool:
    """Return whether a line is a debt in dollars of the group to an outside party.

    Customers' claims are left out.
    """
    return (
        line.is_money
        and line.owner in group
        and line.root == "Liabilities"
        and line.word != CUSTOMERS
        and line.party is not None
        and line.party not in group
    )


def _paid_party(entry: StrippedEntry, group: set[str]) -> str | None:
    """Return the first party outside the group whose cash the entry changes, or None."""
    outside = (line.owner for line in entry.lines if line.word == CASH and line.owner not in group)
    return next(outside, None)


def _is_result(line: StrippedLine) -> bool:
    return line.root in ("Income", "Expenses")


def _outflow(
    entry: StrippedEntry, line: StrippedLine, group: set[str], lenders: Iterable[str | None]
) -> _Outflow | None:
    party = _paid_party(entry, group)
    if party is None or party in lenders or not _is_result(line):
        return None
    return _Outflow(line.owner, party)


def _cause(
    entry: StrippedEntry, line: StrippedLine, group: set[str], house: str
) -> tuple[Cause, str | None, str] | None:
    """Return a line's cause, party and evidence, or None if the cause is unknown."""
    if _owed(line, group):
        return Cause.BORROWED, line.party, "lent, less repayments"
    if line.root == "Liabilities":
        return Cause.TAKEOVERS, None, "set aside, owed to no party"
    if line.root == "Assets":
        return Cause.STAKES, line.party, "bought, and held at cost"
    if line.root == "Equity":
        return _of_capital(entry, line)
    if party := _paid_party(entry, group):
        return Cause.COSTS, party, "paid to a lender, other than repayments"
    return _without_cash(entry, line, group, house)


def _of_capital(entry: StrippedEntry, line: StrippedLine) -> tuple[Cause, str | None, str]:
    if line.party is None:
        return Cause.OPENING, None, "present from the first day"
    if any(not each.is_money and each.owner == line.owner for each in entry.lines):
        return Cause.STAKES, line.party, "bought, and held in kind"
    return Cause.SHARES, line.party, "paid in for shares"


def _without_cash(
    entry: StrippedEntry, line: StrippedLine, group: set[str], house: str
) -> tuple[Cause, str | None, str] | None:
    """Return the cause of a line in an entry that changes no cash outside the group.

    There are three cases: a customer is charged, a customer's debt is written off, or an asset is
    bought. In all other cases the result is None.
    """
    customers = (each.party for each in entry.lines if _is_claim(each, group, house))
    if line.owner == house and (customer := next(customers, None)):
        if line.amount < 0:
            return Cause.FEES, customer, "charged to the customer's claim, without a trade"
        return Cause.TAKEOVERS, customer, "a customer's debt, written off"
    held = [each for each in entry.lines if each.root == "Assets" and each.word == OTHER]
    if len(held) == 1 and held[0].owner == line.owner and held[0].party not in group:
        return Cause.STAKES, held[0].party, "bought, and held at cost"
    return None


def _rhythm(party: str, by_day: Mapping[date, Decimal]) -> Evidence:
    """Return a party's payments as evidence. Their sum and the largest day's sum give the cause."""
    total, largest = sum(by_day.values(), ZERO), max(by_day.values())
    days = f"{len(by_day)} day{'' if len(by_day) == 1 else 's'}"
    if total < 0:
        return Evidence(Cause.FEES, party, total, f"received on {days}, no asset given in return")
    seen = f"paid on {days}, at most {largest:,.2f} a day"
    return Evidence(Cause.SUMS if 2 * largest >= total else Cause.SPENDING, party, total, seen)


def _usd(cents: int) -> Decimal:
    """Convert cents to dollars."""
    return Decimal(int(cents)).scaleb(-2)
