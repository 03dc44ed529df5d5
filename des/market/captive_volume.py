"""How much of a market's recorded volume comes to the captive maker's quotes: inputs, not results.

Its share of the volume is an input, and so is the part of that share which is uninformed.
"""

from des.market.recorded_volume import RecordedVolume
from des.scenario import Maker
from ledger.times import day_of


class CaptiveVolume:
    """The captive maker's part of the recorded volume of one market, in dollars."""

    def __init__(self, recorded: RecordedVolume, maker: Maker) -> None:
        self._recorded, self._maker = recorded, maker

    def usd_per_s(self, time_us: int) -> float:
        """Return the rate at which it means to trade."""
        return self._recorded.usd_per_s(time_us) * self._maker.volume_share_on(day_of(time_us))

    def uninformed_usd_per_s(self, time_us: int) -> float:
        """Return the rate of what retail customers trade with it."""
        share = self._maker.volume_share_on(day_of(time_us)) * self._maker.uninformed_fraction
        return self._recorded.usd_per_s(time_us) * share
