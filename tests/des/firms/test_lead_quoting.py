"""The formulas for quotes on the lead venue. Some tests compare them with a simulated race.

In the simulated race, quotes are posted along one Brownian path, and the orders of faster firms are
filled first. Each firm decides by a price that is as old as the firm's delay. The edge of a hit is
measured at the price at the time of the posting. Consecutive quotes depend on the same price moves.
So standard errors are computed from the means of batches of quotes.
"""

import math
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import pytest
from batch_means import assert_mean
from hypothesis import given, settings
from hypothesis import strategies as st

from des.clock import SECOND_US
from des.firms.lead_quoting import PickOffs, pick_offs, spread_income

NORMAL = NormalDist()
BP = 1e-4
MS = 1_000
USD = 100
RENEWALS = 3_600.0  # quotes per hour
DOLLARS = 1_000_000 * USD  # the usual size of a quote


@dataclass(frozen=True)
class Race:
    """Firms on the lead venue.

    Each of the first four tuples has one value per firm. `sigma` has one value per hour.
    """

    delay_us: tuple[int, ...]
    quote_cents: tuple[int, ...]
    order_cents: tuple[int, ...]
    cost: tuple[float, ...]
    half_spread: float = 0.5 * BP
    sigma: tuple[float, ...] = (3 * BP,)

    def rents(self) -> np.ndarray:
        return self.hits().edge_cents

    def hits(self) -> PickOffs:
        return pick_offs(
            np.array(self.delay_us, dtype=np.int64),
            np.array(self.quote_cents, dtype=np.int64),
            np.array(self.order_cents, dtype=np.int64),
            self.half_spread,
            np.array(self.cost, dtype=float),
            np.array(self.sigma, dtype=float),
            RENEWALS,
        )

    def without(self, firm: int) -> "Race":
        """Return the race without one firm."""
        columns = ("delay_us", "quote_cents", "order_cents", "cost")
        kept = {name: getattr(self, name) for name in columns}
        return replace(self, **{name: t[:firm] + t[firm + 1 :] for name, t in kept.items()})


def one_quote(delay_us: tuple[int, ...], order_cents: tuple[int, ...], **rest) -> Race:
    """Return a race in which firm 0 quotes a size of DOLLARS, and the other firms only hit."""
    return Race(
        delay_us,
        (DOLLARS, *(0 for _ in delay_us[1:])),
        order_cents,
        **{"cost": (BP,) * len(delay_us)} | rest,
    )


def stale_quote(sigma: float, ahead_s: float, half_spread: float, cost: float) -> float:
    """Return a quote's expected loss to one faster firm, per dollar displayed on each side.

    The firm's orders are as large as the quote. The loss is 2 * (sd * phi(x) - s * Phi(-x)), with
    x = (s + c) / sd. Here s is the half-spread, c is the firm's costs, and sd is the standard
    deviation of the price move during the firm's head start. All three are fractions of the price.
    phi is the density of the standard normal distribution, and Phi is its distribution function.
    """
    sd = sigma * math.sqrt(ahead_s)
    x = (half_spread + cost) / sd
    return 2 * (sd * NORMAL.pdf(x) - half_spread * NORMAL.cdf(-x))


any_costs = st.floats(0, 4 * BP)
sizes = st.sampled_from([DOLLARS, 10_000 * USD, 1, 0]) | st.integers(1_000 * USD, 10 * DOLLARS)


@st.composite
def races(draw, costs=any_costs):
    """Draw a race of two to six firms over one to three hours. Firms may be equally fast."""
    firms = draw(st.integers(2, 6))

    def each(of):
        return tuple(draw(st.lists(of, min_size=firms, max_size=firms)))

    return Race(
        each(st.sampled_from([0, 20 * MS, 900 * MS]) | st.integers(0, 2 * SECOND_US)),
        each(sizes),
        each(sizes),
        each(costs),
        draw(st.floats(0, 3 * BP)),
        tuple(draw(st.lists(st.just(0.0) | st.floats(BP, 10 * BP), min_size=1, max_size=3))),
    )


