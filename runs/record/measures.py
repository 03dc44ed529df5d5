"""What the books of a run say to a fact of the record: for each key, one function of them.

A function is given the days that it is to speak of. Which of a fact's days a run must have for that
differs: all of them for a sum, the last for what stands at the end of a day, any for a ratio.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from ledger.accounts import cash, expense, income, issued, lent, owed
from ledger.kinds import CLAIM, HOLDING, LEAD_QUOTING, USES, Kind
from ledger.money import dollars
from ledger.reports.days import calendar, posted_cents
from ledger.reports.dollars import OPENINGS, ZERO
from ledger.reports.life.paper_wealth import Marks, moved_by_group
from ledger.reports.life.standing import Standing, standings
from ledger.reports.life.waiting import HALTED, withdrawals
from ledger.run_folder import RunFolder
from ledger.transaction import MONEY
from runs.record.facts import Fact

NEVER: Literal["never"] = "never"
# What the maker books of its quotes, and of laying off what they brought.
MAKING = (Kind.PICKOFF, Kind.SPREAD, *HOLDING, *LEAD_QUOTING)

Day = date | Literal["never"]
Figure = Decimal | Day


class Span(NamedTuple):
    """Days, both ends included."""

    first: date
    last: date


@dataclass(frozen=True)
class MeasuredBooks:
    """What the books of a run say of any span of days. Nothing is read before it is asked for."""

    run: RunFolder

    @cached_property
    def days(self) -> Span:
        """The first day of the books, and the last."""
        days = calendar(self.run)
        return Span(days[0], days[-1])

    @cached_property
    def _standings(self) -> dict[date, Standing]:
        return {standing.day: standing for standing in standings(self.run)}

    def standing(self, day: date) -> Standing:
        """Return how the group stands at the end of a day."""
        return self._standings[day]

    def standings(self) -> Iterator[Standing]:
        """Yield how it stands at the end of each day."""
        yield from self._standings.values()

    @cached_property
    def _posted(self) -> tuple[dict[str, int], np.ndarray]:
        """The column of each account, and what is posted to it by day, in cents."""
        columns = {account: i for i, account in enumerate(self.run.opens)}
        return columns, posted_cents(self.run, [[account] for account in columns])

    def posted_usd(self, accounts: Sequence[str], span: Span) -> Decimal | None:
        """Sum up what is posted to some accounts, once each; None if the chart has none of them."""
        columns, cents = self._posted
        known = sorted({columns[account] for account in accounts if account in columns})
        first, last = ((day - self.days.first).days for day in span)
        return dollars(cents[first : last + 1, known].sum()) if known else None

    def earned_usd(self, accounts: Sequence[str], span: Span) -> Decimal | None:
        """Return what that is as income, which the books have below zero."""
        posted = self.posted_usd(accounts, span)
        return None if posted is None else -posted

    @cached_property
    def traded_usd(self) -> Mapping[date, tuple[Decimal, Decimal]]:
        """What was traded on the house venue by day: by its captive maker, and by others."""
        parties = self.run.chart.parties
        cents = {
            c.market: c.cents_per_lot_tick
            for c in self.run.chart.contracts
            if c.venue == parties.house
        }
        traded: dict[date, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
        with self.run.connect() as connection:
            # Forced orders that others fill have rows, as all have that the maker fills.
            found = connection.execute(
                "SELECT time::DATE, market, maker = ?, sum(abs(lots) * price) FROM rows "
                "WHERE venue = ? AND motive IN ('pickoff', 'spread', 'liquidation') GROUP BY ALL",
                [parties.maker, parties.house],
            ).fetchall()
        for day, market, is_makers, lot_ticks in found:
            usd = Decimal(lot_ticks * cents[market]).scaleb(-2)
            maker, others = traded[day]
            traded[day] = (maker + usd, others) if is_makers else (maker, others + usd)
        told = self.run.select(
            "SELECT date, sum(split_part(meta->>'volume', ' ', 1)::DECIMAL(38, 2)) FROM postings "
            "WHERE line = 1 AND (meta->>'volume') IS NOT NULL GROUP BY ALL ORDER BY ALL"
        )
        for day, usd in told:
            maker, others = traded[day]
            traded[day] = maker, others + usd
        return traded

    @cached_property
    def withdrawn_usd(self) -> Mapping[date, Decimal]:
        """What customers outside the group took out of the exchange's cash by day, on balance."""
        return dict(
            self.run.select(
                f"""
                SELECT date, -sum(units) * 0.01 FROM postings
                WHERE commodity = $money AND account = $till AND seq NOT IN {OPENINGS} AND seq IN
                    (SELECT seq FROM postings WHERE commodity = $money AND hole = $claim)
                GROUP BY ALL ORDER BY ALL
                """,
                {"money": MONEY, "till": cash(self.run.chart.parties.house), "claim": CLAIM},
            )
        )

    @cached_property
    def marks(self) -> Marks:
        """What tokens are worth."""
        return Marks(self.run)

    def units(self, token: str, day: date) -> Decimal:
        """Return how much of a token the group holds at the end of a day."""
        moved = moved_by_group(self.run)
        return sum((units for at, name, units in moved if name == token and at <= day), Decimal(0))


