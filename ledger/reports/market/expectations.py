"""The results of the maker's quotes: predicted by the maker's own simulation, and booked.

The module `promises` reads the results by month from the general ledger, and the results by market
from the fills. It also splits the difference between predicted and booked results into parts. The
module `plans` reads the maker's decisions and plans.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ledger.reports.dollars import CENT, ZERO, earned, listed, speaker, spoken
from ledger.reports.market.plans import PlannedMonth, planned_months, plans_table
from ledger.reports.market.promises import (
    Booked,
    Difference,
    MonthInMarket,
    Promise,
    booked_by_month,
    months_in_markets,
)
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder

ALL = "all"
FIGURES = (
    "promised_usd",
    "spread_usd",
    "pickoff_usd",
    "booked_usd",
    "hedging_usd",
    "net_usd",
    "promised_volume_usd",
    "volume_usd",
    "promised_bps",
    "booked_bps",
)


@dataclass(frozen=True, slots=True)
class Expectations:
    """The predicted and the booked results of the maker's quotes."""

    maker: str
    lines: Sequence[MonthInMarket]  # one for each month and market with fills or a prediction
    ledger: Mapping[str, Booked]  # booked results by month, from the general ledger
    planned: Sequence[PlannedMonth]  # months and markets with a decision in the books

    @property
    def by_month(self) -> Mapping[str, Sequence[MonthInMarket]]:
        """Return the lines of each month, in the order of months."""
        return {
            month: tuple(line for line in self.lines if line.month == month)
            for month in sorted({*self.ledger, *(line.month for line in self.lines)})
        }

    def answer(self) -> str:
        """State the predicted result, and the booked result in the same months and markets."""
        promised = [line for line in self.lines if line.promise]
        if not promised:
            return f"The books have no results of {self.maker}'s own simulation of its quotes."
        booked = _booked(promised)
        expected = sum((line.promise.result_usd for line in promised if line.promise), ZERO)
        say = speaker(booked.result_usd, booked.net_usd)
        return (
            f"{self.maker}'s own simulation predicted a result of {spoken(expected)} before "
            f"hedging. In the same months the quotes {earned(booked.result_usd, say)} before "
            f"hedging and {earned(booked.net_usd, say)} after hedging.{self._beside_predictions()}"
        )

    def _beside_predictions(self) -> str:
        """Return a sentence on booked results without a prediction.

        The row "all" of the table `expectations` includes these results.
        """
        lines = [line for line in self.lines if not line.promise and line.booked != Booked()]
        if not lines:
            return ""
        months = listed(sorted({line.month for line in lines}))
        booked = _booked(lines)
        say = speaker(booked.result_usd, booked.net_usd)
        return (
            f" Quotes without a prediction (in {months}) are not counted: they "
            f"{earned(booked.result_usd, say)} before hedging and {earned(booked.net_usd, say)} "
            "after hedging."
        )

    def tables(self) -> list[Table]:
        """Return tables of predictions, plans and booked results. The last table is a check."""
        by_month = self.by_month
        return [
            _month_table(by_month, self.ledger, self.maker),
            plans_table(self.maker, self.planned),
            _market_table(self.lines),
            _difference_table(by_month),
            _check_table(by_month, self.ledger),
        ]


def expectations(run: RunFolder) -> Expectations:
    """Compare predictions and plans with booked results."""
    maker, lines = run.chart.parties.maker, months_in_markets(run)
    return Expectations(maker, lines, booked_by_month(run), planned_months(run, lines))


def _promised(lines: Sequence[MonthInMarket]) -> Promise | None:
    """Return the sum of predictions, or None if any prediction is missing."""
    found = [line.promise for line in lines if line.promise]
    if not found or len(found) < len(lines):
        return None
    return Promise(*(sum(column, ZERO) for column in zip(*found, strict=True)))


def _booked(lines: Iterable[MonthInMarket]) -> Booked:
    return sum((line.booked for line in lines), Booked())


def _figures(promise: Promise | None, booked: Booked) -> tuple[Cell, ...]:
    return (
        promise and promise.result_usd,
        booked.spread_usd,
        booked.pickoff_usd,
        booked.result_usd,
        booked.hedging_usd,
        booked.net_usd,
        promise and promise.volume_usd,
        booked.volume_usd,
        promise and _bps(*promise),
        _bps(booked.result_usd, booked.volume_usd),
    )