def close(left: np.ndarray, right: np.ndarray, firms: int) -> bool:
    """Tell whether all differences are at most *firms* cents. Rounding causes such differences."""
    return bool(np.all(np.abs(left - right) <= firms))


# ---- the formula for one faster firm


@pytest.mark.parametrize("sigma_bp", [0.5, 2.0, 8.0])
@pytest.mark.parametrize("ahead_us", [1, 40 * MS, 900 * MS])
@pytest.mark.parametrize(("half_spread_bp", "cost_bp"), [(0.1, 2.3), (2.0, 0.0), (0.0, 0.0)])
def test_the_gain_of_a_firm_with_orders_as_large_as_the_quote_equals_the_formula(
    sigma_bp, ahead_us, half_spread_bp, cost_bp
):
    race = one_quote(
        (5 * MS + ahead_us, 5 * MS),
        (0, DOLLARS),
        half_spread=half_spread_bp * BP,
        cost=(0.0, cost_bp * BP),
        sigma=(sigma_bp * BP,),
    )
    each = stale_quote(sigma_bp * BP, ahead_us / SECOND_US, half_spread_bp * BP, cost_bp * BP)

    assert abs(race.rents()[0, 1] - DOLLARS * RENEWALS * each) <= 0.5


def test_the_gain_from_hits_in_two_hours_is_the_sum_of_the_gains_in_the_single_hours():
    calm, wild = (one_quote((MS * 90, MS), (0, DOLLARS), sigma=(s * BP,)) for s in (2, 7))
    both = replace(calm, sigma=calm.sigma + wild.sigma)
    assert wild.rents()[0, 1] > calm.rents()[0, 1] > 1_000 * USD
    assert close(both.rents(), calm.rents() + wild.rents(), 1)


# ---- the simulated race

STEP_S = 0.01
BATCHES, QUOTES = 200, 1_000  # number of batches, and quotes in each batch
RENEWED = 5  # price steps from one quote to the next; the quoter's delay is longer


