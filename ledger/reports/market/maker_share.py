"""Volume: the captive maker's share of what was traded at the house."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ledger.notes import RecordedShare
from ledger.reports.dollars import TENTH, ZERO, percent
from ledger.reports.table import Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Volume:
    """What was traded in one market in one month, each trade counted once."""

    market: str
    month: str
    maker_usd: Decimal  # with the captive maker on one side
    others_usd: Decimal

    @property
    def maker_share_pct(self) -> Decimal | None:
        """Return the captive maker's share as it came out."""
        return percent(self.maker_usd, self.maker_usd + self.others_usd)


@dataclass(frozen=True, slots=True)
class MakerShare:
    """The captive maker's share of volume, and in what range the public record puts it."""

    maker: str
    house: str
    months: tuple[Volume, ...]  # by market
    recorded_pct: tuple[Decimal, Decimal] | None


def maker_share(run: RunFolder) -> MakerShare:
    """Return the maker's share by market and month, and the record's."""
    parties = run.chart.parties
    return MakerShare(parties.maker, parties.house, volume(run), recorded_share_pct(run))


def volume(run: RunFolder) -> tuple[Volume, ...]:
    """Add up by market and month what fills and the other makers' entries say was traded."""
    parties = run.chart.parties
    maker, forced = (_filled(run, each) for each in (parties.maker, parties.other_makers))
    others = _others_volume(run)
    return tuple(
        Volume(*place, maker.get(place, ZERO), others.get(place, ZERO) + forced.get(place, ZERO))
        for place in sorted({*maker, *others, *forced})
    )


def recorded_share_pct(run: RunFolder) -> tuple[Decimal, Decimal] | None:
    """Return the range in which the public record puts the maker's share, where it has one."""
    for recorded in run.notes(RecordedShare):
        # As precise as the share that it is held against.
        return recorded.low_pct.quantize(TENTH), recorded.high_pct.quantize(TENTH)
    return None


def _filled(run: RunFolder, maker: str) -> dict[tuple[str, str], Decimal]:
    """Add up orders that met the quotes of *maker* and have rows of their own."""
    parties = run.chart.parties
    at_house = (c for c in run.chart.contracts if c.venue == parties.house)
    cents = {c.market: c.cents_per_lot_tick for c in at_house}
    # A day is a number, and a month is made of days: to write the month of each fill would take
    # half as long again.
    found = run.select(
        """
        WITH days AS (
            SELECT market, time::DATE AS day, sum(abs(lots) * price) AS lot_ticks FROM rows
            WHERE venue = ? AND maker = ? AND motive IN ('pickoff', 'spread', 'liquidation')
            GROUP BY ALL
        )
        SELECT market, strftime(day, '%Y-%m') AS month, sum(lot_ticks) FROM days GROUP BY ALL
        """,
        [parties.house, maker],
    )
    return {
        (market, month): Decimal(lot_ticks * cents[market]).scaleb(-2)
        for market, month, lot_ticks in found
    }


def _others_volume(run: RunFolder) -> dict[tuple[str, str], Decimal]:
    found = run.select(
        "SELECT meta->>'market', month, sum(split_part(meta->>'volume', ' ', 1)::DECIMAL(38, 2)) "
        "FROM postings WHERE line = 1 AND (meta->>'volume') IS NOT NULL GROUP BY ALL"
    )
    return defaultdict(lambda: ZERO, {(market, month): usd for market, month, usd in found})


def volume_table(found: MakerShare, lines: tuple[str, ...] = ()) -> Table:
    """Return the maker's share by market and month, held against the public record.

    Args:
        found: the share.
        lines: more to be said under the table.
    """
    recorded = found.recorded_pct
    return Table(
        "volume",
        f"Share of {found.maker} in the volume of {found.house}",
        (
            "market",
            "month",
            "maker_usd",
            "others_usd",
            "maker_share_pct",
            "recorded_low_pct",
            "recorded_high_pct",
            "verdict",
        ),
        [
            (
                v.market,
                v.month,
                v.maker_usd,
                v.others_usd,
                v.maker_share_pct,
                *(recorded or (None, None)),
                _verdict(v.maker_share_pct, recorded),
            )
            for v in found.months
        ],
        ("The share is what came out; it is never rescaled to fit the record.", *lines),
    )


def _verdict(share_pct: Decimal | None, recorded: tuple[Decimal, Decimal] | None) -> str:
    if share_pct is None or recorded is None:
        return "no record"
    low, high = recorded
    return "inside" if low <= share_pct <= high else "outside"
