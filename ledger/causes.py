"""Causes by which money was used or raised, if figures alone can show them.

A blind audit finds them by their signatures; each kind of account belongs to one of them.
"""

from enum import StrEnum


class Cause(StrEnum):
    """A cause with its own signature; `OTHER` takes all other money."""

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
