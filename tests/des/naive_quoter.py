"""An independent simulation, in plain numpy, of stale quotes that lose money to one fast taker.

The simulation uses no code of the project and has its own random draws. Its rules are:

- The price is sigma * W, where W is a Brownian motion. The price is observed at the times of a
  Poisson process, and rounded to whole ticks.
- Every `refresh_s` seconds a quote is posted, with one lot on each side. Each side is `half_spread`
  away from the price that was observed `latency_s` seconds earlier. The quote is in force until the
  next quote.
- The taker compares price and quote at each posting and at each observation. If the price is beyond
  one side by more than the taker's costs, the taker sends an order for this side, at most one for
  each side of a quote. The order arrives `delay_s` later.
- The order is filled by the quote in force at its arrival, unless this quote has a worse price
  than the quote that the taker saw, or an earlier order has taken the lot.
"""

from typing import NamedTuple

import numpy as np


class Outcome(NamedTuple):
    """Mean results per quote, with both sides added up."""

    loss: float  # price ticks
    loss_error: float  # standard error, computed from the means of batches
    hits: float
    hits_error: float


def quoted(
    rng: np.random.Generator,
    *,
    sigma: float,
    ticks_per_s: float,
    latency_s: float,
    refresh_s: float,
    half_spread: int,
    costs: int,
    delay_s: float,
    quotes: int,
    batches: int = 50,
) -> Outcome:
    """Simulate a number of quotes. Return their mean loss, mean hits, and standard errors."""
    first_s = 10 * latency_s + 5
    end_s = first_s + quotes * refresh_s
    times = np.sort(rng.uniform(0, end_s, rng.poisson(ticks_per_s * end_s)))
    moves = sigma * np.sqrt(np.diff(times, prepend=0.0)) * rng.standard_normal(len(times))
    prices = np.rint(np.cumsum(moves))
    posted = first_s + refresh_s * np.arange(quotes)
    mid = prices[np.searchsorted(times, posted - latency_s, side="right") - 1]
    begin = np.searchsorted(times, posted, side="right") - 1
    end = np.append(begin[1:] + 1, len(times))

    orders = []
    for k in range(quotes):
        seen = prices[begin[k] : end[k]]
        for sign in (1, -1):
            pays = sign * (seen - mid[k]) - half_spread > costs
            if pays.any():
                at_s = max(times[begin[k] + int(pays.argmax())], posted[k])
                if at_s < posted[k] + refresh_s:
                    orders.append((at_s + delay_s, k, sign))
    losses, hits, gone = np.zeros(quotes), np.zeros(quotes), set()
    for arrival_s, sent, sign in sorted(orders):
        k = min(int((arrival_s - first_s) // refresh_s), quotes - 1)
        if (k, sign) in gone or sign * (mid[k] - mid[sent]) > 0:
            continue
        gone.add((k, sign))
        price = prices[np.searchsorted(times, arrival_s, side="right") - 1]
        losses[k] += sign * (price - mid[k]) - half_spread
        hits[k] += 1
    return Outcome(*_mean(losses, batches), *_mean(hits, batches))


def _mean(values: np.ndarray, batches: int) -> tuple[float, float]:
    means = values[: len(values) // batches * batches].reshape(batches, -1).mean(axis=1)
    return float(means.mean()), float(means.std(ddof=1) / np.sqrt(batches))
