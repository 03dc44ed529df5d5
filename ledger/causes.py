"""The causes that a blind audit can find.

A blind audit sees no words that name a cause. It recognises a cause by a pattern in the figures.
Each kind of account has at most one of these causes.
"""

from enum import StrEnum


class Cause(StrEnum):
    """A cause that a blind audit can find. `OTHER` is for amounts without such a cause."""

    FASTER = "faster counterparties"
    POSITIONS = "positions"
    TAKEOVERS = "takeovers"
    STAKES = "stakes"
    SUMS = "sums handed over"
    SPENDING = "regular spending"
    COSTS = "trading costs and interest"
    OTHER_FLOW = "spread from the remaining counterparties"
    FEES = "fees and income"
    BORROWED = "borrowed"
    SHARES = "shares sold"
    OPENING = "own money on the first day"
    OTHER = "other"  # of unknown kinds, and of kinds without a cause


LOSSES = (
    Cause.FASTER,
    Cause.POSITIONS,
    Cause.TAKEOVERS,
    Cause.STAKES,
    Cause.SUMS,
    Cause.SPENDING,
    Cause.COSTS,
    Cause.OTHER,
)
