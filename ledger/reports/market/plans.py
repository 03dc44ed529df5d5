"""Compares the results of the maker's quotes with its monthly decisions and plans.

The books record a decision as `custom "decision"`, with the volumes that the maker saw in the
previous month. These volumes and the planned figures are sums over the same number of days. This
report scales the plan to the number of days that the run has in the month. A plan has no hits,
because the maker's own simulation has no hits. The thread claims that the maker's strategies lost
"harder or faster than they anticipated".
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.notes import Decision
from ledger.reports.days import calendar
from ledger.reports.dollars import CENT, ZERO, percent
from ledger.reports.market.maker_share import volume
from ledger.reports.market.promises import Booked, MonthInMarket
from ledger.reports.table import Cell, Table
from ledger.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class PlannedMonth:
    """One market in one month: the decision, the plan and the booked result."""

    month: str
    market: str
    decision: Decision
    days: int  # days of the month that are in the run
    booked: Booked
    share_pct: Decimal | None  # the maker's share of the house's volume, in per cent

    @property
    def planned_result_usd(self) -> Decimal | None:
        """Return the planned result for the month's days, or None if there is no plan."""
        return self._scaled(self.decision.planned_result_usd)

    @property
    def planned_volume_usd(self) -> Decimal | None:
        """Return the planned volume of the quotes for the month's days, or None without a plan."""
        return self._scaled(self.decision.planned_volume_usd)

    @property
    def planned_share_pct(self) -> Decimal | None:
        """Return the planned volume in percent of the market's volume in the previous month.

        The result is None if there is no plan, or if the market had no volume.
        """
        planned_usd = self.decision.planned_volume_usd
        return None if planned_usd is None else percent(planned_usd, self.decision.seen_usd)

    @property
    def beyond_plan_usd(self) -> Decimal | None:
        """Return the booked result less the planned result, or None if there is no plan.

        The difference is negative if the booked result is below the plan.
        """
        planned_usd = self.planned_result_usd
        return None if planned_usd is None else self.booked.result_usd - planned_usd

    @property
    def hits_before_usd(self) -> Decimal | None:
        """Return the previous month's volume of hits, scaled to this month's days.

        The result is None if the maker saw no days.
        """
        return self._scaled(self.decision.hits_usd) if self.decision.seen_days else None

    def _scaled(self, usd: Decimal | None) -> Decimal | None:
        if usd is None:
            return None
        return (usd * self.days / self.decision.seen_days).quantize(CENT)


def planned_months(run: RunFolder, lines: Sequence[MonthInMarket]) -> tuple[PlannedMonth, ...]:
    """Return each decision, together with the booked result for its month and market."""
    days = Counter(f"{day:%Y-%m}" for day in calendar(run))
    booked = {(line.month, line.market): line.booked for line in lines}
    shares = {(each.month, each.market): each.maker_share_pct for each in volume(run)}
    found = []
    for day, decision in run.dated_notes(Decision):
        place = f"{day:%Y-%m}", decision.market
        found.append(
            PlannedMonth(
                *place, decision, days[place[0]], booked.get(place, Booked()), shares.get(place)
            )
        )
    return tuple(sorted(found, key=lambda each: (each.month, each.market)))


def plans_table(maker: str, months: Sequence[PlannedMonth]) -> Table:
    """Return a table of decisions, plans and results.

    A note below the table states the number of results that are below plan.
    """
    return Table(
        "plans",
        f"{maker}'s monthly decisions and plans, and the outcomes",
        (
            "month",
            "market",
            "policy",
            "half_spread_bps",
            "shown_usd",
            "held_by",
            "planned_usd",
            "booked_usd",
            "beyond_plan_usd",
            "planned_volume_usd",
            "volume_usd",
            "planned_share_pct",
            "share_pct",
            "hits_before_usd",
            "hits_usd",
        ),
        [_row(each) for each in months],
        (
            _answer(months),
            "'Shown' is the displayed size of one level on one side. 'Held by' is the limit that "
            "determined this size, or empty.",
            "A plan is based on the maker's own simulation of the days that the maker observed in "
            "the previous month. The simulated orders do not depend on the price, so a plan has no "
            "hits. The plan is scaled to the number of days that the run has in the month.",
        ),
    )


def _row(each: PlannedMonth) -> tuple[Cell, ...]:
    return (
        each.month,
        each.market,
        each.decision.policy,
        each.decision.half_spread_bps,
        each.decision.shown_usd,
        each.decision.held_by or None,
        each.planned_result_usd,
        each.booked.result_usd,
        each.beyond_plan_usd,
        each.planned_volume_usd,
        each.booked.volume_usd,
        each.planned_share_pct,
        each.share_pct,
        each.hits_before_usd,
        each.booked.pickoff_volume_usd,
    )


def _answer(months: Sequence[PlannedMonth]) -> str:
    """Compare booked results with the plans, and state the result of hits."""
    planned = [each for each in months if each.beyond_plan_usd is not None]
    if not planned:
        return "No decision in this run has a plan."
    short = [each for each in planned if (each.beyond_plan_usd or ZERO) < 0]
    beyond_usd = sum((each.beyond_plan_usd or ZERO for each in planned), ZERO)
    hits_usd = sum((each.booked.pickoff_usd for each in planned), ZERO)
    return (
        f"The quotes earned less than planned in {len(short)} of {len(planned)} market-months. A "
        f"market-month is one market in one month. Over all {len(planned)} market-months the "
        f"booked results less the planned results are {beyond_usd:+,} USD. The result of hits "
        f"alone is {hits_usd:+,} USD."
    )