def played(race: Race) -> np.ndarray:
    """Return each firm's mean edge on a quote of firm 0: a row per batch, a column per firm."""
    steps = [delay_us // (10 * MS) for delay_us in race.delay_us]
    length = BATCHES * QUOTES * RENEWED + max(steps)
    move = np.random.default_rng(7).standard_normal(length) * race.sigma[0] * STEP_S**0.5
    price = np.concatenate(([0.0], np.cumsum(move)))
    posted = np.arange(BATCHES * QUOTES) * RENEWED + max(steps)
    mid = price[posted - steps[0]]
    edges = np.zeros((BATCHES, len(steps)))
    for side in (1, -1):
        left = np.full(len(posted), race.quote_cents[0])
        for firm in sorted(range(1, len(steps)), key=lambda firm: steps[firm]):
            seen = side * (price[posted - steps[firm]] - mid) - race.half_spread
            taken = np.where(seen > race.cost[firm], np.minimum(left, race.order_cents[firm]), 0)
            left -= taken
            edge = taken * (side * (price[posted] - mid) - race.half_spread)
            edges[:, firm] += edge.reshape(BATCHES, QUOTES).mean(axis=1)
    return edges


@pytest.mark.parametrize(
    ("delay_ms", "half_spread_bp", "costs_bp", "sigma_bp"),
    [
        ((300, 10, 50, 200), 0.2, (0.5, 1.0, 0.3), 2.0),
        ((100, 0, 80, 80), 0.1, (1.0, 0.0, 0.2), 4.0),
        ((900, 600, 400, 200), 2.0, (1.0, 2.0, 3.0), 5.0),
    ],
)
def test_gains_agree_with_a_simulated_race_if_the_quote_is_large_enough_for_all_orders(
    delay_ms, half_spread_bp, costs_bp, sigma_bp
):
    """The standard errors of the simulated gains are 0.4 to 1.8 % of the gains."""
    third = DOLLARS // 3
    race = one_quote(
        tuple(ms * MS for ms in delay_ms),
        (0, third, third, third),
        half_spread=half_spread_bp * BP,
        cost=(0.0, *(bp * BP for bp in costs_bp)),
        sigma=(sigma_bp * BP,),
    )
    edges, rents = played(race), race.rents()[0] / RENEWALS
    for firm in (1, 2, 3):
        assert_mean(edges[:, firm], rents[firm])


@pytest.mark.parametrize(
    ("delay_ms", "costs_bp"),
    [
        ((500, 50, 100), (1.0, 1.0)),  # by the formula, the slower firm gets nothing
        ((500, 50, 300), (3.0, 0.3)),  # the faster firm hits only after larger moves
        ((500, 50, 60), (0.5, 2.0)),
    ],
)
def test_the_formula_is_exact_for_the_fastest_firm_if_the_quote_is_too_small_for_all_orders(
    delay_ms, costs_bp
):
    """For the sum of both firms' gains the formula is an approximation.

    The simulated sum may be up to a tenth above or below the result of the formula.
    """
    race = one_quote(
        tuple(ms * MS for ms in delay_ms),
        (0, DOLLARS, DOLLARS),
        cost=(0.0, *(bp * BP for bp in costs_bp)),
        sigma=(2.5 * BP,),
    )
    edges, rents = played(race), race.rents()[0] / RENEWALS
    assert_mean(edges[:, 1], rents[1])
    assert edges.sum(axis=1).mean() == pytest.approx(rents.sum(), rel=0.1)


@pytest.mark.parametrize(("cost_bp", "ratio"), [(0.5, 0.64), (2.5, 1.22), (5.75, 1.34)])
def test_the_formula_for_twenty_firms_has_the_error_that_its_module_states(cost_bp, ratio):
    """Let sd be the standard deviation of the price move in one second.

    Firms hit after moves of more than 0.3, 1.1 or 2.4 times sd. The ratio of simulated to computed
    gains has a standard error of 0.01 to 0.06.
    """
    race = one_quote(
        (SECOND_US, *range(0, SECOND_US, 50 * MS)),
        (0, *(DOLLARS,) * 20),
        half_spread=0.25 * BP,
        cost=(cost_bp * BP,) * 21,
        sigma=(2.5 * BP,),
    )
    assert played(race).sum(axis=1).mean() / (race.rents().sum() / RENEWALS) == pytest.approx(
        ratio, abs=0.1
    )


# ---- the order in which firms are served


def test_the_fastest_firm_takes_from_a_quote_first_and_slower_firms_take_the_remaining_size():
    """The quote's size is 100 and each order is for 60.

    So the second fastest firm takes only 40, and the slowest firm takes nothing.
    """
    part = DOLLARS // 100
    race = one_quote((400 * MS, 80 * MS, 60 * MS, 40 * MS), (0, 60 * part, 60 * part, 60 * part))
    per_size = [stale_quote(3 * BP, s, 0.5 * BP, BP) * RENEWALS for s in (0.34, 0.36)]

    assert race.rents()[0].tolist() == [
        0,
        0,
        round(40 * part * per_size[0]),
        round(60 * part * per_size[1]),
    ]


def test_equally_fast_firms_share_a_quote_in_proportion_to_the_size_of_their_orders():
    race = one_quote((400 * MS, 80 * MS, 80 * MS), (0, 3 * DOLLARS, DOLLARS))
    whole = one_quote((400 * MS, 80 * MS), (0, DOLLARS)).rents()[0, 1]

    assert close(race.rents()[0], whole * np.array([0, 3, 1]) / 4, 1)


def test_the_slower_firm_hits_after_moves_that_are_too_small_for_the_fast_firm():
    """The fast firm has higher costs than the slower firm, so it hits only after larger moves.

    After these larger moves the fast firm takes the whole quote, and the slower firm gets nothing.
    """
    race = one_quote((500 * MS, 100 * MS, 140 * MS), (0, DOLLARS, DOLLARS), cost=(0, 4 * BP, BP))
    alone = race.without(1).rents()[0, 1]
    from_there = 4.5 * BP / math.sqrt(0.4) * math.sqrt(0.36) - 0.5 * BP
    lost = stale_quote(3 * BP, 0.36, 0.5 * BP, from_there) * DOLLARS * RENEWALS

    assert race.rents()[0, 1] == race.without(2).rents()[0, 1] > 0
    assert abs(race.rents()[0, 2] - (alone - lost)) <= 1
    assert 0.5 * alone < race.rents()[0, 2] < 0.99 * alone


@settings(max_examples=20, deadline=None, derandomize=True)
@given(race=races())
def test_the_formula_equals_a_sum_over_a_fine_grid_of_price_moves(race):
    """The tolerance is one cent plus 1 % of an upper limit on the gains from one quoter."""
    n, grid = len(race.delay_us), 1_500
    width = 6.0 / grid
    summed = np.zeros((n, n))
    for quoter in range(n):
        ahead = [max(race.delay_us[quoter] - us, 0) / SECOND_US for us in race.delay_us]
        for sigma in race.sigma:
            for z in (width * (k + 0.5) for k in range(grid)):
                moved = [sigma * math.sqrt(s) * z for s in ahead]
                edges = served(race, race.quote_cents[quoter], moved)
                weight = 2 * width * NORMAL.pdf(z) * RENEWALS
                summed[quoter] += weight * np.array(edges)
    scale = max(race.quote_cents) * sum(race.sigma) * RENEWALS
    most_s = (max(race.delay_us) - min(race.delay_us)) / SECOND_US
    assert np.all(np.abs(race.rents() - summed) <= 0.01 * scale * math.sqrt(most_s) + 1)


def served(race: Race, shown_cents: int, moved: list[float]) -> list[float]:
    """Return each firm's gain on one side of a quote, given the price move that each firm saw.

    A firm hits if the move that it saw exceeds half-spread plus costs. The fastest firms take
    first, and equally fast firms share in proportion to the size of their orders. A firm's gain is
    its part of the quote * (the move that it saw - half-spread).
    """
    left, edges = shown_cents, [0.0] * len(moved)
    hits = [i for i, move in enumerate(moved) if move > race.half_spread + race.cost[i]]
    for delay_us in sorted({race.delay_us[i] for i in hits}):
        tied = [i for i in hits if race.delay_us[i] == delay_us]
        asked = sum(race.order_cents[i] for i in tied)
        for i in tied:
            part = race.order_cents[i] / asked if asked else 0
            edges[i] = min(asked, left) * part * (moved[i] - race.half_spread)
        left -= min(asked, left)
    return edges


# ---- properties of all races


@given(race=races())
def test_no_firm_gains_from_a_quote_of_an_equally_fast_or_faster_firm(race):
    rents, delay_us = race.rents(), np.array(race.delay_us)
    assert not rents[delay_us[:, None] <= delay_us[None, :]].any()
    assert rents.min() >= 0


@given(race=races())
def test_the_edge_of_hits_is_at_least_the_takers_fee_plus_hurdle(race):
    """The tolerance is a cent, because edge and volume are rounded to cents."""
    hits = race.hits()
    assert (hits.edge_cents >= hits.taken_cents * np.array(race.cost) - 1).all()
    # All firms together take at most one whole side of each quote.
    most = np.array(race.quote_cents) * RENEWALS * len(race.sigma)
    assert (hits.taken_cents.sum(axis=1) <= most + len(race.cost)).all()


@given(race=races(), delay_us=st.integers(0, SECOND_US))
def test_no_firm_gains_from_speed_if_all_firms_are_equally_fast(race, delay_us):
    assert not replace(race, delay_us=(delay_us,) * len(race.delay_us)).rents().any()


@given(race=races(), hours=st.integers(0, 24))
def test_no_firm_gains_from_speed_if_the_volatility_is_zero(race, hours):
    assert not replace(race, sigma=(0.0,) * hours).rents().any()


@given(race=races())
def test_the_loss_of_a_quote_is_at_most_its_loss_to_one_firm_with_the_best_speed_and_the_least_cost(
    race,
):
    rents = race.rents()
    for quoter, lost in enumerate(rents.sum(axis=1).tolist()):
        ahead_s = (race.delay_us[quoter] - min(race.delay_us)) / SECOND_US
        hours = [sigma for sigma in race.sigma if sigma and ahead_s]
        each = sum(stale_quote(sigma, ahead_s, race.half_spread, min(race.cost)) for sigma in hours)
        most = race.quote_cents[quoter] * each * RENEWALS
        assert lost <= most * (1 + 1e-9) + len(rents)


@given(race=races(costs=st.just(BP)))
def test_the_fastest_firms_take_the_whole_quote_if_costs_are_equal_and_their_orders_are_large(race):
    first = min(race.delay_us)
    orders = tuple(
        max(race.quote_cents) if us == first else size
        for us, size in zip(race.delay_us, race.order_cents, strict=True)
    )
    rents = replace(race, order_cents=orders).rents()
    for quoter, us in enumerate(race.delay_us):
        hours = [sigma for sigma in race.sigma if sigma and us > first]
        each = sum(
            stale_quote(sigma, (us - first) / SECOND_US, race.half_spread, BP) for sigma in hours
        )
        expected = race.quote_cents[quoter] * each * RENEWALS
        assert abs(rents[quoter].sum() - expected) <= expected * 1e-9 + len(rents)


@given(race=races(), data=st.data())
def test_an_additional_firm_never_lowers_a_quotes_loss_and_never_raises_another_firms_gain(
    race, data
):
    """Each firm of a random race can be the additional firm."""
    n = len(race.delay_us)
    entrant = data.draw(st.integers(0, n - 1))
    before, after = race.without(entrant).rents(), race.rents()
    lost = np.delete(after, entrant, axis=0)

    assert np.all(lost.sum(axis=1) >= before.sum(axis=1) - n)
    assert np.all(np.delete(lost, entrant, axis=1) <= before + 1)


@given(race=races(), factor=st.floats(1, 3), later_us=st.integers(0, SECOND_US), data=st.data())
def test_the_loss_of_a_quote_does_not_fall_if_volatility_or_latency_rises(
    race, factor, later_us, data
):
    n = len(race.delay_us)
    quoter = data.draw(st.integers(0, n - 1))
    lost = race.rents()[quoter].sum()
    slower = list(race.delay_us)
    slower[quoter] += later_us

    wilder = replace(race, sigma=tuple(factor * sigma for sigma in race.sigma))
    assert wilder.rents()[quoter].sum() >= lost - n
    assert replace(race, delay_us=tuple(slower)).rents()[quoter].sum() >= lost - n


# ---- income from the spread


@given(
    quotes=st.lists(sizes, max_size=40),
    outside=st.integers(0, 10**13),
    flow=st.integers(0, 10**14),
    spread_e8=st.integers(0, 10**6),
)
def test_each_firm_earns_its_share_of_the_spread_rounded_down_to_a_cent(
    quotes, outside, flow, spread_e8
):
    earned = spread_income(np.array(quotes, dtype=np.int64), outside, flow, spread_e8 / 10**8)
    all_shown = (sum(quotes) + outside) * 10**8

    assert len(earned) == len(quotes)
    for size, cents in zip(quotes, earned.tolist(), strict=True):
        due = flow * spread_e8 * size
        assert cents * all_shown <= due
        assert due < (cents + 1) * all_shown or not size


def test_the_spread_income_agrees_with_a_calculation_by_hand():
    """A volume of $1,000,000 at a half-spread of 3 basis points pays $300 to makers.

    Traders other than the firms display half of the total size, so they get $150. The two firms
    that quote get $50 and $100.
    """
    quotes = np.array([50_000 * USD, 100_000 * USD, 0])
    earned = spread_income(quotes, 150_000 * USD, 1_000_000 * USD, half_spread=0.0003)
    assert earned.tolist() == [50 * USD, 100 * USD, 0]


def test_there_is_no_spread_income_if_no_firm_quotes():
    assert spread_income(np.zeros(2, dtype=np.int64), 0, DOLLARS, BP).tolist() == [0, 0]
