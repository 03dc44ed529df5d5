"""In a sampled run some hours repeat an earlier hour's random orders.

The purpose is a correct variance of customers' net position. The net position is a random walk: the
sum of all net purchases. A played hour of weight w represents w hours, and its orders are w times
as large. So its net purchases are w * Z lots, where Z lots are the net purchases of an hour of
weight 1. Let v be the variance of Z. If all w hours were played, they would add w * v to the
variance of the walk. But w * Z adds w^2 * v, which is too much. So some hours repeat the random
orders of an earlier hour, with the same Z. The net purchases of such an hour are w * Z or -w * Z.
In the second case the earlier purchases become sales, and the earlier sales become purchases.

A chain is a sequence of played hours with the same Z. After the first hour, of weight a, the sum of
the chain is a * Z. After the next hour, of weight b, the sum is (a - b) * Z. In each hour after the
first, the net purchases have the sign opposite to the sum so far. Before each further hour, a draw
decides whether the chain ends. If it ends with the sum c * Z, this sum stays in the walk and adds
c^2 * v to the variance of the walk. The probability that the chain ends is

    min(1, s / c^2)

The number s, in units of v, is the variance that is still missing in the walk, compared with a run
that plays all hours. At first s is 0. Each hour adds its weight to s. A draw subtracts min(s, c^2)
from s also if the chain does not end. So the expected variance that a draw adds to the walk is v
times the amount that the draw subtracts from s. For any weights, the expected variance of the walk
over many hours is then about the variance in a run that plays all hours. A chain with the sum zero
ends before the next hour, without a draw.

Hours of weight 1 have their own orders and belong to no chain, since they need no correction.
"""

from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

from des.chance import mix


class Noise(Enum):
    """The effect of an hour's random orders on customers' net position (the walk) and on the chain.

    A chain is a sequence of hours that repeat the same random orders.
    """

    STAYS = auto()  # the net purchases stay in the walk and belong to no chain
    BEGINS = auto()  # the earlier chain ends, its sum stays in the walk, and a new chain begins
    TAKES_BACK = auto()  # the net purchases move the sum of the chain towards zero


class Orders(NamedTuple):
    """The source of an hour's random orders, and their effect on the walk and the chain."""

    hour: int  # the hour whose orders are used, in hours since 1970
    noise: Noise
    is_turned: bool = False  # whether purchases become sales, and sales become purchases


def chained(traded: Iterable[tuple[int, int]], key: int) -> dict[int, Orders]:
    """Return the source of random orders for each played hour. Sources never depend on later hours.

    Args:
        traded: the played hours in rising order, in hours since 1970, each with its weight.
        key: the key of the draws.
    """
    orders: dict[int, Orders] = {}
    source = left = spare = 0
    for hour, weight in traded:
        if weight == 1:
            orders[hour] = Orders(hour, Noise.STAYS)
            continue
        due = min(spare, left**2)
        # The hash is a random whole number below 2^64. So the chain ends with the probability
        # due / left^2.
        ends = int(mix(key, hour)) * left**2 < due << 64
        spare += weight - due
        if ends or not left:
            source, left = hour, weight
            orders[hour] = Orders(hour, Noise.BEGINS)
            continue
        is_turned = left > 0
        left += -weight if is_turned else weight
        orders[hour] = Orders(source, Noise.TAKES_BACK, is_turned)
    return orders
