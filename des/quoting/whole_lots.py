"""A decided size in whole lots: rounded up or down by chance, so that its mean is right.

The lots of this model are larger than a venue's, because a tick on a lot must be a whole cent. A
maker that wants a tenth of a lot would show ten times as much if it always rounded up.
"""

from dataclasses import dataclass

from des.chance import decision_key, mix
from des.scenario import Maker, Market


@dataclass(frozen=True, slots=True)
class WholeLots:
    """Rounds the sizes of one market; a stated size is not rounded here."""

    key: int | None = None  # of the draws; None: sizes are stated, and the plan rounds them up

    @classmethod
    def of(cls, seed: int, market: Market, maker: Maker) -> "WholeLots":
        """Read a scenario: decided sizes are rounded, also those that it states for another run."""
        decides = maker.quoting.policy != "stated" or market.quoter.decided
        return cls.of_decisions(seed, market.name) if decides else AS_STATED

    @classmethod
    def of_decisions(cls, seed: int, market: str) -> "WholeLots":
        """Return the rounding of sizes that the maker decides."""
        return cls(decision_key(seed, "whole lots", market))

    def cents(self, size_cents: int, lot_cents: int, time_us: int) -> int:
        """Return the value of the lots to show from *time_us* on.

        Args:
            size_cents: the wanted size.
            lot_cents: the value of a lot.
            time_us: the moment: one moment has one draw.
        """
        if self.key is None:
            return size_cents
        lots, rest_cents = divmod(size_cents, lot_cents)
        # A hash is a whole number below 2^64.
        rounds_up = int(mix(self.key, time_us)) * lot_cents < rest_cents << 64
        return (lots + rounds_up) * lot_cents


AS_STATED = WholeLots()
