"""The loss on stale quotes agrees with an independent simulation, within three standard errors.

There is a formula only for the loss at the posting of a quote (see `test_stale_quotes`). The loss
here also includes later hits, until the quote is replaced.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from naive_quoter import Outcome, quoted
from test_stale_quotes import BATCH_US, START_US, WARM_UP_US, Market, lead_price, session_of

from des.chance import lognormal_quantiles_us
from des.clock import SECOND_US, microseconds
from des.quoting.other_quotes import OtherQuotes
from des.quoting.quotes import Plan
from des.quoting.race import NO_ORDERS
from des.quoting.session import Decisions
from des.quoting.takers import LOTS_MAX, Terms


@dataclass(frozen=True)
class Setting:
    """The inputs of both simulations.

    The unit of `half_spread_sd` and `costs_sd` is the standard deviation of the price move in two
    seconds at the default `sigma`.
    """

    latency_s: float
    refresh_s: float
    half_spread_sd: float
    costs_sd: float
    sigma: float = 1_000.0  # ticks per square root of a second
    ticks_per_s: float = 8.0
    delay_s: float = 0.08
    quotes: int = 12_000

    @property
    def half_spread(self) -> int:
        """Return the half-spread in ticks."""
        return round(self.half_spread_sd * 1_000 * math.sqrt(2))

    @property
    def costs(self) -> int:
        """Return the taker's costs in ticks: its fee plus its hurdle."""
        return round(self.costs_sd * 1_000 * math.sqrt(2))

    def witnessed(self) -> Outcome:
        """Return the outcome of the independent simulation."""
        return quoted(
            np.random.default_rng(2021),
            sigma=self.sigma,
            ticks_per_s=self.ticks_per_s,
            latency_s=self.latency_s,
            refresh_s=self.refresh_s,
            half_spread=self.half_spread,
            costs=self.costs,
            delay_s=self.delay_s,
            quotes=self.quotes,
        )

    def played(self, lots: int = 1) -> Outcome:
        """Return the outcome of `des.quoting` if an order can take all *lots* of a quote."""
        market = Market(self.sigma, self.latency_s, self.refresh_s, self.ticks_per_s, self.quotes)
        batches = math.ceil(self.quotes * self.refresh_s * SECOND_US / BATCH_US)
        price = lead_price(market, START_US + WARM_UP_US + batches * BATCH_US)
        session = session_of(market, price, [microseconds(self.delay_s)])
        decided = Decisions(
            Plan(0, (self.half_spread,), (lots, lots)),
            Terms(
                np.array([self.costs]), np.array([0]), np.array([lots]), np.full((2, 1), LOTS_MAX)
            ),
            lognormal_quantiles_us(0, 0.0),
            OtherQuotes(0, 1, 0),  # without effect, since there are no customers
        )
        session.play(START_US, START_US + WARM_UP_US, 0.0, decided, NO_ORDERS)
        losses, hits = np.zeros(batches), np.zeros(batches)
        for batch in range(batches):
            start_us = START_US + WARM_UP_US + batch * BATCH_US
            span = (start_us, start_us + BATCH_US)
            rows = session.play(*span, 0.0, decided, NO_ORDERS).rows
            losses[batch] = ((rows["lead"] - rows["price"]) * rows["lots"]).sum()
            hits[batch] = len(rows)
        quotes = BATCH_US / microseconds(self.refresh_s)
        errors = [each.std(ddof=1) / math.sqrt(batches) / quotes for each in (losses, hits)]
        return Outcome(losses.mean() / quotes, errors[0], hits.mean() / quotes, errors[1])


BASE = Setting(latency_s=2.0, refresh_s=2.0, half_spread_sd=0.5, costs_sd=0.5)
SETTINGS = {
    "the middle": BASE,
    "quick": replace(BASE, latency_s=0.5, refresh_s=0.5, half_spread_sd=0.3, costs_sd=0.2),
    "late but updated often": replace(BASE, refresh_s=0.5),
    "fresh but updated rarely": replace(BASE, latency_s=0.1, refresh_s=4.0),
    "very late": replace(BASE, latency_s=4.0, refresh_s=2.0),
    "narrow": replace(BASE, half_spread_sd=0.1),
    "wide": replace(BASE, half_spread_sd=1.2),
    "takers without costs": replace(BASE, costs_sd=0.0),
    "takers with high costs": replace(BASE, costs_sd=1.2),
    "calm": replace(BASE, sigma=500.0, half_spread_sd=0.25, costs_sd=0.25),
    "wild": replace(BASE, sigma=2_500.0),
    "sparse ticks": replace(BASE, ticks_per_s=1.0),
    "dense ticks": replace(BASE, ticks_per_s=32.0),
    "slow taker": replace(BASE, delay_s=1.1),
    "taker slower than updates": replace(BASE, refresh_s=1.0, delay_s=1.3),
}


def assert_agree(setting: Setting) -> None:
    """Assert that both simulations agree within three standard errors of their difference."""
    ours, theirs = setting.played(), setting.witnessed()
    for mean, error, other, its_error in (
        (ours.loss, ours.loss_error, theirs.loss, theirs.loss_error),
        (ours.hits, ours.hits_error, theirs.hits, theirs.hits_error),
    ):
        off = (mean - other) / math.hypot(error, its_error)
        assert error < 0.1 * mean, f"the standard error {error} of {mean} is too large"
        assert abs(off) < 3, f"{mean:.3f} and {other:.3f}: {off:+.1f} standard errors"


@pytest.mark.parametrize(
    "name", ["the middle", "fresh but updated rarely", "taker slower than updates"]
)
def test_hits_and_losses_agree_with_an_independent_simulation_in_three_settings(name):
    assert_agree(SETTINGS[name])


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_hits_and_losses_agree_with_an_independent_simulation_in_all_settings(setting):
    assert_agree(replace(setting, quotes=80_000))


# ---- effects of latency, costs, spread and size


def test_the_loss_per_second_falls_to_zero_if_latency_and_refresh_interval_fall_to_zero():
    """The loss on a quote falls faster than the refresh interval.

    The price has 32 ticks a second.
    """
    instant = replace(BASE, ticks_per_s=32.0, delay_s=0.0)
    per_s = [
        replace(instant, latency_s=s, refresh_s=s, quotes=round(24_000 / s)).played().loss / s
        for s in (0.5, 0.2, 0.1, 0.04)
    ]
    assert per_s == sorted(per_s, reverse=True)
    assert per_s[-1] < 0.01 * per_s[0]


def test_lower_costs_of_the_taker_raise_the_loss_unless_the_costs_are_very_small():
    """A taker with very small costs hits more often, but after smaller moves of the price.

    So the maker loses less on each hit, and less in total.
    """
    losses = [replace(BASE, costs_sd=costs).played().loss for costs in (2.5, 2.0, 1.5, 1.0)]
    assert losses == sorted(losses)
    assert replace(BASE, costs_sd=0.0).played().loss < losses[-1]


def test_a_wider_half_spread_lowers_the_loss_and_the_loss_is_proportional_to_the_size():
    wider = [replace(BASE, half_spread_sd=s).played().loss for s in (0.25, 0.5, 1.0, 2.0)]
    assert wider == sorted(wider, reverse=True)
    assert BASE.played(lots=7).loss == pytest.approx(7 * wider[1])
