"""Believed: the quotes with the best prediction on a small grid around the last, within limits."""

import pytest
from as_stated import AsStated
from hypothesis import given
from hypothesis import strategies as st

from des.policies.believed_quotes import BelievedQuotes
from des.policies.monthly_quotes import Decided, MonthlyQuotes, Outlook, SeenMonth
from des.policies.shown_limit import ShownLimit
from des.scenario import SPREAD_TIMES_MAX

FIRST = MonthlyQuotes(8.0, 1_000_00)
MOST_CENTS = 3_000_00
LIMIT = ShownLimit(MOST_CENTS, "a limit")


BELIEVED = BelievedQuotes(AsStated(FIRST), stated_half_spread_bps=8.0, limit=LIMIT)


def seen(showed: MonthlyQuotes, *results: int, traded: int = 10**9) -> SeenMonth:
    """Return a month in which each candidate has a predicted result."""
    promised = [Outlook(result, 7) for result in results]
    return SeenMonth(30, traded, 10**8, 10**7, showed, promised)


def test_if_nothing_was_displayed_growth_begins_with_the_stated_size():
    """A market may be listed long before the maker shows quotes in it."""
    nothing = SeenMonth(30, 10**6, 0, 0, MonthlyQuotes(2.5, 0), (Outlook(0, 0),))

    assert BELIEVED.decide(0, nothing) == Decided(FIRST)


def test_before_any_observation_it_displays_the_stated_size():
    assert BELIEVED.decide(0, None) == Decided(FIRST)


def test_the_candidates_are_the_displayed_size_and_a_step_to_each_side():
    first, *others = BELIEVED.considers(FIRST)

    assert first == FIRST
    assert {round(each.half_spread_bps, 2) for each in (first, *others)} == {5.66, 8.0, 11.31}
    assert {each.shown_cents for each in (first, *others)} == {500_00, 1_000_00, 2_000_00}
    assert len({first, *others}) == 9


@pytest.mark.parametrize("best", range(9))
def test_the_candidate_with_the_best_prediction_wins_and_is_the_plan(best):
    results = [-5] * 9
    results[best] = 3
    decided = BELIEVED.decide(0, seen(FIRST, *results))

    assert decided == Decided(BELIEVED.considers(FIRST)[best], Outlook(3, 7))


def test_if_all_candidates_have_the_same_prediction_nothing_changes():
    assert BELIEVED.decide(0, seen(FIRST, *[0] * 9)).quotes == FIRST


def test_without_trades_no_prediction_changes_the_quotes():
    decided = BELIEVED.decide(0, seen(FIRST, *range(9), traded=0))

    assert decided == Decided(FIRST, Outlook(0, 7))


def test_a_stated_size_beyond_the_limit_is_displayed_for_one_month_only():
    large = MonthlyQuotes(8.0, 9_000_00)
    considered = BELIEVED.considers(large)
    results = [100, *range(1, len(considered))]

    assert considered[0] == large
    held = BELIEVED.decide(0, seen(large, *results))
    assert (held.quotes.shown_cents, held.held_by) == LIMIT


@given(results=st.lists(st.lists(st.integers(-99, 99), min_size=9, max_size=9), max_size=40))
def test_no_prediction_leads_beyond_the_limits(results):
    quotes = FIRST
    for promised in results:
        considered = BELIEVED.considers(quotes)
        quotes = BELIEVED.decide(0, seen(quotes, *promised[: len(considered)])).quotes

        assert 0 < quotes.shown_cents <= MOST_CENTS
        most = 1.01 * SPREAD_TIMES_MAX
        assert FIRST.half_spread_bps / most <= quotes.half_spread_bps
        assert quotes.half_spread_bps <= FIRST.half_spread_bps * most
