"""Figures on the group's life, such as the days on which customers' money is in use."""

from datetime import date
from decimal import Decimal

from ledger.appraisal import BY_GROWTH
from ledger.reports.dollars import ZERO, percent
from ledger.reports.life.cash_coverage import Chips, Close
from ledger.reports.life.milestones import Milestone
from ledger.reports.liquidations.backstop_results import BackstopResult, ProviderKind
from runs.claims.evidence import RunEvidence

# The days on which LUNA fell to zero.
LUNA = tuple(date(2022, 5, day) for day in range(7, 13))


def first_use_usd(run: RunEvidence) -> Decimal | None:
    """Return how much of customers' money is in use at the end of the first day of use."""
    return run.first(Milestone.CUSTOMERS_MONEY).usd


def days_of_use(run: RunEvidence) -> Decimal:
    """Return the number of days on which customers' money is in use."""
    return Decimal(run.first(Milestone.CUSTOMERS_MONEY).days)


def use_lasts_pct(run: RunEvidence) -> Decimal | None:
    """Return the percentage of days with customers' money in use, from the first such day on."""
    first = run.first(Milestone.CUSTOMERS_MONEY)
    if first.day is None:
        return None
    since = (run.timeline.shown[-1].day - first.day).days + 1
    return percent(Decimal(first.days), Decimal(since))


def worth_at_first_use_usd(run: RunEvidence) -> Decimal | None:
    """Return the group's net worth at mark on the first day with customers' money in use."""
    day = run.first(Milestone.CUSTOMERS_MONEY).day
    return None if day is None else run.solvency(day).consolidated.net_at_mark_usd


def paper_peak_usd(run: RunEvidence) -> Decimal | None:
    """Return the largest daily sum of two values: the group's tokens and all shares of the house.

    Tokens count at mark, but the group's own token counts as zero. The value of the shares is the
    growth of the house's fees times the middle multiple. Days in months without a valuation are
    left out.
    """
    priced = run.valuation.priced
    if not priced:
        return None
    return max(
        at.paper_usd + priced[f"{at.day:%Y-%m}"][BY_GROWTH].middle_usd
        for at in run.timeline.shown
        if f"{at.day:%Y-%m}" in priced
    )


def uses_not_paid_days(run: RunEvidence) -> Decimal | None:
    """Return the number of days on which a use of money was not paid.

    The result is None if the credit line was never drawn.
    """
    if run.first(Milestone.CREDIT_DRAWN).day is None:
        return None
    return Decimal(run.first(Milestone.NOT_PAID).days)


def days_not_covered_pct(run: RunEvidence) -> Decimal | None:
    """Return the percentage of days on which all customers' claims exceed the exchange's cash.

    Days without claims are not counted.
    """
    return _days_beyond(run, Chips.ALL)


def profit_not_covered_pct(run: RunEvidence) -> Decimal | None:
    """Return the percentage of days on which firms' total profit exceeds the exchange's cash.

    The total starts on the first day of the run. Days without claims are not counted.
    """
    return _days_beyond(run, Chips.PROFIT)


def waiting_days_pct(run: RunEvidence) -> Decimal | None:
    """Return the percentage of days on which at least one withdrawal has to wait."""
    return percent(Decimal(run.first(Milestone.WAIT).days), Decimal(run.timeline.days))


def insolvent_since(run: RunEvidence) -> date | None:
    """Return the day from which the group is insolvent at mark on every day until the end."""
    return run.first(Milestone.INSOLVENT).continuous_since


def in_use_since(run: RunEvidence) -> date | None:
    """Return the day from which customers' money is in use until the end."""
    return run.first(Milestone.CUSTOMERS_MONEY).continuous_since


def captive_backstop_usd(run: RunEvidence) -> Decimal | None:
    """Return the maker's result on the positions that it took over as a backstop."""
    found = _captive(run)
    return None if found is None or not found.taken_usd else found.result_usd


def liquidated_with_luna_usd(run: RunEvidence) -> Decimal | None:
    """Return the size, in dollars, of all liquidations on the days on which LUNA fell to zero.

    The result is None if on one of these days no customer has a position on margin. A sampled run
    has such customers only on its full days.
    """
    if not run.days_on_margin.issuperset(LUNA):
        return None
    inside = (day for day in run.liquidations.days if day.day in LUNA)
    return sum((day.liquidated_usd for day in inside), ZERO)


def _days_beyond(run: RunEvidence, chips: Chips) -> Decimal | None:
    closes = [close for close in run.coverage.closes if _has_claims(close)]
    beyond = sum(chips in close.beyond_cash for close in closes)
    return percent(Decimal(beyond), Decimal(len(closes)))


def _has_claims(close: Close) -> bool:
    return close.claims_usd > 0


def _captive(run: RunEvidence) -> BackstopResult | None:
    backstops = run.liquidations.backstops
    return next((each for each in backstops if each.standing is ProviderKind.CAPTIVE), None)
