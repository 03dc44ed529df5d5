"""Gives access to the reports on one run that the verdicts need."""

from datetime import date
from decimal import Decimal
from functools import cached_property

from ledger.claimed import Claimed
from ledger.reports.firms.daily_results import DailyResults, daily_results
from ledger.reports.firms.firm_results import FirmAccounts, firms
from ledger.reports.firms.skill import Skill, skill
from ledger.reports.life.cash_coverage import CoverageByDay, cash_coverage
from ledger.reports.life.milestones import First, Milestone
from ledger.reports.life.share_prices import HouseValuation, valuation
from ledger.reports.life.solvency import Solvency, solvency
from ledger.reports.life.timeline import Timeline, timeline
from ledger.reports.liquidations.liquidation_results import Liquidations, liquidations
from ledger.reports.liquidations.on_margin import days_on_margin
from ledger.reports.market.expectations import Expectations, expectations
from ledger.reports.market.maker_share import MakerShare, maker_share
from ledger.reports.market.pool_results import PoolResults, pools
from ledger.reports.money.cash import CashStatement, cash_statement
from ledger.reports.money.hole import Hole, hole
from ledger.reports.money.hole_in_kind import hole_at_mark_usd
from ledger.reports.money.mechanism import Mechanism, PartOfMechanism, mechanism
from ledger.reports.money.quote_views import QuoteViews, quote_views
from ledger.reports.tracing.sources import NoSuchSourceError
from ledger.reports.tracing.trace import Trace, trace
from ledger.run_folder import RunFolder
from runs.record.facts import load_record
from runs.record.residual import SHEETS, Residual, residual


class RunEvidence:
    """The reports on a run that decide statements. A report is computed when it is needed."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run

    @cached_property
    def hole(self) -> Hole:
        """Return the hole by kind."""
        return hole(self.run)

    @cached_property
    def missing_usd(self) -> Decimal:
        """Return the hole in dollars and in customers' coins, at the marks of the last day."""
        return hole_at_mark_usd(self.run)

    @cached_property
    def mechanism(self) -> Mechanism:
        """Return the costs and gains of the thread's mechanism."""
        return mechanism(self.run, self.hole)

    def part(self, claimed: Claimed) -> PartOfMechanism:
        """Return one part of the mechanism: quotes, liquidations or pools."""
        return next(part for part in self.mechanism.parts if part.claimed is claimed)

    @cached_property
    def cash(self) -> CashStatement:
        """Return the group's cash, and each party's payments to the group and from the group."""
        return cash_statement(self.run)

    @cached_property
    def views(self) -> QuoteViews:
        """Return two results of the maker's quotes: for the maker alone, and for the group."""
        return quote_views(self.run)

    @cached_property
    def expectations(self) -> Expectations:
        """Return the results of the quotes, as the maker simulates them and as booked."""
        return expectations(self.run)

    @cached_property
    def share(self) -> MakerShare:
        """Return the maker's share of the volume."""
        return maker_share(self.run)

    @cached_property
    def firms(self) -> FirmAccounts:
        """Return the accounts of the trading firms."""
        return firms(self.run)

    @cached_property
    def skill(self) -> Skill:
        """Return the firms' results at the house and on the lead venue."""
        return skill(self.run)

    @cached_property
    def daily(self) -> DailyResults:
        """Return the firms' daily results, and the firms present on each day."""
        return daily_results(self.run)

    @cached_property
    def coverage(self) -> CoverageByDay:
        """Return customers' claims and the exchange's cash on each day."""
        return cash_coverage(self.run)

    @cached_property
    def timeline(self) -> Timeline:
        """Return the group's debts, assets and hole at the end of each day, and the milestones."""
        return timeline(self.run, "day")

    def first(self, milestone: Milestone) -> First:
        """Return the first day of a milestone, and the number of days on which it holds."""
        return self.timeline.firsts[milestone]

    def solvency(self, day: date) -> Solvency:
        """Return the balance sheets of all entities and of the group at the end of a day."""
        return solvency(self.run, day)

    @cached_property
    def valuation(self) -> HouseValuation:
        """Return the values of the exchange's shares, and the maker's decisions on its quotes."""
        return valuation(self.run)

    @cached_property
    def liquidations(self) -> Liquidations:
        """Return the liquidations, and the positions that backstops took over."""
        return liquidations(self.run)

    @cached_property
    def days_on_margin(self) -> frozenset[date]:
        """Return the days on which customers have positions on margin."""
        return days_on_margin(self.run)

    @cached_property
    def pools(self) -> PoolResults:
        """Return the fees of liquidity pools, and their losses to arbitrage."""
        return pools(self.run)

    @cached_property
    def trace(self) -> Trace | None:
        """Trace customers' cash under each tracing rule.

        Return None if the group received no cash from customers.
        """
        try:
            return trace(self.run)
        except NoSuchSourceError:
            return None

    @cached_property
    def residual(self) -> Residual:
        """Return the residual of the record, and the residual of the run."""
        return residual(self.run, load_record(SHEETS), load_record())
