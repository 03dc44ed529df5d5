"""`shown_limit` returns the smaller of two limits on the displayed size, with its scenario key."""

import pytest

from des.policies.shown_limit import shown_limit
from des.scenario import Quoter


@pytest.mark.parametrize(
    ("most_displayed_usd", "limit"),
    [(1_000, (1_000_00, "most_displayed_usd")), (9_000, (5_000_00, "position_limit_usd"))],
)
def test_the_size_limit_is_the_stated_limit_or_the_position_limit_per_level_if_this_is_smaller(
    most_displayed_usd, limit
):
    quoter = Quoter(
        latency_s=2.0,
        half_spread_bps=8.0,
        levels=2,
        level_step_bps=1.0,
        position_limit_usd=10_000.0,
        most_displayed_usd=float(most_displayed_usd),
    )

    assert shown_limit(quoter) == limit
