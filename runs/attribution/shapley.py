"""Computes Shapley values: the amount that a cause adds, averaged over all sequences of causes.

Sources: Shapley (1953), A Value for n-person Games, Contributions to the Theory of Games II,
307-317; for the estimate from random orders, Castro, Gomez & Tejada (2009), Polynomial calculation
of the Shapley value based on sampling, Computers & Operations Research 36, 1726-1730.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from des.chance import stream

Coalition = frozenset[str]
Values = Mapping[Coalition, Fraction]
Order = tuple[str, ...]


class Added(NamedTuple):
    """The amount that a cause adds, and its standard error (None if all sequences are counted)."""

    value: Fraction
    error: float | None = None


def coalitions(causes: Sequence[str]) -> Iterator[Coalition]:
    """Yield every set of causes, the empty set first."""
    for size in range(len(causes) + 1):
        yield from map(frozenset, combinations(causes, size))


def exact(causes: Sequence[str], values: Values) -> dict[str, Added]:
    """Compute each cause's Shapley value from the values of all coalitions."""
    k = len(causes)
    shares = {}
    for cause in causes:
        others = [each for each in causes if each != cause]
        value = Fraction(0)
        for present in coalitions(others):
            orders = math.factorial(len(present)) * math.factorial(k - len(present) - 1)
            added = values[present | {cause}] - values[present]
            value += added * Fraction(orders, math.factorial(k))
        shares[cause] = Added(value)
    return shares


def orders(causes: Sequence[str], n: int, seed: int) -> list[Order]:
    """Draw *n* orders of the causes, in pairs: a random order and its reverse. *n* is even.

    A cause that is early in one order of a pair is late in the other order, so the errors of the
    two orders usually cancel in part. Then the mean of a pair has a smaller error than the mean of
    two independent orders. With the same causes and seed, a longer list begins with the shorter
    list.
    """
    drawn: list[Order] = []
    for pair in range(n // 2):
        places = stream(seed, "attribution", "orders", pair).permutation(len(causes))
        order = tuple(causes[place] for place in places.tolist())
        drawn += [order, order[::-1]]
    return drawn


def on_the_way(order: Order) -> Iterator[Coalition]:
    """Yield the coalitions that arise when causes are added in this order, starting with none."""
    for n in range(len(order) + 1):
        yield frozenset(order[:n])


def sampled(drawn: Sequence[Order], values: Values) -> dict[str, Added]:
    """Return the mean amount that each cause adds, and the standard error of this mean.

    The mean is over the drawn sequences of causes.

    Args:
        drawn: the result of `orders`, with at least two pairs. The error is computed from pairs.
        values: the values of all coalitions that arise in these sequences.
    """
    added: dict[str, list[Fraction]] = {cause: [] for cause in drawn[0]}
    for order in drawn:
        for n, cause in enumerate(order):
            before = frozenset(order[:n])
            added[cause].append(values[before | {cause}] - values[before])
    return {cause: _mean(each) for cause, each in added.items()}


def _mean(added: Sequence[Fraction]) -> Added:
    pairs = [(a + b) / 2 for a, b in zip(added[::2], added[1::2], strict=True)]
    mean = sum(pairs, Fraction(0)) / len(pairs)
    squares = sum(((each - mean) ** 2 for each in pairs), Fraction(0))
    return Added(mean, math.sqrt(squares / (len(pairs) - 1) / len(pairs)))
