"""A loan against tokens: the largest loan, sales that restore the margin, and their proceeds."""

from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.liquidation.pledged_account import (
    PledgedAccount,
    lendable_cents,
    lots_to_sell,
    margin_below,
    size_weight_e6,
)
from des.liquidation.pledged_loans import TokenLoan
from des.liquidation.token_book import BookDepth
from des.liquidation.token_collateral import E6
from des.scenario import PledgedLoan, TokenBook
from runs.scenarios import load

THIN = Path(__file__).parents[2] / "worlds" / "thin.toml"

BOOK = BookDepth.of(TokenBook(usd_per_bp=1_000, through_bps=5.0, refill_s=60))


def loan(**changes: object) -> PledgedLoan:
    (given_loan,) = load("tests/worlds/thin.toml").pledged_loans
    return given_loan.model_copy(update=changes)


@pytest.mark.parametrize(("leverage", "cents"), [(1.0, 50), (10.0, 90), (100.0, 99)])
def test_the_largest_loan_leaves_a_margin_of_one_divided_by_the_maximum_leverage(leverage, cents):
    assert lendable_cents(100, loan(leverage_max=leverage)) == cents


@given(st.integers(0, 10**13), st.integers(1, 200))
def test_one_cent_more_than_the_largest_loan_leaves_too_little_margin(counted, leverage):
    most = lendable_cents(counted, loan(leverage_max=float(leverage)))
    margin_e6 = round(E6 / leverage)

    assert not margin_below(counted, most, margin_e6)
    assert margin_below(counted, most + 1, margin_e6)


def test_the_weight_of_a_large_amount_of_tokens_follows_the_published_rule():
    assert size_weight_e6(0.0, 1e9) > E6  # a factor of zero does not limit the weight
    assert size_weight_e6(0.0008, 1_000_000.0) == 611_111
    assert size_weight_e6(0.0008, 100.0) > E6  # 100 tokens are too few to limit the weight
    assert size_weight_e6(0.00025, 500_000_000.0) == 166_915


@pytest.mark.parametrize("lot_cents", [1, 99, 6_000])
def test_only_as_many_lots_are_sold_as_are_needed_to_restore_the_margin(lot_cents):
    for lots, share, weight_e6 in product((10, 1_000), (50, 68, 69), (600_000, 700_000)):
        account = PledgedAccount(lots, lots * lot_cents * share // 100)
        brings = lot_cents  # the order book is deep, so a sale brings the full price of a lot

        def short(sold: int, account: PledgedAccount = account, weight_e6: int = weight_e6) -> bool:
            counted_e6 = (account.lots - sold) * lot_cents * weight_e6
            return counted_e6 < (account.debt_cents - sold * lot_cents) * (E6 + 30_000)

        sold = lots_to_sell(account, lot_cents, weight_e6, brings, 30_000)
        assert 0 <= sold <= lots
        assert not short(sold) or sold == lots
        assert not sold or short(sold - 1)


def test_all_lots_are_sold_if_the_sale_of_a_lot_does_not_reduce_the_missing_margin():
    assert lots_to_sell(PledgedAccount(100, 9_000), 100, 900_000, 80, 30_000) == 100


def test_in_each_refill_period_the_order_book_can_buy_its_whole_depth():
    assert BOOK.room_cents(60) == 5 * 1_000 * 100
    assert BOOK.room_cents(3_600) == 60 * BOOK.room_cents(60)
    assert BookDepth.of(TokenBook(usd_per_bp=0, refill_s=60)).room_cents(3_600) == 0


def test_the_average_discount_of_the_largest_sale_is_half_of_the_discount_of_its_last_lot():
    room = BOOK.room_cents(3_600)

    assert BOOK.brings_cents(room, 3_600) == room * 99_975 // 100_000  # 2.5 basis points
    assert BOOK.brings_cents(0, 3_600) == 0


@given(st.integers(1, 500_000), st.integers(1, 500_000))
def test_one_large_sale_yields_at_most_as_much_as_the_same_total_in_two_intervals(one, other):
    apart = BOOK.brings_cents(one, 60) + BOOK.brings_cents(other, 60)

    assert BOOK.brings_cents(one + other, 60) <= apart + 1


def test_no_lot_of_pledged_tokens_is_lost_by_rounding():
    """The example is 0.3 tokens in lots of 0.1. As floats, 0.3 / 0.1 is less than 3."""
    (loan,) = load(str(THIN)).pledged_loans
    token = SimpleNamespace(contract=SimpleNamespace(lot="0.1"))

    assert TokenLoan(loan.model_copy(update={"tokens": 0.3}), token, 0, 0).account.lots == 3
