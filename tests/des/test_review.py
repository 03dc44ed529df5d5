"""When quoting on the lead venue stops paying: shut off if independent, move in if captive."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.treasury.review import MonthlyReview

SHOWN = 800_000
LOSS, GAIN = -1, 1


def reviewed(policy: str | None, months: list[int], shown: int = SHOWN) -> MonthlyReview:
    review = MonthlyReview(policy, shown)
    for result in months:
        review.close_month(result)
    return review


def test_an_independent_firm_halves_what_it_shows_and_shuts_off_below_an_eighth():
    review = MonthlyReview("independent", SHOWN)
    history = [(review.close_month(LOSS), review.lead_quote_cents) for _ in range(4)]

    assert history == [
        ("sizes down", SHOWN // 2),
        ("sizes down", SHOWN // 4),
        ("sizes down", SHOWN // 8),
        ("shuts off", 0),
    ]


def test_a_captive_maker_takes_its_quotes_to_the_house_venue_at_once():
    review = MonthlyReview("captive", SHOWN)
    assert (review.lead_quote_cents, review.on_house) == (SHOWN, False)

    assert review.close_month(LOSS) == "moves to the house venue"
    assert (review.lead_quote_cents, review.on_house) == (0, True)


@pytest.mark.parametrize("policy", ["captive", "independent", None])
@pytest.mark.parametrize("result", [0, GAIN])
def test_who_does_not_lose_goes_on_as_before(policy, result):
    review = MonthlyReview(policy, SHOWN)

    assert review.close_month(result) is None
    assert review.lead_quote_cents == SHOWN
    assert review.on_house == (policy is None)


results = st.lists(st.integers(-5, 5), max_size=24)


@given(months=results)
def test_without_a_policy_it_quotes_on_both_venues_and_nothing_ever_changes(months):
    review = reviewed(None, months)

    assert (review.lead_quote_cents, review.on_house) == (SHOWN, True)
    assert review.close_month(LOSS) is None


@given(months=results)
def test_an_independent_firm_never_comes_to_the_house_and_only_losses_change_what_it_shows(months):
    losses = sum(result < 0 for result in months)

    review = reviewed("independent", months)
    assert not review.on_house
    assert review.lead_quote_cents == (SHOWN >> losses if losses < 4 else 0)


@given(months=results)
def test_a_captive_maker_is_on_one_venue_at_a_time_and_moves_with_its_first_loss(months):
    review = reviewed("captive", months)

    assert review.on_house == any(result < 0 for result in months)
    assert review.lead_quote_cents == (0 if review.on_house else SHOWN)


@pytest.mark.parametrize("policy", ["captive", "independent"])
def test_what_is_decided_is_final(policy):
    review = reviewed(policy, [LOSS] * 4)
    at_the_end = (review.lead_quote_cents, review.on_house)

    assert [review.close_month(result) for result in (LOSS, GAIN, LOSS)] == [None] * 3
    assert (review.lead_quote_cents, review.on_house) == at_the_end


@given(shown=st.integers(1, 10**14))
def test_every_size_is_shut_off_in_the_end_and_never_grows(shown):
    review = MonthlyReview("independent", shown)
    sizes = [shown]
    while review.lead_quote_cents:
        review.close_month(LOSS)
        sizes.append(review.lead_quote_cents)

    assert all(2 * after <= before for before, after in pairwise(sizes))
    assert len(sizes) <= 5
