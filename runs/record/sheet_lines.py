"""Computes from a run's books the lines that a recorded balance sheet has.

A recorded sheet has tokens (also the group's own) at the day's mark, and stakes at values that the
sheet's author chose. The books have stakes at cost. The accounts of a line are chosen by root, by
kind, and by the value of the key `hole`, such as liquid or group (see `ledger.chart`).
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from ledger.accounts import coins_owed
from ledger.coins import names_owed
from ledger.kinds import (
    ASSETS,
    AT_COST,
    CAUSE,
    CLAIM,
    EXPENSES,
    GROUP,
    INCOME,
    LIABILITIES,
    LIQUID,
    USES,
    Kind,
)
from ledger.reports.dollars import ZERO
from ledger.transaction import MONEY, entity_of, is_contract, kind_of
from runs.record.measured_books import MeasuredBooks, Span

# All values of the key `hole` except `in-kind`: tokens held in kind belong to customers.
ON_SHEET = (CLAIM, LIQUID, GROUP, CAUSE)
# The kinds of costs that are not from trading. All other results of the maker are from trading.
NOT_TRADING = (*USES, Kind.INTEREST, Kind.OPERATIONS)


def on_sheet(books: MeasuredBooks, entity: str, root: str) -> Iterator[str]:
    """Yield an entity's accounts that have one root, such as Assets.

    The value of an account's key `hole` must be in ON_SHEET. Accounts of contracts are left out.
    """
    for account, opened in books.run.opens.items():
        is_meant = entity_of(account) == entity and account.startswith(f"{root}:")
        if is_meant and opened.hole in ON_SHEET and not is_contract(account):
            yield account


def within_group(books: MeasuredBooks, account: str) -> bool:
    """Return whether an account is for a debt between the exchange and the maker."""
    return books.run.opens[account].hole == GROUP


def in_dollars(books: MeasuredBooks, account: str, span: Span) -> Decimal:
    """Return the dollars on an account at the end of the last day of *span*."""
    return ZERO + books.balances(span.last)[account, MONEY]


def at_mark(books: MeasuredBooks, account: str, span: Span) -> Decimal:
    """Return the value of the coins and tokens on an account, at the last mark."""
    balances = books.balances(span.last)
    held = {
        commodity: balances[account, commodity]
        for commodity in books.run.opens[account].commodities
        if commodity != MONEY
    }
    return ZERO + books.marks.usd(held, span.last)


def worth(books: MeasuredBooks, account: str, span: Span) -> Decimal:
    """Return the dollars on an account plus the value of its coins and tokens."""
    return in_dollars(books, account, span) + at_mark(books, account, span)


def all_assets_of_maker(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the value of all assets of the maker, with stakes at cost and coins at mark."""
    maker = books.run.chart.parties.maker
    return _sum(worth, books, on_sheet(books, maker, ASSETS), span)


