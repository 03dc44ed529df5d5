"""Firms of a class are drawn from the stated distributions.

Statistical tests allow a deviation of three standard errors. Seeds are fixed, so a test always
gives the same result.
"""

import math
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.firms.population import trading_firms
from des.scenario import FIRMS_MAX, Firm, FirmClass, Firms, Scenario
from runs.scenarios import load

TINY = load("tiny")
NAMED = TINY.firms.members  # Firm01 and Firm02


def some(category: str = "pro", trading: int = 5, **changes) -> FirmClass:
    usual = {
        "reaction_ms_median": 40.0,
        "reaction_log_sd": 0.7,
        "capital_usd_median": 15e6,
        "capital_log_sd": 0.5,
        "hurdle_bps": 1.0,
        "order_share": 0.02,
    }
    return FirmClass(category=category, trading=trading, **(usual | changes))


def world(*classes: FirmClass, members: tuple[Firm, ...] = (), seed: int = 1) -> Scenario:
    run = TINY.run.model_copy(update={"seed": seed})
    return TINY.model_copy(update={"run": run, "firms": Firms(members=members, classes=classes)})


def drawn(*classes: FirmClass, seed: int = 1) -> tuple[Firm, ...]:
    return trading_firms(world(*classes, seed=seed))


def nameless(firms: Iterable[Firm]) -> Counter[tuple[str | None, float, float]]:
    """Count the firms with each combination of class, reaction time and capital."""
    return Counter((firm.category, firm.reaction_ms, firm.capital_usd) for firm in firms)


# ---- the distributions


def assert_lognormal(drawn_values: list[float], median: float, log_sd: float) -> None:
    """Assert that values look lognormal, with this median and this standard deviation of logs.

    For n logs with standard deviation sd, the standard error of their mean is sd / sqrt(n). The
    standard error of their standard deviation is sd / sqrt(2 * n).
    """
    logs, n = np.log(drawn_values), len(drawn_values)
    assert abs(logs.mean() - math.log(median)) < 3 * log_sd / math.sqrt(n)
    assert abs(logs.std(ddof=1) - log_sd) < 3 * log_sd / math.sqrt(2 * n)
    # On average, one in twenty normal draws is more than 1.96 standard deviations from the mean.
    outside = np.mean(np.abs(logs - math.log(median)) > 1.96 * log_sd)
    assert abs(outside - 0.05) < 3 * math.sqrt(0.05 * 0.95 / n)


def test_speeds_and_capitals_drawn_with_one_seed_have_the_stated_distributions():
    firms = drawn(some(trading=FIRMS_MAX))

    assert len(firms) == FIRMS_MAX
    assert_lognormal([firm.reaction_ms for firm in firms], 40, 0.7)
    assert_lognormal([firm.capital_usd for firm in firms], 15e6, 0.5)


def test_speeds_and_capitals_drawn_with_many_seeds_have_the_stated_distributions():
    firms = [firm for seed in range(500) for firm in drawn(some(trading=1), seed=seed)]

    assert_lognormal([firm.reaction_ms for firm in firms], 40, 0.7)
    assert_lognormal([firm.capital_usd for firm in firms], 15e6, 0.5)


def test_speeds_and_capitals_are_uncorrelated_within_a_class_and_between_classes():
    """The standard error of the correlation of n independent pairs is 1 / sqrt(n).

    The pairs are: speed and capital of one firm; speeds of two firms of different classes; capitals
    of two firms of different classes; speeds of two consecutive firms of one class.
    """
    n = FIRMS_MAX // 2
    speed, capital = {}, {}
    for category in ("pro", "larp"):
        firms = drawn(some(category, trading=n))
        speed[category] = np.log([firm.reaction_ms for firm in firms])
        capital[category] = np.log([firm.capital_usd for firm in firms])

    for one, other in (
        (speed["pro"], capital["pro"]),
        (speed["pro"], speed["larp"]),
        (capital["pro"], capital["larp"]),
        (speed["pro"][1:], speed["pro"][:-1]),
    ):
        assert abs(np.corrcoef(one, other)[0, 1]) < 3 / math.sqrt(n)


def test_all_firms_have_the_median_speed_and_capital_if_the_standard_deviations_are_zero():
    firms = drawn(some(reaction_log_sd=0.0, capital_log_sd=0.0))

    assert {(firm.reaction_ms, firm.capital_usd) for firm in firms} == {(40.0, 15e6)}


def test_volume_and_quotes_of_a_firm_are_its_drawn_capital_times_the_stated_shares():
    each = some(
        fee_discount=0.6,
        leverage_max=2.0,
        lead_share=0.4,
        volume_30d_share=8.0,
        lead_quotes_share=0.01,
        hurdle_bps=2,
    )
    for firm in drawn(each):
        assert (firm.order_share, firm.fee_discount) == (0.02, 0.6)
        assert firm.volume_30d_usd == pytest.approx(8 * firm.capital_usd)
        assert firm.lead_quotes_usd == pytest.approx(0.01 * firm.capital_usd)
        assert (firm.leverage_max, firm.lead_share, firm.hurdle_bps) == (2.0, 0.4, 2.0)
        assert round(firm.capital_usd, 2) == firm.capital_usd  # whole cents
        assert round(firm.reaction_ms, 3) == firm.reaction_ms  # whole microseconds


