"""The policy `believed` chooses the quotes with the best predicted result.

The candidates are the last month's quotes, and quotes with other spreads or sizes.
"""

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
    """Return an observed month with one predicted result for each candidate."""
    promised = [Outlook(result, 7) for result in results]
    return SeenMonth(30, traded, 10**8, 10**7, showed, promised)


def test_the_believed_policy_displays_the_stated_size_after_a_month_without_quotes():
    """A month without quotes is possible: a market may be listed before the maker quotes there."""
    nothing = SeenMonth(30, 10**6, 0, 0, MonthlyQuotes(2.5, 0), (Outlook(0, 0),))

    assert BELIEVED.decide(0, nothing) == Decided(FIRST)


def test_the_believed_policy_displays_the_stated_size_before_any_observation():
    assert BELIEVED.decide(0, None) == Decided(FIRST)


def test_the_nine_candidates_are_at_most_one_step_away_from_the_last_spread_and_size():
    first, *others = BELIEVED.considers(FIRST)

    assert first == FIRST
    assert {round(each.half_spread_bps, 2) for each in (first, *others)} == {5.66, 8.0, 11.31}
    assert {each.shown_cents for each in (first, *others)} == {500_00, 1_000_00, 2_000_00}
    assert len({first, *others}) == 9


@pytest.mark.parametrize("best", range(9))
def test_the_candidate_with_the_best_prediction_is_chosen(best):
    results = [-5] * 9
    results[best] = 3
    decided = BELIEVED.decide(0, seen(FIRST, *results))

    assert decided == Decided(BELIEVED.considers(FIRST)[best], Outlook(3, 7))


def test_the_quotes_do_not_change_if_all_predictions_are_equal():
    assert BELIEVED.decide(0, seen(FIRST, *[0] * 9)).quotes == FIRST


def test_the_quotes_do_not_change_after_a_month_without_trades():
    decided = BELIEVED.decide(0, seen(FIRST, *range(9), traded=0))

    assert decided == Decided(FIRST, Outlook(0, 7))


def test_a_stated_size_above_the_limit_is_reduced_to_the_limit_after_one_month():
    large = MonthlyQuotes(8.0, 9_000_00)
    considered = BELIEVED.considers(large)
    results = [100, *range(1, len(considered))]

    assert considered[0] == large
    held = BELIEVED.decide(0, seen(large, *results))
    assert (held.quotes.shown_cents, held.held_by) == LIMIT


@given(results=st.lists(st.lists(st.integers(-99, 99), min_size=9, max_size=9), max_size=40))
def test_any_sequence_of_predictions_keeps_size_and_spread_within_limits(results):
    quotes = FIRST
    for promised in results:
        considered = BELIEVED.considers(quotes)
        quotes = BELIEVED.decide(0, seen(quotes, *promised[: len(considered)])).quotes

        assert 0 < quotes.shown_cents <= MOST_CENTS
        most = 1.01 * SPREAD_TIMES_MAX
        assert FIRST.half_spread_bps / most <= quotes.half_spread_bps
        assert quotes.half_spread_bps <= FIRST.half_spread_bps * most
