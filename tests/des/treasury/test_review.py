"""An independent maker and a captive maker review their quotes each month."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.treasury.review import Figures, QuoteShares

LOSS, GAIN, EVEN = Figures(-1, -1), Figures(1, 1), Figures(0, 0)

policies = pytest.mark.parametrize("policy", ["captive", "independent"])
months = st.lists(st.integers(-5, 5), max_size=24)


def at_stake(year_cents: int, shares_lose_cents: int | None) -> Figures:
    return Figures(-1, year_cents, shares_lose_cents)


def of_lead(policy: str | None, results: list[int]) -> QuoteShares:
    quotes = QuoteShares(policy, on_lead=True)
    for result in results:
        if quotes.on_lead:
            quotes.review_lead(Figures(result, result))
    return quotes


# ------------------------------------------------------------------------------ the start


@policies
def test_a_maker_with_quotes_on_the_lead_venue_starts_without_quotes_on_the_house(policy):
    quotes = QuoteShares(policy, on_lead=True)

    assert (quotes.on_lead, quotes.on_house) == (1, 0)


@policies
def test_a_maker_that_does_not_quote_on_the_lead_venue_starts_with_quotes_on_the_house(policy):
    assert QuoteShares(policy, on_lead=False).on_house == 1


@pytest.mark.parametrize("on_lead", [True, False])
def test_a_maker_without_a_policy_quotes_on_both_venues(on_lead):
    quotes = QuoteShares(None, on_lead)

    assert (quotes.on_lead, quotes.on_house) == (1, 1)


# --------------------------------------------------------------------------------- independent


@pytest.mark.parametrize("venue", ["lead", "house"])
def test_an_independent_maker_halves_its_size_after_each_of_three_losses_and_stops_at_the_fourth(
    venue,
):
    quotes = QuoteShares("independent", on_lead=venue == "lead")
    review = getattr(quotes, f"review_{venue}")
    history = [(review(LOSS), getattr(quotes, f"on_{venue}")) for _ in range(4)]

    assert history == [
        ("sizes down", 1 / 2),
        ("sizes down", 1 / 4),
        ("sizes down", 1 / 8),
        ("shuts off", 0),
    ]


@given(results=months)
def test_losses_reduce_an_independent_makers_size_but_never_move_its_quotes_to_the_house(results):
    quotes = of_lead("independent", results)
    losses = sum(result < 0 for result in results)

    assert quotes.on_house == 0
    assert quotes.on_lead == (2.0**-losses if losses < 4 else 0)


@given(results=months)
def test_an_independent_maker_never_raises_its_size(results):
    quotes = QuoteShares("independent", on_lead=False)
    shown = [quotes.on_house]
    for result in results:
        quotes.review_house(Figures(result, result))
        shown.append(quotes.on_house)

    assert all(after in (before, before / 2, 0) for before, after in pairwise(shown))


@given(year=st.integers(), shares=st.integers())
def test_an_independent_maker_ignores_the_result_of_the_year_and_the_loss_of_share_value(
    year, shares
):
    quotes = QuoteShares("independent", on_lead=False)

    assert quotes.review_house(Figures(0, year, shares)) == "quotes on"
    assert quotes.review_house(Figures(-1, year, shares)) == "sizes down"


# ------------------------------------------------------------------------------------- captive


def test_a_captive_maker_moves_its_quotes_to_the_house_after_its_first_loss():
    quotes = QuoteShares("captive", on_lead=True)

    assert quotes.review_lead(LOSS) == "moves to the house venue"
    assert (quotes.on_lead, quotes.on_house) == (0, 1)


@given(results=months)
def test_a_captive_maker_never_quotes_on_both_venues_at_the_same_time(results):
    quotes = of_lead("captive", results)

    assert quotes.on_house == any(result < 0 for result in results)
    assert quotes.on_lead == 1 - quotes.on_house


@pytest.mark.parametrize(
    ("year_cents", "shares_lose_cents", "decided"),
    [
        (-99, 100, "quotes on"),
        (-100, 100, "shuts off"),  # the year's loss equals the value that shares would lose
        (-101, 100, "shuts off"),
        (-1, 0, "shuts off"),
        (-1, -50, "shuts off"),  # the shares would gain without quotes
        (0, 0, "quotes on"),  # the year has no loss
        (0, -50, "quotes on"),
        (7, 0, "quotes on"),
        (-(10**15), None, "quotes on"),  # the value of the shares is unknown
    ],
)
def test_a_captive_maker_stops_if_its_quotes_lose_at_least_the_value_that_they_add_to_the_shares(
    year_cents, shares_lose_cents, decided
):
    """The shares are those of the house, and the quotes are those of the maker."""
    quotes = QuoteShares("captive", on_lead=False)

    assert quotes.review_house(at_stake(year_cents, shares_lose_cents)) == decided
    assert quotes.on_house == (decided == "quotes on")


@given(year=st.integers(max_value=-1), shares=st.integers(), more=st.integers(0))
def test_a_captive_maker_that_continues_also_continues_if_shares_would_lose_more_without_quotes(
    year, shares, more
):
    less, rather = QuoteShares("captive", on_lead=False), QuoteShares("captive", on_lead=False)
    less.review_house(at_stake(year, shares))
    rather.review_house(at_stake(year, shares + more))

    assert rather.on_house >= less.on_house


# -------------------------------------------------------------------- independent and captive


@policies
@pytest.mark.parametrize("figures", [EVEN, GAIN])
@pytest.mark.parametrize("venue", ["lead", "house"])
def test_a_maker_without_losses_does_not_change_its_quotes(policy, figures, venue):
    quotes = QuoteShares(policy, on_lead=venue == "lead")

    assert getattr(quotes, f"review_{venue}")(figures) == "quotes on"
    assert getattr(quotes, f"on_{venue}") == 1
