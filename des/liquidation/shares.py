"""Splitting what can't be divided: to the last cent, to the last lot."""

from collections.abc import Sequence


def pro_rata(amount: int, weights: Sequence[int]) -> list[int]:
    """Split *amount* in proportion to *weights*; odd units go to the largest remainders.

    Nobody is given more than their weight unless *amount* is more than all weights together.

    Args:
        amount: what to split, not negative.
        weights: not negative, and not all zero unless the amount is.

    Returns:
        Shares that sum to *amount*.
    """
    total = max(sum(weights), 1)
    shares = [amount * weight // total for weight in weights]
    odd = amount - sum(shares)
    if odd:
        by_remainder = sorted(range(len(shares)), key=lambda i: -(amount * weights[i] % total))
        for i in by_remainder[:odd]:
            shares[i] += 1
    return shares
