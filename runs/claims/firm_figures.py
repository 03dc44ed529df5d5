"""Figures on trading firms: their results on each venue, entry, exit and claims."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np

from ledger.reports.dollars import ZERO, percent
from ledger.reports.firms.daily_results import HOUSE
from ledger.reports.firms.league import ALL, FirmResult
from runs.claims.evidence import RunEvidence

MID_TIER, LARP = "mid-tier", "larp"


def firms_result_usd(run: RunEvidence) -> Decimal | None:
    """Return all firms' gains on stale quotes after fees and hedges."""
    return run.firms.everybody.house_result_usd if run.firms.everybody.edge_usd else None


def firms_return_pct(run: RunEvidence) -> Decimal | None:
    """Return firms' gains on stale quotes after fees and hedges, in percent of opening capital."""
    whole = run.firms.everybody
    return percent(whole.house_result_usd, whole.opening_capital_usd) if whole.edge_usd else None


def firms_share_of_unpaid(run: RunEvidence) -> Decimal | None:
    """Return firms' share of all unpaid claims in percent, if all customers withdraw at the end."""
    covered = run.firms.coverage.house
    payable = sum(covered.pro_rata_usd().values(), ZERO)
    unpaid = covered.claim_usd(tuple(covered.claims_usd)) - payable
    return percent(run.firms.everybody.unpaid_usd, unpaid) if run.firms.results else None


def profit_from_house_pct(run: RunEvidence) -> Decimal | None:
    """Return firms' result at the house in percent of their results on both venues together."""
    whole = run.firms.everybody
    if not _is_elsewhere(run):
        return None
    return percent(whole.house_result_usd, whole.house_result_usd + whole.elsewhere_usd)


def firms_that_earn_pct(run: RunEvidence) -> Decimal | None:
    """Of the firms that entered, return the percentage with a positive result at the house."""
    came = [firm for firm in run.skill.firms if firm.days]
    return percent(Decimal(sum(firm.house_usd > 0 for firm in came)), Decimal(len(came)))


def firms_came_later(run: RunEvidence) -> Decimal | None:
    """Return the number of firms that are absent on the first day and present later."""
    present = run.daily.present.astype(bool)
    if not present.size:
        return None
    return Decimal(int(np.sum(present.any(axis=0) & ~present[0])))


def firms_gone_pct(run: RunEvidence) -> Decimal | None:
    """Of the firms that entered, return the percentage that have left the house or closed down."""
    came = {firm.firm for firm in run.skill.firms if firm.days}
    told = [each.profile.status for each in run.firms.results if each.firm in came]
    if not any(told):
        return None
    return percent(Decimal(sum(each in ("left", "closed") for each in told)), Decimal(len(told)))


def rank_correlation(run: RunEvidence) -> Decimal | None:
    """Return the rank correlation of firms' results at the house and on the lead venue."""
    return run.skill.ranks[0].spearman if run.skill.ranks else None


def house_off_over_on_pct(run: RunEvidence) -> Decimal | None:
    """Compare firms' daily results at the house on days without and with the maker's quotes.

    Return the mean result of a day without these quotes, in percent of the mean result of a day
    with them. A loss without the quotes counts as zero.
    """
    for each in run.skill.quoter_by_class:
        known = each.off_usd_per_day is not None and each.on_usd_per_day is not None
        if each.who == ALL and each.place == HOUSE and known:
            return percent(max(each.off_usd_per_day or ZERO, ZERO), each.on_usd_per_day or ZERO)
    return None


def share_of_class_pct(name: str) -> Callable[[RunEvidence], Decimal | None]:
    """Return a function that computes which part of the loss on stale quotes one class gained.

    The part is in percent.
    """

    def share(run: RunEvidence) -> Decimal | None:
        found = _class(run, name)
        return None if found is None else percent(found.edge_usd, run.firms.everybody.edge_usd)

    return share


def house_result_usd(name: str) -> Callable[[RunEvidence], Decimal | None]:
    """Return a function that computes one class's result at the house after fees and hedges."""

    def result(run: RunEvidence) -> Decimal | None:
        found = _class(run, name)
        return None if found is None else found.house_result_usd

    return result


def elsewhere_usd(name: str) -> Callable[[RunEvidence], Decimal | None]:
    """Return a function that computes one class's result on the lead venue.

    The function returns None if no firm has a result there, or if there is no such class.
    """

    def result(run: RunEvidence) -> Decimal | None:
        found = _class(run, name)
        return None if found is None or not _is_elsewhere(run) else found.elsewhere_usd

    return result


def slower_share_pct(run: RunEvidence) -> Decimal | None:
    """Return the part of the loss on stale quotes that slower firms gained, in percent.

    Slower firms are all firms outside the fastest class.
    """
    classes = [each.result for each in run.firms.classes if each.result.firm != ALL]
    if not classes:
        return None
    slower = sum((each.edge_usd for each in classes[1:]), ZERO)
    return percent(slower, run.firms.everybody.edge_usd)


def firms_with_less_pct(run: RunEvidence) -> Decimal | None:
    """Return the percentage of firms that end with less money than their opening capital.

    Claims that the house can't pay do not count as money.
    """
    found = [each for each in run.firms.results if each.opening_capital_usd]
    less = sum(each.left_net_usd < each.opening_capital_usd for each in found)
    return percent(Decimal(less), Decimal(len(found)))


def net_deposits_usd(run: RunEvidence) -> Decimal | None:
    """Return firms' net deposits at the house, including opening balances."""
    whole = run.firms.everybody
    if not run.firms.results:
        return None
    return whole.house_opening_usd + whole.house_deposits_usd - whole.house_withdrawals_usd


def _class(run: RunEvidence, name: str) -> FirmResult | None:
    return next((each.result for each in run.firms.classes if each.result.firm == name), None)


def _is_elsewhere(run: RunEvidence) -> bool:
    """Return whether any firm has a result from quotes or hits on the lead venue."""
    return any(each.elsewhere_usd for each in run.firms.results)
