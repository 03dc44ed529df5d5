"""The recorded volume: a day told by name is what it says, all others are their month's share."""

from datetime import date

import pytest

from des.clock import DAY_US, SECOND_US, midnight_us
from des.market.recorded_volume import RecordedVolume
from des.scenario import DayVolume, MonthVolume
from runs.scenarios import load

TINY = load("tiny").markets[0]
APRIL, MAY = MonthVolume(month="2022-04", usd=3e9), MonthVolume(month="2022-05", usd=3.1e9)
NINTH = DayVolume(day=date(2022, 5, 9), usd=5e8)
MARKET = TINY.model_copy(update={"volume": (APRIL, MAY), "volume_of_days": (NINTH,)})
VOLUME = RecordedVolume(MARKET)


@pytest.mark.parametrize(
    ("day", "usd"), [((4, 30), 1e8), ((5, 1), 1e8), ((5, 9), 5e8), ((5, 10), 1e8)]
)
def test_a_day_has_its_own_volume_or_its_months_share_from_first_to_last_second(day, usd):
    begin_us = midnight_us(date(2022, *day))

    for time_us in (begin_us, begin_us + DAY_US - 1):
        assert VOLUME.usd_per_s(time_us) * DAY_US / SECOND_US == pytest.approx(usd)


@pytest.mark.parametrize(("begin", "end"), [(1, 32), (1, 9), (9, 10), (10, 32), (5, 12)])
def test_days_together_have_what_each_of_them_has(begin, end):
    first_us = midnight_us(date(2022, 5, 1))
    days_us = [first_us + (day - 1) * DAY_US for day in range(begin, end)]

    each = [VOLUME.usd_per_s(day_us) * DAY_US / SECOND_US for day_us in days_us]
    together = VOLUME.usd(days_us[0], days_us[-1] + DAY_US)
    assert together == pytest.approx(sum(each))
