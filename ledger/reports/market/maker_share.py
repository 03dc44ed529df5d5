"""The captive maker's share of the house's volume."""

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ledger.notes import ForcedDay, RecordedShare, TradedDay
from ledger.proof.traded_notes import forced_in_fills
from ledger.reports.dollars import TENTH, ZERO, percent
from ledger.reports.once import once
from ledger.reports.table import Table
from ledger.run_folder import RunFolder

Place = tuple[date, str]  # a day and a market


@dataclass(frozen=True, slots=True)
class Volume:
    """The volume of one market in one month. Each trade counts once."""

    market: str
    month: str
    maker_usd: Decimal  # volume that the maker's quotes filled
    others_usd: Decimal

    @property
    def maker_share_pct(self) -> Decimal | None:
        """Return the maker's share of the simulated volume, in per cent."""
        return percent(self.maker_usd, self.maker_usd + self.others_usd)


class QuotedVolume(NamedTuple):
    """The volume of one market on one day. Each trade counts once."""

    maker_usd: Decimal  # volume that the maker's quotes filled
    others_usd: Decimal


@dataclass(frozen=True, slots=True)
class MakerShare:
    """The captive maker's share of the house's volume, and the recorded range of this share."""

    maker: str
    house: str
    months: tuple[Volume, ...]  # one for each market and month
    recorded_pct: tuple[Decimal, Decimal] | None


def maker_share(run: RunFolder) -> MakerShare:
    """Return the captive maker's share for each market and month, and the recorded range."""
    parties = run.chart.parties
    return MakerShare(parties.maker, parties.house, volume(run), recorded_share_pct(run))


def volume(run: RunFolder) -> tuple[Volume, ...]:
    """Return the volume of each market in each month."""
    months: dict[tuple[str, str], list[QuotedVolume]] = defaultdict(list)
    for (day, market), traded in volume_by_day(run).items():
        if traded.maker_usd or traded.others_usd:
            months[market, f"{day:%Y-%m}"].append(traded)
    return tuple(
        Volume(
            *place,
            sum((day.maker_usd for day in days), ZERO),
            sum((day.others_usd for day in days), ZERO),
        )
        for place, days in sorted(months.items())
    )


@once
def volume_by_day(run: RunFolder) -> dict[Place, QuotedVolume]:
    """Return the volume of each market on each day, from the notes in the books."""
    noted = {(day, note.market): note for day, note in run.dated_notes(TradedDay)}
    forced = _forced_on_maker(run, {place for place, note in noted.items() if note.forced_usd})
    traded = {}
    for place, note in noted.items():
        forced_usd = forced.get(place, ZERO)
        traded[place] = QuotedVolume(
            note.captive_usd + note.hits_usd + forced_usd,
            note.others_usd + note.forced_usd - forced_usd,
        )
    return traded


def has_volume(run: RunFolder) -> bool:
    """Return whether any market has volume on any day, without reading every note."""
    # The column `words` has the values of a note. The first value is the market, the next four are
    # simulated volumes, and the last is the recorded volume.
    found = run.select(
        "SELECT 1 FROM notes WHERE kind = ? AND regexp_matches(words[2:5]::VARCHAR, '[1-9]') "
        "LIMIT 1",
        [TradedDay.kind],
    )
    return bool(found)


def recorded_share_pct(run: RunFolder) -> tuple[Decimal, Decimal] | None:
    """Return the recorded range of the maker's share in per cent, or None without a record."""
    for recorded in run.notes(RecordedShare):
        # The simulated share has one decimal, so the range also gets one.
        return recorded.low_pct.quantize(TENTH), recorded.high_pct.quantize(TENTH)
    return None


def _forced_on_maker(run: RunFolder, places: Set[Place]) -> Mapping[Place, Decimal]:
    """Return the volume of forced orders that the captive maker filled, by day and market.

    The volume is read from notes. If notes are missing, as in older runs, it is summed from fills.

    Args:
        run: the run.
        places: each day and market with forced orders.
    """
    noted = {(day, note.market): note.captive_usd for day, note in run.dated_notes(ForcedDay)}
    return noted if noted.keys() >= places else forced_in_fills(run)


def volume_table(found: MakerShare, lines: tuple[str, ...] = ()) -> Table:
    """Return a table of the maker's share in each market and month, beside the recorded range.

    Args:
        found: the share.
        lines: further notes to print below the table.
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
        ("The share is an outcome. It is not rescaled to fit the record.", *lines),
    )


def _verdict(share_pct: Decimal | None, recorded: tuple[Decimal, Decimal] | None) -> str:
    if share_pct is None or recorded is None:
        return "no record"
    low, high = recorded
    return "inside" if low <= share_pct <= high else "outside"
