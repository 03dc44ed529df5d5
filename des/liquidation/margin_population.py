"""Draws customers on margin: the collateral, the leverage and the position of each customer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np

from des.chance import stream
from des.given import given
from des.liquidation.token_collateral import E6, NONE
from des.scenario import Leverage


@dataclass(frozen=True, slots=True)
class Population:
    """Positions that holders will enter on margin, one per holder, in arrays of equal length."""

    market: np.ndarray
    collateral_cents: np.ndarray  # the cash, or the margin value of the tokens
    lots: np.ndarray  # above zero for a long, below zero for a short
    token_market: np.ndarray  # the market that prices the holder's tokens, or NONE
    tokens: np.ndarray  # the holder's tokens in lots of `token_market`; 0 if the collateral is cash

    @property
    def cash_cents(self) -> np.ndarray:
        """Return the cash of each holder in cents."""
        return np.where(self.tokens > 0, 0, self.collateral_cents)

    def first(self, n: int) -> "Population":
        """Return the first *n* positions."""
        return Population(*(getattr(self, field.name)[:n] for field in fields(self)))

    def with_tokens_of(self, free: np.ndarray) -> "Population":
        """Let customers deposit cash instead of tokens if there are too few *free* tokens.

        Customers come in the order of the draw. The tokens that a customer wants to deposit are
        added to the tokens of the same kind that earlier customers wanted to deposit. If the sum is
        larger than the number of free tokens of this kind, the customer deposits cash. Refused
        deposits count too. So a later customer can be refused although enough tokens are left.
        """
        short = np.zeros(len(self.tokens), dtype=bool)
        for market in np.unique(self.token_market[self.tokens > 0]).tolist():
            wanted = np.where(self.token_market == market, self.tokens, 0)
            short |= (wanted > 0) & (wanted.cumsum() > free[market])
        return replace(
            self,
            token_market=np.where(short, NONE, self.token_market),
            tokens=np.where(short, 0, self.tokens),
        )


NOBODY = Population(*(np.empty(0, dtype=np.int64) for _ in range(5)))


def population(
    seed: int,
    day: date,
    rules: Leverage,
    holders: int,
    market_weights: Sequence[float],
    lot_cents: np.ndarray,
    token_markets: Sequence[int] = (),
    all_cents: int | None = None,
) -> Population:
    """Draw the holders who enter positions on a day.

    Collateral and leverage are lognormal and independent. Collateral is at most a billion dollars.
    Leverage is drawn again if it is above the venue's limit, or so high that the account would be
    liquidated at once. The stated mean leverage is the mean that the draws would have without
    repetition. The median is computed from this mean, but is at most the highest allowed leverage.
    A customer whose position would be smaller than one lot is left out.

    Some customers deposit tokens instead of cash: whole lots worth at most their collateral. If
    the collateral buys no lot, the customer deposits cash. The position of a customer with tokens
    is the leverage times the tokens' margin value.

    Args:
        seed: the run's seed.
        day: the day whose limit on leverage applies.
        rules: the scenario's rules.
        holders: the number of holders to draw.
        market_weights: the weights of the markets in the draw, such as their volumes. If all
            weights are 0, no customer enters.
        lot_cents: the value of a lot, by market.
        token_markets: for each token of the scenario, the market that prices it.
        all_cents: the total collateral of all drawn holders, before each holder's collateral is
            limited to a billion dollars. None: the scenario states the median collateral.
    """

    def draws(quantity: str) -> np.random.Generator:
        return stream(seed, "leverage", quantity, str(day))

    n, chances = holders, np.array(market_weights, dtype=np.float64)
    if not n or not chances.any():
        return NOBODY
    market = draws("market").choice(len(chances), size=n, p=chances / chances.sum())
    spread = draws("collateral").standard_normal(n)
    collateral_usd = np.exp(rules.collateral_log_sd * spread)
    if all_cents is None:
        collateral_usd *= given(rules.collateral_usd_median)
    else:
        collateral_usd *= all_cents / 100 / collateral_usd.sum()
    collateral = np.rint(100 * np.minimum(collateral_usd, 1e9)).astype(np.int64)
    token_market, tokens, counted = _as_tokens(
        rules, draws("tokens"), collateral, lot_cents, token_markets
    )
    collateral = np.where(tokens > 0, counted, collateral)
    highest = min(rules.leverage_max(day), 100 / rules.maintenance_margin_pct)
    leverage = _below(highest, rules, draws("leverage"), n)
    lots = (collateral * leverage / lot_cents[market]).astype(np.int64)
    sides = np.where(draws("side").random(n) < rules.long_share, 1, -1)
    able = lots > 0
    columns = market.astype(np.int64), collateral, sides * lots, token_market, tokens
    return Population(*(column[able] for column in columns))


def _as_tokens(
    rules: Leverage,
    draws: np.random.Generator,
    collateral: np.ndarray,
    lot_cents: np.ndarray,
    token_markets: Sequence[int],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw each holder's collateral: cash, or one kind of token.

    Returns three arrays with one entry per holder: the market that prices the tokens, the lots of
    tokens, and the margin value of the tokens in cents.
    """
    bounds = np.cumsum([token.share for token in rules.tokens])
    drawn = bounds.searchsorted(draws.random(len(collateral)), "right")
    market = np.array([*token_markets, NONE], dtype=np.int64)[drawn]
    weight_e6 = np.array([*(token.weight_e6 for token in rules.tokens), 0], dtype=np.int64)[drawn]
    lots = np.where(market == NONE, 0, collateral // lot_cents[market])
    market = np.where(lots > 0, market, NONE)
    return market, lots, lots * lot_cents[market] * weight_e6 // E6


def _below(highest: float, rules: Leverage, draws: np.random.Generator, n: int) -> np.ndarray:
    """Draw the leverage of *n* holders. A draw above *highest* is repeated."""
    sd = rules.leverage_log_sd
    median = min(rules.leverage_mean * math.exp(-sd * sd / 2), highest)
    leverage = np.full(n, np.inf)
    while len(over := np.flatnonzero(leverage > highest)):
        leverage[over] = median * np.exp(sd * draws.standard_normal(len(over)))
    return leverage
