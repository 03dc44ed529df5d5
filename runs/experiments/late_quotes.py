"""Computes a late maker's gain from customers, with and without a firm that hits stale quotes.

    python -m runs.experiments.late_quotes        (or: make stale-quotes)

One market is simulated without settlement. Its price has a constant volatility and no jumps. The
captive maker's quotes have one level on each side. The time between refreshes equals the latency.
Customers trade at the better of two prices: the captive maker's price, or the price of other
makers, whose quotes are 50 ms late. The firm takes all of a quote as soon as the lead price is
beyond the quote by more than the firm's threshold.

Without the firm, a quote stays valid until it is replaced, however far the price moves. The maker's
gain per lot then falls without limit as latency grows. With the firm, the distance of the price
from the middle between the maker's valid bid and ask is at most half-spread plus threshold. So the
gain has a lower limit.

As latency grows, the distribution of this distance approaches the quasi-stationary distribution of
Brownian motion between two absorbing barriers. The density of the quasi-stationary distribution is
half a period of a cosine, with zeros at the two barriers (Collet, Martinez & San Martin 2013,
Quasi-Stationary Distributions, Springer). This distribution is narrower than the one at medium
latencies. So the gain rises slightly again at long latencies. The function `limit_ticks` returns
the value that the gain approaches.
"""

import math
import statistics
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import product
from typing import NamedTuple

import numpy as np

from des.chance import QUANTILES
from des.clock import HOUR_US, microseconds, midnight_us
from des.price.lead_price import LeadPrice
from des.quoting.other_quotes import OtherQuotes
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import Plan
from des.quoting.race import Codes
from des.quoting.session import Decisions, Session
from des.quoting.takers import LOTS_MAX, Takers, Terms, nobody_takes
from des.quoting.uninformed import UninformedFlow
from des.scenario import Anchor, Price, VolatilityLevel
from ledger.motives import Motive
from ledger.reports.table import Table
from runs.experiments.experiment import experiment, run_cases

SEEDS = (1, 2, 3, 4, 5, 6)
LATENCIES_S = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 128.0)
HOURS = 24

DAY, PRICE_USD, ANNUAL = date(2022, 5, 9), 30_000.0, 1.0  # a tick is one dollar
HALF_SPREAD, OTHERS, THRESHOLD = 12, 15, 9  # distances in ticks
OTHERS_LATENCY_US = 50_000
PLENTY = 1_000_000  # in lots; customers never trade so much with one quote


class LateDay(NamedTuple):
    """The settings of the maker and the firm for one simulated day."""

    latency_s: float  # the latency, which is also the time between refreshes
    is_hit: bool  # whether a firm hits stale quotes
    seed: int
    ticks_per_s: float = 8.0


def earned_by_hour(case: LateDay, hours: int = HOURS) -> np.ndarray:
    """Return two values for each hour: the maker's gain from customers, and their traded lots.

    The shape is (hours, 2). The gain is in ticks times lots. It is measured at the lead price at
    the time of each fill.
    """
    start_us = midnight_us(DAY)
    law = Price(
        ticks_per_s=case.ticks_per_s,
        anchors=(Anchor(at=DAY, price_usd=PRICE_USD),),
        volatility=(VolatilityLevel(since=DAY, annual=ANNUAL),),
    )
    lead = LeadPrice(case.seed, "M", law, Decimal(1), start_us, start_us + hours * HOUR_US)
    session, decided = _quotes(lead, case)
    flow = UninformedFlow(case.seed, "M", holders=40, order_usd_mean=600.0)
    earned = np.zeros((hours, 2))
    for hour in range(hours):
        span = (start_us + hour * HOUR_US, start_us + (hour + 1) * HOUR_US)
        orders = flow.orders(*span, usd_per_s=300.0, lot_usd=300.0)
        rows = session.play(*span, 0.0, decided, orders).rows
        rows = rows[rows["motive"] == Motive.SPREAD]
        ticks = (rows["price"] - rows["lead"]) * rows["lots"]
        earned[hour] = ticks.sum(), np.abs(rows["lots"]).sum()
    return earned


