"""What a day of a market was like, written down for reports: the book that was shown, the range.

Nobody in the world reads it.
"""

from collections.abc import Iterable
from decimal import Decimal

from des.market.listing import Listing
from des.scenario import Market
from ledger.journal import Journal
from ledger.notes import PriceRange


def note_books(journal: Journal, now_us: int, listings: Iterable[Listing]) -> None:
    """Write down what is shown where the first traded hour of a day begins."""
    for listing in listings:
        book = listing.shown_book(now_us) if listing.hours.is_first_of_day(now_us) else None
        if book:
            journal.note(now_us, book)


def note_ranges(journal: Journal, time_us: int, listed: Iterable[tuple[Market, Listing]]) -> None:
    """Write down the lowest and the highest price of the day that ends just after *time_us*."""
    for market, listing in listed:
        prices, tick_usd = listing.prices_of_day(time_us + 1), Decimal(market.tick_usd)
        if len(prices):
            low, high = (int(ticks) * tick_usd for ticks in (prices.min(), prices.max()))
            journal.note(time_us, PriceRange(market.name, low, high))
