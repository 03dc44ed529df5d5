"""The maker's own simulations in another process, in parallel with the simulation of the world.

The maker's simulation depends on the lead price, the decided quotes and the volume of earlier
hours. The world needs the result only on the first of the next month. So the maker's simulation
runs in parallel with the world.
"""

from collections.abc import Sequence

from des.quoting.belief import OwnPrediction
from des.quoting.plan import QuotingPolicy
from ledger.other_process import OtherProcess


class SimulatedElsewhere:
    """Passes calls to the maker's simulation of one market, which runs in another process."""

    def __init__(self, process: OtherProcess, market: int) -> None:
        self._process, self._market = process, market

    def begin_month(self, considered: Sequence[tuple[QuotingPolicy, int]]) -> None:
        """Start the next month, without waiting."""
        self._process.call("begin_month", self._market, considered)

    def imagine(self, hour_us: int, usd_per_s: float, stands_for: int) -> None:
        """Simulate the first minutes of an hour, without waiting for the result."""
        self._process.call("imagine", self._market, hour_us, usd_per_s, stands_for)

    def promised(self) -> list[tuple[int, int]]:
        """Wait for the simulation of the month so far, and return its results and volumes."""
        promised: list[tuple[int, int]] = self._process.result("promised", self._market)
        return promised


class Simulations:
    """The maker's simulations of all markets, as they run in the other process."""

    def __init__(self, of_markets: Sequence[OwnPrediction]) -> None:
        self._of_markets = of_markets

    def begin_month(self, market: int, considered: Sequence[tuple[QuotingPolicy, int]]) -> None:
        """Start the next month in the simulation of one market."""
        self._of_markets[market].begin_month(considered)

    def imagine(self, market: int, hour_us: int, usd_per_s: float, stands_for: int) -> None:
        """Simulate the first minutes of an hour in one market."""
        self._of_markets[market].imagine(hour_us, usd_per_s, stands_for)

    def promised(self, market: int) -> list[tuple[int, int]]:
        """Return the predicted results and volumes in one market."""
        return self._of_markets[market].promised()
