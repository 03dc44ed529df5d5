"""In any history a venue neither gains nor loses from positions, variation margin and funding."""

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.venue.venue import FUNDING_UNIT, Venue
from ledger.fills import new_rows
from ledger.money import Contract
from ledger.motives import Motive

# All payments in a settlement have the same counterparty. In some histories it is the settlement
# pool, which never trades. In other histories it is a party that trades with all other parties.
MEMBERS, POOL, ONE_FOR_ALL = 5, 0, 4
CONTRACTS = (Contract("BTC-PERP", "FTX", "0.01", "1"), Contract("ETH-PERP", "FTX", "0.1", "0.5"))
CENTS = (1, 5)  # the value of one tick on one lot in cents, by market
NOON_US = 1_652_097_600_000_000


@dataclass
class Recorder:
    """A journal that keeps all rows in order."""

    batches: list[np.ndarray] = field(default_factory=list)

    def trade(self, rows: np.ndarray) -> None:
        self.batches.append(rows.copy())

    def rows(self, *motives: Motive) -> np.ndarray:
        rows = np.concatenate([new_rows(0), *self.batches])
        return rows[np.isin(rows["motive"], motives)]


@dataclass(frozen=True)
class Trade:
    market: int
    taker: int
    maker: int
    lots: int
    price: int
    lead: int
    fee_e6: int

    def row(self) -> np.ndarray:
        row = new_rows(1)
        row["time_us"], row["motive"] = NOON_US, Motive.SPREAD
        for name in ("taker", "maker", "lots", "price", "lead"):
            row[name] = getattr(self, name)
        return row

    def fee_cents(self) -> int:
        """Return the fee, rounded half up to whole cents."""
        notional = abs(self.lots) * self.price * CENTS[self.market]
        return int(Fraction(notional * self.fee_e6, 1_000_000) + Fraction(1, 2))


@dataclass(frozen=True)
class Settle:
    marks: tuple[int, int]


@dataclass(frozen=True)
class Fund:
    marks: tuple[int, int]
    rate_e9: int


prices = st.integers(1, 50_000)
marks = st.tuples(prices, prices)
settlements = st.builds(Settle, marks)
fundings = st.builds(Fund, marks, st.integers(-(10**6), 10**6))
lots = st.integers(-500, 500).filter(bool)
trades_in_pairs = st.builds(
    Trade,
    st.integers(0, 1),
    st.integers(1, 2),
    st.integers(3, 4),
    lots,
    prices,
    prices,
    st.integers(0, 1_000),
)
trades_with_one_for_all = st.builds(
    Trade,
    st.integers(0, 1),
    st.integers(0, 3),
    st.just(ONE_FOR_ALL),
    lots,
    prices,
    prices,
    st.integers(0, 1_000),
)


@st.composite
def histories(draw) -> tuple[int, list]:
    """Draw the counterparty of all settlements, and a list of trades, settlements and funding."""
    pays, trades = draw(
        st.sampled_from([(POOL, trades_in_pairs), (ONE_FOR_ALL, trades_with_one_for_all)])
    )
    return pays, draw(st.lists(st.one_of(trades, trades, settlements, fundings), max_size=30))


def venue_of(pays: int) -> tuple[Venue, Recorder]:
    recorder = Recorder()
    return Venue(0, CONTRACTS, MEMBERS, pays, recorder), recorder


def happen(venue: Venue, step: Trade | Settle | Fund) -> None:
    match step:
        case Trade():
            venue.fee_e6[step.taker] = step.fee_e6
            venue.fill(step.market, step.row())
        case Settle():
            venue.settle(np.array(step.marks), NOON_US)
        case Fund():
            venue.fund(np.array(step.marks), step.rate_e9, NOON_US)


def worth(steps: list, member: int, last: tuple[int, int]) -> int:
    """Return a party's gain from all its trades, valued at the marks *last*, after fees."""
    cents = 0
    for trade in steps:
        if isinstance(trade, Trade) and member in (trade.taker, trade.maker):
            side = 1 if member == trade.taker else -1
            gain = (last[trade.market] - trade.price) * trade.lots * CENTS[trade.market]
            cents += side * gain - (trade.fee_cents() if member == trade.taker else 0)
    return cents


# ---- contracts and variation margin


@given(history=histories())
def test_positions_in_each_market_sum_to_zero_after_every_step(history):
    pays, steps = history
    venue, _ = venue_of(pays)
    for step in steps:
        happen(venue, step)
        assert not venue.lots.sum(axis=1).any()


@given(history=histories(), last=marks)
def test_without_funding_each_partys_claim_is_its_gain_at_the_last_mark_after_fees(history, last):
    pays, steps = history
    steps = [step for step in steps if not isinstance(step, Fund)]
    venue, _ = venue_of(pays)
    for step in [*steps, Settle(last)]:
        happen(venue, step)

    assert venue.claims.tolist() == [worth(steps, member, last) for member in range(MEMBERS)]


@given(history=histories())
def test_the_sum_of_all_claims_changes_only_by_fees(history):
    """Takers pay fees to the venue from their claims."""
    pays, steps = history
    venue, _ = venue_of(pays)
    fees = 0
    for step in steps:
        happen(venue, step)
        fees += step.fee_cents() if isinstance(step, Trade) else 0
        assert venue.claims.sum() == -fees


