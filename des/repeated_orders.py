"""In a sampled run some hours repeat an earlier hour's random orders, with sides reversed.

A played hour of weight w has orders w times as large. Customers' net purchases in the hour are w Z,
where Z has the variance v of one hour. Customers' position is a random walk. The w hours that the
hour represents would add w v to the variance of the walk, but w Z adds w^2 v. So most hours repeat
the random orders of an earlier hour. Their net purchases are w Z with the same Z, and with the sign
that reverses earlier purchases.

A chain is a sequence of played hours with the same Z. After the first hour, of weight a, the sum of
the chain is a Z. After the next hour, of weight b, the sum is (a - b) Z. Each hour has the sign
that moves the sum towards zero. A chain with the sum c Z ends with some probability before each
hour. The sum then stays in the walk, and adds c^2 v to the variance of the walk. The probability is

    min(1, s / c^2),    and s falls by min(s, c^2)

Here s v is the variance that the walk still lacks, averaged over all draws. s begins at 0, and
each hour adds its weight to s. c^2 v times the probability equals the decrease of s v. So for any
weights the expected variance of the walk equals the variance with all hours.

Hours of weight 1 have their own orders and belong to no chain, since they need no correction.
"""

from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

from des.chance import mix


class Noise(Enum):
    """The effect of an hour's random orders on the walk and on the chain."""

    STAYS = auto()  # the order stays in the walk and belongs to no chain
    BEGINS = auto()  # the earlier chain ends, its sum stays in the walk, and a new chain begins
    TAKES_BACK = auto()  # the order reverses the sum of the chain


class Orders(NamedTuple):
    """The source of an hour's random orders, and the effect of these orders on the walk."""

    hour: int  # the hour whose orders are used, in hours since 1970
    noise: Noise
    is_turned: bool = False  # whether purchases become sales, and sales purchases


def chained(traded: Iterable[tuple[int, int]], key: int) -> dict[int, Orders]:
    """Return the source of random orders for each played hour. No source depends on a later hour.

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
