"""The figures of each market of the house on each day.

The figures are volume, fees, displayed size and price range.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.accounts import income
from ledger.kinds import Kind
from ledger.notes import PriceRange, ShownBook, TradedDay
from ledger.reports.dollars import ZERO
from ledger.reports.market.maker_share import volume_by_day
from ledger.run_folder import RunFolder

Place = tuple[date, str]  # a day and a market


@dataclass(frozen=True, slots=True)
class MarketDay:
    """The volume, fees, price range and displayed size of one market on one day."""

    day: date
    traded: TradedDay
    maker_usd: Decimal  # the part of the volume that the maker's quotes filled
    fees_usd: Decimal
    price: PriceRange | None
    book: ShownBook | None  # None if the house was closed when the day's first played hour began

    @property
    def market(self) -> str:
        """Return the name of the market."""
        return self.traded.market

    @property
    def customers_usd(self) -> Decimal:
        """Return the volume of noise traders' orders, filled by any maker."""
        return self.traded.captive_usd + self.traded.others_usd

    @property
    def apart_usd(self) -> Decimal:
        """Return the volume of firms' hits and of forced orders."""
        return self.traded.hits_usd + self.traded.forced_usd

    @property
    def all_usd(self) -> Decimal:
        """Return the whole volume of the day. Each trade counts once."""
        return self.customers_usd + self.apart_usd


def market_days(run: RunFolder) -> list[MarketDay]:
    """Return one entry for each day and market with a note on volume, in the order of time."""
    prices = {(day, note.market): note for day, note in run.dated_notes(PriceRange)}
    books = {(day, note.market): note for day, note in run.dated_notes(ShownBook)}
    volume, fees_usd = volume_by_day(run), _fees(run)
    return [
        MarketDay(
            day,
            note,
            volume[day, note.market].maker_usd,
            fees_usd[day, note.market],
            prices.get((day, note.market)),
            books.get((day, note.market)),
        )
        for day, note in run.dated_notes(TradedDay)
    ]


def _fees(run: RunFolder) -> Mapping[Place, Decimal]:
    """Return the house's fees for each day and market.

    Noise traders' trades with the other makers are not recorded as fills. So the fees on these
    trades are read from the general ledger.
    """
    house = run.chart.parties.house
    usd: dict[Place, Decimal] = defaultdict(lambda: ZERO)
    found = run.select(
        "SELECT time::DATE, market, sum(fee_cents) FROM rows WHERE venue = ? GROUP BY ALL", [house]
    )
    found += run.select(
        "SELECT date, place.market, -sum(units) FROM postings JOIN (SELECT seq, "
        "meta->>'market' AS market FROM postings WHERE line = 1 AND (meta->>'volume') IS NOT NULL) "
        "AS place USING (seq) WHERE account = ? GROUP BY ALL",
        [income(house, Kind.FEES)],
    )
    for day, market, cents in found:
        usd[day, market] += Decimal(cents).scaleb(-2)
    return usd