# ---- names and classes


def test_named_firms_precede_drawn_firms_and_are_unchanged():
    firms = trading_firms(world(some(trading=3), members=NAMED))

    assert firms[:2] == NAMED
    assert [firm.name for firm in firms[2:]] == ["Firm03", "Firm04", "Firm05"]


def test_a_world_without_classes_or_with_an_empty_class_has_only_the_named_firms():
    assert trading_firms(TINY) == NAMED
    assert drawn(some(trading=0)) == ()


@pytest.mark.parametrize("others", [(), (some("larp", 7),)], ids=["alone", "among others"])
def test_a_class_keeps_its_five_firms_if_four_firms_are_added(others):
    small, large = drawn(some(trading=5), *others), drawn(some(trading=9), *others)

    assert len(small) + 4 == len(large)
    assert nameless(small) < nameless(large)


def test_the_draws_of_a_class_do_not_depend_on_other_classes_or_on_named_firms():
    alone = nameless(drawn(some()))
    company = world(some("larp"), some(), some("mid-tier"), members=NAMED)

    assert nameless(f for f in trading_firms(company) if f.category == "pro") == alone


def test_waiting_firms_are_the_last_firms_of_their_class():
    firms = drawn(some(trading=3, waiting=4))

    assert nameless(f for f in firms if not f.waiting) == nameless(drawn(some(trading=3)))
    assert nameless(firms) == nameless(drawn(some(trading=7)))
    assert sum(firm.waiting for firm in firms) == 4


def test_another_seed_gives_other_firms():
    assert not nameless(drawn(some(), seed=1)) & nameless(drawn(some(), seed=2))


def test_a_firms_name_does_not_depend_on_its_class():
    """Class pro has one firm, and there are four names.

    On average the firm has each name in a quarter of n seeds. The standard error of this share is
    sqrt(3 / (16 * n)).
    """
    n = 400
    pros = Counter()
    for seed in range(n):
        firms = drawn(some("pro", trading=1), some("larp", trading=2, waiting=1), seed=seed)
        assert [firm.name for firm in firms] == ["Firm01", "Firm02", "Firm03", "Firm04"]
        pros.update(firm.name for firm in firms if firm.category == "pro")

    for name in ("Firm01", "Firm02", "Firm03", "Firm04"):
        assert abs(pros[name] / n - 1 / 4) < 3 * math.sqrt(3 / 16 / n)


def test_a_firms_name_does_not_depend_on_whether_it_waits():
    """One of two firms waits. On average this firm has the first name in half of n seeds.

    The standard error of this share is 1 / sqrt(4 * n).
    """
    n = 400
    waits = sum(drawn(some(trading=1, waiting=1), seed=seed)[0].waiting for seed in range(n))

    assert abs(waits / n - 1 / 2) < 3 / math.sqrt(4 * n)


# ---- extreme values


extremes = st.builds(
    FirmClass,
    category=st.just("pro"),
    trading=st.integers(1, 3),
    reaction_ms_median=st.sampled_from([0.0, 60_000.0]) | st.floats(0, 60_000),
    reaction_log_sd=st.floats(0, 3),
    capital_usd_median=st.sampled_from([0.01, 1e12]) | st.floats(0.01, 1e12),
    capital_log_sd=st.floats(0, 3),
    hurdle_bps=st.just(1.0),
    order_share=st.sampled_from([1e-12, 1.0]) | st.floats(0, 1, exclude_min=True),
    lead_share=st.sampled_from([0.0, 1.0]),
    leverage_max=st.sampled_from([1.0, 100.0]),
    volume_30d_share=st.sampled_from([0.0, 1_000.0]),
    lead_quotes_share=st.sampled_from([0.0, 1.0]),
)


@given(each=extremes, seed=st.integers(0, 2**32 - 1))
def test_a_drawn_firm_can_be_stated_as_a_named_firm_in_a_scenario(each, seed):
    firms = drawn(each, seed=seed)

    again = Firms.model_validate({"members": tuple(firm.model_dump() for firm in firms)})
    assert again.members == firms


@pytest.mark.parametrize("key", [0, 2**64 - 1])
def test_the_smallest_and_the_largest_random_numbers_give_finite_draws(monkeypatch, key):
    monkeypatch.setattr("des.firms.population.decision_key", lambda *_: key)

    (firm,) = drawn(some(trading=1, reaction_log_sd=0.1))

    assert math.log(firm.reaction_ms / 40) == pytest.approx(0.8 * (1 if key else -1), abs=0.03)
