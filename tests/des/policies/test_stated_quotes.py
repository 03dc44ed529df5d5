"""The policy `stated` displays the stated size, or a stated share of the recorded depth."""

from datetime import date

import pytest

from des.clock import midnight_us
from des.policies.monthly_quotes import Decided, MonthlyQuotes, Outlook, SeenMonth
from des.policies.stated_quotes import StatedQuotes
from des.scenario import Maker, Market
from runs.scenarios import load

TINY = load("tiny")
MAY, JUNE = midnight_us(date(2022, 5, 9)), midnight_us(date(2022, 6, 1))


def stated(quoter: dict, maker: dict | None = None, depth: tuple[dict, ...] = ()) -> StatedQuotes:
    market = TINY.markets[0].model_dump(exclude_none=True)
    del market["quoter"]["displayed_usd"]
    market |= {"quoter": market["quoter"] | quoter, "depth": depth}
    whole = TINY.maker.model_dump(exclude_none=True) | (maker or {})
    return StatedQuotes(Market.model_validate(market), Maker.model_validate(whole))


def test_a_new_stated_size_is_displayed_from_its_stated_day_on():
    steps = ({"since": date(2022, 6, 1), "usd": 2_000.5},)
    quotes = stated({"displayed_usd": 7_000, "displayed_usd_steps": steps})

    assert quotes.decide(MAY, None).quotes == MonthlyQuotes(8.0, 7_000_00)
    assert quotes.decide(JUNE, None).quotes == MonthlyQuotes(8.0, 2_000_50)


@pytest.mark.parametrize(("levels", "reach_bps"), [(1, 8), (3, 12)])
def test_all_levels_together_display_the_stated_share_of_the_depth_up_to_the_last_level(
    levels, reach_bps
):
    """The depth within a distance of the mid is `usd_per_bp` times this distance."""
    depth = ({"since": date(2022, 5, 1), "usd_per_bp": 30_000.0},)
    ladder = {"levels": levels, "level_step_bps": 2.0}
    steps = ({"since": date(2022, 6, 1), "share": 0.5},)
    quotes = stated(ladder, {"depth_share": 0.1, "depth_share_steps": steps}, depth)

    for now_us, share in ((MAY, 0.1), (JUNE, 0.5)):
        shown_usd = quotes.decide(now_us, None).quotes.shown_cents / 100
        assert shown_usd * levels == pytest.approx(share * 30_000 * reach_bps)


def test_a_maker_with_a_share_of_the_depth_displays_nothing_if_the_depth_is_zero():
    depth = tuple(
        {"since": since, "usd_per_bp": usd}
        for since, usd in ((date(2022, 5, 1), 0.0), (date(2022, 6, 1), 1_000.0))
    )
    quotes = stated({}, {"depth_share": 1.0}, depth)

    assert quotes.decide(MAY, None).quotes.shown_cents == 0
    assert quotes.decide(JUNE, None).quotes.shown_cents == 8_000_00


def test_planned_result_and_volume_are_the_last_prediction_scaled_to_the_new_size():
    steps = ({"since": date(2022, 6, 1), "usd": 2_000.0},)
    quotes = stated({"displayed_usd": 8_000, "displayed_usd_steps": steps})
    promised = (Outlook(result_cents=-400, volume_cents=100_000),)
    seen = SeenMonth(23, 10**6, 10**5, 0, MonthlyQuotes(8.0, 8_000_00), promised)

    assert quotes.decide(MAY, None).planned is None
    assert quotes.decide(JUNE, seen) == Decided(
        MonthlyQuotes(8.0, 2_000_00), Outlook(result_cents=-100, volume_cents=25_000)
    )
