"""Predicts the captive maker's loss in each hour. `des.hour_groups` groups hours by this loss.

A maker with late quotes loses to fast firms when the price jumps beyond its quotes. All jumps of a
run are drawn before any hour is played. The predicted loss from one jump at one level of the quotes
is the size of the jump minus the stated distance of the level from the mid, and at least 0. If the
quotes widen after a volatile hour, this distance is larger too. The predicted loss of an hour is
the sum over all its jumps, all levels and all markets, if each level displays one dollar.

A market that represents n similar markets counts n times. A market without volume on a day does not
count on this day. The prediction does not use displayed sizes, latencies, firms or fees, since a
counterfactual can change them. So a counterfactual plays the same hours as its base run.
"""

from datetime import date

import numpy as np

from des.clock import DAY_US, HOUR_US, midnight_us
from des.market.volume_by_month import VolumeByMonth
from des.price.hourly_path import HourlyPath, hourly_path
from des.quoting.plan import QuotingPolicy
from des.scenario import Demand, Market, Scenario
from des.traded_hours import TradedHours
from ledger.money import RATE_UNIT
from ledger.times import HOURS_PER_DAY


def traded_hours(scenario: Scenario) -> TradedHours:
    """Draw the played hours of a scenario."""
    run = scenario.run
    if run.group_loss_usd_max is None:
        return TradedHours.of(run)
    return TradedHours.of(run, predicted_losses(scenario))


def predicted_losses(scenario: Scenario) -> np.ndarray:
    """Return the predicted loss of each hour of a run.

    Returns:
        The loss in dollars if each level of each market displays one dollar, shape (hours,).
    """
    run = scenario.run
    start_hour, end_hour = (midnight_us(day) // HOUR_US for day in (run.start, run.end))
    losses = np.zeros(end_hour - start_hour)
    for market in scenario.markets:
        path = hourly_path(run.seed, market.name, market.price, start_hour, end_hour)
        policy = QuotingPolicy.of(market.quoter, scenario.maker.spread_times)
        trades = np.repeat(_trades(scenario.demand, market, run.start, run.end), HOURS_PER_DAY)
        losses += market.stands_for * trades * _beyond(path, market, policy, len(losses))
    return losses


def _trades(demand: Demand, market: Market, start: date, end: date) -> np.ndarray:
    """Tell for each day whether the market has volume on this day, shape (days,)."""
    if demand.closure == "stated":
        volume = VolumeByMonth(market.demand)
    else:
        volume = VolumeByMonth(market.volume, market.volume_of_days)
    days_us = range(midnight_us(start), midnight_us(end), DAY_US)
    return np.array([bool(volume.usd_per_s(day_us)) for day_us in days_us])


def _beyond(path: HourlyPath, market: Market, policy: QuotingPolicy, hours: int) -> np.ndarray:
    """Return the predicted loss of each hour in one market, if each level displays one dollar.

    Returns:
        The loss in dollars, shape (hours,).
    """
    in_hour = np.repeat(np.arange(hours), np.diff(path.jumps_before[: hours + 1]))
    jumps = np.abs(path.jump_sizes[: len(in_hour)])
    wide = np.ones(len(jumps))
    if policy.widens:
        # The maker widens its quotes by the same factor as the other makers. The factor depends on
        # the volatility of the previous hour.
        before = np.concatenate(([0.0], path.volatility))[in_hour]
        wide = np.array([market.others.half_spread_times(each) for each in before.tolist()])
    beyond = sum(
        np.maximum(jumps - wide * offset_e6 / RATE_UNIT, 0.0) for offset_e6 in policy.offset_e6
    )
    return np.bincount(in_hour, weights=beyond, minlength=hours)
