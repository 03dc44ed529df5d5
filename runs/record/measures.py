"""Computes the figure of a run that corresponds to a fact of the record.

A fact covers one day or several days. For a sum, or for the first day of an event, the run must
have all of these days. For a balance the run must have the last day. If the figure is a ratio, the
age of a quote or a result of backstops, the run must have at least one of the days.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from ledger.accounts import expense, income, issued
from ledger.kinds import HOLDING, LEAD_QUOTING, USES, Kind
from ledger.reports.days import calendar
from ledger.reports.dollars import ZERO
from ledger.reports.life.waiting import HALTED, withdrawals
from runs.record import sheet_lines
from runs.record.facts import Fact
from runs.record.measured_books import Day, Figure, MeasuredBooks, Span

NEVER: Literal["never"] = "never"
# The kinds of the maker's results on its quotes, and on the positions from quotes and hedges.
MAKING = (Kind.PICKOFF, Kind.SPREAD, *HOLDING, *LEAD_QUOTING)


# ---------------------------------------------------------- figures of the books


def volume(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the volume of the house venue, each trade counted once."""
    return sum(_traded(books, span), ZERO)


def share_of_maker(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the captive maker's share of the house venue's volume, in percent."""
    maker, others = _traded(books, span)
    return 100 * maker / (maker + others) if maker + others else None


def fees(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the exchange's income from trading fees."""
    return books.earned_usd([income(books.run.chart.parties.house, Kind.FEES)], span)


def fee_yield(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return fees divided by volume, in basis points."""
    traded, paid = volume(books, span), fees(books, span)
    return 10_000 * paid / traded if traded and paid is not None else None


def youngest_quote(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the lowest age, in seconds, at which a quote of the captive maker was filled."""
    parties = books.run.chart.parties
    with books.run.connect() as connection:
        ((age_us,),) = connection.execute(
            "SELECT min(quote_age_us) FROM rows "
            "WHERE venue = ? AND maker = ? AND time >= ?::DATE AND time < ?::DATE + 1",
            [parties.house, parties.maker, *span],
        ).fetchall()
    return None if age_us is None else Decimal(age_us).scaleb(-6)


def making(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the maker's result on quotes, on their hedges, and on positions from both."""
    maker = books.run.chart.parties.maker
    kinds = [income(maker, kind) for kind in (*MAKING, Kind.LIQUIDATION)]
    return books.earned_usd([*kinds, expense(maker, Kind.HEDGING)], span)


def directional(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the maker's result on positions held to gain from a price move, after costs."""
    return _brought(books, [books.run.chart.parties.maker], Kind.DIRECTIONAL, span)


def backstops(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the results of backstop providers on positions that they took over."""
    return _brought(books, books.run.chart.parties.providers, Kind.BACKSTOP, span)


def operating_costs(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the exchange's operating costs."""
    return books.posted_usd([expense(books.run.chart.parties.house, Kind.OPERATIONS)], span)


def raised(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return investors' payments for shares of the exchange."""
    parties = books.run.chart.parties
    if parties.investors is None:
        return None
    return books.earned_usd([issued(parties.house, parties.investors)], span)


def spent(kind: Kind) -> Callable[[MeasuredBooks, Span], Decimal | None]:
    """Return a function that sums the group's payments for one kind of use."""

    def of_kind(books: MeasuredBooks, span: Span) -> Decimal | None:
        uses = [each.spent for each in books.run.chart.spendings if each.kind == kind]
        return books.posted_usd(uses, span)

    return of_kind


def claims(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the claims of customers outside the group, with coins at the day's mark."""
    return books.standing(span.last).claims_usd


def house_cash(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the exchange's own cash plus the value of customers' coins in its wallets."""
    return books.standing(span.last).house_cash_usd


def hole_of_exchange(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the hole of the exchange, with coins at the day's mark."""
    return books.standing(span.last).hole_of_exchange_usd


def loans(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the maker's debt to lenders outside the group."""
    return books.standing(span.last).loans_usd if books.run.chart.parties.lenders else None


def paper(token: str) -> Callable[[MeasuredBooks, Span], Decimal | None]:
    """Return a function that values the group's holding of a token at mark."""

    def of_token(books: MeasuredBooks, span: Span) -> Decimal | None:
        if token not in {each.name for each in books.run.chart.tokens}:
            return None
        return books.marks.usd({token: books.units(token, span.last)}, span.last)

    return of_token


def paper_in_house_tokens(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the value at mark of the house's own tokens that the group holds."""
    held = {token: books.units(token, span.last) for token in books.marks.house_tokens}
    return books.marks.usd(held, span.last) if held else None


def net_withdrawals(books: MeasuredBooks, span: Span) -> Decimal:
    """Return customers' withdrawals less their deposits."""
    days = books.withdrawn_usd.items()
    return sum((usd for day, usd in days if span.first <= day <= span.last), ZERO)


def halted(books: MeasuredBooks, _: Span) -> Day:
    """Return the first day that ends with withdrawals halted."""
    status = withdrawals(books.run, calendar(books.run))
    return next((day for day, said in status.items() if said == HALTED), NEVER)


def first_use(books: MeasuredBooks, _: Span) -> Day:
    """Return the first day that ends with claims above the exchange's cash.

    Customers' dollars that the maker received for the exchange count as in use only after the maker
    spends them.
    """
    kept = books.kept_by_agent_usd
    short = (at.day for at in books.standings() if at.hole_of_exchange_usd > kept[at.day])
    return next(short, NEVER)


def _traded(books: MeasuredBooks, span: Span) -> tuple[Decimal, Decimal]:
    within = [usd for day, usd in books.traded_usd.items() if span.first <= day <= span.last]
    return sum((maker for maker, _ in within), ZERO), sum((others for _, others in within), ZERO)


def _brought(
    books: MeasuredBooks, entities: Sequence[str], kind: str, span: Span
) -> Decimal | None:
    accounts = [account(entity, kind) for entity in entities for account in (income, expense)]
    return books.earned_usd(accounts, span)


# ------------------------------------------------------------------ the figure of each key


def _whole(fact: Fact, days: Span) -> Span | None:
    """Return the fact's days if the run has all of them. Sums and events need all days."""
    return (
        Span(fact.first, fact.last) if days.first <= fact.first <= fact.last <= days.last else None
    )


def _end(fact: Fact, days: Span) -> Span | None:
    """Return the fact's last day if the run has it. A balance needs only this day."""
    return Span(fact.last, fact.last) if days.first <= fact.last <= days.last else None


def _part(fact: Fact, days: Span) -> Span | None:
    """Return those of the fact's days that the run has, or None if it has none of them."""
    span = Span(max(fact.first, days.first), min(fact.last, days.last))
    return span if span.first <= span.last else None


class Measure(NamedTuple):
    """How to compute a figure, which days it needs, and its definition."""

    figure: Callable[[MeasuredBooks, Span], Figure | None]  # None: this run has no such figure
    covers: Callable[[Fact, Span], Span | None]  # None: this run lacks the days
    counts: str  # the definition in words


# The measure for each key of the record that the command `compare` uses. The fact says whether its
# figure is an input or an outcome. The command `liquidations` uses the facts on liquidations.
MEASURES: Mapping[str, Measure] = {
    "volume-of-ftx": Measure(volume, _whole, "volume, each trade counted once"),
    "volume-of-ftx-over-time": Measure(volume, _whole, "volume, each trade counted once"),
    "share-of-maker-in-volume": Measure(
        share_of_maker, _part, "the maker's share of the house's volume"
    ),
    "youngest-quote-hit": Measure(youngest_quote, _part, "lowest age of a quote at its fill"),
    "result-of-making": Measure(making, _whole, "result on quotes, hedges and positions"),
    "result-of-all-trading": Measure(
        sheet_lines.all_trading, _whole, "the maker's results without uses, interest, operations"
    ),
    "result-of-directional-book": Measure(
        directional, _whole, "positions held to gain from a price move"
    ),
    "backstop-payouts-of-ftx": Measure(backstops, _part, "results on positions taken over"),
    "revenue-of-ftx": Measure(fees, _whole, "fees on trades"),
    "revenue-that-set-the-fee-rate": Measure(fees, _whole, "fees on trades"),
    "fee-yield": Measure(fee_yield, _part, "fees divided by volume"),
    "operating-costs-of-ftx": Measure(operating_costs, _whole, "costs of the exchange"),
    "claims-in-dollars": Measure(
        sheet_lines.claims_in_dollars, _end, "dollars owed to customers outside the group"
    ),
    "claims-in-bitcoin": Measure(
        sheet_lines.claims_in("BTC"), _end, "bitcoin owed to customers, at mark"
    ),
    "claims-of-customers": Measure(claims, _end, "owed to customers, coins at mark"),
    "cash-of-the-exchange": Measure(house_cash, _end, "cash, and customers' coins at mark"),
    "hole-of-the-exchange": Measure(hole_of_exchange, _end, "claims less cash and coins"),
    "shortfall-of-the-exchange": Measure(
        sheet_lines.shortfall_of_exchange,
        _end,
        "claims less assets; stakes and the maker's debt are not counted",
    ),
    "first-use-of-customers-money": Measure(
        first_use, _whole, "first day with claims above cash plus customers' dollars at the maker"
    ),
    "owed-by-maker-to-house": Measure(
        sheet_lines.owed_by_maker, _end, "the maker's net debt to the exchange"
    ),
    "credit-drawn-by-maker": Measure(
        sheet_lines.credit_drawn, _end, "the maker's net debt less deposits that it received"
    ),
    "owed-to-lenders": Measure(loans, _end, "loans from outside the group"),
    "equity-raised": Measure(raised, _whole, "investors' payments for shares"),
    **{f"spent-on-{kind.lower()}": Measure(spent(kind), _whole, kind.entry.plain) for kind in USES},
    "paper-wealth-in-sol": Measure(paper("SOL"), _end, "the group's SOL at mark"),
    "paper-wealth-in-house-token": Measure(
        paper_in_house_tokens, _end, "the house's own tokens that the group holds, at mark"
    ),
    "net-withdrawals": Measure(net_withdrawals, _whole, "customers' withdrawals less deposits"),
    "withdrawals-halted": Measure(halted, _whole, "first day that ends with withdrawals halted"),
    "net-worth-without-own-circle": Measure(
        sheet_lines.net_worth_without_own_circle,
        _end,
        "the maker's assets without FTT, SOL, SRM, less all debts",
    ),
    "assets-of-the-maker": Measure(
        sheet_lines.all_assets_of_maker, _end, "tokens at mark, stakes at cost, claims, cash"
    ),
    "tokens-of-others": Measure(
        sheet_lines.tokens_of_others, _end, "the maker's coins and tokens at mark, no house tokens"
    ),
    "stakes-of-the-maker": Measure(sheet_lines.stakes_of_maker, _end, "stakes at cost"),
    "stakes-of-the-group": Measure(sheet_lines.stakes, _end, "stakes at cost"),
    "cash-of-the-maker": Measure(
        sheet_lines.cash_of_maker, _end, "the maker's cash, and its money on outside venues"
    ),
    "debts-of-the-maker-as-printed": Measure(
        sheet_lines.debts_as_printed, _end, "the maker's debts outside the group"
    ),
    "own-assets-of-the-exchange": Measure(
        sheet_lines.own_assets_of_exchange, _end, "the exchange's assets less all claims on it"
    ),
    "assets-as-its-sheet-shows": Measure(
        sheet_lines.shown_by_sheet, _end, "liquid assets, tokens at mark, stakes at cost"
    ),
    "liquid-as-its-sheet-shows": Measure(
        sheet_lines.liquid_of_group, _end, "all liquid assets of the group"
    ),
    "tokens-as-its-sheet-shows": Measure(
        sheet_lines.tokens_of_group, _end, "coins and tokens at mark, house tokens included"
    ),
    "dollars-wired-to-the-maker": Measure(
        sheet_lines.wired_to_maker, _end, "deposits that the maker received for the exchange"
    ),
    "liquid-of-the-group": Measure(
        sheet_lines.found_in_group, _end, "liquid assets, and coins and tokens at mark"
    ),
    "cash-found": Measure(sheet_lines.liquid_of_group, _end, "all liquid assets of the group"),
}
