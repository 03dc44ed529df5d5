"""Money is counted in whole cents: a split loses no cent, and a fee is rounded to whole cents."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import RATE_UNIT, Contract, Scale, amount, fee_cents, pro_rata, to_cents, usd

CENTS = st.integers(-(10**15), 10**15)
UNITS = ("1", "10", "0.01", "0.001", "0.25", "2.5", "100000", "0.00000001")


@given(CENTS)
def test_an_amount_is_written_exactly_and_with_two_decimals(cents):
    assert Decimal(amount(cents)) * 100 == cents
    assert Decimal(amount(cents)).as_tuple().exponent == -2


@given(CENTS)
def test_an_amount_in_a_sentence_has_thousands_separators_and_no_minus_sign(cents):
    assert Decimal(usd(cents).replace(",", "")) * 100 == abs(cents)
    assert usd(cents) == f"{Decimal(abs(cents)) / 100:,.2f}"


def test_small_amounts_are_written_with_their_sign_and_two_decimals():
    assert [amount(cents) for cents in (-5, 0, 7, -100)] == ["-0.05", "0.00", "0.07", "-1.00"]


@given(st.integers(-(10**12), 10**12))
def test_dollars_in_a_scenario_are_converted_to_exact_cents(cents):
    # The decimal text of the float is converted. So 0.29 gives 29 cents, although the float
    # 0.29 * 100 is less than 29.
    assert to_cents(cents / 100) == cents


def test_half_a_cent_in_a_scenario_is_rounded_to_the_nearest_even_cent():
    assert [to_cents(usd) for usd in (0.005, 0.015, 0.025, -0.015)] == [0, 2, 2, -2]


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10_000)), min_size=1))
def test_a_fee_is_rounded_to_the_nearest_cent(charges):
    notional, rate = (np.array(column, dtype=np.int64) for column in zip(*charges, strict=True))

    exact = [Decimal(n) * r / RATE_UNIT for n, r in charges]

    assert fee_cents(notional, rate).tolist() == [
        int(fee.to_integral_value(ROUND_HALF_UP)) for fee in exact
    ]


def test_half_a_cent_of_a_fee_is_rounded_up():
    notional, rate = np.array([4_999, 5_000, 15_000]), np.array([100, 100, 100])

    assert fee_cents(notional, rate).tolist() == [0, 1, 2]


@given(st.sampled_from(UNITS), st.integers(-(10**9), 10**9))
def test_a_number_of_units_is_written_exactly_and_read_back(unit, units):
    scale = Scale.of(unit)

    written = Decimal(scale.text(units))

    assert written == Decimal(unit) * units
    assert scale.units(written) == units
    assert scale.text(units, ",").replace(",", "") == scale.text(units)


def test_an_amount_is_written_with_at_least_the_requested_number_of_decimals():
    assert Scale.of("10", digits_min=2).text(-3) == "-30.00"
    assert Scale.of("0.5").text(7) == "3.5"


def test_an_amount_that_is_not_a_whole_number_of_units_is_refused():
    with pytest.raises(ValueError, match="whole number"):
        Scale.of("0.01").units(Decimal("0.015"))


@pytest.mark.parametrize(
    ("lot", "tick_usd", "cents"),
    [("0.01", "1", 1), ("10", "0.001", 1), ("0.001", "10", 1), ("1", "0.25", 25)],
)
def test_a_price_change_of_one_tick_on_one_lot_is_a_whole_number_of_cents(lot, tick_usd, cents):
    assert Contract("BTC-PERP", "FTX", lot, tick_usd).cents_per_lot_tick == cents


def test_the_commodity_of_a_contract_is_named_after_its_market_and_its_venue():
    assert Contract("SOL-PERP", "Binance", "10", "0.001").commodity == "SOL-PERP.BINANCE"


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**12), min_size=1).filter(any))
def test_the_sum_of_all_shares_is_the_amount_that_is_split(amount, weights):
    shares = pro_rata(amount, weights)

    assert sum(shares) == amount
    exact = [amount * weight / sum(weights) for weight in weights]
    assert all(abs(s - e) <= 1 + e * 1e-9 for s, e in zip(shares, exact, strict=True))


@given(st.data(), st.lists(st.integers(0, 10**6), min_size=1))
def test_no_share_exceeds_its_claim_if_the_amount_is_at_most_the_sum_of_all_claims(data, weights):
    amount = data.draw(st.integers(0, sum(weights)))

    assert all(s <= w for s, w in zip(pro_rata(amount, weights), weights, strict=True))
