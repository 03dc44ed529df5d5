"""Fear and its effects agree with the stated formulas and with the theory of Hawkes processes.

Fear measures how much customers expect that the house cannot pay. A shock is an amount that is
added to fear at one time. In a Hawkes process each event raises the rate of later events.

Statistical tests allow a deviation of three standard errors. The formulas assume constant claims.
So withdrawals do not reduce claims in these tests.
"""

import math
from itertools import cycle
from statistics import fmean, stdev
from types import SimpleNamespace

import numpy as np
import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from des.clock import DAY_US, HOUR_US
from des.custody.confidence import Confidence, trust
from des.custody.firm_withdrawals import FirmWithdrawals
from des.custody.flow import CustomerFlow
from des.scenario import Cohort, Flow, News, Retail

NOON_US = 19_000 * DAY_US + DAY_US // 2
CLAIMS = 10**12  # cents
MEAN_USD = 10_000.0
BASE_PER_H = 2.0  # requests
BASE_PER_DAY = BASE_PER_H * 24 * 100 * MEAN_USD / CLAIMS
HALF_LIFE_H = 4.0
DECAY_PER_H = math.log(2) / HALF_LIFE_H


def rules(ratio: float = 0.0, **changes) -> Flow:
    """Return rules with the given changes.

    A request directly causes *ratio* further requests on average.
    """
    usual = {
        "deposits_per_volume": 0.0,
        "base_per_day": BASE_PER_DAY,
        "fear_half_life_h": HALF_LIFE_H,
        "contagion": ratio * DECAY_PER_H * 24,
        "halt_after_h": 24.0,
        "cohorts": (Cohort(share=1.0, sensitivity=1.0),),
    }
    return Flow(**(usual | changes))


class Desk:
    """A desk that pays all requests in full and records requests and deposits."""

    def __init__(self, env: simpy.Environment, confidence: Confidence) -> None:
        self._env, self._confidence = env, confidence
        self.asked: list[tuple[int, int, int]] = []  # time, holder, cents
        self.brought: list[tuple[int, int, int]] = []

    def unasked_cents(self) -> int:
        return CLAIMS

    def request(self, holder: int, cents: int) -> int:
        self.asked.append((self._env.now, holder, cents))
        self._confidence.ask(self._env.now, cents)
        return cents

    def deposit(self, holder: int, cents: int) -> int:
        self.brought.append((self._env.now, holder, cents))
        return cents


def played(
    flow: Flow, hours: int, seed: int = 1, news: tuple[News, ...] = (), volume_usd: float = 0.0
) -> Desk:
    """Simulate customers of a house with unlimited cash, and return the desk that they used."""
    env = simpy.Environment(initial_time=NOON_US)
    confidence = Confidence(flow, lambda: CLAIMS)
    desk = Desk(env, confidence)
    retail = Retail(
        name="Retail",
        holders=1_000,
        opening_claim_usd=CLAIMS / 100,
        opening_cash_usd=0.0,
        deposit_usd_mean=MEAN_USD,
        withdrawal_usd_mean=MEAN_USD,
        fee_bps=0.0,
        flow=flow,
    )
    scenario = SimpleNamespace(run=SimpleNamespace(seed=seed), retail=retail, news=news)
    till = SimpleNamespace(owed_cents=lambda entity: 0)
    customers = CustomerFlow(
        env, scenario, confidence, till, desk, FirmWithdrawals(1, (), 0.0, till)
    )
    for hour in range(hours):
        customers.decide(NOON_US + hour * HOUR_US, volume_usd)
        env.run(until=NOON_US + (hour + 1) * HOUR_US)
    return desk


