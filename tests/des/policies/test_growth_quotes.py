"""The policy `growth` multiplies the last displayed size by target share / achieved share."""

from datetime import date

import pytest
from as_stated import AsStated
from hypothesis import given
from hypothesis import strategies as st

from des.clock import midnight_us
from des.policies.growth_quotes import STEP, STEP_MAX, GrowthQuotes
from des.policies.monthly_quotes import Decided, MonthlyQuotes, Outlook, SeenMonth
from des.policies.shown_limit import ShownLimit
from des.scenario import MakerQuoting

FIRST = MonthlyQuotes(2.5, 1_000_00)
MOST_CENTS = 50_000_00
LIMIT = ShownLimit(MOST_CENTS, "a limit")


GROWTH = GrowthQuotes(
    AsStated(FIRST), rules=MakerQuoting(policy="growth", target_share=0.2), limit=LIMIT
)


def seen(traded: int, own: int, showed_cents: int = 1_000_00) -> SeenMonth:
    showed = MonthlyQuotes(2.5, showed_cents)
    promised = Outlook(result_cents=2 * own, volume_cents=4 * own)
    return SeenMonth(30, traded, own, 0, showed, (promised,))


def test_the_growth_policy_displays_the_stated_size_after_a_month_without_quotes():
    """A month without quotes is possible: a market may be listed before the maker quotes there."""
    nothing = SeenMonth(30, 10**6, 0, 0, MonthlyQuotes(2.5, 0), (Outlook(0, 0),))

    assert GROWTH.decide(0, nothing) == Decided(FIRST)


def test_the_growth_policy_displays_the_stated_size_before_any_observation():
    assert GROWTH.decide(0, None) == Decided(FIRST)


@pytest.mark.parametrize(
    ("own", "shown_cents", "held_by"),
    [
        (200, 1_000_00, ""),  # the achieved share equals the target share
        (100, 2_000_00, ""),  # the achieved share is half of the target share
        (400, 500_00, ""),  # the achieved share is twice the target share
        # the achieved share is a twentieth of the target, but the size only quadruples
        (10, 4_000_00, STEP),
        # the achieved share is five times the target, but the size falls only to a quarter
        (1_000, 250_00, STEP),
    ],
)
def test_the_size_is_multiplied_by_target_share_divided_by_achieved_share_within_monthly_limits(
    own, shown_cents, held_by
):
    decided = GROWTH.decide(0, seen(1_000, own))

    assert decided.quotes == MonthlyQuotes(2.5, shown_cents)
    assert decided.held_by == held_by


def test_the_planned_volume_and_the_planned_result_are_proportional_to_the_displayed_size():
    """The size doubles. The maker's volume was 100 cents, so the planned volume is 200 cents.

    In the maker's simulation the result is half of the volume, so the planned result is 100 cents.
    """
    assert GROWTH.decide(0, seen(1_000, 100)).planned == Outlook(100, 200)


def test_the_target_share_is_the_share_stated_for_the_day_of_the_decision():
    steps = ({"since": date(2022, 5, 1), "share": 0.1},)
    rules = MakerQuoting.model_validate(
        {"policy": "growth", "target_share": 0.4, "target_share_steps": steps}
    )
    growth, had_a_fifth = GrowthQuotes(AsStated(FIRST), rules, LIMIT), seen(1_000, 200)

    shown = [
        growth.decide(midnight_us(date(2022, month, 1)), had_a_fifth).quotes.shown_cents
        for month in (4, 5)
    ]

    assert shown == [2_000_00, 500_00]


@pytest.mark.parametrize("traded", [0, 1_000])
def test_the_growth_policy_does_not_change_the_quotes_after_a_month_without_fills_of_the_maker(
    traded,
):
    month = seen(traded, 0)

    assert GROWTH.decide(0, month) == Decided(month.showed, month.promised[0])


def test_the_size_decided_by_the_growth_policy_is_at_most_the_limit_and_never_zero():
    held = GROWTH.decide(0, seen(1_000, 1, 40_000_00))
    assert (held.quotes.shown_cents, held.held_by) == LIMIT
    assert GROWTH.decide(0, seen(1_000, 1_000, 1)).quotes.shown_cents == 1


@given(months=st.lists(st.tuples(st.integers(0, 10**15), st.floats(0, 1)), min_size=1, max_size=40))
def test_any_sequence_of_observations_keeps_the_size_and_its_changes_within_limits(months):
    quotes = FIRST
    for traded, share in months:
        before = quotes.shown_cents
        quotes = GROWTH.decide(0, seen(traded, int(traded * share), before)).quotes

        assert 1 <= quotes.shown_cents <= MOST_CENTS
        assert before // STEP_MAX <= quotes.shown_cents <= before * STEP_MAX
        assert quotes.half_spread_bps == FIRST.half_spread_bps
