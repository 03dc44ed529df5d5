"""The largest size that the captive maker's policies may show, and the key that sets this limit."""

from typing import NamedTuple

from des.given import given
from des.scenario import Quoter
from ledger.money import to_cents


class ShownLimit(NamedTuple):
    """The largest size per level in cents, and the scenario's key that sets this limit."""

    cents: int
    key: str


def shown_limit(quoter: Quoter) -> ShownLimit:
    """Return the lower of two limits: the stated largest size, and the position limit of a level.

    The position limit of a level is the position limit divided by the number of levels.
    """
    return min(
        ShownLimit(to_cents(given(quoter.most_displayed_usd)), "most_displayed_usd"),
        ShownLimit(to_cents(quoter.position_limit_usd) // quoter.levels, "position_limit_usd"),
    )
