"""Which hours of a sampled run repeat the random orders of an hour before, with sides reversed.

A traded hour of weight w has orders w times as large. Customers' net purchases in it are w Z, where
Z has the variance v of one hour. Their position is a walk, and the w hours that the hour stands for
widen it by w v, not by w^2 v. So most hours have the random orders of an earlier hour: their net
purchases are w Z with the same Z, and the sign that takes the earlier ones back.

A chain is a row of traded hours with the same Z. After its first hour, of weight a, it has left
a Z; after the next, of weight b, (a - b) Z. Each hour has the sign that brings this nearer to zero.
A chain that has left c Z ends with some probability before each hour: the c Z then stay, and widen
the walk by c^2 v. The probability is

    min(1, s / c^2),    and s falls by min(s, c^2)

where s is the number of hours that the walk is still too narrow by, in the mean over all draws: it
begins at 0, and each hour adds its weight. So the expected variance of the walk is that of all
hours, whatever the weights: c^2 v times the probability is what s falls by.

Hours of weight 1 have orders of their own and belong to no chain: they are as they should be.
"""

from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

from des.chance import mix


class Noise(Enum):
    """What happens to the random part of customers' net purchases in an hour."""

    STAYS = auto()  # it is part of the walk at once, and belongs to no chain
    BEGINS = auto()  # the chain before ends, what it has left stays, and another begins
    TAKES_BACK = auto()  # it takes back what the chain has left


class Orders(NamedTuple):
    """The hour whose random orders an hour has, and what they do to the walk."""

    hour: int  # counted since 1970
    noise: Noise
    is_turned: bool = False  # whether sides are reversed


def chained(traded: Iterable[tuple[int, int]], key: int) -> dict[int, Orders]:
    """Return the random orders of each traded hour. Those of an hour depend on no later hour.

    Args:
        traded: hours since 1970, rising, and the weight of each.
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
