"""In a sampled run some hours repeat an earlier hour's random orders.

The purpose is a correct variance of customers' net position. The net position is a random walk: the
sum of all net purchases. A played hour of weight w represents w hours, and its orders are w times
as large. So the net purchases in a played hour are w Z lots, where Z is the net purchases of one
hour. Let v be the variance of Z. The w represented hours would add w v to the variance of the walk,
but w Z adds w^2 v, which is too much. So most hours repeat the random orders of an earlier hour.
The net purchases of such an hour are w Z or -w Z with the same Z: purchases may become sales, so
that the hour reverses earlier net purchases.

A chain is a sequence of played hours with the same Z. After the first hour, of weight a, the sum of
the chain is a Z. After the next hour, of weight b, the sum is (a - b) Z. Each hour has the sign
that moves the sum towards zero. A chain with the sum c Z ends with some probability before each
hour. The sum then stays in the walk, and adds c^2 v to the variance of the walk. The probability is

    min(1, s / c^2),    and min(s, c^2) is subtracted from s

The number s is the variance that the walk still lacks, in units of v. At first s is 0. Each hour
adds its weight to s. Each draw subtracts min(s, c^2) from s. The variance that the draw is expected
to add to the walk, c^2 v times the probability, equals the decrease of s v. So for any weights the
expected variance of the walk over many hours is about the variance in a run that plays all hours. A
chain with the sum zero ends before the next hour, without a draw.

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
    """The source of an hour's random orders, and the effect of these orders on the walk."""

    hour: int  # the hour whose orders are used, in hours since 1970
    noise: Noise
    is_turned: bool = False  # whether purchases become sales, and sales purchases


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
        # A hash is a whole number below 2^64: the chain ends with the probability due / left^2.
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