def _quotes(lead: LeadPrice, case: LateDay) -> tuple[Session, Decisions]:
    """Return the session of one maker and at most one firm, and their decisions for the day."""
    firms = int(case.is_hit)
    late_us = microseconds(case.latency_s)
    unused = np.zeros(firms, dtype=np.int64)
    session = Session(
        lead,
        QuotingPolicy(late_us, late_us, (0,), 0, 0),
        Takers(unused, unused, unused, unused),
        np.zeros(firms, dtype=np.uint64),
        Codes(np.arange(firms + 1), np.arange(firms + 1, firms + 3)),
    )
    hits = Terms(
        np.array([THRESHOLD]),
        np.zeros(1, dtype=np.int64),
        np.full(1, PLENTY, dtype=np.int64),
        np.full((2, 1), LOTS_MAX, dtype=np.int64),
    )
    return session, Decisions(
        Plan(0, (HALF_SPREAD,), (PLENTY, PLENTY)),
        hits if case.is_hit else nobody_takes(0),
        np.zeros(QUANTILES, dtype=np.int64),
        OtherQuotes(OTHERS, PLENTY, OTHERS_LATENCY_US),
    )


def limit_ticks(barrier: float) -> float:
    """Return the limit of the gain per lot (in ticks) as latency grows, if a firm hits quotes.

    The price is x ticks above the middle between the maker's valid bid and ask. The density of x on
    (-b, b) is proportional to cos(pi x / (2 b)). The other makers' ask is at x + OTHERS if their
    latency is neglected. A buyer trades with the maker if the maker's ask, HALF_SPREAD, is lower.
    This means x > HALF_SPREAD - OTHERS. The maker's gain is then HALF_SPREAD - x.

    Args:
        barrier: b, the sum of half-spread and threshold, in ticks.
    """
    k, low = math.pi / (2 * barrier), HALF_SPREAD - OTHERS
    mass = (1 - math.sin(k * low)) / k
    first = (barrier - low * math.sin(k * low)) / k - math.cos(k * low) / k**2
    return HALF_SPREAD - first / mass


def mean_earned(case: LateDay) -> float:
    """Return the maker's mean gain per lot over a day, in ticks."""
    ticks, lots = earned_by_hour(case).sum(axis=0)
    return float(ticks / lots)


@experiment("earned-by-latency")
def main() -> list[Table]:
    """Print a late maker's gain per lot, with and without a firm that hits stale quotes."""
    cases = [LateDay(*each) for each in product(LATENCIES_S, (False, True), SEEDS)]
    found = run_cases(mean_earned, cases)

    def row(latency_s: float) -> Iterator[str]:
        yield f"{latency_s:g}"
        for is_hit in (False, True):
            values = [found[LateDay(latency_s, is_hit, seed)] for seed in SEEDS]
            yield f"{statistics.mean(values):.2f}"
            yield f"{statistics.stdev(values) / math.sqrt(len(values)):.2f}"

    return [
        Table(
            "earned-by-latency",
            "The late maker's gain in ticks, for each lot that it trades with customers",
            ("latency_s", "nobody_hits", "error", "a_firm_hits", "its_error"),
            [tuple(row(latency_s)) for latency_s in LATENCIES_S],
            (
                f"The maker's half-spread is {HALF_SPREAD} ticks, and the other makers' half-spread"
                f" is {OTHERS} ticks. The firm hits a quote if the lead price is more than "
                f"{THRESHOLD} ticks beyond the quote. If a firm hits quotes, the gain approaches "
                f"{limit_ticks(HALF_SPREAD + THRESHOLD):.2f} ticks as latency grows. Errors are "
                f"standard errors over {len(SEEDS)} seeds.",
            ),
        )
    ]


if __name__ == "__main__":
    main()