def _bps(result_usd: Decimal, volume_usd: Decimal) -> Decimal | None:
    return (10_000 * result_usd / volume_usd).quantize(CENT) if volume_usd else None


def _month_table(
    by_month: Mapping[str, Sequence[MonthInMarket]], ledger: Mapping[str, Booked], maker: str
) -> Table:
    rows, everything = [], Booked()
    for month, lines in by_month.items():
        # Results are from the general ledger. Volume is from the fills, since the general ledger
        # has no volume.
        traded = _booked(lines)
        booked = replace(
            ledger.get(month, Booked()),
            spread_volume_usd=traded.spread_volume_usd,
            pickoff_volume_usd=traded.pickoff_volume_usd,
        )
        rows.append((month, *_figures(_promised(lines), booked)))
        everything += booked
    promised = _promised([line for lines in by_month.values() for line in lines])
    rows.append((ALL, *_figures(promised, everything)))
    notes = [
        f"{maker} simulates its own quotes of the month with uninformed orders only. The "
        "prediction is the result before hedging. It is compared with the sum of the booked kinds "
        "Spread and PickOff. Hedging is separate; 'net' is booked plus hedging.",
        "Promised basis points are the predicted result divided by the predicted volume. Booked "
        "basis points are the booked result divided by the traded volume. A sum of predictions "
        "is empty if the prediction for one of its months or markets is missing.",
    ]
    if not any(line.promise for lines in by_month.values() for line in lines):
        notes.insert(0, "The books of this run have no simulated results.")
    return Table(
        "expectations",
        f"Simulated and realised results of {maker}'s quotes",
        ("month", *FIGURES),
        rows,
        tuple(notes),
    )


def _market_table(lines: Sequence[MonthInMarket]) -> Table:
    return Table(
        "expectations-by-market",
        "Simulated and realised results by market, from the fills",
        ("month", "market", *FIGURES),
        [(line.month, line.market, *_figures(line.promise, line.booked)) for line in lines],
    )


def _difference_table(by_month: Mapping[str, Sequence[MonthInMarket]]) -> Table:
    rows, everything = [], []
    for month, lines in by_month.items():
        differences = [line.difference for line in lines]
        rows += [
            (month, line.market, *_parts(difference))
            for line, difference in zip(lines, differences, strict=True)
        ]
        rows.append((month, ALL, *_parts(_sum(differences))))
        everything += differences
    rows.append((ALL, ALL, *_parts(_sum(everything))))
    return Table(
        "difference",
        "Realised results less simulated results, and the parts of the difference",
        ("month", "market", "difference_usd", *Difference._fields),
        rows,
        (
            "From volume: (traded volume less predicted volume) times the predicted result per "
            "dollar of volume.",
            "From pick-offs: the result of fills by informed takers, less the result predicted "
            "for the volume of these fills. Rest: the result of all other fills, less the result "
            "predicted for the volume of these other fills.",
        ),
    )


def _sum(differences: Sequence[Difference | None]) -> Difference | None:
    """Return the sum of differences, or None if any prediction is missing."""
    found = [difference for difference in differences if difference]
    if not found or len(found) < len(differences):
        return None
    return Difference(*(sum(part, ZERO) for part in zip(*found, strict=True)))


def _parts(difference: Difference | None) -> tuple[Cell, ...]:
    return (difference.whole_usd, *difference) if difference else (None,) * 4


def _check_table(
    by_month: Mapping[str, Sequence[MonthInMarket]], ledger: Mapping[str, Booked]
) -> Table:
    rows = []
    for month, lines in by_month.items():
        fills, general = _booked(lines), ledger.get(month, Booked())
        rows.append(
            (
                month,
                fills.spread_usd - general.spread_usd,
                fills.pickoff_usd - general.pickoff_usd,
                fills.hedging_usd - general.hedging_usd,
            )
        )
    return Table(
        "check",
        "Results in the fills less results in the general ledger: all must be 0.00",
        ("month", "spread_usd", "pickoff_usd", "hedging_usd"),
        rows,
    )