@given(history=histories(), last=marks)
def test_closing_all_positions_after_a_settlement_changes_no_claim(history, last):
    pays, steps = history
    venue, recorder = venue_of(pays)
    for step in [*steps, Settle(last)]:
        happen(venue, step)
    held, claims = venue.lots.copy(), venue.claims.tolist()
    venue.close_positions(np.array(last), NOON_US)

    assert not venue.lots.any()
    assert venue.claims.tolist() == claims
    happen(venue, Settle((1, 1)))
    assert venue.claims.tolist() == claims
    closed = recorder.rows(Motive.CLOSING)
    for row in closed:
        assert held[row["market"], row["taker"]] > 0 > held[row["market"], row["maker"]]
    # Each lot is closed once: the lots of the closing trades sum to the long positions.
    assert np.abs(closed["lots"]).sum() == held[held > 0].sum()


def test_the_result_of_a_position_does_not_depend_on_the_path_of_the_marks():
    """A lot bought at 30 010 loses 10 ticks at a price of 30 000, and gains 490 ticks at 30 500."""
    straight, detour = venue_of(POOL)[0], venue_of(POOL)[0]
    bought = Trade(0, 1, 3, lots=2, price=30_010, lead=30_000, fee_e6=0)
    for venue, path in ((straight, (30_500,)), (detour, (31_000, 5, 29_000, 30_500))):
        happen(venue, bought)
        assert venue.claims[1] == -20
        for mark in path:
            happen(venue, Settle((mark, 1)))
        assert venue.claims[1] == 2 * (30_500 - 30_010)


# ---- the records of the journal


@given(history=histories(), motive=st.sampled_from([Motive.MARGIN, Motive.FUNDING]))
def test_recorded_payments_of_margin_and_funding_equal_the_changes_of_claims(history, motive):
    pays, steps = history
    venue, recorder = venue_of(pays)
    moved = np.zeros(MEMBERS, dtype=np.int64)
    for step in steps:
        before = venue.claims.copy()
        happen(venue, step)
        if isinstance(step, Settle if motive == Motive.MARGIN else Fund):
            moved += venue.claims - before

    rows = recorder.rows(motive)
    received = np.zeros(MEMBERS, dtype=np.int64)
    np.add.at(received, rows["taker"], rows["edge_cents"])
    assert (rows["maker"] == pays).all()
    assert not (rows["taker"] == pays).any()
    assert rows["edge_cents"].all()
    received[pays] = -received.sum()  # the counterparty pays what all others receive
    assert np.array_equal(received, moved)


@given(steps=st.lists(st.one_of(trades_in_pairs, settlements, fundings), max_size=30))
def test_the_settlement_pool_has_a_zero_balance_after_every_step(steps):
    """Parties with gains receive exactly the amount that parties with losses pay."""
    venue, recorder = venue_of(POOL)
    for step in steps:
        happen(venue, step)
        assert recorder.rows(Motive.MARGIN, Motive.FUNDING)["edge_cents"].sum() == 0
        assert venue.claims[POOL] == 0


# ---- funding


@given(history=histories(), last=marks, rate_e9=st.integers(-(10**6), 10**6))
def test_funding_payments_sum_to_zero_and_each_is_less_than_a_cent_from_the_exact_amount(
    history, last, rate_e9
):
    pays, steps = history
    venue, recorder = venue_of(pays)
    for step in [step for step in steps if not isinstance(step, Fund)]:
        happen(venue, step)
    before = venue.claims.copy()
    happen(venue, Fund(last, rate_e9))

    assert (venue.claims - before).sum() == 0
    received = np.zeros((len(CONTRACTS), MEMBERS), dtype=np.int64)
    rows = recorder.rows(Motive.FUNDING)
    np.add.at(received, (rows["market"], rows["taker"]), rows["edge_cents"])
    received[:, pays] = -received.sum(axis=1)
    assert np.array_equal(received.sum(axis=0), venue.claims - before)
    for market, member in np.ndindex(received.shape):
        notional = int(venue.lots[market, member]) * last[market] * CENTS[market]
        due = -Fraction(notional * rate_e9, FUNDING_UNIT)
        assert abs(int(received[market, member]) - due) < 1


@pytest.mark.parametrize(("rate_e9", "paid"), [(10_000, 3), (-10_000, -3), (0, 0)])
def test_longs_pay_funding_to_shorts_if_the_rate_is_positive_and_receive_it_if_negative(
    rate_e9, paid
):
    """A rate of 0.001 % on 10 lots at 30,000 ticks of a cent is three cents."""
    venue, _ = venue_of(POOL)
    happen(venue, Trade(0, 1, 3, lots=10, price=30_000, lead=30_000, fee_e6=0))
    happen(venue, Fund((30_000, 1), rate_e9))

    assert venue.claims.tolist() == [0, -paid, 0, paid, 0]


def test_an_accounts_notional_is_the_sum_of_the_absolute_values_of_its_positions():
    venue, _ = venue_of(POOL)
    happen(venue, Trade(0, 1, 3, lots=10, price=30_000, lead=30_000, fee_e6=0))
    happen(venue, Trade(1, 1, 3, lots=-4, price=2_000, lead=2_000, fee_e6=0))

    at = np.array([31_000, 2_100])
    assert venue.notional(at).tolist() == [0, 352_000, 0, 352_000, 0]