def tokens_of_others(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the maker's coins and tokens at mark, without the group's own tokens."""
    maker, own = books.run.chart.parties.maker, books.marks.house_tokens
    held = [
        account
        for account in on_sheet(books, maker, ASSETS)
        if not own & set(books.run.opens[account].commodities)
    ]
    if not any(set(books.run.opens[account].commodities) - {MONEY} for account in held):
        return None
    return _sum(at_mark, books, held, span)


def stakes(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the cost of the group's stakes in companies."""
    return _stakes_of(books, books.run.chart.parties.group, span)


def stakes_of_maker(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the cost of the maker's stakes in companies."""
    return _stakes_of(books, (books.run.chart.parties.maker,), span)


def cash_of_maker(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the maker's cash plus its claims on venues outside the group."""
    maker = books.run.chart.parties.maker
    liquid = [
        account
        for account in on_sheet(books, maker, ASSETS)
        if books.run.opens[account].hole == LIQUID and kind_of(account) in (Kind.CASH, Kind.CLAIMS)
    ]
    return _sum(in_dollars, books, liquid, span)


def debts_as_printed(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the maker's debts to parties outside the group."""
    parties = books.run.chart.parties
    if not parties.lenders:
        return None
    debts = on_sheet(books, parties.maker, LIABILITIES)
    outward = [account for account in debts if not within_group(books, account)]
    return -_sum(in_dollars, books, outward, span)


def net_worth_without_own_circle(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the maker's assets without FTT, SOL and SRM (the kind `Tokens`), less all debts."""
    maker = books.run.chart.parties.maker
    held = [a for a in on_sheet(books, maker, ASSETS) if kind_of(a) != Kind.TOKENS]
    debts = on_sheet(books, maker, LIABILITIES)
    return _sum(worth, books, held, span) + _sum(worth, books, debts, span)


def own_assets_of_exchange(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the exchange's assets less the claims of all its customers, the maker included.

    The maker's debt is an asset and counts at face value.
    """
    house = books.run.chart.parties.house
    claims = [
        account
        for account in on_sheet(books, house, LIABILITIES)
        if kind_of(account) in (Kind.CUSTOMERS, Kind.COINS)
    ]
    held = _sum(worth, books, on_sheet(books, house, ASSETS), span)
    return held + _sum(worth, books, claims, span)


def owed_by_maker(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the maker's net debt to the exchange, with owed coins at mark."""
    house = books.run.chart.parties.house
    accounts = [
        account
        for root in (ASSETS, LIABILITIES)
        for account in on_sheet(books, house, root)
        if within_group(books, account)
    ]
    return _sum(worth, books, accounts, span)


def credit_drawn(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the maker's net debt to the exchange, less deposits that the maker received."""
    return owed_by_maker(books, span) - (wired_to_maker(books, span) or ZERO)


def wired_to_maker(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the deposits that the maker received for the exchange and owes to it."""
    house = books.run.chart.parties.house
    wired = [
        account
        for account in on_sheet(books, house, ASSETS)
        if within_group(books, account) and kind_of(account) != Kind.CREDIT_LINE
    ]
    return _sum(in_dollars, books, wired, span) if wired else None


def claims_in(coin: str) -> Callable[[MeasuredBooks, Span], Decimal | None]:
    """Return a function that values customers' claims in one coin at mark."""

    def of_coin(books: MeasuredBooks, span: Span) -> Decimal | None:
        if coin not in names_owed(books.run.chart.coins):
            return None
        parties = books.run.chart.parties
        owed = books.balances(span.last)[coins_owed(parties.house, parties.retail), coin]
        return -books.marks.usd({coin: owed}, span.last)

    return of_coin


def claims_in_dollars(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the claims that are in dollars, or None if the exchange can owe no coins."""
    coins = names_owed(books.run.chart.coins)
    in_coins = (claims_in(coin)(books, span) or ZERO for coin in coins)
    return books.standing(span.last).claims_usd - sum(in_coins, ZERO) if coins else None


def shortfall_of_exchange(books: MeasuredBooks, span: Span) -> Decimal:
    """Return claims less the exchange's assets. Stakes and the maker's debt are not counted."""
    house = books.run.chart.parties.house
    found = [
        account
        for account in on_sheet(books, house, ASSETS)
        if not within_group(books, account) and kind_of(account) not in AT_COST
    ]
    return books.standing(span.last).claims_usd - _sum(worth, books, found, span)


def liquid_of_group(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the group's liquid assets."""
    return books.standing(span.last).liquid_usd


def tokens_of_group(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the group's coins and tokens at mark, including the group's own tokens.

    Customers' coins in the exchange's wallets are left out, because they are liquid assets.
    """
    held = _owned_by_group(books)
    if not any(set(books.run.opens[account].commodities) - {MONEY} for account in held):
        return None
    return _sum(at_mark, books, held, span)


def found_in_group(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the group's liquid assets plus its coins and tokens at mark."""
    return liquid_of_group(books, span) + _sum(at_mark, books, _owned_by_group(books), span)


def shown_by_sheet(books: MeasuredBooks, span: Span) -> Decimal:
    """Return the group's liquid assets, plus coins and tokens at mark, plus stakes at cost."""
    return found_in_group(books, span) + (stakes(books, span) or ZERO)


def all_trading(books: MeasuredBooks, span: Span) -> Decimal | None:
    """Return the sum of the maker's results of all kinds except those in NOT_TRADING."""
    maker = books.run.chart.parties.maker
    results = [
        account
        for root in (INCOME, EXPENSES)
        for account in on_sheet(books, maker, root)
        if kind_of(account) not in NOT_TRADING
    ]
    return books.earned_usd(results, span)


def _sum(
    of: Callable[[MeasuredBooks, str, Span], Decimal],
    books: MeasuredBooks,
    accounts: Iterator[str] | list[str],
    span: Span,
) -> Decimal:
    return sum((of(books, account, span) for account in accounts), ZERO)


def _owned_by_group(books: MeasuredBooks) -> list[str]:
    """Return the group's asset accounts, except liquid assets and debts within the group."""
    group = books.run.chart.parties.group
    return [
        account
        for entity in group
        for account in on_sheet(books, entity, ASSETS)
        if books.run.opens[account].hole not in (LIQUID, GROUP)
    ]


def _stakes_of(books: MeasuredBooks, entities: tuple[str, ...], span: Span) -> Decimal | None:
    bought = [
        account
        for entity in entities
        for account in on_sheet(books, entity, ASSETS)
        if kind_of(account) in AT_COST
    ]
    return _sum(in_dollars, books, bought, span) if bought else None
