"""Compares the notes on each day's volume with the fills, and with entries for other makers.

Reports read the volume from these notes, so they need not read all fills.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from ledger.money import tick_cents
from ledger.motives import FROM_QUOTES, VolumePart, counted_as, words
from ledger.notes import ForcedDay, TradedDay
from ledger.run_folder import RunFolder

Place = tuple[date, str]  # a day and a market
NOTHING = Decimal("0.00")


def wrong_notes(run: RunFolder) -> Iterator[str]:
    """Yield a sentence for each wrong or missing note on a day's volume in a market."""
    traded = _traded(run)
    for day, note in run.dated_notes(TradedDay):
        found = traded.pop((day, note.market), {})
        for cause in (*VolumePart, "others"):
            noted_usd = getattr(note, f"{cause}_usd")
            if noted_usd != (usd := found.get(cause, NOTHING)):
                yield (
                    f"{day}: the note states a volume of {noted_usd:,.2f} in {note.market} "
                    f"({cause}), but fills and entries have {usd:,.2f}"
                )
    for day, market in sorted(traded):
        yield f"{day}: there is no note on the volume of {market}"


def wrong_forced_notes(run: RunFolder) -> Iterator[str]:
    """Yield a sentence for each wrong or missing note on forced orders with the captive maker.

    Books without any such note are not checked: no order was forced, or the run is older than
    these notes.
    """
    notes, forced = run.dated_notes(ForcedDay), forced_in_fills(run)
    for day, note in notes:
        usd = forced.pop((day, note.market), None)
        if note.captive_usd != usd:
            yield (
                f"{day}: the note states {note.captive_usd:,.2f} of forced orders in {note.market} "
                f"with the captive maker, but the fills have "
                f"{'nothing' if usd is None else f'{usd:,.2f}'}"
            )
    for day, market in sorted(forced) if notes else ():
        yield f"{day}: there is no note on forced orders in {market}"


def forced_in_fills(run: RunFolder) -> dict[Place, Decimal]:
    """Return the dollars of forced orders that the captive maker filled, by day and market.

    The amount is zero if only other makers filled the forced orders.
    """
    parties = run.chart.parties
    cents = tick_cents(run.chart.contracts, parties.house)
    found = run.select(
        "SELECT time::DATE, market, sum(if(maker = ?, abs(lots) * price, 0)) FROM rows "
        "WHERE venue = ? AND motive IN (SELECT unnest(?)) GROUP BY ALL",
        [parties.maker, parties.house, words(counted_as(VolumePart.FORCED))],
    )
    return {
        (day, market): Decimal(lot_ticks * cents[market]).scaleb(-2)
        for day, market, lot_ticks in found
    }


def _traded(run: RunFolder) -> dict[Place, dict[str, Decimal]]:
    """Return the dollars traded at the house, by day and market, then by part (such as hits).

    Each trade counts once.
    """
    house = run.chart.parties.house
    cents = tick_cents(run.chart.contracts, house)
    causes = {motive.word: str(motive.entry.volume) for motive in FROM_QUOTES}
    traded: dict[Place, dict[str, Decimal]] = defaultdict(dict)
    for day, market, word, lot_ticks in run.select(
        "SELECT time::DATE, market, motive, sum(abs(lots) * price) FROM rows "
        "WHERE venue = ? AND motive IN (SELECT unnest(?)) GROUP BY ALL",
        [house, list(causes)],
    ):
        found, cause = traded[day, market], causes[word]
        usd = Decimal(lot_ticks * cents[market]).scaleb(-2)
        found[cause] = found.get(cause, NOTHING) + usd
    for day, market, usd in run.select(
        "SELECT date, meta->>'market', sum(split_part(meta->>'volume', ' ', 1)::DECIMAL(38, 2)) "
        "FROM postings WHERE line = 1 AND (meta->>'volume') IS NOT NULL GROUP BY ALL"
    ):
        traded[day, market]["others"] = usd
    return traded
