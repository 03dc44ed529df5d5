"""A day's recorded volume is as stated, or otherwise an equal part of the month's volume."""

from datetime import date

import pytest

from des.clock import DAY_US, SECOND_US, midnight_us
from des.market.volume_by_month import VolumeByMonth
from des.scenario import DayVolume, MonthVolume

APRIL, MAY = MonthVolume(month="2022-04", usd=3e9), MonthVolume(month="2022-05", usd=3.1e9)
NINTH = DayVolume(day=date(2022, 5, 9), usd=5e8)
VOLUME = VolumeByMonth((APRIL, MAY), (NINTH,))


@pytest.mark.parametrize(
    ("day", "usd"), [((4, 30), 1e8), ((5, 1), 1e8), ((5, 9), 5e8), ((5, 10), 1e8)]
)
def test_a_day_has_its_stated_volume_or_otherwise_an_equal_part_of_the_months_volume(day, usd):
    begin_us = midnight_us(date(2022, *day))

    for time_us in (begin_us, begin_us + DAY_US - 1):
        assert VOLUME.usd_of_day(time_us) == pytest.approx(usd)
        assert VOLUME.usd_per_s(time_us) * DAY_US / SECOND_US == pytest.approx(usd)


def test_the_volume_of_a_day_is_unknown_if_its_month_is_not_stated():
    assert VOLUME.usd_per_s(midnight_us(date(2022, 6, 1))) is None
    assert VOLUME.usd_of_day(midnight_us(date(2022, 3, 31))) is None
