"""Shapley values equal known solutions, and have the required properties in random games."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.attribution.shapley import Added, coalitions, exact, on_the_way, orders, sampled

CAUSES = ("a", "b", "c", "d")
WORTH = st.fractions(-100, 100, max_denominator=50)


@st.composite
def games(draw: st.DrawFn) -> dict[frozenset[str], Fraction]:
    """Draw a value for every coalition (set of causes)."""
    return {coalition: draw(WORTH) for coalition in coalitions(CAUSES)}


def test_the_only_left_glove_in_a_game_with_two_right_gloves_has_two_thirds_of_the_value():
    """A pair of gloves is worth 1. Each of the two right gloves has the value 1/6."""
    gloves = ("left", "right", "other right")
    values = {each: Fraction("left" in each and len(each) > 1) for each in coalitions(gloves)}

    found = exact(gloves, values)

    assert [found[glove].value for glove in gloves] == [Fraction(2, 3), *[Fraction(1, 6)] * 2]


def test_all_users_of_a_part_of_a_runway_share_the_cost_of_this_part_equally():
    """All aircraft use the first part of a runway, and large aircraft also use later parts.

    Source: Littlechild & Owen (1973).
    """
    length = {"a": 1, "b": 3, "c": 3, "d": 8}
    values = {each: Fraction(max(map(length.get, each), default=0)) for each in coalitions(CAUSES)}

    found = exact(CAUSES, values)

    first, second, third = Fraction(1, 4), Fraction(2, 3), Fraction(5)
    ends = [first, first + second, first + second, first + second + third]
    assert [found[cause].value for cause in CAUSES] == ends


@given(games())
def test_shapley_values_sum_to_the_value_of_all_causes_together_less_the_value_without_causes(
    values: dict[frozenset[str], Fraction],
):
    added = values[frozenset(CAUSES)] - values[frozenset()]

    assert sum(share.value for share in exact(CAUSES, values).values()) == added
    drawn = orders(CAUSES, 6, seed=1)
    assert sum(share.value for share in sampled(drawn, values).values()) == added


@given(games(), WORTH)
def test_a_cause_that_adds_the_same_amount_to_each_coalition_has_this_amount_as_its_value(
    values: dict[frozenset[str], Fraction], worth: Fraction
):
    for coalition in coalitions(CAUSES[1:]):
        values[coalition | {"a"}] = values[coalition] + worth

    assert exact(CAUSES, values)["a"] == Added(worth)
    assert sampled(orders(CAUSES, 4, seed=1), values)["a"] == Added(worth, 0.0)


def test_errors_of_sampled_values_agree_with_their_standard_errors():
    """Over forty seeds, the mean of (error / standard error) squared is near one."""
    values = {each: Fraction(len(each) ** 2 * (1 + ("a" in each))) for each in coalitions(CAUSES)}
    truth = exact(CAUSES, values)["a"].value

    found = [sampled(orders(CAUSES, 40, seed), values)["a"] for seed in range(40)]

    off = [float(share.value - truth) / share.error for share in found]
    spread = sum(each**2 for each in off) / len(off)
    assert abs(spread - 1) < 3 * math.sqrt(2 / len(off))
    assert abs(sum(off)) / len(off) < 3 / math.sqrt(len(off))


@pytest.mark.parametrize("n", [4, 10])
def test_each_random_order_is_followed_by_its_reverse_and_a_longer_list_begins_with_the_shorter_one(
    n: int,
):
    drawn = orders(CAUSES, n, seed=3)

    assert all(one == other[::-1] for one, other in zip(drawn[::2], drawn[1::2], strict=True))
    assert orders(CAUSES, n + 2, seed=3)[:n] == drawn
    assert {frozenset(order) for order in drawn} == {frozenset(CAUSES)}
    assert [len(each) for each in on_the_way(drawn[0])] == [0, 1, 2, 3, 4]