# ---------------------------------------------------------- what the books answer to a fact


def volume(books: MeasuredBooks, span: Span) -> Decimal:
    """Return what was traded on the house venue, each trade counted once."""
    return sum(_traded(books, span), ZERO)


def share_of_maker(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return which part of that had the captive maker on one side, in percent."""
    maker, others = _traded(books, span)
    return 100 * maker / (maker + others) if maker + others else None


def fees(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return what customers paid the exchange for trading."""
    return books.earned_usd([income(books.run.chart.parties.house, Kind.FEES)], span)


def fee_yield(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return fees on what was traded, in basis points."""
    traded, paid = volume(books, span), fees(books, span)
    return 10_000 * paid / traded if traded and paid is not None else None


def youngest_quote(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the age in seconds of the youngest quote of the maker that was hit."""
    parties = books.run.chart.parties
    with books.run.connect() as connection:
        ((age_us,),) = connection.execute(
            "SELECT min(quote_age_us) FROM rows "
            "WHERE venue = ? AND maker = ? AND time::DATE BETWEEN ? AND ?",
            [parties.house, parties.maker, *span],
        ).fetchall()
    return None if age_us is None else Decimal(age_us).scaleb(-6)


def making(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return what the maker's quotes brought it, less what hedging them cost."""
    maker = books.run.chart.parties.maker
    kinds = [income(maker, kind) for kind in (*MAKING, Kind.LIQUIDATION)]
    return books.earned_usd([*kinds, expense(maker, Kind.HEDGING)], span)


def directional(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return what positions held for their price brought, less what trading them cost."""
    return _brought(books, [books.run.chart.parties.maker], Kind.DIRECTIONAL, span)


def backstops(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return what providers made of positions that they took over."""
    return _brought(books, books.run.chart.parties.providers, Kind.BACKSTOP, span)


def operating_costs(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return what the exchange cost to run."""
    return books.posted_usd([expense(books.run.chart.parties.house, Kind.OPERATIONS)], span)


def raised(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return what investors paid for shares of the exchange."""
    parties = books.run.chart.parties
    if parties.investors is None:
        return None
    return books.earned_usd([issued(parties.house, parties.investors)], span)


def spent(kind: Kind) -> Callable[[MeasuredBooks, Span], Decimal | None]:
    """Return what the group paid for one kind of use."""

    def of_kind(books: MeasuredBooks, span: Span) -> Decimal | None:
        uses = [each.spent for each in books.run.chart.spendings if each.kind == kind]
        return books.posted_usd(uses, span)

    return of_kind


def claims(books: MeasuredBooks, span: Span) -> Decimal:
    """Return what the exchange owes customers outside the group."""
    return books.standing(span.last).claims_usd


def house_cash(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the exchange's own cash."""
    return books.standing(span.last).house_cash_usd


def hole_of_exchange(books: MeasuredBooks, span: Span) -> Decimal:
    """Return claims less that cash."""
    return books.standing(span.last).hole_of_exchange_usd


def owed_by_maker(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the credit that the maker has drawn, less what stands to its credit."""
    house, maker = books.run.chart.parties.group
    accounts = [lent(house, maker), owed(house, maker)]
    return books.posted_usd(accounts, Span(books.days.first, span.last))


def loans(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return what the maker owes lenders outside the group."""
    return books.standing(span.last).loans_usd if books.run.chart.parties.lenders else None


def paper(token: str) -> Callable[[MeasuredBooks, Span], Decimal | None]:
    """Return what the group's holding of a token is worth at mark."""

    def of_token(books: MeasuredBooks, span: Span) -> Decimal | None:
        if token not in {each.name for each in books.run.chart.tokens}:
            return None
        return books.marks.usd({token: books.units(token, span.last)}, span.last)

    return of_token


def paper_in_house_tokens(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the same of the group's own tokens, which count zero everywhere else."""
    held = {token: books.units(token, span.last) for token in books.marks.house_tokens}
    return books.marks.usd(held, span.last) if held else None


def net_withdrawals(books: MeasuredBooks, span: Span) -> Decimal:
    """Return what customers took out, less what they brought."""
    days = books.withdrawn_usd.items()
    return sum((usd for day, usd in days if span.first <= day <= span.last), ZERO)


def halted(books: MeasuredBooks, _: Span) -> Day:
    """Return the first day at whose end withdrawals are halted."""
    status = withdrawals(books.run, calendar(books.run))
    return next((day for day, said in status.items() if said == HALTED), NEVER)


def first_use(books: MeasuredBooks, _: Span) -> Day:
    """Return the first day at whose end claims exceed the exchange's cash."""
    short = (at.day for at in books.standings() if at.hole_of_exchange_usd > 0)
    return next(short, NEVER)


def _traded(books: MeasuredBooks, span: Span) -> tuple[Decimal, Decimal]:
    within = [usd for day, usd in books.traded_usd.items() if span.first <= day <= span.last]
    return sum((maker for maker, _ in within), ZERO), sum((others for _, others in within), ZERO)


def _brought(
    books: MeasuredBooks, entities: Sequence[str], kind: str, span: Span
) -> Decimal | None:
    accounts = [account(entity, kind) for entity in entities for account in (income, expense)]
    return books.earned_usd(accounts, span)


# ------------------------------------------------------------------ which figure is for which


def _whole(fact: Fact, days: Span) -> Span | None:
    """Cover a sum: all of the fact's time, or it is not the same sum."""
    return (
        Span(fact.first, fact.last) if days.first <= fact.first <= fact.last <= days.last else None
    )


def _end(fact: Fact, days: Span) -> Span | None:
    """Cover what stands at the end of a day: the last, where the record leaves the day open."""
    return Span(fact.last, fact.last) if days.first <= fact.last <= days.last else None


def _part(fact: Fact, days: Span) -> Span | None:
    """Cover what any part of the fact's time may show: a ratio, or what nobody has summed up."""
    span = Span(max(fact.first, days.first), min(fact.last, days.last))
    return span if span.first <= span.last else None


class Measure(NamedTuple):
    """How a figure is computed, and of which days."""

    figure: Callable[[MeasuredBooks, Span], Figure | None]  # None: this run has no such thing
    covers: Callable[[Fact, Span], Span | None]  # None: this run has not the days


# By key of the record, whose facts say which are inputs. What was liquidated is held against the
# record by `liquidations`, market by market.
MEASURES: Mapping[str, Measure] = {
    "volume-of-ftx": Measure(volume, _whole),
    "volume-of-ftx-over-time": Measure(volume, _whole),
    "share-of-maker-in-volume": Measure(share_of_maker, _part),
    "youngest-quote-hit": Measure(youngest_quote, _part),
    "result-of-making": Measure(making, _whole),
    "result-of-directional-book": Measure(directional, _whole),
    "backstop-payouts-of-ftx": Measure(backstops, _part),
    "revenue-of-ftx": Measure(fees, _whole),
    "revenue-that-set-the-fee-rate": Measure(fees, _whole),
    "fee-yield": Measure(fee_yield, _part),
    "operating-costs-of-ftx": Measure(operating_costs, _whole),
    "claims-of-customers": Measure(claims, _end),
    "cash-of-the-exchange": Measure(house_cash, _end),
    "hole-of-the-exchange": Measure(hole_of_exchange, _end),
    "first-use-of-customers-money": Measure(first_use, _whole),
    "owed-by-maker-to-house": Measure(owed_by_maker, _end),
    "owed-to-lenders": Measure(loans, _end),
    "equity-raised": Measure(raised, _whole),
    **{f"spent-on-{kind.lower()}": Measure(spent(kind), _whole) for kind in USES},
    "paper-wealth-in-sol": Measure(paper("SOL"), _end),
    "paper-wealth-in-house-token": Measure(paper_in_house_tokens, _end),
    "net-withdrawals": Measure(net_withdrawals, _whole),
    "withdrawals-halted": Measure(halted, _whole),
}
