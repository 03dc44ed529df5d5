"""How much the captive maker shows at most where it decides by itself, and what says so."""

from typing import NamedTuple

from des.given import given
from des.scenario import Quoter
from ledger.money import to_cents


class ShownLimit(NamedTuple):
    """The most that is shown per level, and the key of the scenario that it comes from."""

    cents: int
    key: str


def shown_limit(quoter: Quoter) -> ShownLimit:
    """Return the tighter of what is stated and of what keeps all levels within the position."""
    return min(
        ShownLimit(to_cents(given(quoter.most_displayed_usd)), "most_displayed_usd"),
        ShownLimit(to_cents(quoter.position_limit_usd) // quoter.levels, "position_limit_usd"),
    )
