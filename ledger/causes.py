"""Causes of uses and sources of money, if they can be found from figures alone.

A blind audit finds these causes by their signatures. Each kind of account has one of them.
"""

from enum import StrEnum


class Cause(StrEnum):
    """A cause that has a signature of its own; `OTHER` is the cause of all other money."""

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
    OTHER = "other"  # kinds that are not in `ledger.kinds`


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
