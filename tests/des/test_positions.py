"""A firm's claim is divided into margins, one for each market."""

import numpy as np
import pytest

from des.positions import _of_firms

FIRM, CLAIM, LEVERAGE = 1, 900_000, 3.0
LOT_CENTS = np.array([100, 1_000, 50], dtype=np.int64)
FREE = [[0, 0, 0], [3_000, 0, 0], [-3_000, 600, 0], [9_000, -900, 18_000]]
OVER = [20_000, -900, 18_000]


def margins(lots: list[int], takes: bool = True, claim: int = CLAIM) -> list[int]:
    """Return the margin of one firm in each market, in cents."""
    held = np.zeros((len(lots), 3), dtype=np.int64)
    held[:, FIRM] = lots
    claims, fee_e6 = np.array([0, claim, 0]), np.array([0, 400, 0])
    found = [
        _of_firms(
            np.array([FIRM]),
            market,
            held,
            LOT_CENTS[: len(lots)],
            claims,
            fee_e6,
            np.array([takes]),
            np.array([LEVERAGE]),
        )
        for market in range(len(lots))
    ]
    for market, (here, whole, _, fee) in enumerate(found):
        assert (here[0], whole[0], fee[0]) == (lots[market], claim, 400)
    return [int(margin[0]) for _, _, margin, _ in found]


@pytest.mark.parametrize("lots", FREE)
def test_margins_of_all_markets_sum_to_the_claim(lots):
    assert sum(margins(lots)) == pytest.approx(CLAIM, abs=len(lots))


@pytest.mark.parametrize("lots", FREE)
def test_the_part_of_the_claim_that_no_position_needs_is_divided_equally_among_markets(lots):
    needed = [abs(n) * cents / LEVERAGE for n, cents in zip(lots, LOT_CENTS.tolist(), strict=True)]
    rest = [margin - needs for margin, needs in zip(margins(lots), needed, strict=True)]

    assert rest == pytest.approx([(CLAIM - sum(needed)) / 3] * 3, abs=1)


def test_the_claim_is_divided_in_proportion_to_need_if_positions_need_more_than_the_claim():
    assert sum(margins(OVER)) == pytest.approx(CLAIM, abs=3)
    assert margins(OVER) == pytest.approx([2 / 3.8 * CLAIM, 0.9 / 3.8 * CLAIM, 0.9 / 3.8 * CLAIM])


@pytest.mark.parametrize("lots", [0, 500, -500, 100_000])
@pytest.mark.parametrize("claim", [CLAIM, 0, -5])
def test_the_whole_claim_is_the_margin_if_there_is_only_one_market(lots, claim):
    assert margins([lots], claim=claim) == [claim]


def test_a_firm_that_may_not_hit_quotes_has_no_usable_margin():
    assert margins([3_000, 0, 0], takes=False) == [0, 0, 0]
