"""Each day firms close a share of each position and the same share of its hedge."""

import math
from types import SimpleNamespace

import numpy as np

from des.firms.unwinding import Unwinding
from des.market.hedging import HedgeDesk
from des.price.lead_price import Ticks
from ledger.motives import Motive

FIRMS, OTHERS, OUTSIDE = np.array([1, 2, 3]), 4, 5
NOON_US, HOLDING_DAYS = 10**15, 2.5
LEFT = math.exp(-1 / HOLDING_DAYS)


class House:
    """The positions of six parties in one market. `exchange` applies fills to these positions."""

    def __init__(self, *firms: int) -> None:
        self.lots = np.zeros((1, 6), dtype=np.int64)
        self.lots[0, FIRMS] = firms
        self.lots[0, OTHERS] = -sum(firms)
        self.rows: list[np.ndarray] = []

    def exchange(self, market: int, rows: np.ndarray) -> None:
        np.add.at(self.lots[market], rows["taker"], rows["lots"])
        np.subtract.at(self.lots[market], rows["maker"], rows["lots"])
        self.rows.append(rows)


def unwound(house: House, days: int) -> HedgeDesk:
    desk = HedgeDesk(np.array([0, 7, 8, 9, 0, 0]), 1.0, OUTSIDE)
    listing = SimpleNamespace(close_hedges=desk.follow)
    unwinding = Unwinding(HOLDING_DAYS, house, [listing], FIRMS, OTHERS)
    for day in range(days):
        unwinding.close_day(NOON_US + day, np.array([30_000]))
    return desk


def test_positions_decay_exponentially_with_the_holding_time_until_few_lots_are_left():
    house = House(10**9, -(10**9), 0)
    unwound(house, 5)
    assert np.allclose(house.lots[0, FIRMS], 10**9 * LEFT**5 * np.array([1, -1, 0]), atol=10)

    unwound(house, 200)
    # If the part to close is less than a lot, nothing is closed.
    assert (np.abs(house.lots[0, FIRMS]) < 1 / (1 - LEFT)).all()
    assert house.lots.sum() == 0


def test_the_other_makers_take_over_closed_lots_at_the_mark():
    house = House(1_000, -500, 1)
    unwound(house, 1)
    (rows,) = house.rows

    assert rows["taker"].tolist() == [1, 2]  # the third firm has only one lot and closes nothing
    assert rows["lots"].tolist() == [-int(1_000 * (1 - LEFT)), int(500 * (1 - LEFT))]
    assert set(rows["maker"]) == {OTHERS}
    assert set(rows["motive"]) == {Motive.UNWINDING}
    assert set(rows["price"]) == set(rows["lead"]) == {30_000}


def test_after_its_delay_each_firm_closes_as_many_lots_of_its_hedge_as_of_its_position():
    house = House(1_000, -500, 0)
    desk = unwound(house, 1)
    ticks = Ticks(np.array([NOON_US]), np.array([30_000]))
    hedges = desk.fills(NOON_US + 100, ticks, 0.0)

    (rows,) = house.rows
    assert hedges["taker"].tolist() == rows["taker"].tolist()
    assert hedges["lots"].tolist() == (-rows["lots"]).tolist()
    assert (hedges["time_us"] - NOON_US).tolist() == [7, 8]
    assert hedges["price"].tolist() == [30_003, 29_997]
