"""The largest size that a policy of the captive maker may choose, and the key that states it."""

from typing import NamedTuple

from des.given import given
from des.scenario import Quoter
from ledger.money import to_cents


class ShownLimit(NamedTuple):
    """The largest size per level in cents, and the key in the scenario that states this limit."""

    cents: int
    key: str


def shown_limit(quoter: Quoter) -> ShownLimit:
    """Return the lower of two limits on the size per level.

    One limit is the stated largest size. The other is the position limit divided by the number of
    levels.
    """
    return min(
        ShownLimit(to_cents(given(quoter.most_displayed_usd)), "most_displayed_usd"),
        ShownLimit(to_cents(quoter.position_limit_usd) // quoter.levels, "position_limit_usd"),
    )
