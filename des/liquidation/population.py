"""Who trades on margin: collateral and leverage of each, drawn once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from des.chance import stream
from des.scenario import Leverage


@dataclass(frozen=True, slots=True)
class Population:
    """Positions on margin to be entered, one to a holder, as equally long arrays."""

    market: np.ndarray
    collateral_cents: np.ndarray
    lots: np.ndarray  # long above zero, never zero

    def first(self, n: int) -> "Population":
        """Return the first *n* of them."""
        return Population(self.market[:n], self.collateral_cents[:n], self.lots[:n])


NOBODY = Population(*(np.empty(0, dtype=np.int64) for _ in range(3)))


def population(
    seed: int,
    day: date,
    rules: Leverage,
    holders: int,
    market_weights: Sequence[float],
    lot_cents: np.ndarray,
) -> Population:
    """Draw the holders who enter on a day.

    Collateral and leverage are lognormal and independent; leverage has its mean before its tail is
    cut (drawn again) at the venue's limit, and at what maintenance margin allows: nobody is let in
    to be liquidated at once. Whoever cannot afford a lot has no position and is left out.

    Args:
        seed: of the run.
        day: whose limit on leverage holds for them.
        rules: of the scenario.
        holders: how many.
        market_weights: chances of the markets, such as their volumes.
        lot_cents: what a lot is worth, by market.
    """

    def draws(quantity: str) -> np.random.Generator:
        return stream(seed, "leverage", quantity, str(day))

    n = holders
    chances = np.array(market_weights, dtype=np.float64)
    market = draws("market").choice(len(chances), size=n, p=chances / chances.sum())
    spread = draws("collateral").standard_normal(n)
    collateral_usd = rules.collateral_usd_median * np.exp(rules.collateral_log_sd * spread)
    collateral = np.rint(100 * np.minimum(collateral_usd, 1e9)).astype(np.int64)
    highest = min(rules.leverage_max(day), 100 / rules.maintenance_margin_pct)
    leverage = _below(highest, rules, draws("leverage"), n)
    lots = (collateral * leverage / lot_cents[market]).astype(np.int64)
    sides = np.where(draws("side").random(n) < rules.long_share, 1, -1)
    able = lots > 0
    return Population(market[able].astype(np.int64), collateral[able], (sides * lots)[able])


def _below(highest: float, rules: Leverage, draws: np.random.Generator, n: int) -> np.ndarray:
    """Draw leverages, those above *highest* again until they are not."""
    sd = rules.leverage_log_sd
    median = min(rules.leverage_mean * math.exp(-sd * sd / 2), highest)
    leverage = np.full(n, np.inf)
    while len(over := np.flatnonzero(leverage > highest)):
        leverage[over] = median * np.exp(sd * draws.standard_normal(len(over)))
    return leverage
