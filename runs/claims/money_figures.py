"""Figures on where the money went, such as the hole, the uses and the mechanism."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from ledger.causes import Cause
from ledger.claimed import Claimed
from ledger.kinds import AT_COST, USES, Kind
from ledger.reports.dollars import ZERO, percent
from ledger.reports.tracing.rules import TracingRule
from ledger.reports.tracing.sources import Fate
from ledger.reports.tracing.trace import Trace
from runs.claims.evidence import RunEvidence
from runs.record.carried import PORTFOLIO
from runs.record.residual_day import Vanished, vanished

LEVERED = (Kind.PORTFOLIO, Kind.DIRECTIONAL, Kind.VARIATION_MARGIN, Kind.FUNDING)
LENT = (Kind.LENDING,)
# Prestige projects: acquisitions, property, sponsorship, and gifts.
PROJECTS = (
    Kind.ACQUISITIONS,
    *(kind for kind in USES if kind.entry.cause is Cause.SPENDING and kind is not Kind.INSIDERS),
)


def missing_usd(run: RunEvidence) -> Decimal:
    """Return the hole in dollars, including customers' coins at the marks of the last day."""
    return run.missing_usd


def cash_taken_of_hole(run: RunEvidence) -> Decimal | None:
    """Return the net cash that all net receivers got, in percent of the hole.

    A net receiver is a party that received more cash from the group than it paid to the group.
    """
    taken = (party.net_received_usd for party in run.cash.parties)
    return percent(sum((usd for usd in taken if usd > 0), ZERO), missing_usd(run))


def share_of_uses(kinds: Iterable[str]) -> Callable[[RunEvidence], Decimal | None]:
    """Return a function that computes the uses of some kinds in percent of all uses."""
    names = tuple(kinds)

    def share(run: RunEvidence) -> Decimal | None:
        uses = run.hole.uses_usd
        used = sum((uses.get(kind, ZERO) for kind in names), ZERO)
        return percent(used, sum(uses.values(), ZERO))

    return share


def stakes_usd(run: RunEvidence) -> Decimal:
    """Return the cost of stakes in companies."""
    return sum((run.hole.uses_usd.get(kind, ZERO) for kind in AT_COST), ZERO)


def stakes_of_hole(run: RunEvidence) -> Decimal | None:
    """Return the cost of stakes in companies in percent of the hole."""
    return percent(stakes_usd(run), missing_usd(run))


def net_loss(claimed: Claimed) -> Callable[[RunEvidence], Decimal | None]:
    """Return a function that computes the net loss of one part of the mechanism.

    A net gain is below zero. The function returns None if the run lacks this part.
    """

    def lost(run: RunEvidence) -> Decimal | None:
        part = run.part(claimed)
        return part.net_usd if part.kinds_usd else None

    return lost


def loss_of_hole(claimed: Claimed) -> Callable[[RunEvidence], Decimal | None]:
    """Return a function for the net loss of one part of the mechanism, in percent of the hole.

    A net gain counts as zero. The function returns None if the run lacks this part.
    """
    lost = net_loss(claimed)

    def share(run: RunEvidence) -> Decimal | None:
        usd = lost(run)
        return None if usd is None else percent(max(usd, ZERO), missing_usd(run))

    return share


def mechanism_of_uses(run: RunEvidence) -> Decimal | None:
    """Return the mechanism's costs in percent of all uses of money.

    Lost tokens are left out, and gains are not subtracted.
    """
    return run.mechanism.of_uses_pct


def mechanism_of_hole(run: RunEvidence) -> Decimal | None:
    """Return the mechanism's net loss in percent of the hole, or None if there is no hole.

    A net gain counts as zero.
    """
    return percent(max(run.mechanism.net_usd, ZERO), missing_usd(run))


def mechanism_over_own_money(run: RunEvidence) -> Decimal | None:
    """Return the mechanism's net loss in percent of the group's own money.

    The own money is the opening money plus the proceeds of sold shares. A net gain counts as zero.
    """
    kinds = run.hole.kinds_usd
    own = -sum((kinds.get(kind, ZERO) for kind in (Kind.OPENING, Kind.SHARES)), ZERO)
    return percent(max(run.mechanism.net_usd, ZERO), own)


def firms_kept_of_uses(run: RunEvidence) -> Decimal | None:
    """Return firms' gains on stale quotes after fees and hedges, in percent of the group's uses.

    A loss counts as zero.
    """
    if not run.firms.everybody.edge_usd:
        return None
    kept = max(run.firms.everybody.house_result_usd, ZERO)
    return percent(kept, run.mechanism.uses_usd)


def pools_lost_usd(run: RunEvidence) -> Decimal | None:
    """Return the loss of all pools to arbitrage, less the fees that the pools earn."""
    whole = [month for month in run.pools.months if month.month == "all"]
    if not whole:
        return None
    return sum((month.loss_usd - month.fees_usd for month in whole), ZERO)


def pools_arbitrage_usd(run: RunEvidence) -> Decimal | None:
    """Return the loss of all pools to arbitrage. The fees that pools earn are not subtracted."""
    whole = [month for month in run.pools.months if month.month == "all"]
    return sum((month.loss_usd for month in whole), ZERO) if whole else None


def traced_elsewhere_pct(run: RunEvidence) -> Decimal | None:
    """Return the percentage of customers' cash that the group has not paid back and no longer has.

    The percentage depends on the tracing rule. The least percentage of all rules is returned.
    """
    found = run.trace
    if found is None:
        return None
    return percent(min(_elsewhere_usd(found, rule) for rule in TracingRule), found.brought_usd)


def quotes_of_unexplained(run: RunEvidence) -> Decimal | None:
    """Return the run's losses on quotes in percent of the rise of the recorded residual.

    Both are of the same period, from one recorded day to the next: the period with the largest
    rise. A gain counts as zero.
    """
    return _carried(run, Claimed.QUOTES)


def liquidations_of_unexplained(run: RunEvidence) -> Decimal | None:
    """Return the run's losses on liquidations in percent of the rise of the recorded residual.

    The period is the same as in `quotes_of_unexplained`.
    """
    return _carried(run, Claimed.LIQUIDATIONS)


def portfolio_of_unexplained(run: RunEvidence) -> Decimal | None:
    """Return the run's losses on the portfolio in percent of the rise of the recorded residual.

    The period is the same as in `quotes_of_unexplained`.
    """
    return _carried(run, PORTFOLIO)


def _elsewhere_usd(found: Trace, rule: TracingRule) -> Decimal:
    back = found.fate_usd(rule, Fate.BACK)
    return max(found.brought_usd - back - found.all_left_usd(rule), ZERO)


def _carried(run: RunEvidence, carrier: str) -> Decimal | None:
    went = _largest(run)
    if went is None or went.lost_usd is None:
        return None
    return percent(max(went.lost_usd[carrier], ZERO), went.middle_usd)


def _largest(run: RunEvidence) -> Vanished | None:
    periods = vanished(run.residual.told)[1:]
    return max(periods, key=lambda period: period.middle_usd, default=None)
