"""Rounds a decided size to whole lots, up or down at random, so that the mean size is unchanged.

The lots of this model are larger than a real venue's lots, because one tick on one lot must be
worth a whole number of cents. If a maker always rounded a tenth of a lot up to one lot, the maker
would show ten times as much as decided.
"""

from dataclasses import dataclass

from des.chance import decision_key, mix
from des.scenario import Maker, Market


@dataclass(frozen=True, slots=True)
class WholeLots:
    """The rounding of decided sizes in one market. Stated sizes are not rounded here."""

    # The key of the random draws. None: sizes are stated, and the plan of quotes rounds them up.
    key: int | None = None

    @classmethod
    def of(cls, seed: int, market: Market, maker: Maker) -> "WholeLots":
        """Return the rounding of sizes in one market.

        Sizes that a base run decided are rounded too.
        """
        decides = maker.quoting.policy != "stated" or market.quoter.decided
        return cls.of_decisions(seed, market.name) if decides else AS_STATED

    @classmethod
    def of_decisions(cls, seed: int, market: str) -> "WholeLots":
        """Return the rounding of decided sizes in one market."""
        return cls(decision_key(seed, "whole lots", market))

    def cents(self, size_cents: int, lot_cents: int, time_us: int) -> int:
        """Return the size in cents that the maker shows from *time_us* on.

        Args:
            size_cents: the size before rounding.
            lot_cents: the value of a lot.
            time_us: the time from which the size is shown. It selects the random draw.
        """
        if self.key is None:
            return size_cents
        lots, rest_cents = divmod(size_cents, lot_cents)
        # A hash is a whole number below 2^64, so the probability of rounding up is
        # rest_cents / lot_cents.
        rounds_up = int(mix(self.key, time_us)) * lot_cents < rest_cents << 64
        return (lots + rounds_up) * lot_cents


AS_STATED = WholeLots()
