"""The recorded volume of a market on the house venue: of each month, and of days unlike it."""

import calendar

from des.clock import DAY_US, SECOND_US, midnight_us
from des.scenario import Market
from ledger.times import day_of

DAY_S = DAY_US // SECOND_US


class RecordedVolume:
    """What was traded of one market, by whomever's quotes; rates are in dollars per second."""

    def __init__(self, market: Market) -> None:
        self._of_month = {}
        for volume in market.volume:
            year, month = map(int, volume.month.split("-"))
            days = calendar.monthrange(year, month)[1]
            self._of_month[year, month] = volume.usd / (days * DAY_US / SECOND_US)
        self._of_day = {volume.day: volume.usd / DAY_S for volume in market.volume_of_days}

    def usd_per_s(self, time_us: int) -> float:
        """Return the rate on a day: its own, or that of its month."""
        day = day_of(time_us)
        of_month = self._of_month[day.year, day.month]
        return self._of_day.get(day, of_month)

    def usd(self, start_us: int, end_us: int) -> float:
        """Return the volume of whole days in one month."""
        first = day_of(start_us)
        of_month = self._of_month[first.year, first.month]
        unlike = [
            usd_per_s - of_month
            for day, usd_per_s in self._of_day.items()
            if start_us <= midnight_us(day) < end_us
        ]
        return of_month * (end_us - start_us) / SECOND_US + sum(unlike) * DAY_S