def hourly(rows: list[tuple[int, int, int]], hours: int) -> np.ndarray:
    counts = np.zeros(hours, dtype=int)
    for time_us, *_ in rows:
        counts[(time_us - NOON_US) // HOUR_US] += 1
    return counts


def error(sample: list[float], expected: float) -> float:
    """Return the deviation of a sample's mean from the expected value, in standard errors."""
    return (fmean(sample) - expected) / (stdev(sample) / math.sqrt(len(sample)))


# ------------------------------------------------------------------------------------ fear


def confidence(flow: Flow, claims: int = CLAIMS) -> Confidence:
    return Confidence(flow, lambda: claims)


def test_trust_is_1_at_zero_fear_and_falls_as_fear_rises():
    assert trust(0.0) == 1.0
    assert 0 < trust(30.0) < trust(2.0) < trust(1.0) < 1
    assert trust(1.5) * trust(0.5) == pytest.approx(trust(2.0))


def test_fear_after_a_shock_halves_with_every_half_life():
    fear = confidence(rules())
    fear.shock(NOON_US, 0.8)

    assert fear.fear(NOON_US) == 0.8
    for halvings in (1, 2, 5):
        later_us = NOON_US + round(halvings * HALF_LIFE_H * HOUR_US)
        assert fear.fear(later_us) == pytest.approx(0.8 / 2**halvings)


@given(st.permutations([(0, 0.5), (3, 0.25), (3, 0.1), (40, 1.0), (-900, 2.0)]))
def test_shocks_of_fear_add_up_in_any_order(shocks):
    fear = confidence(rules())
    for hour, size in shocks:
        fear.shock(NOON_US + hour * HOUR_US, size)

    left = math.fsum(size * 0.5 ** ((50 - hour) / HALF_LIFE_H) for hour, size in shocks)
    assert fear.fear(NOON_US + 50 * HOUR_US) == pytest.approx(left)


def test_a_request_adds_fear_in_proportion_to_its_share_of_claims_and_a_queue_adds_a_fixed_amount():
    flow = rules(contagion=2.0, queue_shock=0.3)
    fear = confidence(flow, claims=500)
    fear.ask(NOON_US, 50)
    assert fear.fear(NOON_US) == pytest.approx(0.2)
    fear.queue(NOON_US)
    assert fear.fear(NOON_US) == pytest.approx(0.5)

    nothing_left = confidence(flow, claims=0)
    nothing_left.ask(NOON_US, 50)
    assert nothing_left.fear(NOON_US) == 0


def test_news_adds_no_fear_before_its_hour_and_early_news_adds_the_fear_that_is_left_at_the_start():
    early = News(date=np.datetime64(NOON_US - 8 * HOUR_US, "us").item(), shock=0.4, what="early")
    late = News(date=np.datetime64(NOON_US + 2 * HOUR_US, "us").item(), shock=0.4, what="late")
    none = rules(base_per_day=0.0)

    first = hourly(played(none, 4, news=(early, late)).asked, 4)
    later = hourly(played(none, 4, news=(late,)).asked, 4)

    assert first[0] > 0
    assert not later[:2].any()
    # The early news came eight hours before the start. At the start a quarter of its fear is left.
    assert later[2] > first[0]


# -------------------------------------------------------------------------------- formulas


def test_deposits_are_proportional_to_volume_and_to_a_power_of_trust():
    flow = rules(trust_elasticity=2.0, deposits_per_volume=0.001)

    assert flow.deposits_usd_per_day(1e9, trust=1.0) == pytest.approx(1e6)
    assert flow.deposits_usd_per_day(1e9, trust=0.5) == pytest.approx(0.25e6)
    assert flow.deposits_usd_per_day(2e9, trust=0.5) == pytest.approx(0.5e6)


def test_the_rate_of_withdrawals_is_the_base_rate_plus_a_part_proportional_to_fear():
    flow = rules(base_per_day=0.01)

    assert flow.asked_per_day(0.0, 5.0) == 0.01
    assert flow.asked_per_day(0.02, 5.0) == pytest.approx(0.11)
    assert flow.asked_per_day(9.0, 0.0) == 0.01


@pytest.mark.parametrize("half_life_h", [1.0, 4.0, 72.0])
def test_the_branching_ratio_is_the_mean_number_of_requests_that_one_request_directly_causes(
    half_life_h,
):
    """Requests are uniform within an hour. A request has an effect only from the next hour on."""
    cohorts = (Cohort(share=0.75, sensitivity=0.2), Cohort(share=0.25, sensitivity=1.4))
    flow = rules(fear_half_life_h=half_life_h, contagion=0.2, cohorts=cohorts)
    hours = np.arange(1, 40 * math.ceil(half_life_h))
    within = (np.arange(1_000) + 0.5) / 1_000
    left = 0.5 ** ((hours[:, None] - within) / half_life_h)
    expected = 0.2 * (0.75 * 0.2 + 0.25 * 1.4) * left.sum(axis=0).mean() / 24

    assert flow.branching_ratio == pytest.approx(expected, rel=1e-6)


def test_the_larger_sensitivity_of_firms_or_customers_sets_the_branching_ratio():
    assert rules(0.3, firms_sensitivity=2.0).branching_ratio == pytest.approx(0.6)
    assert rules(0.3, firms_sensitivity=0.5).branching_ratio == pytest.approx(0.3)


@pytest.mark.parametrize("ratio", [1.0001, 7.0])
def test_a_branching_ratio_is_accepted_just_below_one_and_refused_above_one(ratio):
    assert rules(0.9999).branching_ratio == pytest.approx(0.9999)
    with pytest.raises(ValidationError, match="without a cause"):
        rules(ratio)


# ---------------------------------------------------------------------- the Hawkes process

HOURS = 1_000
# After this number of hours the start has almost no effect: at most e^(-0.17 * (1 - 0.6) * 100).
BURN_IN = 100


@pytest.mark.parametrize("ratio", [0.3, 0.6])
def test_the_rate_of_requests_is_the_base_rate_divided_by_one_minus_the_branching_ratio(ratio):
    """The test computes the standard error from the means of ten seeds."""
    means = [
        float(hourly(played(rules(ratio), HOURS, seed).asked, HOURS)[BURN_IN:].mean())
        for seed in range(10)
    ]

    assert abs(error(means, BASE_PER_H / (1 - ratio))) < 3
    assert abs(error(means, BASE_PER_H)) > 3  # without contagion the rate would be the base rate


def test_requests_are_a_poisson_process_if_there_is_no_contagion():
    """The number of requests in 1 or 20 hours has a variance equal to its mean.

    The times between requests are exponential.
    """
    hours = 4_000
    desk = played(rules(), hours)
    counts = hourly(desk.asked, hours)
    gaps = np.diff([time_us for time_us, *_ in desk.asked]) / HOUR_US

    assert abs(counts.mean() - BASE_PER_H) < 3 * math.sqrt(BASE_PER_H / hours)
    for span in (1, 20):
        sums = counts.reshape(-1, span).sum(axis=1)
        dispersion = sums.var(ddof=1) / sums.mean()
        assert abs(dispersion - 1) < 3 * math.sqrt(2 / len(sums))
    # The share of exponential times that are longer than the mean is 1 / e.
    longer = float((gaps > 1 / BASE_PER_H).mean())
    assert abs(longer - math.exp(-1)) < 3 * math.sqrt(math.exp(-1) / len(gaps))


def test_the_number_of_requests_after_one_shock_has_the_expected_mean_and_variance():
    """The test compares the mean and the variance over 250 seeds with these formulas.

    The shock itself causes a Poisson number of requests with mean L. Each of them starts a cluster:
    the request, the requests that it causes, and so on. The size of a cluster has the mean
    1 / (1 - n) and the variance v / (1 - n)^3. Here n is the branching ratio, and v is the variance
    of the number of requests that one request causes directly. v is the sum of three parts: n,
    because this number is Poisson for a given amount; n^2, because amounts are exponential; and a
    small part, because requests come at different times within an hour. The total number has the
    mean L / (1 - n) and the variance L * (v / (1 - n)^3 + 1 / (1 - n)^2).
    """
    ratio, shock = 0.5, 0.0005
    news = (News(date=np.datetime64(NOON_US, "us").item(), shock=shock, what="a rumour"),)
    flow = rules(ratio, base_per_day=0.0)
    totals = [len(played(flow, 130, seed, news).asked) for seed in range(250)]

    first = CLAIMS / 100 * shock / 24 / (1 - 0.5 ** (1 / HALF_LIFE_H)) / MEAN_USD
    unevenness = DECAY_PER_H / 2 / math.tanh(DECAY_PER_H / 2)
    begets = ratio + ratio**2 * (2 * unevenness - 1)
    size, size_variance = 1 / (1 - ratio), begets / (1 - ratio) ** 3
    assert abs(error(totals, first * size)) < 3
    squares = [(total - first * size) ** 2 for total in totals]
    assert abs(error(squares, first * (size_variance + size**2))) < 3
    assert abs(error(squares, first * size)) > 3  # a Poisson number would have a smaller variance


def test_requests_of_a_cohort_are_proportional_to_its_share_times_its_sensitivity():
    """A cohort is a group of customers with the same sensitivity to fear."""
    cohorts = (
        Cohort(share=0.5, sensitivity=0.0),
        Cohort(share=0.3, sensitivity=1.0),
        Cohort(share=0.2, sensitivity=3.0),
    )
    news = (News(date=np.datetime64(NOON_US, "us").item(), shock=0.05, what="a rumour"),)
    desk = played(rules(base_per_day=0.0, cohorts=cohorts), 20, news=news)
    holders = np.array([holder for _, holder, _ in desk.asked])
    easy = float((holders >= 800).mean())

    assert len(holders) > 1_000
    assert holders.min() >= 500
    assert abs(easy - 0.6 / 0.9) < 3 * math.sqrt(easy * (1 - easy) / len(holders))


def test_the_rate_of_deposits_depends_on_volume_and_trust():
    volume_usd = 1e9
    flow = rules(
        base_per_day=0.0,
        deposits_per_volume=0.001,
        trust_elasticity=2.0,
        fear_half_life_h=10_000,
        cohorts=(Cohort(share=1.0, sensitivity=0.0),),
    )
    news = (News(date=np.datetime64(NOON_US, "us").item(), shock=0.5, what="a scandal"),)
    expected = 1e6 / MEAN_USD / 24 * 240

    calm = played(flow, 240, volume_usd=volume_usd).brought
    afraid = played(flow, 240, volume_usd=volume_usd, news=news).brought

    left = math.exp(-2 * 0.5)  # the fear stays near 0.5, because its half-life is over a year
    assert abs(len(calm) - expected) < 3 * math.sqrt(expected)
    assert abs(len(afraid) - expected * left) < 3 * math.sqrt(expected * left)
    usd = [cents / 100 for *_, cents in calm]
    assert abs(error(usd, MEAN_USD)) < 3


# ------------------------------------------------------------------------------- the draws


def test_the_first_requests_of_an_hour_do_not_depend_on_how_many_requests_follow():
    few, many = (played(rules(base_per_day=k * BASE_PER_DAY), 50).asked for k in (1, 4))
    for hour in range(50):
        begins_us = NOON_US + hour * HOUR_US
        of_few, of_many = (
            [who for time_us, *who in rows if begins_us <= time_us < begins_us + HOUR_US]
            for rows in (few, many)
        )
        assert of_many[: len(of_few)] == of_few


def test_no_customer_acts_at_the_microsecond_of_the_hourly_update(monkeypatch):
    # In every hour customers arrive one microsecond after its start and one before its end.
    waits_us = cycle([0.0, HOUR_US - 1.5, 0.4, 0.2, 0.2])
    monkeypatch.setattr("des.custody.flow.waiting_us", lambda *_: next(waits_us))
    times_us = {time_us % HOUR_US for time_us, *_ in played(rules(), 20).asked}

    assert times_us == {1, HOUR_US - 1}


# ---------------------------------------------------------------------------------- firms


class Asked:
    """A till that owes money to every firm, and records which firms request a withdrawal."""

    def __init__(self) -> None:
        self.by: list[str] = []

    def owed_cents(self, entity: int) -> int:
        return 100

    def ask(self, time_us: int, entity: int, cents: int, name: str, why: str) -> int:
        self.by.append(name)
        return cents


def withdrawals(names: list[str], fear: float, hours: int, seed: int = 1) -> list[list[str]]:
    found = []
    for hour in range(hours):
        till = Asked()
        firms = [(name, code) for code, name in enumerate(names)]
        FirmWithdrawals(seed, firms, 1.5, till).decide(NOON_US + hour * HOUR_US, fear)
        found.append(till.by)
    return found


def test_the_hourly_rate_at_which_a_firm_withdraws_is_proportional_to_fear():
    names, hours = [f"Firm{i:02}" for i in range(40)], 100
    for fear in (0.1, 2.0):
        chance = 1 - math.exp(-1.5 * fear / 24)
        n = sum(map(len, withdrawals(names, fear, hours)))
        draws = len(names) * hours
        assert abs(n - draws * chance) < 3 * math.sqrt(draws * chance * (1 - chance))
    assert not any(withdrawals(names, 0.0, hours))


def test_the_hours_in_which_a_firm_withdraws_do_not_depend_on_other_firms():
    alone = withdrawals(["Firm03"], 2.0, 200)
    among = withdrawals(["Firm07", "Firm03", "Firm01"], 2.0, 200)

    assert [["Firm03"] if "Firm03" in by else [] for by in among] == alone
    assert 0 < sum(map(len, alone)) < 200
