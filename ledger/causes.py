"""Causes of uses and sources of money that can be recognised from figures alone.

A blind audit finds a cause by the pattern of its figures. Each kind of account has at most one
cause.
"""

from enum import StrEnum


class Cause(StrEnum):
    """A cause that figures alone can reveal. `OTHER` is the cause of all other money."""

    FASTER = "faster counterparties"
    POSITIONS = "positions"
    TAKEOVERS = "takeovers"
    STAKES = "stakes"
    SUMS = "sums handed over"
    SPENDING = "regular spending"
    COSTS = "trading costs and interest"
    OTHER_FLOW = "spread from all others"
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
