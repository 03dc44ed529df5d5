"""Notes about each day for reports: displayed order books, weights of hours, price ranges."""

from collections.abc import Iterable
from decimal import Decimal

from des.market.listing import Listing
from des.scenario import Market
from des.traded_hours import TradedHours
from ledger.hours_drawn import HoursDrawn
from ledger.journal import Journal
from ledger.notes import PriceRange
from ledger.times import DAY_US, HOURS_PER_DAY


def note_books(journal: Journal, now_us: int, listings: Iterable[Listing]) -> None:
    """Record the displayed order book of each market if a day's first played hour begins now.

    Nothing is recorded if the house is closed.
    """
    for listing in listings:
        book = listing.shown_book(now_us) if listing.hours.is_first_of_day(now_us) else None
        if book:
            journal.note(now_us, book)


def note_hours(journal: Journal, time_us: int, hours: TradedHours) -> None:
    """If hours are drawn from groups, record each hour's weight and its group's predicted loss.

    An hour that is not played has zeros. *time_us* is the last microsecond of the day.
    """
    if hours.grouped:
        first_hour = time_us // DAY_US * HOURS_PER_DAY
        weights, losses = hours.grouped.of_day(first_hour)
        cents = tuple(round(100 * each) for each in losses)
        journal.note(time_us, HoursDrawn(weights, cents))


def note_ranges(journal: Journal, time_us: int, listed: Iterable[tuple[Market, Listing]]) -> None:
    """Record each market's lowest and highest price on the day that ends just after *time_us*."""
    for market, listing in listed:
        prices, tick_usd = listing.prices_of_day(time_us + 1), Decimal(market.tick_usd)
        if len(prices):
            low, high = (int(ticks) * tick_usd for ticks in (prices.min(), prices.max()))
            journal.note(time_us, PriceRange(market.name, low, high))
