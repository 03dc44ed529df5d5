"""Recorded or stated volume by month, with separate volumes for single days."""

import calendar
from collections.abc import Sequence

from des.clock import DAY_US, SECOND_US
from des.scenario import DayVolume, MonthVolume
from ledger.times import day_of

DAY_S = DAY_US // SECOND_US


class VolumeByMonth:
    """Monthly volumes, spread evenly over each month, and volumes of single days."""

    def __init__(self, months: Sequence[MonthVolume], days: Sequence[DayVolume] = ()) -> None:
        self._of_month = {}
        for volume in months:
            year, month = map(int, volume.month.split("-"))
            self._of_month[year, month] = volume.usd / (calendar.monthrange(year, month)[1] * DAY_S)
        self._of_day = {volume.day: volume.usd / DAY_S for volume in days}

    def usd_per_s(self, time_us: int) -> float | None:
        """Return the volume on the day at *time_us*, in dollars per second.

        The result is based on the day's own volume, if it is known, and otherwise on the month's
        average. The result is None if neither is known.
        """
        day = day_of(time_us)
        return self._of_day.get(day, self._of_month.get((day.year, day.month)))

    def usd_of_day(self, time_us: int) -> float | None:
        """Return the volume of the day at *time_us* in dollars, or None if it is not known."""
        usd_per_s = self.usd_per_s(time_us)
        return None if usd_per_s is None else usd_per_s * DAY_S
